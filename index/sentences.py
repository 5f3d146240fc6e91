"""Sentence boundaries with exact offsets, by syntok."""

from collections.abc import Iterator
from dataclasses import dataclass

from syntok import segmenter
from syntok.tokenizer import Tokenizer

_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: ``text[start:end]``, in code points."""

    start: int
    end: int


def sentences(text: str, offset: int = 0) -> tuple[Span, ...]:
    """The sentences of one paragraph in order, without the white space around them; ``offset`` is added to each.

    Together they cover every character that is not white space.
    """
    return tuple(Span(offset + start, offset + end) for start, end in _spans(text))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    starts = []
    for sentence in segmenter.segment(_TOKENIZER.tokenize(text)):
        tokens = list(sentence)
        if tokens:
            starts.append(tokens[0].offset)
    # The end is where the next sentence starts: a token the tokenizer swallowed is then still in some sentence.
    if starts:
        starts[0] = 0
    else:
        starts = [0]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end]
        body = piece.strip()
        if body:
            lead = len(piece) - len(piece.lstrip())
            yield start + lead, start + lead + len(body)
