"""Is the body of an article found on its web page?"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from evals.cases import Page
from evals.results import OURS, Row, Task
from index.errors import ParseError
from index.parse import parse

TRAFILATURA = "trafilatura"
WORDS = 4  # in a shingle
_WORD = re.compile(r"\w+")
_FILE = Path("/page.html")  # only its suffix is read
_MODIFIED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, both in [0, 1]."""

    precision: float
    recall: float


def page_task(suite: str, pages: Sequence[Page]) -> Task:
    """Grades the text that citedesk reads off a page, and that of trafilatura's ``extract`` without comments.

    Scores: ``shingle precision`` and ``shingle recall``, see ``overlap``. A page that cannot be parsed gives no text.
    """
    by_id = {page.id: page for page in pages}

    def grade(id_: str) -> Row:
        page = by_id[id_]
        given = {OURS: _ours(page.html), TRAFILATURA: trafilatura.extract(page.html, include_comments=False) or ""}
        scores = {}
        for system, text in given.items():
            shared = overlap(text, page.body)
            scores[system] = {"shingle precision": shared.precision, "shingle recall": shared.recall}
        return Row(suite, id_, "page", page.url or id_, (page.body,), given[OURS], scores)

    return Task(tuple(by_id), grade)


def overlap(text: str, body: str) -> Overlap:
    """How well ``text`` is ``body`` by their shingles, the runs of WORDS words (a shorter text is one shingle), each
    counted as often as it occurs, as evaluate.py of the article-extraction-benchmark (Scrapinghub, 2019) does.

    Both are 1 where both texts are without words. Precision is 0 where only ``text`` is, recall where only ``body`` is;
    the benchmark gives the same values but leaves such a page out of the mean of that column.
    """
    given, wanted = _shingles(text), _shingles(body)
    if not given and not wanted:
        return Overlap(1.0, 1.0)
    both = (given & wanted).total()
    return Overlap(both / max(1, given.total()), both / max(1, wanted.total()))


def _ours(html: bytes) -> str:
    try:
        return "\n".join(document.text for document in parse(_FILE, html, _MODIFIED))
    except ParseError:
        return ""


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[start : start + WORDS]) for start in range(max(1, len(words) - WORDS + 1)) if words)
