"""An answer as text with [n] markers, and where in it which source is cited."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rag.record import quote_link
from rag.types import Answer, Citation, Verdict


@dataclass(frozen=True, slots=True)
class Annotation:
    """A marker in a text: ``content[start:end]`` is "[3]". ``url`` is absolute and leads to the exact quote."""

    start: int
    end: int
    title: str
    url: str

    def as_openai(self) -> Mapping[str, object]:
        """The annotation as OpenAI's API has it."""
        cited = {"start_index": self.start, "end_index": self.end, "title": self.title, "url": self.url}
        return {"type": "url_citation", "url_citation": cited}


@dataclass(frozen=True, slots=True)
class Text:
    """``content`` is ``Answer.text``; ``annotations`` are its markers in order; ``ends`` are where claims end in it."""

    content: str
    annotations: tuple[Annotation, ...]
    ends: tuple[int, ...]

    def pieces(self, start: int) -> Iterator[str]:
        """What follows ``start``, claim by claim."""
        for end in self.ends:
            if end > start:
                yield self.content[start:end]
                start = end


def told(answer: Answer, address: str) -> Text:
    """The answer's text and its markers; ``address`` is what source links begin with."""
    if answer.refused:
        return Text(answer.refusal, (), (len(answer.refusal),))
    content, found, ends = "", list[Annotation](), list[int]()
    for claim in answer.claims:
        if claim.verdict is Verdict.UNSUPPORTED:
            continue
        lead = ("\n" if claim.breaks else " ") + claim.lead
        content = (content + lead + claim.text) if content else (lead + claim.text).lstrip()
        for citation in claim.citations:
            content += f" [{citation.number}]"
            found.append(_annotation(citation, len(content), address))
        ends.append(len(content))
    return Text(content, tuple(found), tuple(ends))


def _annotation(citation: Citation, end: int, address: str) -> Annotation:
    start = end - len(f"[{citation.number}]")
    return Annotation(start, end, citation.title, quote_link(citation, address))
