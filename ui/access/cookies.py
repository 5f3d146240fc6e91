"""The cookies that are set here: who is signed in, which visitor it is, and a sign-in that is under way."""

from http.cookies import SimpleCookie

from rag.sharing import Sharing

SESSION, VISITOR, UNDERWAY = "citedesk", "citedesk-visitor", "citedesk-signing-in"


def named(cookie: str, sharing: Sharing) -> str:
    """The cookie's whole name. A browser takes one with a prefix over https only, and no other host can set it.

    ``__Host-`` asks for the path "/", so below another path it is ``__Secure-``.
    """
    if not _is_secure(sharing):
        return cookie
    return f"__Secure-{cookie}" if sharing.base else f"__Host-{cookie}"


def written(cookie: str, value: str, sharing: Sharing, seconds: int | None = None) -> str:
    """The Set-Cookie header: kept until the browser is closed, or for ``seconds`` (0 deletes it); no script sees it."""
    jar = SimpleCookie({named(cookie, sharing): value})
    morsel = jar[named(cookie, sharing)]
    morsel["path"], morsel["samesite"], morsel["httponly"] = sharing.base or "/", "Lax", True
    morsel["secure"] = _is_secure(sharing)
    if seconds is not None:
        morsel["max-age"] = str(seconds)
    return morsel.OutputString()


def _is_secure(sharing: Sharing) -> bool:
    return sharing.public_url is not None and sharing.public_url.startswith("https://")
