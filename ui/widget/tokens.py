"""The widget's tokens: signed by the host's server, short-lived, good for one person and the groups of that person."""

import time
from collections.abc import Mapping, Sequence

import jwt

from index.errors import CitedeskError
from rag.sharing import Sharing
from ui.people import Person, Role, Via

AUDIENCE = "citedesk-widget"
LONGEST_LIFE = 3600
"""Seconds between ``iat`` and ``exp``; a token that is stolen is of use no longer."""
SKEW = 60
"""Seconds by which the host's clock may differ from ours."""
_LONGEST = 4096  # characters of a token
_LONGEST_NAME = 200
_MOST_GROUPS = 200
_ALGORITHM = "HS256"  # the only one: a token never chooses how it is checked


class TokenError(CitedeskError):
    """A token that opens nothing; the message says in one sentence why."""


def mint(
    secret: str,
    name: str,
    groups: Sequence[str] = (),
    *,
    seconds: int = 600,
    now: float | None = None,
    origin: str | None = None,
) -> str:
    """A token for the person ``name`` with these ``groups``, good for ``seconds`` from ``now`` (seconds since 1970).

    With ``origin`` ("https://intranet.example") it is good on the pages of that origin only.
    """
    begun = int(time.time() if now is None else now)
    claims = {"aud": AUDIENCE, "sub": name, "groups": list(groups), "iat": begun, "exp": begun + seconds}
    return jwt.encode(claims if origin is None else {**claims, "origin": origin}, secret, algorithm=_ALGORITHM)


def read_token(
    secret: str | None, token: str, origin: str | None, sharing: Sharing | None = None, *, now: float | None = None
) -> Person:
    """The person that a token is for. ``origin`` is the request's Origin header, None where it has none.

    With ``sharing``, an origin must be one of its ``widget_origins``. ``now`` is in seconds since 1970.
    Raises TokenError for a token that is malformed, altered, signed otherwise, expired, not yet valid, made for too
    long, or for another origin, and where there is no secret to check it with.
    """
    if secret is None:
        raise TokenError("This server takes no widget tokens: CITEDESK_WIDGET_SECRET is not set.")
    if sharing is not None and origin is not None and origin.lower() not in sharing.widget_origins:
        raise TokenError(f"Pages of {origin} may not hold the widget: CITEDESK_WIDGET_ORIGINS does not list it.")
    claims = _claims(secret, token)
    _timely(claims, time.time() if now is None else now)
    bound = claims.get("origin")
    if bound is not None and (not isinstance(bound, str) or origin is None or bound.lower() != origin.lower()):
        raise TokenError("The token was made for another origin.")
    return Person(_name(claims), Role.READER, _groups(claims), Via.WIDGET)


def _claims(secret: str, token: str) -> Mapping[str, object]:
    if len(token) > _LONGEST:
        raise TokenError(f"The token is longer than {_LONGEST} characters.")
    try:
        # Its times are checked here with our own clock and limits; PyJWT checks the signature, algorithm and audience.
        return jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            options={
                "require": ["aud", "sub", "iat", "exp"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_sub": False,
                "strict_aud": True,
            },
        )
    except jwt.InvalidAudienceError:
        raise TokenError(f"The token is not for the widget: its aud must be {AUDIENCE!r}.") from None
    except jwt.MissingRequiredClaimError as error:
        raise TokenError(f"The token has no {error.claim!r}.") from None
    except jwt.InvalidSignatureError:
        raise TokenError("The token was not signed with this server's CITEDESK_WIDGET_SECRET.") from None
    except (jwt.InvalidTokenError, ValueError):
        raise TokenError("The token cannot be read: it must be a JSON Web Token signed with HS256.") from None


def _timely(claims: Mapping[str, object], now: float) -> None:
    begun, ends = _second(claims, "iat"), _second(claims, "exp")
    if begun > now + SKEW or _second(claims, "nbf", begun) > now + SKEW:
        raise TokenError("The token is from the future: the clocks of the two servers differ.")
    if not 0 < ends - begun <= LONGEST_LIFE:
        raise TokenError(f"The token must be good for 1 to {LONGEST_LIFE} seconds from its iat to its exp.")
    if ends <= now - SKEW:
        raise TokenError("The token has expired.")


def _second(claims: Mapping[str, object], name: str, default: float | None = None) -> float:
    found = claims.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise TokenError(f"The token's {name} must be a number of seconds since 1970.")
    return found


def _name(claims: Mapping[str, object]) -> str:
    found = claims["sub"]
    if not isinstance(found, str) or not found.strip() or len(found) > _LONGEST_NAME or not found.isprintable():
        raise TokenError(f"The token's sub must name a person in 1 to {_LONGEST_NAME} printable characters.")
    return found


def _groups(claims: Mapping[str, object]) -> frozenset[str]:
    """Never None: a token that names no groups opens what is for everybody, and no more."""
    found = claims.get("groups", [])
    if not isinstance(found, list) or len(found) > _MOST_GROUPS or not all(isinstance(each, str) for each in found):
        raise TokenError(f"The token's groups must be a list of at most {_MOST_GROUPS} names.")
    return frozenset(each.strip() for each in found if each.strip())
