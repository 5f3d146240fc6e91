"""Candidates for the next question: drawn from what was found with an answer, not tried yet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.sentences import sentences
from index.types import Document
from rag import words
from rag.phrases import name_spans, names_in
from rag.suggesting.asking import questions_of, stands
from rag.terms import stems
from rag.types import Answer, Citation, Passage, Verdict

_AROUND = 8  # paragraphs of a cited document on each side of the citation that are looked at
_SIDES = frozenset({"North", "South", "East", "West"})
_ADJECTIVE = re.compile(r"(?:[ie]an|ese|ish)$")  # "Korean" of "Korean soldiers"
# What follows a name is its noun ("the Osk floods") and no verb.
_NOUN = re.compile(
    r"^ (?:floods?|war|prize|drones?|treaty|talks|dam|affair|coup|strikes?|reactors?|visit|deal|summit|bridge|crisis|"
    r"ceasefire|trial|inquiry|election|vote|attack|plant|project|law|bill|case|festival|border|region|valley)$"
)
_THE = re.compile(
    r"^(?:Institute|Centre|Center|Council|Ministry|Office)\b|\b(?:Bureau|Centre|Center|Council|Institute)$"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and where its answer must come from: the documents with these ids, the text ``[start, end)`` where
    one sentence is meant, and a name that it must hold. ``weight`` orders candidates, higher first."""

    question: str
    documents: frozenset[str]
    weight: float
    start: int = -1
    end: int = -1
    name: str = ""


def candidates(found: Answer, told: Sequence[Citation]) -> list[Candidate]:
    """What may be asked after ``found``, in no order, each question once; nothing that ``told`` quotes answers it.

    Nothing is asked here: whether the documents answer a candidate is not known yet.
    """
    flagged = {passage.chunk.id for passage in found.flagged}
    passages = [each for each in (*found.related, *found.passages) if each.chunk.id not in flagged]
    passages = list({each.chunk.id: each for each in passages}.values())
    drawn = [*_of_sentences(passages, found, told), *_of_outlets(passages, found), *_of_time(passages, found)]
    return list({each.question: each for each in reversed(drawn) if stands(each.question)}.values())


def _of_sentences(passages: Sequence[Passage], found: Answer, told: Sequence[Citation]) -> Iterator[Candidate]:
    """Questions that a sentence of the passages answers, or one near to what was cited; none that was cited.

    The sentence is on what was asked: in a cited document it has a word of the question or its answer; in another,
    which must have a name of the question where that has any, a word of the question.
    """
    asked = stems(found.standalone)
    topic = asked | stems(" ".join(_told(found)))
    names = [name for name in names_in(found.standalone) if name not in _SIDES]
    enough = max(1, min(2, len(asked) - 1))  # words of a question without a name
    for rank, passage in enumerate(passages):
        document = passage.document
        cited = [citation for citation in told if citation.document_id == document.id]
        if not cited and names and not any(has(document.text, name) for name in names):
            continue
        for start, end in _places(passage, cited):
            for span in sentences(document.text[start:end], start):
                said = document.text[span.start : span.end]
                shared = len(stems(said) & (topic if cited else asked))
                if shared < (1 if cited or names else enough) or any(
                    each.start < span.end and span.start < each.end for each in cited
                ):
                    continue
                for order, question in enumerate(questions_of(said, document.text)):
                    weight = _worth(question, found, passages) + min(shared, 5) / 5 - rank / 10 - order / 4
                    yield Candidate(question, frozenset({document.id}), weight, span.start, span.end)


def _places(passage: Passage, cited: Sequence[Citation]) -> Iterator[tuple[int, int]]:
    """The paragraphs of a passage and those around what was ``cited`` of its document; headings left out."""
    numbers = set(range(passage.chunk.first_paragraph, passage.chunk.last_paragraph + 1))
    for citation in cited:
        numbers |= set(range(citation.paragraph - _AROUND, citation.paragraph + _AROUND + 1))
    for paragraph in passage.document.paragraphs:
        if paragraph.number in numbers and not paragraph.heading:
            yield paragraph.start, paragraph.end


