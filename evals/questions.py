"""Questions graded: the whole product answers, plain baselines answer beside it, both against what people marked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from evals.cases import Case, Questions, Support
from evals.metrics import contains, normalise, precision, ranking, recall, token_f1
from evals.plain import Plain, Ranked
from evals.results import OURS, Excerpt, Row, Scores, Task
from evals.shelf import Step, shelf
from index.errors import UsageError
from index.types import Document
from rag.answer import Desk, answer
from rag.evidence import evidence
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.types import Answer, Filters, Passage

DEPTH = 50  # passages ranked; the answer is read from the first of them
_COPIES = 1000  # documents; among more, copies are not looked for
COSINE = "cosine"  # of question and sentence, over the product's own passages


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A paragraph of a document."""

    document_id: str
    paragraph: int

    @property
    def id(self) -> str:
        """Its name in a ranking."""
        return f"{self.document_id} ¶{self.paragraph}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """``document.text[start:end]``."""

    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.document.text[self.start : self.end]

    @property
    def places(self) -> tuple[Place, ...]:
        """The paragraphs it touches."""
        inside = (p for p in self.document.paragraphs if p.start < self.end and self.start < p.end)
        return tuple(Place(self.document.id, paragraph.number) for paragraph in inside)

    def overlaps(self, other: "Stretch") -> bool:
        """Whether the two share a character."""
        return self.document.id == other.document.id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Truth:
    """Where the answer to a case stands. ``sides`` are the paragraphs of each support, any of which will do (one text
    may stand in several documents), ``texts`` their words, and ``quotes`` the quotes themselves. ``neutral`` are the
    paragraphs of what is superseded: to cite them is neither right nor wrong. ``exact`` is False where only documents
    are named that have several paragraphs."""

    documents: frozenset[str]
    sides: tuple[frozenset[Place], ...]
    texts: tuple[str, ...]
    quotes: tuple[Stretch, ...]
    neutral: frozenset[Place]
    exact: bool

    @property
    def places(self) -> frozenset[Place]:
        """All supporting paragraphs."""
        return frozenset().union(*self.sides)


@contextmanager
def question_task(suite: str, questions: Questions, home: Path, settings: Settings, step: Step) -> Iterator[Task]:
    """The questions as a task, over a library kept below ``home``. ``step`` is told how its building gets on.

    Raises UsageError for a case that names a document, or a quote, which is not among the documents.
    """
    with shelf(questions, suite, home, settings, step) as desk:
        documents = {entry.id: desk.library.document(entry.id) for entry in desk.library.entries()}
        truths = {case.id: _truth(case, documents) for case in questions.cases}
        done = 0

        def advance(number: int) -> None:
            nonlocal done
            done += number
            step(done, 0, "embedding windows of the plain baseline")

        plain = Plain(tuple(documents.values()), desk.model, desk.settings.home, advance)
        bold = replace(desk, settings=replace(desk.settings, refuse_below=0.0))
        grader = _Grader(suite, desk, bold, documents, plain)
        cases = {case.id: case for case in questions.cases}
        yield Task(tuple(cases), lambda id_: grader.grade(cases[id_], truths[id_]))


@dataclass(frozen=True, slots=True)
class _Grader:
    """``bold`` is the same desk, but never refuses."""

    suite: str
    desk: Desk
    bold: Desk
    documents: Mapping[str, Document]
    plain: Plain

    def grade(self, case: Case, truth: Truth) -> Row:
        filters = Filters(documents=case.within)
        given = answer(self.desk, case.question, case.history, filters)
        would = answer(self.bold, case.question, case.history, filters) if given.refused else given
        found = retrieve(self.desk.library, self.desk.index, self.desk.model, given.standalone, filters, DEPTH)
        passages = list({p.chunk.id: p for p in (*given.passages, *found.passages)}.values())
        first = would.citations[0] if would.citations else None
        best = Stretch(self.documents[first.document_id], first.start, first.end) if first else None
        near = _nearest(self.desk, given)
        choice = _choice_scores(case, truth, best, given.confidence)
        ours = _ranked_scores(truth, [_stretch(passage) for passage in passages]) | choice
        ours |= _answer_scores(case, truth, given, choice.get("right"))
        ours |= {f"{stage.name} ms": getattr(given.timings, stage.name) for stage in fields(given.timings)}
        ours["total ms"] = given.timings.total
        systems: dict[str, Mapping[str, float | None]] = {OURS: ours}
        for name, ranked in self.plain.rank(case.question, case.within).items():
            systems[name] = self._plain_scores(case, truth, name, ranked)
        cosine = _choice_scores(case, truth, near.stretch, near.cosine)
        if "right when answered" in ours:
            cosine["right when answered"] = cosine["right"]
        systems[COSINE] = cosine | _forbidden(case, near.stretch.text if near.stretch else "")
        return _row(self.suite, case, truth, given, systems)

    def _plain_scores(self, case: Case, truth: Truth, name: str, ranked: Ranked) -> Mapping[str, float | None]:
        found = [Stretch(self.documents[w.document_id], w.start, w.end) for w in ranked.windows]
        scores = _ranked_scores(truth, found)
        if name == "dense":
            scores["confidence"] = ranked.scores[0] if ranked.scores else -1.0
            scores["answerable"] = float(case.answerable)
        return scores


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The sentence with the highest cosine to the question, among those of the answer's passages."""

    stretch: Stretch | None
    cosine: float


