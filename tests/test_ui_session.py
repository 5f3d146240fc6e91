"""A session's exchanges, the filter bar's words, uploaded names."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from index.types import Filters
from rag.types import Answer, Claim, Part, Searched, Timings, Turn
from ui import filters, session, uploads
from ui.session import Session


def answered(question: str, text: str = "Yes.") -> Answer:
    return Answer(question, question + "!", (Claim(text, ()),), False, 0.9, (), (), Searched(1, Filters()), Timings())


def asked(questions: Sequence[str]) -> Session:
    kept = Session()
    for question in questions:
        kept = session.finish(session.grow(session.begin(kept, question), answered(question)))
    return kept


def test_completed_exchanges_are_the_history_of_the_next() -> None:
    kept = asked(["a", "b"])
    assert session.history(kept) == (Turn("a!", "Yes."), Turn("b!", "Yes."))
    stopped = session.stop(session.grow(session.begin(kept, "c"), answered("c")), "Stopped.", "Failed.")
    assert session.history(stopped) == session.history(kept), "what was stopped is not a turn"
    assert len(session.messages(stopped)) == 6
    assert "Stopped" in session.messages(stopped)[-1].content


def test_only_the_last_exchanges_are_kept_and_numbers_are_not_used_again() -> None:
    kept = asked([str(number) for number in range(session.KEPT + 5)])
    assert len(kept.exchanges) == session.KEPT
    assert session.find(kept.exchanges, 1) is None
    again = session.begin(session.undo(kept), "again")
    numbers = [one.number for one in again.exchanges]
    assert numbers == [*range(6, session.KEPT + 5), session.KEPT + 6]


def test_a_stop_is_told_as_one_even_when_the_cancelled_event_counted_as_failed() -> None:
    running = session.begin(Session(), "a")
    failed = session.finish(running, "Failed.")
    for kept in (session.stop(running, "Stopped.", "Failed."), session.stop(failed, "Stopped.", "Failed.")):
        assert kept.last is not None
        assert kept.last.note == "Stopped."
    assert session.finish(session.stop(running, "Stopped.", "Failed."), "Failed.").exchanges[0].note == "Stopped."
    done = asked(["a"])
    assert session.stop(done, "Stopped.", "Failed.") == done


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("", " ", (None, None)),
        ("2024-05-03", "2024-05-03", (date(2024, 5, 3), date(2024, 5, 3))),
        ("2024", "2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-02", "2024-2", (date(2024, 2, 1), date(2024, 2, 29))),
        ("", " 2023-1-9 ", (None, date(2023, 1, 9))),
    ],
)
def test_dates_as_they_are_typed(since: str, until: str, expected: tuple[date | None, date | None]) -> None:
    read = filters.read(since, until, ["B", "A"])
    assert (read.since, read.until) == expected
    assert read.outlets == ("B", "A")


@pytest.mark.parametrize(
    ("since", "until", "reason"),
    [
        ("3 May 2024", "", "From: “3 May 2024” is not a date"),
        ("", "2023-02-29", "To: 2023-02-29 is not a day"),
        ("2024-13", "", "From: 2024-13 is not a day"),
        ("0000", "", "From: 0000 is not a day"),
        ("", "2024-00", "To: 2024-00 is not a day"),
        ("2024-06-01", "2024-05", "later than"),
        ("２０２４", "", "not a date"),
    ],
)
def test_a_date_that_is_none_is_refused_with_a_reason(since: str, until: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        filters.read(since, until, [])


@given(st.text())
def test_a_stored_name_stays_in_its_folder(name: str) -> None:
    safe = uploads.safe_name(name)
    assert Path(safe).name == safe
    assert safe not in ("", ".", "..")
    assert not safe.startswith(".")
    assert len(safe) <= 120


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\Report (final).PDF", "Report-final.pdf"),
        ("Übersicht 2024.md", "Übersicht-2024.md"),
        ("...", "document"),
    ],
)
def test_names_keep_what_is_safe(name: str, safe: str) -> None:
    assert uploads.safe_name(name) == safe


def test_the_same_bytes_are_stored_once_and_other_bytes_beside_them(tmp_path: Path) -> None:
    first, second = tmp_path / "1" / "a.txt", tmp_path / "2" / "a.txt"
    for path, text in ((first, "one"), (second, "two")):
        path.parent.mkdir()
        path.write_text(text)
    folder = tmp_path / "home" / "uploads"
    assert uploads.store([first, second, first], folder) == (folder / "a.txt", folder / "a-2.txt", folder / "a.txt")
    assert [path.read_text() for path in sorted(folder.iterdir())] == ["two", "one"]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert uploads.folder_at(f' "{tmp_path}" ') == tmp_path.resolve()
    for written in ("", "  ", str(tmp_path / "nowhere")):
        with pytest.raises(UsageError):
            uploads.folder_at(written)


def test_a_limit_is_taken_off_the_last_question_in_its_place_and_off_an_earlier_one_anew() -> None:
    kept = asked(["a", "b"])
    last = session.wider(kept, "widen-2-time 7")
    assert last == session.Again(session.undo(kept), "b", frozenset({Part.OUTLET}))
    early = session.wider(kept, "widen-1-outlet 8")
    assert early == session.Again(kept, "a!", frozenset({Part.TIME}))
    twice = session.finish(session.grow(session.begin(last.session, last.question, last.infer), answered("b")))
    assert session.wider(twice, "widen-3-outlet 9").infer == frozenset()
    assert session.again(twice).infer == {Part.OUTLET}, "a retry keeps what was taken off"


@pytest.mark.parametrize(
    "link", ["", "widen-9-time 1", "widen-1-author 1", "widen-1-time", "cite-1-1 1", "widen-x-time 1"]
)
def test_a_link_to_no_limit_asks_nothing(link: str) -> None:
    assert session.wider(asked(["a"]), link).question == ""
    assert session.again(Session()).question == ""
