"""The files of the page find each other, are asked for once, and never those of two versions together."""

import re
from html.parser import HTMLParser
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from ui import page_files

FOLDER = Path(__file__).parent.parent / "ui" / "page"
_IMPORT = re.compile(r'^import (?:\{ (?P<names>[^}]+) \} from )?"\./(?P<file>\w+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|let) (\w+)", re.MULTILINE)


class Head(HTMLParser):
    """What a head loads: the addresses of its style sheet and its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses = list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        address = found.get("src") or found.get("href") or ""
        if not address.startswith("data:"):
            self.addresses.append(address)


def test_the_head_loads_every_file_once_for_long_and_of_one_version() -> None:
    app = FastAPI()
    app.include_router(page_files.routes())
    with TestClient(app) as client:
        addresses = Head(page_files.head()).addresses
        assert sorted(Path(each).name for each in addresses) == sorted(each.name for each in FOLDER.iterdir())
        for each in addresses:
            answer = client.get(f"/{each}")
            assert answer.content == (FOLDER / Path(each).name).read_bytes()
            assert answer.headers["content-type"].startswith("text/css" if each.endswith("css") else "text/javascript")
            assert "immutable" in answer.headers["cache-control"]
        assert len({Path(each).parent for each in addresses}) == 1
        version = Path(addresses[0]).parent
        for other in (f"{version}/other.js", f"{version}/..%2Fapp.py", "citedesk/0123456789abcdef/main.js"):
            refused = client.get(f"/{other}")
            assert (refused.status_code, "immutable" in str(refused.headers)) == (404, False)


def test_scripts_import_what_is_there_and_export_what_is_imported() -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js")}
    imported = {
        (one["file"], name)
        for text in scripts.values()
        for one in _IMPORT.finditer(text)
        for name in (one["names"] or "").split(", ")
        if name
    }
    exported = {(name, each) for name, text in scripts.items() for each in _EXPORT.findall(text)}
    assert imported == exported
    for name, text in scripts.items():
        assert len(re.findall(r"^import\b", text, re.MULTILINE)) == len(_IMPORT.findall(text)), name
