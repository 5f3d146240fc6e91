"""Questions graded: the whole product answers, plain baselines answer beside it, both against what people marked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import numpy as np

from evals.cases import Case, Questions
from evals.results import OURS, Excerpt, Row, Scores, Task
from evals.tasks.grades import answer_scores, choice_scores, forbidden_scores, ranked_scores
from evals.tasks.plain import Plain, Ranked
from evals.tasks.shelf import Step, shelf
from evals.tasks.truth import Place, Stretch, Truth, truth
from index.embed import embed
from index.errors import UsageError
from index.types import Document
from rag.answer import answer
from rag.copies import counterpart
from rag.desk import Desk
from rag.evidence import passage_sentences
from rag.followup import topic
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.types import Answer, Filters, Part, Passage

DEPTH = 50  # passages ranked; the answer is read from the first of them
COSINE = "cosine"  # of question and sentence, over the product's own passages


@contextmanager
def question_task(suite: str, questions: Questions, home: Path, settings: Settings, step: Step) -> Iterator[Task]:
    """The questions as a task, over a library kept below ``home``. ``step`` is told how its building gets on.

    Raises UsageError for a case that names a document, or a quote, which is not among the documents.
    """
    with shelf(questions, suite, home, settings, step) as desk:
        documents = {entry.id: desk.library.document(entry.id) for entry in desk.library.entries()}
        if not documents or not questions.cases:
            raise UsageError(f"{suite} has no {'questions' if documents else 'documents'}; there is nothing to measure")
        missing = {source.id for source in questions.sources} - set(documents)
        truths = {case.id: truth(case, documents, missing) for case in questions.cases}
        done = 0

        def advance(number: int) -> None:
            nonlocal done
            done += number
            step(done, 0, "embedding windows of the plain baseline")

        plain = Plain(tuple(documents.values()), desk.model, desk.settings.home, advance)
        bold = replace(desk, settings=replace(desk.settings, refuse_below=0.0))
        newest = max((each.published for each in documents.values() if each.published), default=None)
        grader = _Grader(suite, desk, bold, documents, plain, newest)
        cases = {case.id: case for case in questions.cases}
        yield Task(tuple(cases), lambda id_: grader.grade(cases[id_], truths[id_]))


@dataclass(frozen=True, slots=True)
class _Grader:
    """``bold`` is the same desk, but never refuses. ``newest`` is the day of its newest document: a case that names no
    day is asked on that one, so that a run can be repeated, and without limits of its own where there is none."""

    suite: str
    desk: Desk
    bold: Desk
    documents: Mapping[str, Document]
    plain: Plain
    newest: date | None

    def grade(self, case: Case, truth: Truth) -> Row:
        given = self._answer(self.desk, case)
        would = self._answer(self.bold, case) if given.refused else given
        limits = given.searched.filters
        about = topic(case.question, case.history)
        found = retrieve(self.desk.library, self.desk.index, self.desk.model, given.standalone, limits, DEPTH, about)
        answered = {passage.chunk.id for passage in given.passages}
        passages = [*given.passages, *(passage for passage in found.passages if passage.chunk.id not in answered)]
        first = would.citations[0] if would.citations else None
        best = Stretch(self.documents[first.document_id], first.start, first.end) if first else None
        near = _nearest(self.desk, given)
        choice = choice_scores(case, truth, best, given.confidence)
        ours = ranked_scores(truth, [stretch for passage in passages for stretch in _stretches(passage)]) | choice
        ours |= answer_scores(case, truth, given, choice.get("right"))
        ours |= {f"{stage.name} ms": getattr(given.timings, stage.name) for stage in fields(given.timings)}
        ours["total ms"] = given.timings.total
        systems: dict[str, Mapping[str, float | None]] = {OURS: ours}
        for name, ranked in self.plain.rank(case.question, case.within).items():
            systems[name] = self._plain_scores(case, truth, name, ranked)
        cosine = choice_scores(case, truth, near.stretch, near.cosine)
        if "right when answered" in ours:
            cosine["right when answered"] = cosine["right"]
        systems[COSINE] = cosine | forbidden_scores(case, near.stretch.text if near.stretch else "")
        return _row(self.suite, case, truth, given, systems, self.documents)

    def _answer(self, desk: Desk, case: Case) -> Answer:
        today = case.asked or self.newest
        infer = tuple(Part) if today else ()
        limits = Filters(documents=case.within)
        return answer(desk, case.question, case.history, limits, today=today, infer=infer)

    def _plain_scores(self, case: Case, truth: Truth, name: str, ranked: Ranked) -> Mapping[str, float | None]:
        found = [Stretch(self.documents[w.document_id], w.start, w.end) for w in ranked.windows]
        scores = ranked_scores(truth, found)
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
    places = [
        Stretch(passage.document, one.span.start, one.span.end)
        for passage in found.passages
        for one in passage_sentences(passage)
    ]
    if not places:
        return _Nearest(None, -1.0)
    cosines = embed(desk.model, [place.text for place in places]) @ found.vector
    return _Nearest(places[int(np.argmax(cosines))], float(cosines.max()))


def _stretches(passage: Passage) -> Iterator[Stretch]:
    """The passage, and where the documents listed with it say its first sentence: they are found with it."""
    yield Stretch(passage.document, passage.chunk.start, passage.chunk.end)
    for document in passage.also:
        said = next((slice(one.span.start, one.span.end) for one in passage_sentences(passage)), slice(0))
        place = counterpart(document, passage.document.text[said])
        yield Stretch(document, place.start, place.end) if place else Stretch(document, 0, 0)


def _row(suite: str, case: Case, truth: Truth, given: Answer, scores: Scores, documents: Mapping[str, Document]) -> Row:
    supported = truth.places if truth.exact else None
    return Row(
        suite=suite,
        id=case.id,
        type=case.type,
        question=case.question,
        expected=_expected(case),
        given=given.text,
        scores=scores,
        understood=given.standalone,
        refused=given.refused,
        citations=tuple(
            _excerpt(documents[citation.document_id], citation.start, citation.end, supported)
            for citation in given.citations
        ),
        passages=tuple(
            _excerpt(passage.document, passage.chunk.start, passage.chunk.end, supported) for passage in given.passages
        ),
        timings={
            "rewrite": round(given.timings.rewrite, 3),
            "retrieve": round(given.timings.retrieve, 3),
            "read": round(given.timings.read, 3),
            "total": round(given.timings.total, 3),
        },
    )


def _expected(case: Case) -> tuple[str, ...]:
    if not case.answerable:
        return ("not in these documents",)
    quotes = (support.quote for support in case.support if support.quote)
    return tuple(dict.fromkeys((*case.answers, *case.references, *quotes)))


def _excerpt(document: Document, start: int, end: int, supported: frozenset[Place] | None) -> Excerpt:
    stretch = Stretch(document, start, end)
    places = stretch.places
    return Excerpt(
        document_id=document.id,
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
