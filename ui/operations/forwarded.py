"""What a reverse proxy says about a request: believed of the proxies that are named, and of nobody else."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from rag.sharing import Sharing

_SCHEME, _HOST = b"x-forwarded-proto", b"x-forwarded-host"
_STRIPPED = frozenset({_SCHEME, _HOST, b"x-forwarded-port", b"x-forwarded-prefix", b"x-forwarded-server", b"forwarded"})


def is_from(scope: Scope, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether the request's connection comes from one of ``networks``; what its headers say is not looked at."""
    client = scope.get("client")
    if not client:
        return False
    try:
        address = ip_address(client[0].split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # an IPv4 peer on a socket that takes both kinds
    return any((mapped or address) in network for network in networks)


def as_asked(scope: Scope, sharing: Sharing) -> Scope:
    """The request as its sender made it: with the scheme and the host that a trusted proxy names.

    Nobody's headers of that kind are left in it, so that nothing behind believes those of strangers. Where no proxy
    says it, a request to the host of the public address came by that address's scheme. ``client`` remains the peer.
    """
    headers = Headers(scope=scope)
    kept = [(name, value) for name, value in scope["headers"] if name not in _STRIPPED]
    scheme: str = scope.get("scheme", "http")
    if is_from(scope, sharing.proxies):
        told, host = headers.get("x-forwarded-proto", ""), headers.get("x-forwarded-host", "")
        if told.split(",")[0].strip() in ("http", "https"):
            scheme = told.split(",")[0].strip()
        if host:
            kept = [(name, value) for name, value in kept if name != b"host"]
            kept.append((b"host", host.split(",")[0].strip().encode("latin-1")))
    elif sharing.public_url is not None:
        public = urlsplit(sharing.public_url)
        if headers.get("host", "").lower() == public.netloc.lower():
            scheme = public.scheme
    return {**scope, "scheme": scheme, "headers": kept}
