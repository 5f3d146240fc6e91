"""Example questions that the documents can answer: drawn from their sentences, kept only when the answer is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import sentences
from index.types import Document
from rag.answer import answer
from rag.desk import Desk
from rag.suggesting.asking import questions_of

_READ = 24  # documents looked at; the newest
_TRIED = 6  # candidates tried for each question wanted; each costs one answer

_PERSON = r"[A-Z][\w’-]+(?: [A-Z][\w’-]+)+"
_ADJECTIVE = re.compile(r"(an|ese|ish|ean|War|Day)$")
_ON_PEOPLE = re.compile(r"(Who|What) is |What (did|does) ")


@dataclass(frozen=True, slots=True)
class _Candidate:
    question: str
    document_id: str


def questions(desk: Desk, count: int) -> tuple[str, ...]:
    """Up to ``count`` questions, surest first, each from another document, each answered from that document.

    Takes a tenth of a second for each candidate tried; fewer come back when the documents give no more.
    """
    found: dict[str, tuple[float, str]] = {}
    for tried, candidate in enumerate(_candidates(desk)):
        if len(found) >= count or tried >= count * _TRIED:
            break
        if candidate.document_id in found:
            continue
        reply = answer(desk, candidate.question, write=False)
        if not reply.refused and reply.citations[0].document_id == candidate.document_id:
            found[candidate.document_id] = (reply.confidence, candidate.question)
    return tuple(question for _, question in sorted(found.values(), reverse=True))


def _candidates(desk: Desk) -> Iterator[_Candidate]:
    """One candidate of each document in turn, then the second of each, so that no document takes all the tries."""
    newest = [desk.library.document(entry.id) for entry in desk.library.entries()[:_READ]]
    waiting = [_questions(document) for document in newest]
    while waiting:
        for each in list(waiting):
            candidate = next(each, None)
            if candidate is None:
                waiting.remove(each)
            else:
                yield candidate


def _questions(document: Document) -> Iterator[_Candidate]:
    """Questions on what happened first, then those on people, then one on what the document is about."""
    on_people: list[str] = []
    for paragraph in document.paragraphs:
        if paragraph.heading:
            continue
        for span in sentences(document.text[paragraph.start : paragraph.end], paragraph.start):
            for question in questions_of(document.text[span.start : span.end], document.text):
                if _ON_PEOPLE.match(question):
                    on_people.append(question)
                else:
                    yield _Candidate(question, document.id)
    for question in sorted(dict.fromkeys(on_people), key=lambda each: " about " not in each):
        yield _Candidate(question, document.id)
    names = [name for name in re.findall(rf"(?<=[a-z,] )({_PERSON})", document.text) if not _ADJECTIVE.search(name)]
    if document.outlet and names:
        subject = max(dict.fromkeys(names), key=names.count)
        yield _Candidate(f"What does {document.outlet} say about {subject}?", document.id)
