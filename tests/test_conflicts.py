"""Reports that disagree, and those that only look like it: invented news on a real shelf, read by the real reader."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals.cases import Questions, Source
from evals.disputes import DISPUTES, Marked, Outcome, Row, is_right, precision, recall, rows
from evals.tasks.shelf import shelf
from rag.answer import CANDIDATES
from rag.chosen import Chosen
from rag.disputes.conflicts import conflicts, disagreements, further, with_sides
from rag.disputes.stance import Standing, core, polarity, speaker, standing
from rag.disputes.stated import wanted
from rag.disputes.values import amounts, figures_apart, moments_apart, named, same_name, times
from rag.language.moments import Moment, moments, resolved
from rag.reader import Reading, read
from rag.retrieve import retrieve
from rag.settings import read as read_settings
from rag.types import Citation, Dispute, Filters

Ask = Callable[..., Reading]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Reads texts, each with its date ("" for none), from outlets A Post, B Post … for one question."""

    def one(question: str, *reports: tuple[str, str]) -> Reading:
        sources = tuple(
            Source(f"r{at}", "Report", text, f"{letter} Post", date.fromisoformat(day) if day else None)
            for at, (letter, (day, text)) in enumerate(zip("ABCDE", reports, strict=False))
        )
        with shelf(Questions((), sources), "t", tmp_path, read_settings({}), lambda *_: None) as desk:
            found = retrieve(desk.library, desk.index, desk.model, question, Filters(), CANDIDATES)
            return read(found, desk.model, question, desk.settings.read_tokens)

    return one


def values(question: str, reading: Reading) -> list[str]:
    """What the sides say, the newest first; nothing where there is no conflict."""
    return [stand.value for each in disagreements(question, reading.answers) for stand in each.stands]


FERRY = "How many people died when the ferry Solveig sank?"
ELEVEN = ("2024-05-01", "Rescuers said 11 people died when the ferry Solveig sank.")
FOURTEEN = ("2024-05-03", "Fourteen people died when the ferry Solveig sank, the coast guard said.")


def test_both_sides_come_newest_first_with_a_note_of_which_is_later(ask: Ask) -> None:
    reading = ask(FERRY, ELEVEN, FOURTEEN)
    (found,) = disagreements(FERRY, reading.answers)
    assert found.dispute is Dispute.FIGURE
    assert [stand.value for stand in found.stands] == ["Fourteen people", "11 people"]
    assert found.note == (
        "The later report (B Post, 3 May 2024) says Fourteen people; the earlier one (A Post, 1 May 2024) 11 people, "
        "and only B Post names a source for it."
    )


def test_reports_that_agree_stand_on_one_side(ask: Ask) -> None:
    same = ("2024-05-04", "The ferry Solveig sank in a gale, and 14 people died.")
    (found,) = disagreements(FERRY, ask(FERRY, ELEVEN, FOURTEEN, same).answers)
    assert [len(stand.quotes) for stand in found.stands] == [2, 1]
    assert [quote.best.passage.document.id for quote in further([found])] != []


def test_an_undated_report_comes_last_and_the_note_says_so(ask: Ask) -> None:
    reading = ask(FERRY, ("", ELEVEN[1]), FOURTEEN)
    (found,) = disagreements(FERRY, reading.answers)
    assert [stand.value for stand in found.stands] == ["Fourteen people", "11 people"]
    assert "which is later is not known" in found.note


def test_quotes_are_words_of_their_documents_and_only_cited_sides_are_shown(ask: Ask) -> None:
    reading = ask(FERRY, ELEVEN, FOURTEEN)
    found = disagreements(FERRY, reading.answers)
    told = with_sides(reading.chosen, found)
    assert [each.best.passage.document.id for each in told] == ["r1", "r0"]
    citations = [cited(number, each) for number, each in enumerate(told, 1)]
    for citation, each in zip(citations, told, strict=True):
        assert each.best.passage.document.text[citation.start : citation.end] == citation.quote
    (conflict,) = conflicts(found, citations)
    assert [[citation.number for citation in side.citations] for side in conflict.sides] == [[1], [2]]
    assert conflicts(found, citations[:1]) == ()


def test_where_nothing_disagrees_what_was_chosen_stays(ask: Ask) -> None:
    reading = ask(FERRY, ELEVEN)
    assert disagreements(FERRY, reading.answers) == ()
    assert with_sides(reading.chosen, ()) == reading.chosen


def cited(number: int, chosen: Chosen) -> Citation:
    document = chosen.best.passage.document
    quote = document.text[chosen.start : chosen.end]
    place = (chosen.best.paragraph.number, None, chosen.start, chosen.end, quote)
    return Citation(number, document.id, document.version, "Report", document.outlet, document.published, None, *place)


