"""``citedesk widget-demo``: a page of another site, with a strict policy of its own, that holds the widget."""

import argparse
import json
import string
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from rich.console import Console

from index.errors import CitedeskError, UsageError
from rag import settings
from ui.widget.tokens import mint

USUAL_PORT = 8900
TOKENS = "/citedesk-token"
"""Where the page gets its tokens: the one address that a host's server has to add."""
ATTRIBUTES = ("lang", "theme", "position", "color", "title", "style", "open")
"""What of the widget can be tried in the page's address, as in ``/?lang=de&theme=dark``."""


@dataclass(frozen=True, slots=True)
class Host:
    """What the page is made of: the desk's address, the secret shared with it, and who is signed in on the page."""

    desk: str
    secret: str
    name: str = "Mara Lind"
    groups: tuple[str, ...] = ()

    @property
    def policy(self) -> str:
        """The page's Content-Security-Policy: the desk's script and answers, and otherwise only its own files."""
        desk = "{0.scheme}://{0.netloc}".format(urlsplit(self.desk))
        return (
            f"default-src 'none'; script-src {desk}; connect-src 'self' {desk}; style-src 'self'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the page until Ctrl-C; 0 then, 2 when it cannot be served."""
    asked = _parser().parse_args(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    try:
        secret = settings.read().sharing.widget_secret
        if secret is None:
            raise UsageError(_SECRETLESS.format(port=asked.port))
        groups = tuple(each.strip() for each in asked.groups.split(",") if each.strip())
        host = Host(_desk(asked.desk), secret, asked.name, groups)
        with hosting(host, asked.port) as address:
            for line in lacking(host.desk, address):
                errors.print(line, style="yellow")
            Console(highlight=False, soft_wrap=True).print(f"A page with the widget is at {address} (Ctrl-C stops)")
            threading.Event().wait()
    except CitedeskError as error:
        errors.print(f"citedesk widget-demo: {error}", style="red")
        return 2
    except KeyboardInterrupt:
        errors.print("Stopped.")
    return 0


_SECRETLESS = """CITEDESK_WIDGET_SECRET is not set. This page and the desk share it. For instance:
  export CITEDESK_WIDGET_SECRET=$(openssl rand -hex 32)
  export CITEDESK_WIDGET_ORIGINS=http://localhost:{port}
  citedesk serve corpus &
  citedesk widget-demo"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citedesk widget-demo",
        description="Serve an invented intranet's page, on an origin of its own, that holds the chat widget.",
        epilog=f"Try the widget's attributes in the address: {', '.join(ATTRIBUTES)}, as in /?lang=de&theme=dark.",
    )
    parser.add_argument("--desk", default="http://127.0.0.1:7860", help="address of the desk (default: %(default)s)")
    parser.add_argument("--port", type=int, default=USUAL_PORT, help="port of the page, 0 for a free one (%(default)s)")
    parser.add_argument("--name", default="Mara Lind", help="who is signed in on the page (default: %(default)s)")
    parser.add_argument("--groups", default="", help="that person's groups, with commas between them")
    return parser


def _desk(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"--desk {written!r} is not an address such as http://127.0.0.1:7860")
    return written.rstrip("/")


@contextmanager
def hosting(host: Host, port: int = 0) -> Iterator[str]:
    """The page's address while it is served on this machine. Raises UsageError when the port cannot be had.

    It is called localhost: to a browser that is another site than 127.0.0.1, where the desk usually is.
    """
    try:
        serving = _Server(("127.0.0.1", port), _Handler)
    except (OSError, OverflowError) as error:
        raise UsageError(f"Cannot listen on port {port}: {error}. Choose another with --port.") from None
    with serving as server:
        server.host = host
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def lacking(desk: str, origin: str) -> Iterator[str]:
    """What keeps the widget from working on a page of ``origin``, a sentence each; nothing where all is well."""
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    request = urllib.request.Request(f"{desk}/api/ask", method="OPTIONS", headers=asks)
    try:
        with urllib.request.urlopen(request, timeout=5):
            return
    except urllib.error.HTTPError as error:
        with error:
            yield f"The desk at {desk} does not let pages of {origin} hold the widget ({error.code})."
        yield f"Start it with CITEDESK_WIDGET_ORIGINS={origin} and the same CITEDESK_WIDGET_SECRET."
    except OSError as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        yield f"The desk at {desk} cannot be reached: {reason}. Start it with `citedesk serve`, or name it with --desk."


def page(host: Host, query: str) -> str:
    """The page's HTML; ``query`` of its address may set the widget's ``ATTRIBUTES``."""
    asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    chosen = [f' data-{name}="{escape(asked[name])}"' for name in ATTRIBUTES if name in asked]
    template = string.Template(files("ui.widget").joinpath("host.html").read_text(encoding="utf-8"))
    return template.substitute(
        desk=escape(host.desk), name=escape(host.name), tokens=TOKENS, attributes="".join(chosen)
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    host: Host


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        host, parts = self.server.host, urlsplit(self.path)
        if parts.path == "/":
            self._send(200, "text/html", page(host, parts.query))
        elif parts.path == "/host.css":
            self._send(200, "text/css", files("ui.widget").joinpath("host.css").read_text(encoding="utf-8"))
        elif parts.path == TOKENS:
            token = mint(host.secret, host.name, host.groups, origin=self._origin())
            self._send(200, "application/json", json.dumps({"token": token}))
        else:
            self._send(404, "text/plain", "There is no such page.")

    def _origin(self) -> str:
        return f"http://{self.headers.get('Host', '')}"

    def _send(self, status: int, kind: str, text: str) -> None:
        assert isinstance(self.server, _Server)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", self.server.host.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: this is a page to look at, not a server to watch."""
