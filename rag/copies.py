"""Copies: a passage that says nothing the passages kept of another document do not say is dropped, and its document
listed with the one it copies.

Syndicated articles return several times under one question, with another headline, byline or cut, and split into
chunks elsewhere. Word shingles (Broder, 1997) find which passages could be copies; then every statement of the later
one must be found again, word for word or with words left out that change nothing. So a corrected figure, a denial or
another name always keeps both passages, and no statement that was found is lost.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.sentences import sentences
from index.types import Document, Paragraph
from rag.terms import STOP, sequence
from rag.types import Answer, Citation, Passage

SHINGLE = 5  # words
# A passage is compared sentence by sentence when passages of one other document have this share of its shingles. On 400
# made-up news stories those that are dropped had .69 or more (reordered, cut, "the" left out in each sentence), and
# different stories about the same events .05 or less.
ALIKE = 0.5
LEFT_OUT = 0.2  # of a statement's words, at most this share may be missing from its copy
MOST_WORDS = 2000  # a longer passage is a table or a list without sentences; it is left alone

_WORD = re.compile(r"\w+")
_BETWEEN = re.compile(r"[.!?…]+[”\"’'»)\]]*\s+")
_FIGURE = re.compile(r"(?<!\w)[-−]?[$€£¥]?\d+(?:[.,:/–-]\d+)*(?: percent\b)?")
_PERCENT = re.compile(r"\s?%|\s?\bper cent\b", re.I)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NOT = re.compile(r"n[’']t\b|(?<=\bcan)not\b")
_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’ -]{2,40}(?:, [^—–()\n]{1,30}?)?"
_TOWN = r"[A-ZÀ-Þ][\w.'’-]+(?: [A-ZÀ-Þ][\w.'’-]+){0,2}(?:, [^—–()\n]{1,30}?)?"
_AGENCY = r" ?\([A-ZÀ-Þ][^()\n]{1,30}\)"
# "HANOI, June 20 (AP) — ", "London (Reuters) - ", "(AFP) – ": where and by whom it was filed.
_DATELINE = re.compile(rf"(?:({_PLACE})(?:{_AGENCY})?|({_TOWN})?{_AGENCY}) ?(?:—|–|--|-) ")
_BYLINE = re.compile(
    r"By [A-ZÀ-Þ][^\d.!?:]{1,80}|\((?:Additional )?(?:[Rr]eporting|[Ee]diting|[Ww]riting) by [^()\d]{1,200}\)\.?"
)
# What an outlet tells its readers, as a sentence of its own.
_HOUSE = re.compile(
    r"\W*(?:additional reporting by|subscribe|sign up|read more|click here|follow us|share this|share the post"
    r"|all rights reserved)\b",
    re.I,
)
_DAY_OR_YEAR = re.compile(r"\d\d?|(?:19|20)\d\d")
_DATES = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun published updated
posted modified last on at am pm gmt utc cet est edt
"""
_DATED = frozenset(_DATES.split())
_FREE = frozenset(("the", "that", "s"))  # may come and go anywhere ("a" may not: "few", "a few")
_DENIES = frozenset(("not", "no", "nor", "never", "none", "neither", "without", "deny", "denies", "denied", "false"))
# Left out, these turn a statement into another one; so do all figures, names and function words.
_TURN = """
alleged allegedly reported reportedly apparent apparently nearly almost roughly around approximately least partly
former ex acting deputy vice suspected accused possible possibly probable probably likely unlikely potential perhaps
maybe claimed supposed supposedly proposed planned draft tentative provisional preliminary attempted failed false
falsely fake deny denies denied hardly barely rarely seldom scarcely never none without cannot neither refused
rejected illegal unconfirmed disputed zero one two three four five six seven eight nine ten eleven twelve twenty
thirty forty fifty sixty seventy eighty ninety dozen hundred thousand million billion trillion first second third half
quarter double triple twice several percent
"""
_TURNS = frozenset(_TURN.split())


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Where another document says a quote in the same words: ``document.text[start:end]`` in ``paragraph``."""

    paragraph: Paragraph
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A passage, its place in the ranking from 0, and the hashes of its shingles."""

    rank: int
    passage: Passage
    shingles: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence as it is compared: its ``words``, its ``figures`` as written, ``fixed`` the words that must not be
    left out, and the ``place`` it was filed from, where that is told."""

    words: tuple[str, ...]
    figures: tuple[str, ...]
    fixed: frozenset[str]
    place: tuple[str, ...]


def collapse(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages, best first, without later copies of what another document says; each that is kept lists the
    documents of its copies in ``also``, best ranked first.

    A passage is dropped when all its statements stand in passages of one other document that are not dropped, and half
    of its words in one that ranks before it, which then lists its document. A statement stands there when its words are
    the same, or but for a few that one side leaves out and that are no figure, number, name, denial, hedge or function
    word, or when it ends where the other goes on with "and". Headings, bylines, datelines, credits and
    "Subscribe …" do not count.
    """
    ranked = [_Ranked(place, passage, _shingles(" ".join(_lines(passage)))) for place, passage in enumerate(passages)]
    left = list(ranked)
    also = [{each.id: each for each in passage.also} for passage in passages]
    for one in ranked:
        first = _original(one, [each for each in left if each.passage.document.id != one.passage.document.id])
        if first is not None:
            left.remove(one)
            for document in (one.passage.document, *also[one.rank].values()):
                if document.id != first.passage.document.id:
                    also[first.rank].setdefault(document.id, document)
    return tuple(replace(one.passage, also=tuple(also[one.rank].values())) for one in left)


