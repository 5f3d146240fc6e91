"""Exports and feeds of which one article cannot be read any more: its document stays, no other one changes, and what is
gone from them goes."""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from html import escape
from pathlib import Path

import pytest

from index.embed import MiniLM
from index.exact import ExactIndex
from index.library import Library
from index.rights import NOBODY
from index.types import Filters
from tests.conftest import open_library
from tests.test_ingest import Place, assert_consistent, counts
from tests.test_ingest_parts import store

# Too short for their language to be looked for, which would take most of the time.
TEXTS = ("They signed a treaty.", "It needs two eggs.", "He went to Hanoi.", "The harbour is open.", "Snow fell.")
Pieces = Sequence[str]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(open_library(tmp_path / "home")) as library:
        yield library


def line(number: int, text: str) -> str:
    said = {"title": f"Title {number}", "id": f"id-{number}", "text": text, "url": f"https://wire.example/{number}"}
    return json.dumps(said)


def item(number: int, text: str) -> str:
    return (
        f"<item><title>Title {number}</title><guid>id-{number}</guid><link>https://wire.example/{number}</link>"
        f"<description>{escape(f'<p>{text}</p>')}</description></item>"
    )


def entry(number: int, text: str) -> str:
    return (
        f"<entry><title>Title {number}</title><id>id-{number}</id><content type='html'>"
        f"<![CDATA[<p>{text}</p>]]></content></entry>"
    )


def export(pieces: Pieces) -> str:
    return "".join(f"{piece}\n" for piece in pieces)


def feed(pieces: Pieces) -> str:
    return f"<?xml version='1.0'?>\n<rss><channel><title>Wire</title>{' '.join(pieces)}</channel></rss>"


def atom(pieces: Pieces) -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Wire</title>{' '.join(pieces)}</feed>"