@pytest.mark.parametrize(
    ("question", "one", "other", "sides"),
    [
        (
            "When was the Varda treaty signed?",
            ("2019-06-20", "The Varda treaty was signed on 14 June 2019 by the river."),
            ("2019-07-01", "The Varda treaty was signed on 17 June 2019, the clerk said."),
            ["17 June 2019", "14 June 2019"],
        ),
        (
            "Who is the head of the Ostrand harbour authority?",
            ("2022-05-01", "Marta Viken is the head of the Ostrand harbour authority."),
            ("2024-03-09", "Jonas Pell is the head of the Ostrand harbour authority since February."),
            ["Jonas Pell", "Marta Viken"],
        ),
        (
            "Did the council of Varnes approve the cable car?",
            ("2024-04-02", "The council of Varnes approved the cable car by nine votes to six."),
            ("2024-04-03", "The council of Varnes rejected the cable car, its clerk said."),
            ["no", "yes"],
        ),
        (
            "Who said that the Elvar dam is a time bomb?",
            ("2020-05-05", "Engineer Tomas Rehn said that the Elvar dam is a time bomb."),
            ("2020-05-08", "Senator Klara Moe said that the Elvar dam is a time bomb."),
            ["Klara Moe", "Engineer Tomas Rehn"],
        ),
        (
            "What is the fee for a fishing licence in Lake Orm?",
            ("2021-03-04", "The fee for a fishing licence in Lake Orm is 30 crowns."),
            ("2023-03-02", "The fee for a fishing licence in Lake Orm was raised from 30 to 45 crowns."),
            ["45 crowns", "30 crowns"],
        ),
    ],
)
def test_each_kind_of_conflict_is_found(
    ask: Ask, question: str, one: tuple[str, str], other: tuple[str, str], sides: list[str]
) -> None:
    assert values(question, ask(question, one, other)) == sides


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (FERRY, "About 40 people died when the ferry Solveig sank.", "The ferry Solveig sank and 42 people died."),
        (
            "When did the Lemke glass factory close?",
            "The Lemke glass factory closed in May 2023.",
            "The Lemke glass factory closed on 12 May 2023.",
        ),
        (
            "How many tourists visited the isle of Hven?",
            "In 2021 some 84,000 tourists visited the isle of Hven.",
            "In 2022 some 112,000 tourists visited the isle of Hven.",
        ),
        (
            "How much does a ticket for the Brandal ferry cost?",
            "An adult ticket for the Brandal ferry costs 12 euros.",
            "A child ticket for the Brandal ferry costs 6 euros.",
        ),
        (
            "Who attended the funeral of Bishop Arne Lund?",
            "Queen Sonja Maren attended the funeral of Bishop Arne Lund.",
            "Premier Olav Strand attended the funeral of Bishop Arne Lund.",
        ),
        (
            "How much did the Ravn stadium cost?",
            "The Ravn stadium is expected to cost 50 million euros.",
            "The Ravn stadium cost 73 million euros.",
        ),
        (
            "How many people were evacuated from the village of Tisla?",
            "Some 900 people were evacuated from the village of Tisla, including 210 children.",
            "Of those evacuated from the village of Tisla, 210 were children.",
        ),
        (
            "When was the skater Maja Lien born?",
            "The skater Maja Lien was born in 1999.",
            "The poet Maja Lien was born in 1942.",
        ),
        (
            "Did the union of Merle dockers accept the offer?",
            "The union of Merle dockers did not accept the offer.",
            "The union of Merle dockers rejected the offer.",
        ),
    ],
)
def test_what_only_looks_like_a_conflict_is_none(ask: Ask, question: str, one: str, other: str) -> None:
    assert values(question, ask(question, ("2022-02-03", one), ("2022-02-10", other))) == []