def _worth(question: str, found: Answer, passages: Sequence[Passage]) -> float:
    """How telling a question of this kind is, from 0 to about 1.5; negative for one that nobody needs to ask."""
    names = names_in(question)
    if names and question.startswith(("Who is ", "What is ")):
        known = sum(has(each.text, names[-1].split()[-1]) for each in passages) > 3  # all speak of them
        return -2.0 if known or any(has(found.standalone, word) for word in names[-1].split()) else 0.6
    near = 0.2 * any(has(text, name) for text in _told(found) for name in names)
    if re.match(r"What (did|does) ", question):
        return near + (0.9 if " about " in question else 0.4)
    return near + 1.2


def _of_outlets(passages: Sequence[Passage], found: Answer) -> Iterator[Candidate]:
    """What another outlet says about a name of the question or of its answer."""
    cited = {citation.outlet for citation in found.citations} | set(found.searched.filters.outlets)
    for order, topic in enumerate(_topics(found)):
        for outlet in dict.fromkeys(each.document.outlet for each in passages):
            theirs = [
                each.document for each in passages if each.document.outlet == outlet and has(each.text, topic.name)
            ]
            if outlet and outlet not in cited and theirs:
                the = "the " if _THE.search(outlet) else ""
                question = f"What does {the}{outlet} say about {topic.phrase}?"
                everywhere = sum(has(each.text, topic.name) for each in passages) / len(passages)
                yield Candidate(question, _ids(theirs), 0.9 - order / 5 - everywhere / 2, name=topic.name)


def _of_time(passages: Sequence[Passage], found: Answer) -> Iterator[Candidate]:
    """What newer documents than the cited ones report about a name of the question."""
    newest = max((citation.published for citation in found.citations if citation.published), default=None)
    if newest is None:
        return
    for order, topic in enumerate(_topics(found)):
        later = [each.document for each in passages if _is_after(each.document, newest) and has(each.text, topic.name)]
        if later:
            question = f"What has been reported about {topic.phrase} {words.span(newest, None)}?"
            yield Candidate(question, _ids(later), 0.9 - order / 5, name=topic.name)


def _is_after(document: Document, day: date) -> bool:
    return document.published is not None and document.published > day


def _ids(documents: Sequence[Document]) -> frozenset[str]:
    return frozenset(document.id for document in documents)


@dataclass(frozen=True, slots=True)
class _Topic:
    """A ``name`` and the ``phrase`` it stands in: "the Osk floods"."""

    name: str
    phrase: str


def _topics(found: Answer) -> list[_Topic]:
    """Up to three topics: those of the question, then those of its answer."""
    outlets = {passage.document.outlet for passage in found.passages}
    topics: dict[str, _Topic] = {}
    for text in (found.standalone, *_told(found)):
        for name in name_spans(text):
            before, after = text[: name.start], text[name.end :]
            noun = re.match(r" [a-z]+s?\b(?= |\?|$|[.,])", after)
            the = re.search(r"\b[Tt]he $", before) is not None
            if name.text in outlets or name.text in _SIDES or _ADJECTIVE.search(name.text) or re.match(r" \d", after):
                continue
            if noun and the and _NOUN.search(noun.group()):
                topics.setdefault(name.text, _Topic(name.text, f"the {name.text}{noun.group()}"))
            else:
                topics.setdefault(name.text, _Topic(name.text, f"the {name.text}" if the else name.text))
    return list(topics.values())[:3]


def _told(found: Answer) -> list[str]:
    """What the answer says, without what has no support."""
    return [claim.text for claim in found.claims if claim.verdict is not Verdict.UNSUPPORTED]


def has(text: str, name: str) -> bool:
    """Does ``text`` have ``name`` as whole words?"""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
