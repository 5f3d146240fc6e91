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
    by_paragraph = ranking(order, {place.id: 1 for place in truth.places})
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
    """Whether the sentence holds a supporting quote, or stands in support, and has an accepted answer where the quote
    has one; None where people gave neither, or no paragraph that supports has an answer's words."""
    if truth.quotes:
        right = best is not None and any(best.holds(quote) for quote in truth.quotes)
        if best is not None and any(contains(quote.text, case.answers) for quote in truth.quotes):
            right = right and bool(contains(best.text, case.answers))
        return float(right)
    if contains("", case.answers) is None:  # there are none, or none that can be looked for
        return None
    if truth.texts and not any(contains(text, case.answers) for text in truth.texts):
        return None
    if best is None or (truth.places and not truth.places & set(best.places)):
        return 0.0
    return float(contains(best.text, case.answers) or False)


def answer_scores(case: Case, truth: Truth, given: Answer, chosen: float | None) -> dict[str, float | None]:
    """What the answer as it was given is worth; ``chosen`` is whether its first sentence is right."""
    said = " ".join(claim.text for claim in given.claims)
    cited = {Place(citation.document_id, citation.paragraph) for citation in given.citations}
    scores = forbidden_scores(case, said)
    if given.refused:
        scores["refusal precision"] = float(not case.answerable)
    else:
        scores["sentences cited"] = precision([bool(claim.citations) for claim in given.claims])
    if not case.answerable:
        guessed = float(not given.refused)
        return scores | {"refusal recall": 1 - guessed, "wrong answers": guessed, "wrong citations": float(len(cited))}
    scores["answered"] = float(not given.refused)
    scores["wrong answers"] = 0.0 if given.refused else None if chosen is None else 1 - chosen
    if not given.refused:
        scores["right when answered"] = chosen
    if case.answers:
        held = contains(said, case.answers)
        scores["expected words"] = None if held is None else float(held)
    if case.references or case.answers:
        scores["token F1"] = token_f1(said, case.references or case.answers)
    scores |= _citation_scores(truth, cited, given.refused)
    if case.every:
        scores["conflict recall"] = recall([bool(contains(said, [each])) for each in case.every if normalise(each)])
    elif case.type == "conflict":
        scores["conflict recall"] = recall([bool(side & cited) for side in truth.sides])
    return scores


def _citation_scores(truth: Truth, cited: set[Place], refused: bool) -> dict[str, float | None]:
    """Of an answerable question; unscored where nobody said which paragraph supports, absent where not even which
    document."""
    if not truth.sides:
        return {}
    judged = [place in truth.places for place in sorted(cited - truth.neutral)]
    scores = {
        "citation recall": recall([bool(side & cited) for side in truth.sides]),
        "wrong citations": float(judged.count(False)),
    }
    if not refused:
        scores["citation precision"] = precision(judged)
    return scores if truth.exact else dict.fromkeys(scores)


def forbidden_scores(case: Case, said: str) -> dict[str, float | None]:
    """Whether ``said`` holds what a right answer must not; nothing where nothing is forbidden."""
    return {"says what it must not": float(contains(said, case.forbidden) or False)} if case.forbidden else {}
