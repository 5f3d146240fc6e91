"""Are sentences parted where people part them?"""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate
from textwrap import shorten

from evals.cases import Segmented
from evals.results import OURS, Row, Task
from evals.tasks.segmenters import segmenters
from index.errors import UsageError
from index.sentences import sentences

EXPRESSION = "regular expression"
# An end mark, what closes with it, white space, and a capital, a digit or an opening quote or bracket.
_BREAK = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[A-Z0-9])")


def segmentation_task(suite: str, texts: Sequence[Segmented]) -> Task:
    """Grades citedesk's sentences, those of a plain regular expression, and those of the libraries that are installed.

    Each line of a text is a paragraph, and all systems are given one paragraph at a time, as the product calls its
    segmenter. So the end of a paragraph is found by all; it counts, since it is an end that people marked (headings
    too), but the end of the whole text, which nobody can miss, does not. Scores: ``matched``, ``given`` and ``marked``,
    the numbers of sentence ends that are in both, from the system, and from people. Two ends are the same when the same
    number of characters other than white space stands before them. Raises UsageError where the marked sentences do not
    make up their text.
    """
    by_id = {text.id: text for text in texts}
    libraries = segmenters()
    for text in texts:
        if _bare(text.text) != "".join(map(_bare, text.sentences)):
            raise UsageError(f"{suite}: the sentences of {text.id} do not make up its text; mark every part of it")

    def grade(id_: str) -> Row:
        text = by_id[id_]
        lines = text.text.split("\n")
        given = {
            OURS: [line[span.start : span.end] for line in lines for span in sentences(line)],
            EXPRESSION: [sentence for line in lines for sentence in _parted(line)],
        }
        given |= {name: [one for line in lines for one in parted(line)] for name, parted in libraries.items()}
        marked = _ends(text.sentences)
        scores = {}
        for system, found in given.items():
            ends = _ends(found)
            counts = {"matched": len(ends & marked), "given": len(ends), "marked": len(marked)}
            scores[system] = {name: float(count) for name, count in counts.items()}
        begins = shorten(text.text, 80, placeholder="…")
        return Row(suite, id_, text.genre or "text", begins, text.sentences, "\n".join(given[OURS]), scores)

    return Task(tuple(by_id), grade)


def _parted(line: str) -> list[str]:
    breaks = [match.end() for match in _BREAK.finditer(line)]
    pieces = (line[start:end].strip() for start, end in zip([0, *breaks], [*breaks, len(line)], strict=True))
    return [piece for piece in pieces if piece]


def _ends(found: Iterable[str]) -> frozenset[int]:
    """How many characters other than white space stand before each sentence end but the last."""
    return frozenset(list(accumulate(len(_bare(sentence)) for sentence in found))[:-1])


def _bare(text: str) -> str:
    return "".join(text.split())
