"""Copies: a passage that says nothing the passages kept of another document do not say is dropped, and its document
listed with the one it copies.

Syndicated articles return several times under one question, with another headline, byline or cut, and split into
chunks elsewhere. Word shingles (Broder, 1997) find which passages could be copies; then every statement of the later
one must be found again, word for word or with words left out that change nothing. So a corrected figure, a denial or
another name always keeps both passages, and so does "on Monday" in reports of different weeks; no statement that was
found is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.sentences import sentences
from index.types import Document, Paragraph
from rag.terms import sequence
from rag.types import Answer, Citation, Passage
from rag.wording import DATELINE, WORD, Wording, figures_of, lines_of, made_plain, said_in, same_days, wordings

SHINGLE = 5  # words
# A passage is compared sentence by sentence when passages of one other document have this share of its shingles. On 400
# made-up news stories those that are dropped had .69 or more (reordered, cut, "the" left out in each sentence), and
# different stories about the same events .05 or less.
ALIKE = 0.5
LEFT_OUT = 0.2  # of a statement's words, at most this share may be missing from its copy
MOST_WORDS = 2000  # a longer passage is a table or a list without sentences; it is left alone
_DENIES = frozenset(("not", "no", "nor", "never", "none", "neither", "without", "deny", "denies", "denied", "false"))


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


def collapse(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages, best first, without later copies of what another document says; each that is kept lists the
    documents of its copies in ``also``, best ranked first.

    A passage is dropped when all its statements stand in passages of one other document that are not dropped, and half
    of its words in one that ranks before it, which then lists its document. A statement stands there when its words are
    the same, or but for a few that one side leaves out and that are no figure, number, name, denial, hedge or function
    word, or when it ends where the other goes on with "and". Headings, bylines, datelines, credits and
    "Subscribe …" do not count.
    """
    ranked = [_Ranked(place, passage, _shingles(" ".join(lines_of(passage)))) for place, passage in enumerate(passages)]
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
    wanted, figures = sequence(quote), figures_of(made_plain(quote))
    if not wanted:
        return None
    pattern = f" {' '.join(wanted)} "
    for paragraph in document.paragraphs:
        text = document.text[paragraph.start : paragraph.end]
        if paragraph.heading or pattern not in f" {' '.join(sequence(text))} ":
            continue
        spans = sentences(text, paragraph.start)
        dateline = DATELINE.match(text)
        starts = [(place, span.start) for place, span in enumerate(spans)]
        for place, start in ([(0, paragraph.start + dateline.end())] if dateline else []) + starts:
            end = next((one.end for one in spans[place:] if _count(document, start, one.end) >= len(wanted)), start)
            said = document.text[start:end]
            if sequence(said) == wanted and figures_of(made_plain(said)) == figures:
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


def same_in(passage: Passage) -> tuple[Document, ...]:
    """The documents listed with ``passage`` that say all that it says, best ranked first: for whoever is shown the
    whole of it. Others listed there lack a part, or say one otherwise."""
    mine = wordings(passage)
    return tuple(each for each in passage.also if mine and len(_held(mine, said_in(each))) == len(mine))


def _count(document: Document, start: int, end: int) -> int:
    return len(sequence(document.text[start:end]))


def _shingles(text: str) -> frozenset[int]:
    """The hashes of all runs of SHINGLE words; none for a text that is left alone."""
    words = WORD.findall(text.casefold())
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
        mine = wordings(one.passage)
        document = same[0].passage.document
        when = [same_days(one.passage.document, document, " ".join(each.words)) for each in mine]
        held = [_held(mine, wordings(each.passage)) for each in same] if all(when) else []
        if not mine or len(frozenset[int]().union(*held)) < len(mine):
            continue
        words = [sum(len(mine[place].words) for place in places) for places in held]
        most = max(number for each, number in zip(same, words, strict=True) if each.rank < one.rank)
        if 2 * most >= sum(len(each.words) for each in mine):
            return same[words.index(most)]
    return None


def _held(mine: Sequence[Wording], theirs: Sequence[Wording]) -> frozenset[int]:
    """The places in ``mine`` of the statements that stand in ``theirs`` too."""
    exact = frozenset(theirs)
    return frozenset(
        place for place, copy in enumerate(mine) if copy in exact or any(_says(said, copy) for said in theirs)
    )


def _says(said: Wording, copy: Wording) -> bool:
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
