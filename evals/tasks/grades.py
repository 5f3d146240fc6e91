"""The scores of one case, by name; a name is absent where it does not apply, None where it cannot be graded."""

from collections.abc import Sequence

from evals.cases import Case
from evals.metrics import contains, normalise, precision, ranking, recall, token_f1
from evals.tasks.truth import Place, Stretch, Truth
from rag.types import Answer


def ranked_scores(truth: Truth, found: Sequence[Stretch]) -> dict[str, float | None]:
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


def choice_scores(case: Case, truth: Truth, best: Stretch | None, confidence: float) -> dict[str, float | None]:
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


def answer_scores(case: Case, truth: Truth, given: Answer, chosen: float | None) -> dict[str, float | None]:
    """What the answer as it was given is worth; ``chosen`` is whether its first sentence is right."""
    said = " ".join(claim.text for claim in given.claims)
    scores = forbidden_scores(case, said)
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


def forbidden_scores(case: Case, said: str) -> dict[str, float | None]:
    """Whether ``said`` holds what a right answer must not; nothing where nothing is forbidden."""
    return {"says what it must not": float(contains(said, case.forbidden) or False)} if case.forbidden else {}
