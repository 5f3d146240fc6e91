"""From which address somebody tries to sign in."""

from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from rag.sharing import Sharing
from ui.operations.forwarded import is_from


def address_of(scope: Scope, sharing: Sharing) -> str:
    """The address of whoever sent a request; that of an IPv6 network of 64 bits, which one household has.

    Behind trusted proxies it is the last in X-Forwarded-For that is not one of theirs: those before it are hearsay.
    """
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if is_from(scope, sharing.proxies):
        listed = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        for each in reversed([part.strip() for part in listed if part.strip()]):
            address = each
            if not is_from({**scope, "client": (each, 0)}, sharing.proxies):
                break
    return _network(address)


def _network(address: str) -> str:
    try:
        found = ip_address(address.split("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64)) + "/64"
    return str(getattr(found, "ipv4_mapped", None) or found)
