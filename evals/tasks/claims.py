"""Does the evidence support the claim? The product's check beside two baselines; and minimal pairs of claims."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from evals.cases import Claim, Pair
from evals.metrics import balanced_accuracy
from evals.results import OURS, Excerpt, Row, Task
from index.embed import Embedding, Vectors, embed
from index.sentences import sentences
from rag.checking.check import Judged, judge
from rag.terms import coverage, stems
from rag.types import Verdict

DEV = "dev"  # the split from which the thresholds are chosen; its own rows get no verdict
COSINE, SHARED = "cosine", "shared words"
AT_DEV = "citedesk, limit from dev"


def claim_task(suite: str, claims: Sequence[Claim], model: Embedding) -> Task:
    """Grades the system OURS, the product's claim check, which has fixed limits and calls attributable what it calls
    supported (not what it calls partial), and two baselines: "cosine", the highest cosine in [-1, 1] of the claim to
    a sentence of its evidence, and "shared words", the share in [0, 1] of the claim's stems that its evidence holds.
    All are 0 without evidence. The system AT_DEV is the product's number with a limit chosen like theirs.

    Scores: ``support`` (that number), ``attributable`` (1 or 0, as people judged), ``verdict`` (1 where support reaches
    the system's threshold, else 0). A baseline's threshold is the one with the best balanced accuracy over the rows of
    the split DEV; its verdict is None where that split is missing or of one kind only. The rows of DEV have no verdict
    of any system, so that all are compared over the same rows.
    """
    by_id = {claim.id: claim for claim in claims}
    vectors: dict[str, Vectors] = {}  # many claims share their evidence

    def closest(claim: Claim) -> float:
        texts = _sentences(claim.evidence)
        missing = [text for text in dict.fromkeys([claim.text, *texts]) if text not in vectors]
        vectors.update(zip(missing, embed(model, missing), strict=True))
        return float(max((vectors[text] @ vectors[claim.text] for text in texts), default=0.0))

    @cache
    def judged(id_: str) -> Judged:
        return judge(by_id[id_].text, by_id[id_].evidence, model)

    @cache
    def supports(id_: str) -> Mapping[str, float]:
        claim = by_id[id_]
        return {COSINE: closest(claim), SHARED: _shared(claim), AT_DEV: judged(id_).support}

    @cache
    def thresholds() -> Mapping[str, float | None]:
        dev = [claim for claim in claims if claim.split == DEV]
        found = {}
        for system in (COSINE, SHARED, AT_DEV):
            found[system] = threshold([supports(claim.id)[system] for claim in dev], [c.attributable for c in dev])
        return found

    def grade(id_: str) -> Row:
        claim, support = by_id[id_], supports(id_)
        limits = thresholds() if claim.split != DEV else {}  # needs every dev row, graded in this run or not
        found = judged(id_)
        right = float(claim.attributable)
        ours = None if claim.split == DEV else float(found.verdict is Verdict.SUPPORTED)
        scores = {OURS: {"support": found.support, "attributable": right, "verdict": ours}}
        for system, value in support.items():
            limit = limits.get(system)
            verdict = None if limit is None else float(value >= limit)
            scores[system] = {"support": value, "attributable": right, "verdict": verdict}
        expected = "attributable" if claim.attributable else "not attributable"
        given = _told(found)
        evidence = tuple(_excerpt(number, text) for number, text in enumerate(claim.evidence, 1))
        return Row(suite, id_, claim.type, claim.text, (expected,), given, scores, passages=evidence)

    return Task(tuple(by_id), grade)


def pair_task(suite: str, pairs: Sequence[Pair], model: Embedding) -> Task:
    """Grades pairs of sentences of which the source bears out one only.

    Scores of OURS: ``true supported``, ``false not supported`` and ``pair right``, both of them, as 1 or 0. Of the
    baselines "cosine" and "shared words" only ``pair right``: the true sentence has more support than the false one,
    which is less than to know it of one sentence alone.
    """
    by_id = {pair.id: pair for pair in pairs}

    def grade(id_: str) -> Row:
        pair = by_id[id_]
        true, false = judge(pair.true, [pair.source], model), judge(pair.false, [pair.source], model)
        kept, caught = true.verdict is Verdict.SUPPORTED, false.verdict is not Verdict.SUPPORTED
        texts = _sentences([pair.source])
        vectors = embed(model, [pair.true, pair.false, *texts])
        cosines = (vectors[2:] @ vectors[:2].T).max(axis=0)
        words = [coverage(dict.fromkeys(stems(text), 1.0), stems(pair.source)) for text in (pair.true, pair.false)]
        scores: dict[str, dict[str, float | None]] = {
            OURS: {
                "true supported": float(kept),
                "false not supported": float(caught),
                "pair right": float(kept and caught),
            },
            COSINE: {"pair right": float(cosines[0] > cosines[1])},
            SHARED: {"pair right": float(words[0] > words[1])},
        }
        given = f"true: {_told(true)} false: {_told(false)}"
        return Row(suite, id_, pair.kind, pair.true, (pair.false,), given, scores, passages=(_excerpt(1, pair.source),))

    return Task(tuple(by_id), grade)


def _told(judged: Judged) -> str:
    return f"{judged.verdict.value} ({judged.support:.2f}): {judged.reason}"


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
