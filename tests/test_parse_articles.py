"""Files that hold several articles: where each begins, and what its head says."""

from datetime import date

import pytest

from index.parse.articles import split
from index.parse.draft import Block, Draft, Kind
from index.parse.text import parse_text

PROSE = "The two governments exchanged the instruments of ratification in Moscow in December."
MORE = "Nobody outside two ministries knows how many shells have travelled since the treaty was signed."

ROUNDUP = f"""June 18, 2024

Institute for Harbour Studies: Seoul looks again at its refusal to send arms

Institute for Harbour Studies

{PROSE} It remains
inconsistent. {MORE}

{MORE}

Key Takeaways:

  • {PROSE}
  • {MORE}

For full report: \u00a0https://harbour.example/backgrounder/june-18-2024\u00a0

Share the Post:

Meridian Center

{MORE} {PROSE}

{PROSE}"""


def articles(text: str) -> tuple[Draft, ...]:
    return split(parse_text(text.encode()))


def texts(draft: Draft) -> list[str]:
    return [block.text for block in draft.blocks]


def test_a_roundup_becomes_its_articles() -> None:
    first, _ = articles(ROUNDUP)
    assert first.title == "Seoul looks again at its refusal to send arms"
    assert first.outlet == "Institute for Harbour Studies"
    assert first.published == date(2024, 6, 18)
    assert first.url == "https://harbour.example/backgrounder/june-18-2024"
    assert texts(first) == [f"{PROSE} It remains inconsistent. {MORE}", MORE, "Key Takeaways:", PROSE, MORE]
    assert [block.kind for block in first.blocks[2:]] == [Kind.HEADING, Kind.ITEM, Kind.ITEM]


def test_nothing_is_inherited_from_the_article_before() -> None:
    second = articles(ROUNDUP)[1]
    assert second.outlet == "Meridian Center"
    assert (second.published, second.author, second.url) == (None, None, None)
    assert second.title == "Nobody outside two ministries knows how many shells have travelled since the…"
    assert texts(second) == [f"{MORE} {PROSE}", PROSE]


def test_a_scraped_page_with_its_domain_on_top() -> None:
    (article,) = articles(
        "harbournews.example.com\n\nThe North and the South vowed to talk\n\nA Long Cold War: The Case of the Coast\n\n"
        f"{PROSE}\n\nA meeting at the guest house: Prospects for the region\n\n{MORE}\n\nExit mobile version\n"
    )
    assert article.outlet == "harbournews.example.com"
    assert article.title == "The North and the South vowed to talk"
    assert article.published is None
    assert [(block.text, block.kind) for block in article.blocks] == [
        ("A Long Cold War: The Case of the Coast", Kind.HEADING),
        (PROSE, Kind.PARAGRAPH),
        ("A meeting at the guest house: Prospects for the region", Kind.HEADING),
        (MORE, Kind.PARAGRAPH),
    ]


@pytest.mark.parametrize("separator", ["Share this:", "Tweet", "Share on Facebook\n\nPrint", "---", "* * *", "======="])
@pytest.mark.parametrize(
    "head",
    [
        "Meridian Institute",
        "By Jane Doe",
        "19 June 2024",
        "A second piece\n\nBy Jane Doe",
        "A second piece\n\n19 June 2024",
    ],
)
def test_separators_before_a_head_begin_an_article(separator: str, head: str) -> None:
    first, second = articles(f"A first piece\n\n{PROSE}\n\n{MORE}\n\n{separator}\n\n{head}\n\n{MORE}\n\n{PROSE}")
    assert first.title == "A first piece"
    assert texts(first) == [PROSE, MORE]
    assert texts(second) == [MORE, PROSE]
    assert (second.outlet, second.author, second.published) == (
        "Meridian Institute" if "Meridian" in head else None,
        "Jane Doe" if "Jane" in head else None,
        date(2024, 6, 19) if "June" in head else None,
    )


def test_a_lone_name_below_a_share_button_is_the_next_outlet() -> None:
    assert (
        articles(f"A first piece\n\n{PROSE}\n\nShare the Post:\n\nNorthwind Papers\n\n{MORE}")[1].outlet
        == "Northwind Papers"
    )


@pytest.mark.parametrize(
    "middle",
    [
        "---\n\nWhat comes next",
        "***",
        "Share this:\n\nWhat the treaty says about trade",
        "Advertisement",
        "Share this:",
        "The treaty was signed on June 18, 2024.",
        "June 18, 2024",
        "Jane Doe said more.\n\nBy then it was too late to stop the convoy at the bridge.",
    ],
)
def test_what_is_not_a_head_begins_nothing(middle: str) -> None:
    assert len(articles(f"A first piece\n\n{PROSE}\n\n{middle}\n\n{MORE}")) == 1


def test_date_title_and_byline_together_begin_an_article_anywhere() -> None:
    first, second = articles(
        f"June 17, 2024\n\nA first piece\n\nBy John Roe\n\n{PROSE}\n\n"
        f"June 18, 2024\n\nA second piece\n\nBy Jane Doe\n\n{MORE}"
    )
    assert (first.title, first.author, first.published) == ("A first piece", "John Roe", date(2024, 6, 17))
    assert (second.title, second.author, second.published) == ("A second piece", "Jane Doe", date(2024, 6, 18))


