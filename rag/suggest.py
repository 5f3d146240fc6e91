"""Example questions that the documents can answer: drawn from their sentences, kept only when the answer is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import sentences
from index.types import Document
from rag.answer import Desk, answer

_READ = 24  # documents looked at; the newest
_TRIED = 6  # candidates tried for each question wanted; each costs one answer

_NAME = r"[A-Z][\w’-]+(?: [A-Z][\w’-]+)*"
_PERSON = r"[A-Z][\w’-]+(?: [A-Z][\w’-]+)+"
_BASE = {
    "signed": "sign",
    "visited": "visit",
    "ratified": "ratify",
    "arrived": "arrive",
    "vetoed": "veto",
    "published": "publish",
    "announced": "announce",
    "approved": "approve",
    "launched": "launch",
    "summoned": "summon",
    "condemned": "condemn",
    "agreed": "agree",
    "warned": "warn",
    "met": "meet",
    "sent": "send",
    "began": "begin",
    "opened": "open",
    "won": "win",
    "joined": "join",
    "left": "leave",
}
_VERBS = "|".join(_BASE)
_DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_PARTY = r"(?:The|Two|Both)(?: (?!was|were|is|are|had|has|have|been)[a-z]+){1,2}"
_WHEN = re.compile(
    rf"^(?P<who>{_NAME}|{_PARTY})(?: last)? (?P<verb>{_VERBS}) "
    rf"(?P<what>[a-z][^,;:.“”()]{{6,60}}?) (?:on|in) (?:(?:{_DAY}),? )?(?:\d{{1,2}} )?(?:{_MONTH}|(?:19|20)\d\d)"
)
_BY_WHOM = re.compile(
    r"^(?P<what>(?:The )?[A-Z]?[^,;:.“”()]{4,50}?) (?:was|were) "
    r"(?P<verb>opened|built|founded|signed|drafted|launched|led|published|approved|condemned) by "
)
_HOW_MANY = re.compile(
    r"\b\d[\d,.]*(?: million| billion)? (?P<what>people|[a-z]+ (?:people|troops|soldiers|workers|shells|refugees))"
    r"(?: who| that)? (?P<rest>(?:were|are|had been|have been) [^,;:.“”()]{6,50})"
)
_NAMED = re.compile(rf"{_NAME}$")
_LEAD = re.compile(r"^The ")
_ADJECTIVE = re.compile(r"(an|ese|ish|ean|War|Day)$")
_SAID = re.compile(rf"(?P<who>{_PERSON}) (?:said|warned|argued|told|stated)\b")


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
        reply = answer(desk, candidate.question)
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
    spoken: list[str] = []
    for paragraph in document.paragraphs:
        if paragraph.heading:
            continue
        for span in sentences(document.text[paragraph.start : paragraph.end], paragraph.start):
            text = document.text[span.start : span.end]
            if match := _WHEN.search(text):
                verb = _BASE[match["verb"]]
                who = match["who"] if _NAMED.match(match["who"]) else match["who"].lower()
                yield _Candidate(f"When did {who} {verb} {match['what']}?", document.id)
            elif match := _BY_WHOM.search(text):
                yield _Candidate(f"Who {match['verb']} {_LEAD.sub('the ', match['what'])}?", document.id)
            elif match := _HOW_MANY.search(text):
                yield _Candidate(f"How many {match['what']} {match['rest']}?", document.id)
            elif match := _SAID.search(text):
                spoken.append(f"What did {_LEAD.sub('the ', match['who'])} say?")
    for question in dict.fromkeys(spoken):
        yield _Candidate(question, document.id)
    names = [name for name in re.findall(rf"(?<=[a-z,] )({_PERSON})", document.text) if not _ADJECTIVE.search(name)]
    if document.outlet and names:
        subject = max(dict.fromkeys(names), key=names.count)
        yield _Candidate(f"What does {document.outlet} say about {subject}?", document.id)