def test_one_document_disagrees_only_by_its_speakers(ask: Ask) -> None:
    question = "How many fishing boats blocked the port of Alvor?"
    plain = "In all 70 fishing boats blocked the port of Alvor.\nThen 32 fishing boats blocked the port of Alvor."
    assert values(question, ask(question, ("2024-02-11", plain))) == []
    spoken = (
        "Skipper Nuno Brandt said that 70 fishing boats blocked the port of Alvor.\n"
        "Harbour master Ilse Vik said that only 32 fishing boats blocked the port of Alvor."
    )
    reading = ask(question, ("2024-02-11", spoken))
    (found,) = disagreements(question, reading.answers)
    assert {stand.value for stand in found.stands} == {"70 fishing", "32 fishing"}
    assert "Skipper Nuno Brandt" in found.note


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("about 40 ships", "42 ships", False),
        ("40 ships", "42 ships", True),
        ("1.2 million votes", "1,203,441 votes", False),
        ("16 kilometres", "ten miles", False),
        ("12,000 people", "12,400 people", False),
        ("at least 120", "134", False),
        ("at least 11", "40", True),
        ("half of", "50.4 percent", False),
        ("eighteen", "18", False),
        ("4 percent", "4 euros", False),
        ("No one", "Six", True),
        ("140", "between 90 and 100", True),
    ],
)
def test_figures_exclude_each_other_beyond_their_precision(one: str, other: str, apart: bool) -> None:
    assert figures_apart(amounts(one)[0], amounts(other)[0]) is apart


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("May 2024", "3 May 2024", False),
        ("on Tuesday", "7 May", False),
        ("on Tuesday", "8 May", True),
        ("2023", "2024", True),
        ("the 1980s", "1987", False),
        ("the 1980s", "1991", True),
    ],
)
def test_dates_exclude_each_other_by_what_both_state(one: str, other: str, apart: bool) -> None:
    def moment(text: str) -> Moment:
        return resolved(moments(text)[0], date(2024, 5, 9))

    assert moments_apart(moment(one), moment(other)) is moments_apart(moment(other), moment(one)) is apart


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna Holm", "Holm", True),
        ("KCNA", "Korean Central News Agency", True),
        ("Anna Holm", "Bo Holm", False),
        ("Halden", "Morvik", False),
    ],
)
def test_a_name_may_be_shortened(one: str, other: str, same: bool) -> None:
    assert same_name(named(one, 0, len(one)), named(other, 0, len(other))) is same


def test_times_of_day_are_minutes() -> None:
    assert [each.low for each in times("from 9:40 p.m. or noon to 06:15")] == [1300, 720, 375]


@pytest.mark.parametrize(
    ("question", "text", "sign"),
    [
        ("Is the Sella pass open?", "The Sella pass is closed.", -1),
        ("Is the Sella pass open?", "The Sella pass is not closed.", 1),
        ("Did Polar cancel the flights?", "Polar cancelled the flights not because of snow but for lack of crew.", 1),
        ("Did Polar cancel the flights?", "Polar may cancel the flights.", 0),
        ("Did Brekke take money from Klar?", "Brekke denied that she took money from Klar.", -1),
        ("Did the board raise its offer?", "The board raised its offer but will not raise it again.", 0),
    ],
)
def test_a_sentence_says_yes_or_no_or_neither(question: str, text: str, sign: int) -> None:
    assert polarity(question, text) == sign


def test_whose_word_it_is() -> None:
    text = "Fourteen people died, the coast guard said on Friday."
    assert speaker(text) == "the coast guard"
    assert core(text).rstrip(" .") == "Fourteen people died" and len(core(text)) == len(text)
    assert standing(text) is Standing.SOURCED
    assert standing("Reportedly fourteen people died.") is Standing.UNCONFIRMED
    assert standing("Fourteen people died.") is Standing.PLAIN


@pytest.mark.parametrize(
    ("question", "dispute"),
    [
        ("How much did the bridge cost?", Dispute.FIGURE),
        ("What time does the train leave?", Dispute.DATE),
        ("Who leads the party?", Dispute.NAME),
        ("Is it safe or not?", None),
        ("Why did it close?", None),
        ("Which towns did the river flood?", None),
        ("What did the mayor say?", None),
    ],
)
def test_only_a_question_for_one_value_can_have_two_answers(question: str, dispute: Dispute | None) -> None:
    assert wanted(question) is dispute


def test_the_sets_are_sound_and_a_third_is_held_out() -> None:
    found = rows(DISPUTES)
    assert len(found) >= 60 and sum(not row.marked for row in found) >= 25
    for row in found:
        texts = [report.text for report in row.reports]
        for marked in row.marked:
            assert len(marked.sides) > 1 and all(any(side in text for text in texts) for side in marked.sides), row.id


def test_figures_of_the_measurement_by_hand(ask: Ask) -> None:
    (found,) = disagreements(FERRY, ask(FERRY, ELEVEN, FOURTEEN).answers)
    right, wrong = Marked(Dispute.FIGURE, ("11", "Fourteen")), Marked(Dispute.FIGURE, ("11", "12"))
    assert is_right(found, right) and not is_right(found, wrong)
    assert not is_right(replace(found, dispute=Dispute.DATE), right)
    row = Row("r", FERRY, (), (right,))
    outcomes = [
        Outcome(row, (found,), 1, 1.0),
        Outcome(row, (), 0, 1.0),
        Outcome(replace(row, marked=()), (found,), 0, 1.0),
    ]
    assert precision(outcomes).value == 0.5 and precision(outcomes).n == 2  # one of two found
    assert recall(outcomes).value == 0.5 and recall(outcomes).n == 2  # one of two marked