Written = tuple[str, Callable[[int, str], str], Callable[[Pieces], str]]
FORMATS: tuple[Written, ...] = (("a.jsonl", line, export), ("a.rss", item, feed), ("a.atom", entry, atom))
DAMAGES: Mapping[str, Callable[[str], str]] = {
    "its second half is gone": lambda piece: piece[: len(piece) // 2],
    "its last character is gone": lambda piece: piece[:-1],
    "little is left": lambda piece: piece[:9],
    "its first half is gone": lambda piece: piece[len(piece) // 2 :],
    "its first character is gone": lambda piece: piece[1:],
    "its middle is gone": lambda piece: piece[: len(piece) // 4] + piece[2 * len(piece) // 3 :],
    "something else stands there": lambda piece: "#" * len(piece),
}


def titled(library: Library) -> dict[str, str]:
    return {one.title: one.text for entry in library.entries() for one in [library.document(entry.id)]}


@pytest.mark.parametrize(("name", "written", "whole"), FORMATS, ids=["JSONL", "RSS", "Atom"])
def test_whichever_article_is_damaged_nothing_is_lost_or_mixed(
    tmp_path: Path, library: Library, name: str, written: Callable[[int, str], str], whole: Callable[[Pieces], str]
) -> None:
    path = tmp_path / name
    for at in range(len(TEXTS)):
        for how, damage in DAMAGES.items():
            path.write_text(whole([written(number, text) for number, text in enumerate(TEXTS)]))
            store(library, path)
            before = {f"Title {number}": text for number, text in enumerate(TEXTS)}
            assert titled(library) == before
            # The others change, and another one comes at the end that the feed is added to.
            pieces = [written(number, f"{text} Now.") for number, text in enumerate(TEXTS)]
            pieces[at] = damage(pieces[at])
            path.write_text(whole(pieces))
            store(library, path)
            after = {title: f"{text} Now." for title, text in before.items()} | {f"Title {at}": TEXTS[at]}
            assert titled(library) == after, (at, how)


def put(library: Library, path: Path, *lines: str, end: str = "\n", groups: str | None = None) -> list[str]:
    """What is held once these are the lines; one that is a digit is the article of that number."""
    path.write_text("\n".join(line(int(one), TEXTS[int(one)]) if one.isdigit() else one for one in lines) + end)
    store(library, path, groups)
    return sorted(title.removeprefix("Title ") for title in titled(library))


BAD, CUT = "# not a line", line(3, TEXTS[3])[:30]  # which ends behind the title, before the identifier


@pytest.mark.parametrize(
    ("first", "then", "held"),
    [
        ("0 1 2 3 4", "0 1 2 BAD 4", "0 1 2 3 4"),
        ("0 1 2 3 4", "1 BAD 3 4", "1 2 3 4"),  # the first is gone from the export
        ("0 1 2 3", "2 BAD 3 4", "2 3 4"),  # damaged is one that was never read
        ("BAD 0 1 2", "BAD 2 3", "1 2 3"),  # what is there for good keeps no more than there could be in it
        ("0 1 2 3 4", "0 1 BAD", "0 1 2"),
        ("0 1 2 3", "0 BAD 3", "0 1 2 3"),  # two that lost the end of a line: both may be meant
        ("0 1 2 3 4", "0 CUT", "0 1 2 3 4"),  # the file ends in the middle of a line: the rest was lost with it
        ("0 1 2 3 4", "4 3 BAD 1 0", "0 1 2 3 4"),
        ("0 1 2 3 4", "4 BAD 1", "1 4"),  # in another order, nobody knows which of the two that are gone is meant
        ("0 1", "BAD 2 3", "2 3"),
        ("0", "BAD 2 3", "0 2 3"),
    ],
)
def test_an_article_without_a_name_is_known_by_its_place(
    tmp_path: Path, library: Library, first: str, then: str, held: str
) -> None:
    named = {"BAD": BAD, "CUT": CUT}
    put(library, tmp_path / "a.jsonl", *(named.get(one, one) for one in first.split()))
    lines = [named.get(one, one) for one in then.split()]
    assert put(library, tmp_path / "a.jsonl", *lines, end="" if CUT in lines else "\n") == held.split()


def test_what_stays_keeps_its_place_until_its_line_is_whole_or_gone(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "a.jsonl"
    put(library, path, *"01234")
    assert put(library, path, "0", "1", BAD, "3", "4") == [*"01234"]
    assert put(library, path, "1", BAD, "3", "4") == [*"1234"], "it still stands behind the second"
    assert put(library, path, "1", BAD, BAD, "4") == [*"1234"]
    assert len(library.search(["Hanoi"], Filters(), 9)) == 1, "and is found"
    assert put(library, path, "1", BAD, "3", "4") == [*"1234"]
    assert put(library, path, line(2, "It is whole now."), BAD, "3", "4") == [*"234"], "its line wins"
    assert titled(library)["Title 2"] == "It is whole now."
    assert put(library, path, *"34") == [*"34"]


def test_what_stays_is_seen_by_nobody_who_may_not_see_it_by_its_broken_line(tmp_path: Path, library: Library) -> None:
    def groups(said: str, around: str | None = None) -> set[str]:
        put(library, tmp_path / "a.jsonl", "0", line(1, TEXTS[1])[:-1] + said, "2", groups=around)
        return next(set(entry.groups) for entry in library.entries() if entry.title == "Title 1")

    assert groups(', "groups": ["a", "b"]}') == {"a", "b"}
    assert groups("") == {"a", "b"}, "broken, and nothing is said"
    assert groups(', "groups": ["b", "c"], "x') == {"b"}
    assert groups(', "groups": ["c"], "x') == {NOBODY}
    assert groups("}") == set()
    assert groups(', "groups": ["a"') == {NOBODY}, "it is for some, and cannot be read for whom"
    assert groups("}") == set()
    assert groups(', "groups": ["a"], x', "c") == {"c"}, "what is said of the file counts instead"
    assert groups(', "groups": 5}', "c d") == {"c"}
    assert groups("}", "d") == {"d"}


def test_an_ingest_says_what_stays_and_writes_it_once(tmp_path: Path, library: Library) -> None:
    with closing(ExactIndex()) as index:
        place = Place(tmp_path / "news", library, index, MiniLM())
        good = [line(number, text) for number, text in enumerate(TEXTS[:3])]
        items = [item(number, text) for number, text in enumerate(TEXTS[:3])]
        place.write("a.jsonl", export(good))
        with zipfile.ZipFile(place.folder / "b.zip", "w") as archive:
            archive.writestr("in/b.rss", feed(items))
        assert counts(place.ingest()) == (6, 0, 0, 0, 0, 0)
        before = {entry.id: library.document(entry.id).text for entry in library.entries()}

        place.write("a.jsonl", export([good[0], good[1][:-1], line(2, f"{TEXTS[2]} Now.")]))
        with zipfile.ZipFile(place.folder / "b.zip", "w") as archive:
            archive.writestr("in/b.rss", feed([items[0], items[1][:-20], items[2]]))
        summary = place.ingest()
        assert counts(summary) == (0, 1, 3, 0, 2, 0), "what stays was neither read nor removed"
        told = {failure.path.removeprefix(f"{place.folder}/"): failure.reason for failure in summary.failed}
        assert told == {
            "a.jsonl → line 2": "is not JSON: Expecting ',' delimiter at character 97; its stored version stays",
            "b.zip → in/b.rss/item 2": "is cut short: its end is missing; its stored version stays",
        }
        assert library.entries() and {entry.id for entry in library.entries()} == before.keys()
        assert_consistent(library, index)
        state = library.state()
        assert place.ingest().failed == summary.failed
        assert library.state() == state, "a second run writes nothing, and says the same"
