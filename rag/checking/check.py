"""Is a sentence that a model wrote supported by the paragraphs it cites? Rules first, then a small fitted model.

The rules (``quotation``, ``counts``, ``days``, ``strangers``, ``speech``, ``naming``, ``contrast``, ``extent``) each
look for one way of being wrong and say which. That, how much of the claim the evidence has in words and meaning, and
what a small entailment model says of it are weighed by ``check.json``, fitted by ``python -m evals.entailment.fit``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from index.embed import Embedding
from rag.checking.align import Finding, Source, shown, sources
from rag.checking.contrast import contrasts
from rag.checking.counts import miscounts
from rag.checking.days import misdates
from rag.checking.entailment import entailed
from rag.checking.extent import extents
from rag.checking.naming import misplaced
from rag.checking.quotation import misquoted, plain
from rag.checking.speech import misattributed
from rag.checking.strangers import strangers
from rag.checking.support import FEATURES as OF_THE_TEXT
from rag.checking.support import Features, Support, pieces, support
from rag.language.moments import first_date
from rag.language.statement import Statement, parts, statement
from rag.types import Verdict

FEATURES = (
    *OF_THE_TEXT,
    "no rule says it is wrong",
    "no rule says it is said too strongly",
    "the entailment model",
)
_GROUNDS = 4  # sentences that a claim may rest on
_AS_GOOD = 0.6  # of the best sentence's share: such a one is named as well
_ADDS = 2  # content words of the claim that no better sentence has: such a one is needed
LONGEST = 1200  # characters of a claim that are read
_MARKER = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")


@dataclass(frozen=True, slots=True)
class Ground:
    """A sentence that a claim rests on: ``evidence[index][start:end]``."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judged:
    """How far the evidence supports a claim. ``reason`` is one short sentence; ``support`` the estimated probability in
    [0, 1] that it does; ``grounds`` the sentences it rests on, best first, none where it is unsupported."""

    verdict: Verdict
    reason: str
    support: float
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: ``weights`` (len(FEATURES),), and the support from which a claim is supported or partial."""

    weights: Features
    bias: float
    supported: float
    partial: float


@dataclass(frozen=True, slots=True)
class Examined:
    """What rules, numbers and the entailment model (log odds) say of a claim before it is judged; ``support`` is None
    without evidence, ``verbatim`` whether the evidence has it word for word, ``misquoted`` whether it has words in
    quotation marks that the evidence has not."""

    findings: tuple[Finding, ...]
    support: Support | None
    sources: tuple[Source, ...]
    verbatim: bool
    entailment: float = 0.0

    @property
    def features(self) -> Features:
        """What the fitted model reads, float64 (len(FEATURES),); only where there is evidence."""
        broken = {finding.verdict for finding in self.findings}
        kept = [float(verdict not in broken) for verdict in (Verdict.UNSUPPORTED, Verdict.PARTIAL)]
        return np.append(
            self.support.features if self.support else np.zeros(len(OF_THE_TEXT)), [*kept, self.entailment]
        )


def judge(claim: str, evidence: Sequence[str], model: Embedding, *, context: Sequence[str] = ()) -> Judged:
    """How far ``evidence``, the texts of the cited paragraphs, supports ``claim``, one sentence or a few.

    ``context`` is parallel to ``evidence``: title, outlet and date of each text's document; names and dates may come
    from it, nothing else. Raises EmbeddingError when ``model`` cannot be used.
    """
    found = examine(claim, evidence, model, context=context)
    if found.support is None:
        return Judged(Verdict.UNSUPPORTED, "It cites no paragraph.", 0.0, ())
    fitted = weights()
    value = probability(found.features, fitted)
    grounds = _grounds(found)
    if found.verbatim:
        return Judged(Verdict.SUPPORTED, "It stands word for word in the cited paragraph.", 1.0, grounds)
    wrong = [each for each in found.findings if each.verdict is Verdict.UNSUPPORTED]
    if value >= fitted.supported and not found.findings:
        return Judged(Verdict.SUPPORTED, "The cited paragraph says it.", value, grounds)
    # The rule that finds it wrong has the better words; else that which finds it said too strongly.
    broken_rules = [*wrong, *(each for each in found.findings if each not in wrong)]
    missing = f"“{shown(found.support.missing)}” is not in the cited paragraph." if found.support.missing else ""
    reason = broken_rules[0].reason if broken_rules else missing
    if not any(each.sure for each in wrong) and value >= (fitted.supported if wrong else fitted.partial):
        return Judged(Verdict.PARTIAL, reason or "The cited paragraph says only a part of it.", value, grounds)
    return Judged(Verdict.UNSUPPORTED, reason or "The cited paragraph does not say it.", value, ())


def examine(claim: str, evidence: Sequence[str], model: Embedding, *, context: Sequence[str] = ()) -> Examined:
    """What rules and numbers say of ``claim``; see ``judge``."""
    text = " ".join(_MARKER.sub("", claim).encode("utf-8", "replace").decode().split())[:LONGEST]
    texts = [each.encode("utf-8", "replace").decode() for each in evidence]
    lines = [*context, *[""] * len(texts)][: len(texts)]
    every = tuple(sources(texts, [parts(each) for each in texts]))
    if not every or not text:
        return Examined((), None, (), False)
    known = [part.statement for line in lines for part in parts(line)]
    whole = statement(text)
    findings = tuple(broken(text, texts, every, lines))
    held = support(whole, every, known, model)
    odds = entailed(text, texts, lines, every, held.sentences)
    return Examined(findings, held, every, _is_verbatim(whole, every), odds)


def broken(text: str, texts: Sequence[str], every: Sequence[Source], lines: Sequence[str]) -> Iterator[Finding]:
    """The rules that a claim's ``text`` breaks: ``texts`` are the evidence, ``every`` its sentences, ``lines`` the
    context of each text."""
    known = [part.statement for line in lines for part in parts(line)]
    published = [first_date(line) for line in lines]
    for part in parts(text):
        said = part.statement
        yield from misquoted(said, texts)
        yield from miscounts(said, every)
        yield from misdates(said, every, lines, published)
        yield from strangers(said, every, known)
        yield from misattributed(said, every, known)
        for piece in pieces(said):
            yield from misplaced(piece, every)
            yield from contrasts(piece, said, every)
            yield from extents(piece, every)


def probability(features: Features, fitted: Weights) -> float:
    """The logistic model: the estimated probability that evidence with these ``features`` supports a claim."""
    return float(1 / (1 + np.exp(-(features @ fitted.weights + fitted.bias))))


@cache
def weights() -> Weights:
    """The fitted weights of ``check.json``."""
    stored = json.loads(files("rag.checking").joinpath("check.json").read_text(encoding="utf-8"))
    named = np.array([stored["weights"][name] for name in FEATURES])
    return Weights(named, stored["bias"], stored["supported from"], stored["partial from"])


def _is_verbatim(claim: Statement, every: Sequence[Source]) -> bool:
    """Whether whole sentences of the evidence, one after another, are the claim."""
    wanted = plain(claim.text)
    for at, first in enumerate(every):
        said = ""
        for source in every[at:]:
            if source.index != first.index:
                break
            said = f"{said} {source.statement.text}"
            if plain(said) == wanted:
                return True
            if len(said) > len(wanted) + 20:
                break
    return False


def _grounds(found: Examined) -> tuple[Ground, ...]:
    """The best sentence, and each other one that holds nearly as much of the claim or something the best one lacks."""
    if found.support is None:
        return ()
    scores, held = found.support.sentences, found.support.held
    order = [int(at) for at in np.argsort(-scores, kind="stable")]
    kept = order[:1]
    for at in order[1:]:
        new = held[at] & ~held[kept].any(axis=0)
        near = at in order[:3] and scores[at] >= _AS_GOOD * scores[order[0]]
        if near or int(new.sum()) >= _ADDS:
            kept.append(at)
        if len(kept) == _GROUNDS:
            break
    return tuple(
        Ground(found.sources[at].index, found.sources[at].part.start, found.sources[at].part.end) for at in kept
    )
