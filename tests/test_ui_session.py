"""A session's exchanges, how their answers are relayed, the filter bar's words, uploaded names."""

import asyncio
import threading
from collections.abc import Generator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from index.types import Chunk, Filters
from rag.types import Answer, Citation, Claim, Part, Passage, Searched, Timings, Turn
from tests.conftest import document
from ui import filters, session, uploads
from ui.ask import relayed
from ui.session import Exchange, Session


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
    stopped = session.finish(session.grow(session.begin(kept, "c"), answered("c")), "Stopped.")
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


def test_a_session_is_its_owner_s_alone() -> None:
    kept = session.belonging(Session(), "proxy:ada")
    assert kept.owner == "proxy:ada"
    kept = session.finish(session.grow(session.begin(kept, "a"), answered("a")))
    assert session.belonging(kept, "proxy:ada") == kept
    assert session.belonging(kept, "proxy:bo") == Session(owner="proxy:bo")


def test_a_restored_conversation_goes_on_with_its_last_exchanges_and_says_what_it_leaves_out() -> None:
    number = session.KEPT + 3
    kept = [Exchange(at, f"q{at}", answered(f"q{at}"), done=True, kept=f"{at:x}") for at in range(1, number)]
    kept.append(Exchange(number, "q", note="No longer yours to see.", done=True))
    restored = session.restored("proxy:ada", "c1", kept)
    assert (restored.left_out, len(restored.exchanges), restored.upcoming) == (3, session.KEPT, number + 1)
    told = [one.content for one in session.messages(restored)]
    assert "3 earlier exchanges" in told[0] and "No longer yours" in told[-1]
    assert len(session.history(restored)) == session.KEPT - 1, "what is withheld is no turn"
    assert "exchange/f?" in told[2 * (15 - 3)]
    grown = session.keep(session.finish(session.grow(session.begin(restored, "r"), answered("r"))), "c1", "ab")
    assert grown.left_out == 4 and "exchange/ab?" in session.messages(grown)[-1].content


def test_what_is_done_cannot_be_stopped() -> None:
    running = session.begin(Session(), "a")
    stopped = session.finish(running, "Stopped.")
    assert stopped.last is not None and stopped.last.note == "Stopped."
    for done in (stopped, asked(["a"])):
        assert session.finish(done, "Stopped again.") == done


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
    last = session.linked(kept, "widen-2-time 7")
    assert last == session.Again(session.undo(kept), "b", frozenset({Part.OUTLET}))
    early = session.linked(kept, "widen-1-outlet 8")
    assert early == session.Again(kept, "a!", frozenset({Part.TIME}))
    twice = session.finish(session.grow(session.begin(last.session, last.question, last.infer), answered("b")))
    assert session.linked(twice, "widen-3-outlet 9").infer == frozenset()
    assert session.again(twice).infer == {Part.OUTLET}, "a retry keeps what was taken off"


@pytest.mark.parametrize(
    "link",
    [
        "",
        "widen-9-time 1",
        "widen-1-author 1",
        "widen-1-time",
        "cite-1-1 1",
        "widen-x-time 1",
        "next-1 7",
        "next-1 Who?",
    ],
)
def test_a_link_to_nothing_asks_nothing(link: str) -> None:
    assert session.linked(asked(["a"]), link).question == ""
    assert session.again(Session()).question == ""


def test_a_next_question_is_asked_as_it_is_written() -> None:
    kept = asked(["a"])
    assert session.linked(kept, "next-2 17 Who was 1 of 3 “winners”?") == session.Again(
        kept, "Who was 1 of 3 “winners”?"
    )


def test_the_history_has_the_citations_whose_numbers_stay() -> None:
    cited = Citation(4, "id", "v", "T", None, None, None, 1, None, 0, 3, "Yes")
    found = replace(answered("a"), claims=(Claim("Yes.", (cited,)),))
    kept = session.finish(session.grow(session.begin(Session(), "a"), found))
    assert session.history(kept) == (Turn("a!", "Yes. [4]", (cited,)),)


def test_what_was_not_checked_does_not_stay_when_it_is_stopped() -> None:
    growing = session.grow(session.begin(Session(), "a"), replace(answered("a"), draft="And it was"))
    stopped = session.finish(growing, "Stopped.")
    assert stopped.last is not None and stopped.last.answer is not None and stopped.last.answer.draft == ""
    assert "And it was" not in session.messages(stopped)[-1].content


def test_only_the_last_answer_keeps_all_its_passages() -> None:
    shown = document("one", ["Yes."])
    passages = tuple(
        Passage(shown, Chunk("c", "one", 0, 4, 1, 1, "", 9), 0.1, 0.2, also=also) for also in ((), (shown,))
    )
    cited = Citation(1, "one", "v", "T", None, None, None, 1, None, 0, 4, "Yes.")
    found = replace(answered("a"), claims=(Claim("Yes.", (cited,)),), passages=passages)
    kept = session.finish(session.grow(session.begin(Session(), "a"), found))
    assert kept.last is not None and kept.last.answer is not None and kept.last.answer.passages == passages
    (before, _) = session.begin(kept, "b").exchanges
    assert before.answer is not None and before.answer.passages == passages[1:]


def test_what_is_relayed_comes_whole_and_in_order() -> None:
    async def collected() -> list[int]:
        async with aclosing(relayed(number for number in range(3))) as growing:
            return [number async for number in growing]

    assert asyncio.run(collected()) == [0, 1, 2]


def test_whoever_stops_does_not_wait_for_a_silent_model_and_its_work_is_closed_after_that() -> None:
    speaks, closed = threading.Event(), threading.Event()

    def work() -> Generator[str, None, None]:
        try:
            yield "first"
            speaks.wait(10)
            yield "second"
        finally:
            closed.set()

    async def stopped() -> list[str]:
        heard: list[str] = []

        async def listen() -> None:
            async with aclosing(relayed(work())) as growing:
                async for one in growing:
                    heard.append(one)

        listening = asyncio.create_task(listen())
        while not heard:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        listening.cancel()
        await asyncio.wait([listening], timeout=1)
        assert listening.cancelled() and not closed.is_set()
        return heard

    assert asyncio.run(stopped()) == ["first"]
    speaks.set()
    assert closed.wait(5)


def test_what_goes_wrong_in_the_work_is_raised_to_the_listener() -> None:
    def work() -> Generator[str, None, None]:
        yield "first"
        raise UsageError("no more")

    async def listen() -> None:
        async with aclosing(relayed(work())) as growing:
            async for _ in growing:
                pass

    with pytest.raises(UsageError, match="no more"):
        asyncio.run(listen())
