"""Signing in at an OpenID Connect provider: the code flow with PKCE, state and nonce, and the id token checked."""

import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import httpx2
from authlib.integrations.starlette_client import (  # type: ignore[import-untyped]
    OAuth,
    OAuthError,
    StarletteOAuth2App,
)
from joserfc.errors import JoseError

from rag.sharing import Sharing

log = logging.getLogger(__name__)
_SIGNED = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_LEEWAY = 60  # seconds by which the provider's clock may differ
_PATIENCE = 10.0  # seconds for each request to it
_LONGEST_SUB = 255  # characters, by the standard
_TROUBLE = (OAuthError, JoseError, httpx2.HTTPError, RuntimeError, ValueError, KeyError, TypeError)
"""What Authlib lets through of a provider that cannot be reached, answers with something else, or cheats."""


class SignInFailed(Exception):
    """The provider did not sign anybody in; the message says to the person what to do. ``status`` is for HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Underway:
    """What is remembered of a sign-in until the browser comes back; ``target`` is where it wanted to go."""

    state: str
    nonce: str
    verifier: str
    target: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to remember (JSON of an Underway)."""

    url: str
    kept: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has signed in: ``name`` is its lasting ``sub``, ``email`` only where it has verified it."""

    name: str
    shown: str
    email: str | None
    groups: frozenset[str]
    id_token: str
    target: str


class Provider:
    """The provider of the settings, which have passed ``ui.access.check``; nothing is asked of it before it is needed.

    To be used in one event loop.
    """

    def __init__(self, sharing: Sharing) -> None:
        self._issuer, self._public = (sharing.oidc_issuer or "").rstrip("/"), sharing.public_url or ""
        self._claim, self._client = sharing.oidc_groups, sharing.oidc_client or ""
        self._app: StarletteOAuth2App = OAuth().register(
            "provider",
            client_id=sharing.oidc_client,
            client_secret=sharing.oidc_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": _PATIENCE},
        )

    async def begin(self, target: str) -> Begun:
        """Begins a sign-in that shall lead to ``target``. Raises SignInFailed."""
        try:
            await self._ready()
            made = await self._app.create_authorization_url(f"{self._public}/oidc/callback")
        except _TROUBLE as error:
            raise _unreachable(error) from error
        underway = Underway(made["state"], made["nonce"], made["code_verifier"], target)
        return Begun(made["url"], json.dumps(asdict(underway)))

    async def finish(self, query: Mapping[str, str], kept: str) -> Identity:
        """Who came back with ``query``; ``kept`` is that of the beginning. Raises SignInFailed."""
        underway = Underway(**json.loads(kept))
        if not hmac.compare_digest(query.get("state", "").encode(), underway.state.encode()):
            raise SignInFailed("This sign-in was not begun in this browser, or another one was begun since.", 400)
        if "error" in query:
            log.warning("the OpenID Connect provider answered %r", query["error"][:100])
            refused = "The provider did not sign you in" + (
                ": you declined." if query["error"] == "access_denied" else "."
            )
            raise SignInFailed(refused, 403)
        try:
            await self._ready()
            return await self._identity(query.get("code", ""), underway)
        except httpx2.HTTPError as error:
            raise _unreachable(error) from error
        except _TROUBLE as error:
            log.warning("an OpenID Connect sign-in was refused: %s", error)
            said = "What the provider answered could not be verified, so nobody was signed in. Try again."
            raise SignInFailed(said, 403) from error

    async def end(self, id_token: str | None) -> str:
        """The address at which the provider ends its own session and sends the browser back; "" if it has none."""
        try:
            await self._ready()
            made = await self._app.create_logout_url(f"{self._public}/signout", id_token, client_id=self._client)
        except _TROUBLE:  # not advertised, or out of reach: our own session ends all the same
            return ""
        return str(made["url"])

    async def _ready(self) -> None:
        """Reads the provider's description once, and holds it to what we ask for."""
        if "_loaded_at" in self._app.server_metadata:
            return
        found = await self._app.load_server_metadata()
        if str(found.get("issuer", "")).rstrip("/") != self._issuer:
            self._app.server_metadata.clear()
            raise ValueError(f"it calls itself {found.get('issuer')!r}, and CITEDESK_OIDC_ISSUER is {self._issuer!r}")
        offered = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = [each for each in offered if each in _SIGNED] or ["RS256"]
        if "groups" in (found.get("scopes_supported") or ()):
            self._app.client_kwargs["scope"] += " groups"
        if "client_secret_basic" not in (found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]):
            self._app.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"

    async def _identity(self, code: str, underway: Underway) -> Identity:
        token = await self._app.fetch_access_token(
            redirect_uri=f"{self._public}/oidc/callback", code=code, code_verifier=underway.verifier
        )
        must = {
            "iss": {"essential": True, "value": self._app.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self._client},
            "nonce": {"essential": True, "value": underway.nonce},
        }
        claims = await self._app.parse_id_token(token, underway.nonce, claims_options=must, leeway=_LEEWAY)
        if claims is None:
            raise ValueError("there was no id token")
        told: dict[str, object] = dict(claims)
        if self._claim not in told and "userinfo_endpoint" in self._app.server_metadata:
            more = dict(await self._app.userinfo(token=token))
            if more.get("sub") != told["sub"]:
                raise ValueError("the user info is about somebody else")
            told = {**more, **told}
        email = told.get("email") if told.get("email_verified") is True else None
        names = (told.get("preferred_username"), told.get("name"), email)
        shown = next((each for each in names if isinstance(each, str) and each.isprintable()), "")
        groups = _groups(told.get(self._claim))
        sub, mail = told["sub"], email if isinstance(email, str) else None
        if not isinstance(sub, str) or not 0 < len(sub) <= _LONGEST_SUB or not sub.isprintable():
            raise ValueError("the id token's sub cannot be a name")
        return Identity(sub, shown[:200], mail, groups, str(token["id_token"]), underway.target)


def _groups(claim: object) -> frozenset[str]:
    listed = claim.split(",") if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(each.strip() for each in listed if isinstance(each, str) and each.strip())


def _unreachable(error: Exception) -> SignInFailed:
    log.warning("the OpenID Connect provider cannot be used: %s", error)
    return SignInFailed("The provider that signs people in cannot be reached just now. Try again in a minute.", 503)
