"""A small OpenID Connect provider over HTTP: it signs everybody in as one person, and can be told to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "citedesk", "the client's secret"
_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
_OTHER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@dataclass
class Told:
    """What the provider says, and what it has seen.

    ``claims`` are added to the id token (None removes one), ``forged`` signs with a key that is not published,
    ``symmetric`` with the client's secret. ``info`` is what only the user info endpoint tells.
    """

    issuer: str = ""
    claims: dict[str, object] = field(default_factory=dict)
    info: dict[str, object] = field(default_factory=dict)
    description: dict[str, object] = field(default_factory=dict)
    forged: bool = False
    symmetric: bool = False
    denies: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    ended: list[dict[str, str]] = field(default_factory=list)

    def id_token(self, nonce: str) -> str:
        """The signed id token."""
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.issuer,
            "sub": "8f1c",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "preferred_username": "ann",
            "email": "ann@desk.example",
            "email_verified": True,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.symmetric:
            return jwt.encode({"alg": "HS256"}, kept, OctKey.import_key(SECRET))
        return jwt.encode({"alg": "RS256", "kid": "first"}, kept, _OTHER if self.forged else _KEY)


@contextmanager
def oidc_provider() -> Iterator[Told]:
    """The provider, answering at ``Told.issuer`` until the block ends."""
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = self._asked()
            match path:
                case "/.well-known/openid-configuration":
                    self._json(_description(told))
                case "/jwks":
                    self._json({"keys": [_KEY.as_dict(private=False)]})
                case "/userinfo":
                    self._json({"sub": "8f1c", **told.info})
                case "/authorize":
                    self._to(query["redirect_uri"], _authorized(told, query))
                case "/logout":
                    told.ended.append(query)
                    self._to(query["post_logout_redirect_uri"], {"state": query["state"]})
                case _:
                    self.send_error(404)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            begun = told.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            is_ours = self.headers["Authorization"] == f"Basic {basic}"
            if begun is None or proof != begun["code_challenge"] or not is_ours:
                self._json({"error": "invalid_grant"}, 400)
            else:
                id_token = told.id_token(begun["nonce"])
                self._json({"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _asked(self) -> tuple[str, dict[str, str]]:
            parts = urlsplit(self.path)
            return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}

        def _json(self, value: object, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _to(self, address: str, query: dict[str, str]) -> None:
            self.send_response(302)
            self.send_header("Location", f"{address}?{urlencode(query)}")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


def _description(told: Told) -> dict[str, object]:
    return {
        "issuer": told.issuer,
        "authorization_endpoint": f"{told.issuer}/authorize",
        "token_endpoint": f"{told.issuer}/token",
        "jwks_uri": f"{told.issuer}/jwks",
        "userinfo_endpoint": f"{told.issuer}/userinfo",
        "end_session_endpoint": f"{told.issuer}/logout",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        "scopes_supported": ["openid", "profile", "email", "groups"],
        **told.description,
    }


def _authorized(told: Told, query: dict[str, str]) -> dict[str, str]:
    if told.denies:
        return {"error": "access_denied", "state": query["state"]}
    assert query["client_id"] == CLIENT
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert set(query["scope"].split()) == {"openid", "profile", "email", "groups"}
    code = secrets.token_urlsafe(16)
    told.codes[code] = query
    return {"code": code, "state": query["state"]}