@pytest.mark.parametrize(
    ("head", "outlet", "author", "published"),
    [
        ("Northsea Review | Essay | 28 June 2024", "Northsea Review", None, date(2024, 6, 28)),
        ("Northsea Review, 13 June 2025. By Agnes Holm", "Northsea Review", "Agnes Holm", date(2025, 6, 13)),
        (
            "Marta Lind, Institute for Coastal Security, 19 June 2025",
            "Institute for Coastal Security",
            "Marta Lind",
            date(2025, 6, 19),
        ),
        (
            "By Zoe\u0308 Kowalczyk-Nun\u0303ez · Eastern Ledger",
            "Eastern Ledger",
            "Zoe\u0308 Kowalczyk-Nun\u0303ez",
            None,
        ),
        ("By Jane Doe and John van der Roe", None, "Jane Doe and John van der Roe", None),
        ("By Le Quang Duc, Harbour Wire", "Harbour Wire", "Le Quang Duc", None),
        ("BY JANE DOE", None, "JANE DOE", None),
        ("Report by Nadia Farouk", None, "Nadia Farouk", None),
        ("By Reuters", "Reuters", None, None),
        ("June 21, 2024 | World", None, None, date(2024, 6, 21)),
        ("Published: 18 June 2024\n\nUpdated: 20 June 2024", None, None, date(2024, 6, 18)),
    ],
)
def test_credit_lines(head: str, outlet: str | None, author: str | None, published: date | None) -> None:
    (article,) = articles(f"A piece about the coast\n\n{head}\n\n{PROSE}")
    assert article.title == "A piece about the coast"
    assert (article.outlet, article.author, article.published) == (outlet, author, published)
    assert texts(article) == [PROSE]


def test_a_place_beside_the_date_stays_in_the_text() -> None:
    (article,) = articles(f"19 June 2024 — Geneva\n\nA square and a bridge\n\n{PROSE}")
    assert article.title == "A square and a bridge"
    assert article.published == date(2024, 6, 19)
    assert texts(article) == ["19 June 2024 — Geneva", PROSE]


@pytest.mark.parametrize(
    "title",
    [
        "The Kremlin’s Cold War for Global Power: The Case of Vladimir Putin",
        "Offensive Campaign Assessment, June 18, 2024",
        "About the Institute",
        "Will the North send troops?",
        "Ukraine: a year of war",
    ],
)
def test_titles_are_not_taken_apart(title: str) -> None:
    (article,) = articles(f"{title}\n\n{PROSE}")
    assert (article.title, article.outlet, article.author, article.published) == (title, None, None, None)


@pytest.mark.parametrize(
    "line",
    [
        "Source: https://example.org/a",
        "Originally published at https://example.org/a",
        "For full report: https://example.org/a.",
        "Read the full article here: <https://example.org/a>",
        "https://example.org/a",
    ],
)
def test_the_link_to_the_source_is_read_and_dropped(line: str) -> None:
    (article,) = articles(f"A title\n\n{PROSE}\n\n{MORE}\n\n{line}")
    assert article.url == "https://example.org/a"
    assert texts(article) == [PROSE, MORE]


def test_a_link_in_mid_text_stays() -> None:
    lines = [PROSE, "https://example.org/figures", MORE, MORE, PROSE]
    (article,) = articles("A title\n\n" + "\n\n".join(lines))
    assert article.url is None
    assert texts(article) == lines


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("after", [[], ["The desk thanks its readers.", "It answers every letter."]])
def test_references_at_the_end_stay_and_are_no_address(count: int, after: list[str]) -> None:
    lines = [PROSE, MORE, *(f"https://example.org/{number}" for number in range(count)), *after]
    (article,) = articles("A title\n\n" + "\n\n".join(lines))
    assert article.url is None
    assert texts(article) == lines


def test_a_named_source_among_references_is_the_address() -> None:
    references = ["https://example.org/1", "https://example.org/2"]
    (article,) = articles("\n\n".join(["A title", PROSE, *references, "Source: https://example.org/a"]))
    assert article.url == "https://example.org/a"
    assert texts(article) == [PROSE, *references]


@pytest.mark.parametrize(
    "text", ["Hello world", "June 18, 2024", "Wilson Center", "By Jane Doe", "Share this:", "A title\n\nJune 18, 2024"]
)
def test_a_head_without_a_body_is_the_text(text: str) -> None:
    (article,) = articles(text)
    assert texts(article) == text.split("\n\n")


def test_what_the_file_states_describes_its_first_article_only() -> None:
    blocks = [Block("Stated title"), Block(PROSE), Block("---"), Block("By Jane Doe"), Block(MORE)]
    stated = Draft(tuple(blocks), "Stated title", "Stated Outlet", "John Roe", date(2024, 1, 1), "https://example.org")
    first, second = split(stated)
    assert (first.title, first.outlet, first.author) == ("Stated title", "Stated Outlet", "John Roe")
    assert texts(first) == [PROSE]
    assert (second.outlet, second.author, second.published, second.url) == (None, "Jane Doe", None, None)


def test_identical_neighbours_are_kept() -> None:
    (article,) = articles(f"A title\n\n{PROSE}\n\n{PROSE}\n\n{PROSE}")
    assert texts(article) == [PROSE] * 3
