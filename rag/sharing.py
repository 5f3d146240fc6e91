"""The settings of a server that others use: who may come in, what is kept, how much is done at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import SettingError
from rag.values import Setting, one_of, whole

SHARING = (
    Setting(
        "CITEDESK_ACCESS",
        "",
        "Who may use the server: `open` (everybody who reaches it), `local` (names and passwords kept here), `proxy` "
        "(a reverse proxy that signs people in) or `oidc` (an OpenID Connect provider). Unset means everybody on this "
        "machine, and no other address is listened on.",
    ),
    Setting(
        "CITEDESK_PUBLIC_URL",
        "",
        "The address that people use, such as https://intranet.example/citedesk; with a path, everything is below it.",
    ),
    Setting(
        "CITEDESK_ADMINS",
        "",
        "Names, with commas between them, of those who may add documents and see figures; for `oidc` the `sub` or the "
        "verified e-mail. Local users have their role from `citedesk users`.",
    ),
    Setting("CITEDESK_ADMIN_GROUP", "", "A group whose members may do so as well."),
    Setting(
        "CITEDESK_PROXIES",
        "",
        "Addresses or networks of reverse proxies, with commas between them, whose headers are believed.",
    ),
    Setting("CITEDESK_USER_HEADER", "X-Forwarded-User", "Header in which such a proxy names who is asking."),
    Setting("CITEDESK_GROUPS_HEADER", "X-Forwarded-Groups", "Header with their groups, with commas between them."),
    Setting("CITEDESK_OIDC_ISSUER", "", "Address of the OpenID Connect provider."),
    Setting("CITEDESK_OIDC_CLIENT", "", "Client id registered there."),
    Setting("CITEDESK_OIDC_SECRET", "", "Its client secret. It is never logged or shown."),
    Setting("CITEDESK_OIDC_GROUPS", "groups", "Claim of the id token that lists a person's groups."),
    Setting(
        "CITEDESK_WIDGET_SECRET",
        "",
        "Secret of at least 32 characters shared with the host's server, which signs the widget's tokens with it.",
    ),
    Setting("CITEDESK_WIDGET_ORIGINS", "", "Origins whose pages may hold the widget, with commas between them."),
    Setting("CITEDESK_WIDGET_RATE", "20", "Questions a minute for one person of the widget."),
    Setting("CITEDESK_KEEP_DAYS", "365", "Days a conversation is kept after its last question; 0 keeps them for ever."),
    Setting("CITEDESK_AT_ONCE", "32", "Answers that are worked out at the same time."),
    Setting("CITEDESK_WAITING", "200", "Questions that may wait for their turn; more are told to come back."),
    Setting("CITEDESK_EACH", "4", "Answers that one person may have under way at the same time."),
    Setting("CITEDESK_LOG", "text", "Form of the log on standard error: `text` or `json`."),
    Setting(
        "CITEDESK_AUDIT",
        "",
        "File to which a line is added for each question and each look at a document: who, when, what was asked.",
    ),
    Setting("CITEDESK_METRICS", "", "Token with which /metrics may be read; unset means from this machine only."),
    Setting("CITEDESK_TRACES", "", "OTLP/gRPC endpoint for traces, such as http://127.0.0.1:4317; unset means none."),
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """The settings of one server; ``SHARING`` says what each is for. Secrets stay out of its ``repr``."""

    access: str = ""
    public_url: str | None = None
    admins: frozenset[str] = frozenset()
    admin_group: str | None = None
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    user_header: str = "X-Forwarded-User"
    groups_header: str = "X-Forwarded-Groups"
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    oidc_secret: str | None = field(default=None, repr=False)
    oidc_groups: str = "groups"
    widget_secret: str | None = field(default=None, repr=False)
    widget_origins: frozenset[str] = frozenset()
    widget_rate: int = 20
    keep_days: int = 365
    at_once: int = 32
    waiting: int = 200
    each: int = 4
    log: str = "text"
    audit: Path | None = None
    metrics: str | None = field(default=None, repr=False)
    traces: str | None = None

    @property
    def base(self) -> str:
        """The path that everything is served below: "" or "/citedesk", never with a slash at the end."""
        return urlsplit(self.public_url).path.rstrip("/") if self.public_url else ""


def sharing(values: Mapping[str, str]) -> Sharing:
    """The settings among ``values`` (name to text, all of ``SHARING``); SettingError names one that cannot be used."""
    secret = values["CITEDESK_WIDGET_SECRET"]
    if secret and len(secret) < 32:
        raise SettingError("CITEDESK_WIDGET_SECRET must have 32 characters or more; `openssl rand -hex 32` makes one")
    origins = frozenset(_origin(each) for each in _listed(values["CITEDESK_WIDGET_ORIGINS"]))
    return Sharing(
        access=one_of(values, "CITEDESK_ACCESS", ("", "open", "local", "proxy", "oidc")),
        public_url=_public(values["CITEDESK_PUBLIC_URL"]),
        admins=frozenset(_listed(values["CITEDESK_ADMINS"])),
        admin_group=values["CITEDESK_ADMIN_GROUP"] or None,
        proxies=tuple(_network(each) for each in _listed(values["CITEDESK_PROXIES"])),
        user_header=values["CITEDESK_USER_HEADER"],
        groups_header=values["CITEDESK_GROUPS_HEADER"],
        oidc_issuer=values["CITEDESK_OIDC_ISSUER"] or None,
        oidc_client=values["CITEDESK_OIDC_CLIENT"] or None,
        oidc_secret=values["CITEDESK_OIDC_SECRET"] or None,
        oidc_groups=values["CITEDESK_OIDC_GROUPS"],
        widget_secret=secret or None,
        widget_origins=origins,
        widget_rate=whole(values, "CITEDESK_WIDGET_RATE", 1, 10_000),
        keep_days=whole(values, "CITEDESK_KEEP_DAYS", 0, 36_500),
        at_once=whole(values, "CITEDESK_AT_ONCE", 1, 1000),
        waiting=whole(values, "CITEDESK_WAITING", 0, 100_000),
        each=whole(values, "CITEDESK_EACH", 1, 1000),
        log=one_of(values, "CITEDESK_LOG", ("text", "json")),
        audit=Path(values["CITEDESK_AUDIT"]).expanduser().absolute() if values["CITEDESK_AUDIT"] else None,
        metrics=values["CITEDESK_METRICS"] or None,
        traces=values["CITEDESK_TRACES"] or None,
    )


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise SettingError(f"CITEDESK_PROXIES: {text!r} is not an IP address or network such as 10.0.0.0/8") from None


def _public(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingError(f"CITEDESK_PUBLIC_URL={text!r} must be like https://intranet.example/citedesk")
    return text.rstrip("/")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise SettingError(f"CITEDESK_WIDGET_ORIGINS: {text!r} is not an origin such as https://intranet.example")
    return f"{parts.scheme}://{parts.netloc}".lower()