def _nearest(desk: Desk, given: Answer) -> _Nearest:
    found = retrieve(
        desk.library, desk.index, desk.model, given.standalone, given.searched.filters, desk.settings.top_k
    )
    material = evidence(found, desk.model, given.standalone)
    if not material.candidates:
        return _Nearest(None, -1.0)
    cosines = material.features[:, 0]
    best = material.candidates[int(np.argmax(cosines))]
    return _Nearest(Stretch(best.passage.document, best.start, best.end), float(cosines.max()))


def _truth(case: Case, documents: Mapping[str, Document]) -> Truth:
    held = [_held(case, support, documents) for support in case.support]
    sides = [frozenset(place for stretch in some for place in stretch.places) for some in held]
    whole = [stretch for support, some in zip(case.support, held, strict=True) if not support.quote for stretch in some]
    places = frozenset[Place]().union(*sides)
    return Truth(
        documents=frozenset(stretch.document.id for some in held for stretch in some),
        sides=tuple(dict.fromkeys(sides)),
        texts=tuple(_text(documents[place.document_id], place) for place in sorted(places)),
        quotes=tuple(q for support, some in zip(case.support, held, strict=True) if support.quote for q in some),
        neutral=frozenset(p for old in case.superseded for s in _held(case, old, documents) for p in s.places) - places,
        exact=all(len(stretch.document.paragraphs) == 1 for stretch in whole),
    )


def _held(case: Case, support: Support, documents: Mapping[str, Document]) -> list[Stretch]:
    """The quote wherever it stands; the whole document where there is none. Raises UsageError when it is nowhere."""
    name = support.document
    files = [documents[name]] if name in documents else [d for d in documents.values() if Path(d.source).name == name]
    if not files:
        raise UsageError(f"case {case.id} names {name!r}, which is not among the documents")
    if not support.quote:
        return [Stretch(each, 0, len(each.text)) for each in files]
    held = [stretch for each in files for stretch in _find(each, support.quote)]
    if not held:
        raise UsageError(f"case {case.id}: no paragraph of {name} holds the quote {support.quote!r}")
    # The same words in another document, a syndicated copy, support as well.
    others = documents.values() if len(documents) <= _COPIES else ()
    return held + [stretch for each in others if each not in files for stretch in _find(each, support.quote)]


def _text(document: Document, place: Place) -> str:
    paragraph = document.paragraphs[place.paragraph - 1]
    return document.text[paragraph.start : paragraph.end]


def _find(document: Document, quote: str) -> list[Stretch]:
    """Where the quote stands in one paragraph; white space is folded in documents already."""
    wanted, found = " ".join(quote.split()), []
    for paragraph in document.paragraphs:
        start = document.text.find(wanted, paragraph.start, paragraph.end)
        if start >= 0:
            found.append(Stretch(document, start, start + len(wanted)))
    return found


def _stretch(passage: Passage) -> Stretch:
    return Stretch(passage.document, passage.chunk.start, passage.chunk.end)


def _ranked_scores(truth: Truth, found: Sequence[Stretch]) -> dict[str, float | None]:
    """Rankings of documents, and of what was found by the supporting paragraphs that are in it and in nothing ranked
    above it; none without support."""
    if not truth.documents:
        return {}
    scores: dict[str, float | None] = {}
    by_document = ranking([stretch.document.id for stretch in found], truth.documents)
    scores |= {f"document {name}": score for name, score in by_document.items()}
    order: list[str] = []
    for rank, stretch in enumerate(found):
        held = [place.id for place in stretch.places if place in truth.places and place.id not in order]
        order += held or [f"rank {rank}"]
    by_paragraph = ranking(order, {place.id for place in truth.places})
    return scores | {f"paragraph {name}": score if truth.exact else None for name, score in by_paragraph.items()}


