"""How much of what a question asks a sentence has: which of its words, and how near that brings it."""

from functools import lru_cache

from rag.chosen import stands_from
from rag.disputes.stance import covered
from rag.disputes.stated import Stated
from rag.evidence import Candidate
from rag.language.opposites import base
from rag.language.statement import Statement, Word, statement
from rag.terms import sequence
from rag.types import Dispute

COVERED = 0.6  # of the question's words that the better sentence has, the other must have at least this share
_WHICH_TIME = frozenset(
    ["first", "last", "latest", "next", "previous", "recently", "exactly", "again", "ever", "finally"]
)


def covers_alike(asked: Statement, one: Stated, other: Stated) -> bool:
    """Whether both sentences have about as much of the question's words, among them those that say what happened."""
    mine, theirs = (_covered(asked, each.answered.candidate) for each in (one, other))
    more, less = sorted((mine, theirs), key=len, reverse=True)
    if len(less) < COVERED * len(more):
        return False
    plain = [word.start for word in _plain(asked)]
    if one.dispute in (Dispute.DATE, Dispute.NAME) and plain and plain[-1] in more - less:
        return asked.words[-1].start != plain[-1] and len(plain) > 1
    return True


def tells(question: str, best: Candidate) -> bool:
    """Whether a sentence, with the one it leans on, has one of the question's own words for what happened; True where
    the question has none but names. That it names whom the question names is not enough for a date."""
    asked = statement(question)
    plain = [word for word in _plain(asked) if word.low not in _WHICH_TIME]
    said = {word.start for word in _said(asked, best)}
    return not plain or any(word.start in said for word in plain)


def _plain(asked: Statement) -> list[Word]:
    """The meaningful words of a question that are in none of its names."""
    names = {index for name in asked.names if name.sure for index in range(name.first, name.last)}
    return [word for index, word in enumerate(asked.words) if word.content and index not in names]


def _said(asked: Statement, best: Candidate) -> list[Word]:
    """The question's words that the sentence has with the one it leans on."""
    return covered(asked, statement(best.passage.document.text[stands_from(best) : best.end]))


def _covered(asked: Statement, best: Candidate) -> set[int]:
    """Where the question's words stand that the sentence has with the one it leans on; names may stand anywhere in its
    document."""
    document = best.passage.document
    found = _said(asked, best)
    known = f"{document.title} {document.text}".casefold()
    names = (word for name in asked.names if name.sure for word in asked.words[name.first : name.last])
    found += [word for word in names if word.content and word.low in known]
    return {word.start for word in found}


def closeness(question: str, best: Candidate) -> float:
    """How near a sentence is to ``question``, in [0, 1]: the share of its words that the sentence has, where those that
    only its passage or title has count half; 1 for a question without words of its own."""
    asked = statement(question)
    words = [word for word in asked.words if word.content]
    said = _covered(asked, best)
    around = _bases(f"{best.passage.document.title} {best.passage.text}")
    near = {word.start for word in words if word.base in around} - said
    return (len(said) + 0.5 * len(near)) / len(words) if words else 1.0


@lru_cache(maxsize=1024)
def _bases(text: str) -> frozenset[str]:
    return frozenset(map(base, sequence(text)))