def counterpart(document: Document, quote: str) -> Counterpart | None:
    """The first whole sentence, or run of sentences in one paragraph, of ``document`` that has the words and figures of
    ``quote`` in its order; None where there is none. Headings are not looked at; a dateline before it is left out."""
    wanted, figures = sequence(quote), _figures(_plain(quote))
    if not wanted:
        return None
    pattern = f" {' '.join(wanted)} "
    for paragraph in document.paragraphs:
        text = document.text[paragraph.start : paragraph.end]
        if paragraph.heading or pattern not in f" {' '.join(sequence(text))} ":
            continue
        spans = sentences(text, paragraph.start)
        dateline = _DATELINE.match(text)
        starts = [(place, span.start) for place, span in enumerate(spans)]
        for place, start in ([(0, paragraph.start + dateline.end())] if dateline else []) + starts:
            end = next((one.end for one in spans[place:] if _count(document, start, one.end) >= len(wanted)), start)
            said = document.text[start:end]
            if sequence(said) == wanted and _figures(_plain(said)) == figures:
                return Counterpart(paragraph, start, end)
    return None


def also_in(answer: Answer, citation: Citation) -> tuple[Document, ...]:
    """The documents that say ``citation``'s quote too, of those listed with the passage it comes from and not cited
    themselves, best ranked first."""
    cited = {each.document_id for each in answer.citations}
    found = {
        document.id: document
        for passage in answer.passages
        if passage.document.id == citation.document_id
        and passage.chunk.start < citation.end
        and citation.start < passage.chunk.end
        for document in passage.also
    }
    return tuple(each for each in found.values() if each.id not in cited and counterpart(each, citation.quote))


def _count(document: Document, start: int, end: int) -> int:
    return len(sequence(document.text[start:end]))


def _shingles(text: str) -> frozenset[int]:
    """The hashes of all runs of SHINGLE words; none for a text that is left alone."""
    words = _WORD.findall(text.casefold())
    if len(words) > MOST_WORDS:
        return frozenset()
    return frozenset(map(hash, zip(*(words[first:] for first in range(SHINGLE)), strict=False)))


def _original(one: _Ranked, others: Sequence[_Ranked]) -> _Ranked | None:
    """Which of ``others``, passages of other documents in ranked order, ``one`` copies; None when it says more than
    those of any one document."""
    before = [each for each in others if each.rank < one.rank and not one.shingles.isdisjoint(each.shingles)]
    for document_id in dict.fromkeys(each.passage.document.id for each in before):
        same = [each for each in others if each.passage.document.id == document_id]
        if sum(len(one.shingles & each.shingles) for each in same) < ALIKE * len(one.shingles):
            continue
        mine = _statements(one.passage)
        held = [_held(mine, _statements(each.passage)) for each in same]
        if not mine or len(frozenset[int]().union(*held)) < len(mine):
            continue
        words = [sum(len(mine[place].words) for place in places) for places in held]
        most = max(number for each, number in zip(same, words, strict=True) if each.rank < one.rank)
        if 2 * most >= sum(len(each.words) for each in mine):
            return same[words.index(most)]
    return None


