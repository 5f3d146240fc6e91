"""What a question's own words limit its search to, and the many words that limit nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.scope import scope
from rag.types import Filters, Part

TODAY = date(2026, 11, 22)  # a Sunday
OUTLETS = (
    "BBC News",
    "Harbour Wire",
    "Institute for the Study of War",
    "Reuters",
    "TIME",
    "The Harbour Post",
    "The Sunday Ledger",
    "USA Today",
    "WHO",
)


def limits(question: str, today: date = TODAY) -> Filters:
    return scope(question, today, OUTLETS).filters


def span(since: str, until: str) -> Filters:
    return Filters(date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened in Lund this week?", "2026-11-15", "2026-11-22"),
        ("Summarise this week’s talks.", "2026-11-15", "2026-11-22"),
        ("What was decided in the past week?", "2026-11-15", "2026-11-22"),
        ("Who was arrested in the last 7 days?", "2026-11-15", "2026-11-22"),
        ("What happened over the weekend?", "2026-11-15", "2026-11-22"),
        ("Who was appointed today?", "2026-11-21", "2026-11-22"),
        ("What is happening today?", "2026-11-21", "2026-11-22"),
        ("What did the mayor say yesterday?", "2026-11-20", "2026-11-22"),
        ("What did the mayor say last week?", "2026-11-08", "2026-11-22"),
        ("What happened in the past three weeks?", "2026-11-01", "2026-11-22"),
        ("What happened in the past two months?", "2026-09-22", "2026-11-22"),
        ("What happened in the last 48 hours?", "2026-11-19", "2026-11-22"),
        ("Which bank was recently fined?", "2026-08-22", "2026-11-22"),
        ("What was agreed in recent days?", "2026-11-08", "2026-11-22"),
        ("What was signed this month?", "2026-11-01", "2026-11-22"),
        ("What was signed last month?", "2026-10-01", "2026-11-22"),
        ("How many ships sank this year?", "2026-01-01", "2026-11-22"),
        ("What did last year’s report conclude?", "2025-01-01", "2025-12-31"),
        ("What did Duarte announce on Monday?", "2026-11-15", "2026-11-22"),
        ("Who lost Tuesday's vote?", "2026-11-15", "2026-11-22"),
        ("What has changed since Thursday?", "2026-11-15", "2026-11-22"),
        ("What has changed since May?", "2026-05-01", ""),
        ("What has happened in Peru since December?", "2025-12-01", ""),
        ("How has the front shifted since 3 May 2024?", "2024-05-03", ""),
        ("What did Duarte say after 3 May 2024?", "2024-05-03", ""),
        ("What has Duarte said since early 2025?", "2025-01-01", ""),
        ("What has been reported since 2026-02-01?", "2026-02-01", ""),
        ("What did Duarte say before March 2024?", "", "2024-02-29"),
        ("What was known about the leak until March 2024?", "", "2024-03-31"),
        ("What had been said of it by the end of 2023?", "", "2023-12-31"),
        ("Which articles published in March 2024 mention tea?", "2024-03-01", "2024-03-31"),
        ("What do reports from 2023 say about tea?", "2023-01-01", "2023-12-31"),
        ("Summarise articles since May.", "2026-05-01", ""),
        ("Summarise reports from May to July 2024.", "2024-05-01", "2024-07-31"),
        ("Give me the news of 3 May.", "2026-05-03", "2026-05-03"),
        ("What was reported about Kursk in May?", "2026-05-01", "2026-05-31"),
        ("What was written in December?", "2025-12-01", "2025-12-31"),
    ],
)
def test_times_of_publication(question: str, since: str, until: str) -> None:
    assert limits(question) == span(since, until)


@pytest.mark.parametrize(
    "question",
    [
        "What happened in March 2024?",
        "How many people were displaced in 2023?",
        "How many people were displaced by the end of 2023?",
        "How many cases were reported in 2023?",
        "Which book was published in 2023?",
        "What happened last year?",
        "What happened before the summit?",
        "What has changed since the summit?",
        "What happened in the last weeks of the war?",
        "What happened in the last week of May?",
        "How long has Duarte been mayor since 2022?",
        "When has the price changed since May?",
        "What has happened since 1990?",
        "What has happened since May 2031?",
        "What has changed since 2022’s invasion?",
        "What has changed since the May offensive?",
        "What has been reported since 31 June?",
        "What will happen next week?",
        "What will happen on Monday?",
        "When does the court sit on Mondays?",
        "What happened on Monday, 3 May 2021?",
        "What happened on Bloody Sunday?",
        "Who fired in Bloody Sunday's march?",
        "What will be built later this year?",
        "Who wrote “What happened this week”?",
        'Who said "I knew it since May" of the leak?',
        "Who sang 'What happened this week'?",
        "Who presents This Week?",
        "How many members are there today?",
        "What is it called to this day?",
        "May he march?",
        "",
    ],
)
def test_times_of_events_titles_and_the_future_limit_nothing(question: str) -> None:
    found = scope(question, TODAY, OUTLETS)
    assert found.filters == Filters() and found.reasons == ()


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("What did Reuters say about the strike?", ("Reuters",)),
        ("what did reuters report?", ("Reuters",)),
        ("What did ISW say about Kursk?", ("Institute for the Study of War",)),
        ("What does the Institute for the Study of War assess?", ("Institute for the Study of War",)),
        ("Why has the ISW warned of delays?", ("Institute for the Study of War",)),
        ("According to The Harbour Post, who signed?", ("The Harbour Post",)),
        ("Who signed, according to the harbour post?", ("The Harbour Post",)),
        ("What is Harbour Wire’s view of the treaty?", ("Harbour Wire",)),
        ("Summarise the latest ISW assessment.", ("Institute for the Study of War",)),
        ("What was said about the treaty in the Harbour Wire?", ("Harbour Wire",)),
        ("What was reported by Reuters?", ("Reuters",)),
        ("Compare what Reuters and the BBC say about it.", ("BBC News", "Reuters")),
        ("How does Reuters’ account differ from Harbour Wire?", ("Harbour Wire", "Reuters")),
        ("What did ISW say about Reuters?", ("Institute for the Study of War",)),
        ("What did The Sunday Ledger write?", ("The Sunday Ledger",)),
        ("What did USA Today report?", ("USA Today",)),
        ("What did WHO warn of?", ("WHO",)),
        ("Who owns Reuters?", ()),
        ("When was Harbour Wire founded?", ()),
        ("Who works for the BBC?", ()),
        ("What did who say about it?", ()),
        ("What did isw say?", ()),
        ("What did Harbour Wire Holdings say?", ()),
        ("What did the harbour say?", ()),
        ("What did the Study of War say?", ()),
        ("Who said “according to Reuters, it rains”?", ()),
        ("According to The Moon Post, who signed?", ()),
    ],
)
def test_outlets_are_taken_as_sources_only(question: str, outlets: tuple[str, ...]) -> None:
    assert limits(question) == Filters(outlets=outlets)


def test_initials_and_short_names_that_two_outlets_share_name_neither() -> None:
    shared = ("BBC News", "BBC Sport", "Institute of Social Work", "Institute for the Study of War")
    assert scope("What did ISW say?", TODAY, shared).filters == Filters()
    assert scope("What did the BBC say?", TODAY, shared).filters == Filters()
    assert scope("What did the BBC say?", TODAY, ("BBC", *shared)).filters == Filters(outlets=("BBC",))


@pytest.mark.parametrize(
    ("question", "newest"),
    [
        ("What is the latest on the strike?", True),
        ("Who is currently mayor?", True),
        ("Who is mayor now?", True),
        ("How many have been killed so far?", True),
        ("What is the current price of tea?", True),
        ("How many members are there today?", True),
        ("What is the most recent figure?", True),
        ("How many people are forcibly displaced?", True),
        ("Who leads the party?", True),
        ("What is the death toll of the flood?", True),
        ("How many people were displaced at the end of 2023?", False),
        ("How many are displaced since 2022?", False),
        ("Who is speaking in Oslo?", False),
        ("How many were killed?", False),
        ("What drives the ocean's current?", False),
        ("Who directed Apocalypse Now?", False),
        ("Who wrote “The Latest News”?", False),
        ("What happens from now on?", False),
    ],
)
def test_the_present_state_is_asked_for(question: str, newest: bool) -> None:
    found = scope(question, TODAY, ())
    assert found.newest_first is newest and found.reasons == ()


def test_reasons_are_the_questions_own_words_and_what_they_mean() -> None:
    found = scope("What did “it” mean to ISW’s view this week?", TODAY, OUTLETS)
    when, who = found.reasons
    assert (when.part, when.words, when.says) == (Part.TIME, "this week", "published 15 to 22 November 2026")
    assert (who.part, who.words) == (Part.OUTLET, "ISW’s view")
    assert who.says == "from Institute for the Study of War"


@pytest.mark.parametrize("today", [date.min, date.max, date(2024, 2, 29), date(2026, 1, 1)])
def test_the_ends_of_the_calendar_are_no_error(today: date) -> None:
    for question in (
        "What happened last week?",
        "What happened last month?",
        "What was decided in the past 12 months?",
        "What has changed since 29 February?",
        "What did last year's report say?",
        "What was said before January?",
    ):
        found = limits(question, today)
        assert (found.since or date.min) <= (found.until or date.max)


PIECES = (
    *("what did", "since", "before", "until", "May", "3 May 2024", "2024-13-40", "2023", "31 June", "reports from"),
    *(
        "this week",
        "last month",
        "past 99 months",
        "yesterday",
        "on Monday",
        "today",
        "said",
        "happened",
        "according to",
    ),
    *(
        "Reuters",
        "the BBC",
        "ISW",
        "say",
        "and",
        "in",
        "?",
        ",",
        "“",
        "”",
        "’s",
        "'",
        "between",
        "to",
        "last year's report",
    ),
)


@given(
    st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)),
    st.dates(),
    st.lists(st.one_of(st.text(max_size=12), st.sampled_from(OUTLETS)), max_size=6),
)
def test_any_question_is_read_the_same_way_twice_without_error(question: str, today: date, outlets: list[str]) -> None:
    found = scope(question, today, outlets)
    assert found == scope(question, today, outlets)
    filters = found.filters
    assert set(filters.outlets) <= set(outlets) and filters.documents == ()
    assert (filters.since or date.min) <= (filters.until or date.max)
    assert {reason.part for reason in found.reasons} == (
        ({Part.TIME} if filters.since or filters.until else set()) | ({Part.OUTLET} if filters.outlets else set())
    )
    assert all(reason.words and reason.words in question for reason in found.reasons)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_this_week_always_ends_today(today: date) -> None:
    assert limits("What happened this week?", today) == Filters(today - timedelta(days=7), today)
