"""Does the evidence support the claim? Baselines only: the product does not check claims yet."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from evals.cases import Claim
from evals.metrics import balanced_accuracy
from evals.results import Excerpt, Row, Task
from index.embed import Vectors, embed
from index.sentences import sentences
from rag.terms import coverage, stems

DEV = "dev"  # the split from which the thresholds are chosen; its own rows get no verdict
COSINE, SHARED = "cosine", "shared words"


def claim_task(suite: str, claims: Sequence[Claim], model: BaseEmbedding) -> Task:
    """Grades the systems "cosine", the highest cosine in [-1, 1] of the claim to a sentence of its evidence, and
    "shared words", the share in [0, 1] of the claim's stems that its evidence holds. Both are 0 without evidence.

    Scores: ``support`` (that number), ``attributable`` (1 or 0, as people judged), ``verdict`` (1 where support reaches
    the system's threshold, else 0). The threshold is the one with the best balanced accuracy over the rows of the split
    DEV; verdict is None for those rows themselves, and for all where that split is missing or of one kind only.
    """
    by_id = {claim.id: claim for claim in claims}
    vectors: dict[str, Vectors] = {}  # many claims share their evidence

    def closest(claim: Claim) -> float:
        texts = _sentences(claim.evidence)
        missing = [text for text in dict.fromkeys([claim.text, *texts]) if text not in vectors]
        vectors.update(zip(missing, embed(model, missing), strict=True))
        return float(max((vectors[text] @ vectors[claim.text] for text in texts), default=0.0))

    @cache
    def supports(id_: str) -> Mapping[str, float]:
        claim = by_id[id_]
        return {COSINE: closest(claim), SHARED: _shared(claim)}

    @cache
    def thresholds() -> Mapping[str, float | None]:
        dev = [claim for claim in claims if claim.split == DEV]
        found = {}
        for system in (COSINE, SHARED):
            found[system] = threshold([supports(claim.id)[system] for claim in dev], [c.attributable for c in dev])
        return found

    def grade(id_: str) -> Row:
        claim, support = by_id[id_], supports(id_)
        limits = thresholds() if claim.split != DEV else {}  # needs every dev row, graded in this run or not
        scores = {}
        for system, value in support.items():
            limit = limits.get(system)
            verdict = None if limit is None else float(value >= limit)
            scores[system] = {"support": value, "attributable": float(claim.attributable), "verdict": verdict}
        expected = "attributable" if claim.attributable else "not attributable"
        given = f"support {support[COSINE]:.2f}"
        evidence = tuple(_excerpt(number, text) for number, text in enumerate(claim.evidence, 1))
        return Row(suite, id_, claim.type, claim.text, (expected,), given, scores, passages=evidence)

    return Task(tuple(by_id), grade)


def threshold(supports: Sequence[float], attributable: Sequence[bool]) -> float | None:
    """The support from which a claim is best called attributable: of the given ones that with the highest balanced
    accuracy, the lowest of equals; None unless both kinds are given."""
    truth, best, chosen = np.array(attributable, dtype=np.float64), -1.0, None
    for limit in sorted(set(supports)):
        accuracy = balanced_accuracy(np.column_stack([np.array(supports) >= limit, truth]))
        if accuracy is not None and accuracy > best:
            best, chosen = accuracy, limit
    return chosen


def _excerpt(number: int, text: str) -> Excerpt:
    return Excerpt(f"evidence {number}", f"Evidence {number}", None, None, 1, 1, 0, len(text), text, None)


def _sentences(evidence: Sequence[str]) -> list[str]:
    """The sentences of all texts; each of their lines is a paragraph."""
    lines = [line for text in evidence for line in text.split("\n")]
    return [line[span.start : span.end] for line in lines for span in sentences(line)]


def _shared(claim: Claim) -> float:
    return coverage(dict.fromkeys(stems(claim.text), 1.0), stems("\n".join(claim.evidence)))