def _held(mine: Sequence[_Statement], theirs: Sequence[_Statement]) -> frozenset[int]:
    """The places in ``mine`` of the statements that stand in ``theirs`` too."""
    exact = frozenset(theirs)
    return frozenset(
        place for place, copy in enumerate(mine) if copy in exact or any(_says(said, copy) for said in theirs)
    )


def _says(said: _Statement, copy: _Statement) -> bool:
    """Whether ``said`` says all that ``copy`` does, and ``copy`` nothing else than ``said``."""
    if said.place != copy.place and (said.place or any(map(str.isdecimal, copy.place))) and copy.place:
        return False
    if said.words == copy.words:
        return said.figures == copy.figures
    number = len(copy.words)
    if said.words[:number] == copy.words and said.words[number] == "and":  # the copy was cut before "and …"
        return said.figures[: len(copy.figures)] == copy.figures and not _DENIES & set(said.words[number:])
    if said.figures != copy.figures:
        return False
    longer, shorter = (said, copy) if len(said.words) > number else (copy, said)
    left_out = _left_out(longer.words, shorter.words)
    return left_out is not None and len(left_out) <= LEFT_OUT * len(longer.words) and not longer.fixed & set(left_out)


def _left_out(longer: Sequence[str], shorter: Sequence[str]) -> list[str] | None:
    """The words of ``longer`` that ``shorter`` leaves out; None when it does not have the others in the same order."""
    left_out, place = [], 0
    for word in longer:
        if place < len(shorter) and word == shorter[place]:
            place += 1
        else:
            left_out.append(word)
    return left_out if place == len(shorter) else None


def _statements(passage: Passage) -> list[_Statement]:
    """The sentences of the passage in order, without headings, bylines, credits and lines that hold a date only."""
    return [statement for line in _lines(passage) for statement in _said(line)]


def _lines(passage: Passage) -> list[str]:
    """The paragraphs of the passage, or what it has of them, without headings."""
    chunk, text = passage.chunk, passage.document.text
    inside = passage.document.paragraphs[chunk.first_paragraph - 1 : chunk.last_paragraph]
    return [text[max(one.start, chunk.start) : min(one.end, chunk.end)] for one in inside if not one.heading]


@lru_cache(maxsize=2048)
def _said(line: str) -> tuple[_Statement, ...]:
    """The statements of a paragraph. (Kept, because copies have their paragraphs in common.)"""
    if _BYLINE.fullmatch(line) or (len(line) < 60 and _is_date(sequence(line))):
        return ()
    return tuple(each for each in (_statement(part) for part in _parts(line) if not _HOUSE.match(part)) if each.words)


def _is_date(words: Sequence[str]) -> bool:
    return not _DATED.isdisjoint(words) and all(word in _DATED or _DAY_OR_YEAR.fullmatch(word) for word in words)


def _parts(line: str) -> Iterator[str]:
    """The sentences of a paragraph, good enough to be compared: cut where a mark ends one, wherever else that cuts. A
    piece of fewer than four words ("Dr.", "He lied.") goes with what follows it."""
    begin = 0
    for end in (*(match.end() for match in _BETWEEN.finditer(line)), len(line)):
        if end == len(line) or len(_WORD.findall(line, begin, end)) >= 4:
            yield line[begin:end]
            begin = end


def _statement(part: str) -> _Statement:
    dateline = _DATELINE.match(part)
    place = (dateline[1] or dateline[2] or "") if dateline else ""
    said = _plain(part[dateline.end() :] if dateline else part)
    words, fixed = [], set()
    for written in _WORD.findall(said):
        for word in sequence(written) if not written.isascii() else (written.lower(),):
            if word not in _FREE:
                words.append(word)
                if written[0].isupper() or word in STOP or word in _TURNS or not word.isalpha():
                    fixed.add(word)
    return _Statement(tuple(words), _figures(said), frozenset(fixed), tuple(sequence(place)))


def _plain(text: str) -> str:
    """``text`` with "not" for every "n’t" and one form for percentages and thousands, so that house style is no
    difference."""
    text = _NOT.sub(" not", _THOUSANDS.sub("", text))
    return _PERCENT.sub(" percent", text)


def _figures(text: str) -> tuple[str, ...]:
    """The figures of a ``text`` made plain, with their signs, currencies and per cents, in order."""
    return tuple(figure.replace("−", "-").replace("–", "-").replace(" ", "") for figure in _FIGURE.findall(text))
