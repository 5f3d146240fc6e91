"""A text that a browser keeps for us for a while, and cannot change."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

_PURPOSE = "citedesk sign-in"


def seal(secret: str, text: str) -> str:
    """``text`` with the time and a signature; it can be read by whoever has it."""
    return str(URLSafeTimedSerializer(secret, _PURPOSE).dumps(text))


def unseal(secret: str, sealed: str, seconds: int) -> str | None:
    """The text, or None if it was changed or sealed more than ``seconds`` ago."""
    try:
        return str(URLSafeTimedSerializer(secret, _PURPOSE).loads(sealed, max_age=seconds))
    except BadSignature:  # also what is out of date
        return None