def _choice_scores(case: Case, truth: Truth, best: Stretch | None, confidence: float) -> dict[str, float | None]:
    """What the one sentence put first is worth, whether it was shown or not."""
    scores: dict[str, float | None] = {"confidence": confidence, "answerable": float(case.answerable)}
    if not case.answerable:
        return scores | {"right": 0.0}
    right = _holds(case, truth, best)
    scores |= {"best sentence right": right, "right": right}
    if truth.sides:
        touched = set(best.places) if best else set()
        scores["best paragraph right"] = float(bool(touched & truth.places)) if truth.exact else None
    return scores


def _holds(case: Case, truth: Truth, best: Stretch | None) -> float | None:
    """Whether the sentence holds a supporting quote, or stands in support and has an accepted answer; None where people
    gave neither, or no paragraph that supports has an answer's words."""
    if truth.quotes:
        return float(best is not None and any(best.overlaps(quote) for quote in truth.quotes))
    if not case.answers or (truth.texts and not any(contains(text, case.answers) for text in truth.texts)):
        return None
    if best is None or (truth.places and not truth.places & set(best.places)):
        return 0.0
    return float(contains(best.text, case.answers) or False)


def _answer_scores(case: Case, truth: Truth, given: Answer, chosen: float | None) -> dict[str, float | None]:
    """What the answer as it was given is worth; ``chosen`` is whether its first sentence is right."""
    said = " ".join(claim.text for claim in given.claims)
    scores = _forbidden(case, said)
    if given.refused:
        scores["refusal precision"] = float(not case.answerable)
    else:
        scores["sentences cited"] = precision([bool(claim.citations) for claim in given.claims])
    if not case.answerable:
        return scores | {"refusal recall": float(given.refused)}
    scores["answered"] = float(not given.refused)
    if not given.refused:
        scores["right when answered"] = chosen
    if case.answers:
        scores["expected words"] = float(contains(said, case.answers) or False)
    if case.references or case.answers:
        scores["token F1"] = token_f1(said, case.references or case.answers)
    cited = {Place(citation.document_id, citation.paragraph) for citation in given.citations}
    if truth.sides:
        judged = [place in truth.places for place in sorted(cited - truth.neutral)]
        if not given.refused:
            scores["citation precision"] = precision(judged) if truth.exact else None
        scores["citation recall"] = recall([bool(side & cited) for side in truth.sides]) if truth.exact else None
    if case.every:
        scores["conflict recall"] = recall([bool(contains(said, [each])) for each in case.every if normalise(each)])
    elif case.type == "conflict":
        scores["conflict recall"] = recall([bool(side & cited) for side in truth.sides])
    return scores


def _forbidden(case: Case, said: str) -> dict[str, float | None]:
    return {"says what it must not": float(contains(said, case.forbidden) or False)} if case.forbidden else {}


def _row(suite: str, case: Case, truth: Truth, given: Answer, scores: Scores) -> Row:
    supported = truth.places if truth.exact else None
    return Row(
        suite=suite,
        id=case.id,
        type=case.type,
        question=case.question,
        expected=(*case.answers, *case.references, *(s.quote for s in case.support if s.quote)) or _nothing(case),
        given=given.text,
        scores=scores,
        understood=given.standalone,
        refused=given.refused,
        citations=tuple(
            _excerpt(given, citation.document_id, citation.start, citation.end, supported)
            for citation in given.citations
        ),
        passages=tuple(
            _excerpt(given, passage.document.id, passage.chunk.start, passage.chunk.end, supported)
            for passage in given.passages
        ),
        timings={
            "rewrite": round(given.timings.rewrite, 3),
            "retrieve": round(given.timings.retrieve, 3),
            "read": round(given.timings.read, 3),
            "total": round(given.timings.total, 3),
        },
    )


def _nothing(case: Case) -> tuple[str, ...]:
    return () if case.answerable else ("not in these documents",)


def _excerpt(given: Answer, id_: str, start: int, end: int, supported: frozenset[Place] | None) -> Excerpt:
    document = next(passage.document for passage in given.passages if passage.document.id == id_)
    stretch = Stretch(document, start, end)
    places = stretch.places
    return Excerpt(
        document_id=id_,
        title=document.title,
        outlet=document.outlet,
        published=document.published.isoformat() if document.published else None,
        first_paragraph=places[0].paragraph,
        last_paragraph=places[-1].paragraph,
        start=start,
        end=end,
        text=stretch.text,
        supports=None if supported is None else bool(supported & set(places)),
    )
