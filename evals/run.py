"""Runs the cases over the sample corpus and prints the figures beside those of plain cosine in the same run."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evals.cases import CORPUS, Case, Support
from evals.metrics import Mean, auroc, contains, mean, precision, recall
from index.types import Document
from rag.answer import Desk, answer, ingest_paths, open_desk
from rag.evidence import evidence
from rag.followup import standalone
from rag.reader import fitted
from rag.record import record
from rag.retrieve import retrieve
from rag.settings import read
from rag.types import Answer, Filters


@dataclass(frozen=True, slots=True)
class Result:
    """One graded case. ``right``: the first sentence of the answer stands in a supporting paragraph (not, if it was
    refused); ``ranked``: the best-ranked sentence does, refused or not; ``plain``: the sentence with the highest
    cosine does. Where a grade does not apply it is None."""

    case: Case
    answer: Answer
    found: bool | None
    right: bool | None
    ranked: bool | None
    plain: bool | None
    contained: bool | None
    precision: float | None
    recall: float | None
    plain_confidence: float


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph of a document."""

    document_id: str
    paragraph: int


def run(cases: Sequence[Case], advance: Callable[[str], None]) -> tuple[Result, ...]:
    """Ingests the sample corpus into a fresh library and grades every case. Raises ValueError for a case whose
    quote is in no paragraph of its file."""
    with TemporaryDirectory() as home, closing(open_desk(replace(read(), home=Path(home)))) as desk:
        ingest_paths(desk, [CORPUS])
        documents = [desk.library.document(entry.id) for entry in desk.library.entries()]
        results = []
        for case in cases:
            advance(case.id)
            results.append(_grade(desk, documents, case))
        return tuple(results)


def write(results: Sequence[Result], path: Path) -> None:
    """One JSON object a case: the answer's record with its grades."""
    with path.open("w", encoding="utf-8") as file:
        for result in results:
            grades = {
                "type": result.case.type,
                "answerable": result.case.answerable,
                "found": result.found,
                "right": result.right,
                "contained": result.contained,
                "citation_precision": result.precision,
                "citation_recall": result.recall,
            }
            file.write(json.dumps({**record(result.answer, result.case.id), **grades}, ensure_ascii=False) + "\n")


def report(results: Sequence[Result]) -> Iterator[str]:
    """The table, line by line, in Markdown."""
    asked = [result for result in results if result.case.answerable]
    not_asked = [result for result in results if not result.case.answerable]
    answered = [result for result in results if not result.answer.refused]
    can = [result.case.answerable for result in results]
    yield f"{len(results)} cases over the sample corpus: {len(asked)} answerable, {len(not_asked)} not"
    yield ""
    yield "| figure | citedesk | plain cosine |"
    yield "|---|---|---|"
    yield f"| supporting paragraph among the passages | {_show(mean([r.found for r in asked]))} | |"
    yield (
        f"| best sentence from a supporting paragraph, refused or not | {_show(mean([r.ranked for r in asked]))} "
        f"| {_show(mean([r.plain for r in asked]))} |"
    )
    both = [r for r in asked if not r.answer.refused]
    yield (
        f"| the same, of the answered | {_show(mean([r.right for r in both]))} "
        f"| {_show(mean([r.plain for r in both]))} |"
    )
    yield f"| answer contains the expected words | {_show(mean([r.contained for r in asked]))} | |"
    yield f"| citation precision, when answered | {_show(mean([r.precision for r in answered]))} | |"
    yield f"| citation recall | {_show(mean([r.recall for r in asked]))} | |"
    yield f"| answered, of the answerable | {_show(mean([not r.answer.refused for r in asked]))} | 1 |"
    yield f"| refused, of the unanswerable | {_show(mean([r.answer.refused for r in not_asked]))} | 0 |"
    yield (
        f"| AUROC of the confidence, answerable or not | {_plain(auroc([r.answer.confidence for r in results], can))} "
        f"| {_plain(auroc([r.plain_confidence for r in results], can))} |"
    )
    totals = [result.answer.timings.total for result in results]
    retrieval = [result.answer.timings.retrieve for result in results]
    yield f"| retrieval, ms p50 / p95 | {_percentiles(retrieval)} | |"
    yield f"| whole answer, ms p50 / p95 | {_percentiles(totals)} | |"
    yield ""
    yield "| type | n | right sentence | expected words | refused |"
    yield "|---|---|---|---|---|"
    for kind in dict.fromkeys(result.case.type for result in results):
        some = [result for result in results if result.case.type == kind]
        cells = [
            mean([result.right for result in some]),
            mean([result.contained for result in some]),
            mean([result.answer.refused for result in some]),
        ]
        yield f"| {kind} | {len(some)} | " + " | ".join(_plain(cell.value if cell.n else None) for cell in cells) + " |"


def _grade(desk: Desk, documents: Sequence[Document], case: Case) -> Result:
    given = answer(desk, case.question, case.history)
    places = [_places(documents, support) for support in case.support]
    anywhere = {place for some in places for place in some}
    cited = [Place(citation.document_id, citation.paragraph) for citation in given.citations]
    passages = {
        Place(p.document.id, number)
        for p in given.passages
        for number in range(p.chunk.first_paragraph, p.chunk.last_paragraph + 1)
    }
    understood = standalone(case.question, case.history)
    found = retrieve(desk.library, desk.index, desk.model, understood, Filters(), desk.settings.top_k)
    material = evidence(found, desk.model, understood)
    cosines = material.features[:, 0]
    nearest = material.candidates[int(np.argmax(cosines))]
    plain = Place(nearest.passage.document.id, nearest.paragraph.number)
    best = material.candidates[int(np.argmax(fitted().ranker.logit(material.features)))]
    ranked = Place(best.passage.document.id, best.paragraph.number)
    return Result(
        case=case,
        answer=given,
        found=bool(anywhere & passages) if anywhere else None,
        right=bool(cited and cited[0] in anywhere) if anywhere else None,
        ranked=ranked in anywhere if anywhere else None,
        plain=plain in anywhere if anywhere else None,
        contained=contains(" ".join(claim.text for claim in given.claims), case.answers),
        precision=precision([place in anywhere for place in cited]) if case.answerable else None,
        recall=recall([bool(some & set(cited)) for some in places]),
        plain_confidence=float(cosines.max()),
    )


def _places(documents: Sequence[Document], support: Support) -> set[Place]:
    quote = " ".join(support.quote.split())
    found = {
        Place(document.id, paragraph.number)
        for document in documents
        if Path(document.source).name == support.file
        for paragraph in document.paragraphs
        if quote in " ".join(document.text[paragraph.start : paragraph.end].split())
    }
    if not found:
        raise ValueError(f"no paragraph of {support.file} holds the quote {support.quote!r}")
    return found


def _show(figure: Mean) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] n={figure.n}" if figure.n else "unscored"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percentiles(values: Sequence[float]) -> str:
    return f"{np.percentile(values, 50):.0f} / {np.percentile(values, 95):.0f}"
