"""The values between question and cited answer."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from index.types import Chunk, Document, Precision
from index.types import Filters as Filters
from rag.searched import Part as Part
from rag.searched import Reason as Reason
from rag.searched import Searched as Searched
from rag.searched import Understood as Understood


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk in its document. ``score`` is the fused rank score, ``cosine`` the similarity to the question
    in [-1, 1]; both are higher for better. ``also`` are the other documents whose passages said the same and were left
    out for it, best ranked first (``rag.copies``)."""

    document: Document
    chunk: Chunk
    score: float
    cosine: float
    also: tuple[Document, ...] = ()

    @property
    def text(self) -> str:
        """The chunk's own text, without its context line."""
        return self.document.text[self.chunk.start : self.chunk.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place that supports a claim: ``document.text[start:end] == quote``.

    ``number`` is the marker shown in the answer, from 1; ``paragraph`` counts from 1, ``page`` is the one that
    paragraph begins on, and ``where`` its place in its file in words (see ``rag.words.where``), "" when the format has
    none. ``version`` is the document's version the offsets belong to; ``precision`` is that of ``published``.
    """

    number: int
    document_id: str
    version: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None
    paragraph: int
    page: int | None
    start: int
    end: int
    quote: str
    where: str = ""
    precision: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange: ``question`` as it was understood (after any rewriting), ``answer`` as plain text, and the
    ``citations`` it showed, whose numbers stay theirs for the rest of the conversation."""

    question: str
    answer: str
    citations: tuple[Citation, ...] = ()


class Style(Enum):
    """How long and in what form a model writes."""

    BRIEF = "brief"
    DETAILED = "detailed"
    BULLETS = "bullets"


class Verdict(Enum):
    """How far the cited paragraphs support a claim."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer (one sentence, or a few that only stand together) and what supports it.

    What is quoted word for word is supported by itself; what a model wrote has the verdict of the claim check, and
    ``reason`` says in a short sentence what it rests on. An unsupported claim has no citations. ``lead`` is what
    stands before it in a bulleted or numbered answer ("- "), "" in running text; ``breaks`` says that a new paragraph
    or bullet begins with it.
    """

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict = Verdict.SUPPORTED
    reason: str = ""
    lead: str = ""
    breaks: bool = False


class Dispute(Enum):
    """What it is that verified quotes disagree on."""

    FIGURE = "figure"
    DATE = "date"
    NAME = "name"
    YES_NO = "yes or no"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: ``value`` is what it says in a few words ("14 dead", "no"), as its quotes have it."""

    value: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Verified quotes that cannot all be right. ``sides`` are at least two, the newest first (undated ones last);
    ``note`` says which is later or better attributed, in one sentence."""

    dispute: Dispute
    sides: tuple[Side, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Writing:
    """How a model's draft became the answer. ``model`` is its name; ``unknown`` markers stood for no paragraph and were
    dropped, ``moved`` citations went to the paragraph that does support their sentence, ``removed`` were taken off;
    ``dropped`` sentences had no support; ``first_token`` is milliseconds from asking the model to its first word."""

    model: str
    unknown: int = 0
    moved: int = 0
    removed: int = 0
    dropped: int = 0
    first_token: float = 0.0


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each stage of one answer."""

    rewrite: float = 0.0
    retrieve: float = 0.0
    read: float = 0.0
    write: float = 0.0

    @property
    def total(self) -> float:
        """The sum of the stages, in milliseconds."""
        return self.rewrite + self.retrieve + self.read + self.write


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer, or an honest refusal.

    ``standalone`` is the question as it was searched; it differs from ``question`` when a follow-up was rewritten.
    ``refused`` means that the documents do not answer it: then ``claims`` is empty and ``related`` holds the nearest
    passages, which are not an answer. ``confidence`` is the estimated probability in [0, 1] that the documents answer
    the question. ``passages`` are all retrieved passages, best first.

    ``draft`` is what a model is writing and was not checked yet; it is empty in a finished answer. ``writing`` is None
    where no model wrote: then every claim is a quotation. ``conflicts`` are quotes that disagree. ``notices`` are what
    the user must know of how the answer came about (a model that could not be reached). ``flagged`` are passages
    that hold text addressed to an AI; none of it was followed or quoted.
    """

    question: str
    standalone: str
    claims: tuple[Claim, ...]
    refused: bool
    confidence: float
    passages: tuple[Passage, ...]
    related: tuple[Passage, ...]
    searched: Searched
    timings: Timings
    draft: str = ""
    writing: Writing | None = None
    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[str, ...] = ()
    flagged: tuple[Passage, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in the order of their numbers, each once."""
        sides = (citation for conflict in self.conflicts for side in conflict.sides for citation in side.citations)
        found = {citation.number: citation for citation in sides}
        found |= {citation.number: citation for claim in self.claims for citation in claim.citations}
        return tuple(found[number] for number in sorted(found))

    @property
    def refusal(self) -> str:
        """What a refusal says: no more than was searched under the limits that the question set."""
        limits = " ".join(reason.says for reason in self.searched.reasons)
        return f"Not in the documents {limits}." if limits else "Not in these documents."

    @property
    def text(self) -> str:
        """The answer as plain text with [n] markers, without what has no support; for a refusal, one sentence that
        says so."""
        if self.refused:
            return self.refusal
        kept = [claim for claim in self.claims if claim.verdict is not Verdict.UNSUPPORTED]
        told = [
            ("\n" if claim.breaks else " ")
            + claim.lead
            + claim.text
            + "".join(f" [{citation.number}]" for citation in claim.citations)
            for claim in kept
        ]
        return "".join(told).strip()
