"""Whether what the settings say of who may come in can be served."""

import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

from index.errors import SettingError, UsageError
from rag.settings import Settings
from rag.sharing import Sharing
from ui.access.accounts import Accounts
from ui.people import Via

log = logging.getLogger(__name__)
_CHOICES = (
    "`local` (names and passwords kept here), `proxy` (a reverse proxy that signs people in), `oidc` (an OpenID "
    "Connect provider) or `open` (everybody who reaches it sees what is for everybody)"
)


def check(settings: Settings) -> None:
    """Raises SettingError or UsageError, which says what to choose, where the server must not listen like this.

    What is unwise but may be meant is a warning in the log.
    """
    sharing = settings.sharing
    match sharing.access:
        case "":
            if not is_loopback(settings.host):
                raise SettingError(
                    f"{settings.host} is reached from other computers, and nothing says who may use the server; set "
                    f"CITEDESK_ACCESS to {_CHOICES}"
                )
        case "proxy":
            _check_proxy(sharing)
        case "oidc":
            _check_oidc(sharing)
        case "local":
            _check_local(settings)
    _warn(settings)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_proxy(sharing: Sharing) -> None:
    if not sharing.proxies:
        raise SettingError(
            "CITEDESK_ACCESS=proxy believes what a reverse proxy says, and CITEDESK_PROXIES does not say which; name "
            "its address, such as 127.0.0.1 or 10.0.0.5"
        )
    wide = [str(each) for each in sharing.proxies if each.prefixlen == 0]
    if wide:
        raise SettingError(f"CITEDESK_PROXIES={wide[0]} would let every address say who it is; name the proxy's own")


def _check_oidc(sharing: Sharing) -> None:
    needed = {
        "CITEDESK_OIDC_ISSUER": sharing.oidc_issuer,
        "CITEDESK_OIDC_CLIENT": sharing.oidc_client,
        "CITEDESK_OIDC_SECRET": sharing.oidc_secret,
        "CITEDESK_PUBLIC_URL": sharing.public_url,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SettingError(f"CITEDESK_ACCESS=oidc needs {' and '.join(missing)} as well")
    issuer = urlsplit(sharing.oidc_issuer or "")
    if issuer.scheme not in ("http", "https") or not issuer.hostname:
        raise SettingError(
            f"CITEDESK_OIDC_ISSUER={sharing.oidc_issuer!r} must be like https://login.example/realms/staff"
        )
    if issuer.scheme == "http" and not is_loopback(issuer.hostname):
        log.warning("CITEDESK_OIDC_ISSUER is not https: whoever is on the way to it could sign in as anybody")


def _check_local(settings: Settings) -> None:
    accounts = Accounts(settings.home / "accounts.sqlite")
    try:
        if not any(user.via is Via.LOCAL and not user.disabled for user in accounts.users()):
            raise UsageError("nobody could sign in yet; add the first user with `citedesk users add NAME --admin`")
    finally:
        accounts.close()


def _warn(settings: Settings) -> None:
    sharing, public = settings.sharing, urlsplit(settings.sharing.public_url or "")
    if public.scheme == "http" and not is_loopback(public.hostname or ""):
        log.warning("CITEDESK_PUBLIC_URL is not https: passwords, sessions and answers can be read on the way")
    if sharing.access in ("local", "oidc") and not public.scheme and not is_loopback(settings.host):
        log.warning("without CITEDESK_PUBLIC_URL=https://… sessions are sent without encryption")
    if sharing.access in ("", "open", "local") and (sharing.admins or sharing.admin_group):
        how = (
            "of local users `citedesk users role NAME admin` says it"
            if sharing.access == "local"
            else "nobody signs in"
        )
        log.warning("CITEDESK_ADMINS and CITEDESK_ADMIN_GROUP have no effect: %s", how)
