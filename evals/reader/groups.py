"""A question becomes a group of examples, each the question with one passage, in word pieces: the right one first."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from evals.reader.data import Data, Paragraph, Question
from evals.reader.plan import NEAREST
from index.onnx import tokenizer_file
from index.sentences import sentences
from rag.terms import sequence, stem, words

GROUP = 4  # passages a question is learnt with, the right one first
MAX_TOKENS = 208
MAX_CHARACTERS = 720  # of a passage; a window round the answer when it is longer
TWIN = 0.15  # how often a negative is the right passage without its answer's sentences
THINNED = 0.3  # how often a crowd question loses words that it shares with its passage
NO_CONTEXT = 0.3  # how often the context line is left out


@dataclass(frozen=True, slots=True)
class Example:
    """A question with one passage, as word pieces. ``sentence`` numbers each token's sentence from 1 (0: in none),
    ``right`` are the numbers of the sentences that answer; ``first`` and ``last`` token of the answer, 0 for none."""

    ids: list[int]
    types: list[int]
    sentence: list[int]
    right: frozenset[int]
    first: int
    last: int


class Groups:
    """The groups of ``data``'s questions; ``negatives`` are the paragraphs near each (``evals.reader.plan.mine``).
    ``chance`` decides what a group holds, so a group asked for again is another."""

    def __init__(self, data: Data, negatives: dict[str, list[int]], chance: random.Random) -> None:
        self._data, self._negatives, self._chance = data, negatives, chance
        self._tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        self._tokenizer.no_padding()
        self._mates: dict[str, list[int]] = {}
        for at, paragraph in enumerate(data.paragraphs):
            if paragraph.part == "train":
                self._mates.setdefault(f"{paragraph.source} {paragraph.group}", []).append(at)

    def of(self, question: Question) -> list[Example]:
        """``question`` with its own paragraph first and GROUP - 1 that do not answer it."""
        own = self._data.paragraphs[question.about]
        text = self._asked(question, own)
        rows = [self._example(text, own, question.spans)]
        for place in self._others(question, own):
            if place == question.about:
                rows.append(self._example(text, self._twin(own, question), ()))
            else:
                rows.append(self._example(text, self._data.paragraphs[place], ()))
        return rows

    def _others(self, question: Question, own: Paragraph) -> list[int]:
        """Near paragraphs, one of the same article; the question's own place stands for its twin without answer."""
        near = self._negatives[question.text][:NEAREST]
        mates = [at for at in self._mates[f"{own.source} {own.group}"] if at != question.about]
        answers = [own.text[start:end].lower() for start, end in question.spans]
        mates = [at for at in mates if not any(answer in self._data.paragraphs[at].text.lower() for answer in answers)]
        chosen = self._chance.sample(near, min(len(near), GROUP - 1))
        if mates and self._chance.random() < 0.5 and chosen:
            mate = self._chance.choice(mates)
            if mate not in chosen:
                chosen[-1] = mate
        if question.spans and self._chance.random() < TWIN and len(sentences(own.text)) > 2 and chosen:
            chosen[0] = question.about
        while len(chosen) < GROUP - 1:
            chosen.append(self._chance.choice([at for at in near or mates or [0] if at != question.about] or [0]))
        return chosen

    def _twin(self, own: Paragraph, question: Question) -> Paragraph:
        kept = [
            own.text[span.start : span.end]
            for span in sentences(own.text)
            if not any(start < span.end and end > span.start for start, end in question.spans)
        ]
        return Paragraph(own.id, " ".join(kept) or own.context, own.context, own.group, own.source, own.part)

    def _asked(self, question: Question, own: Paragraph) -> str:
        """The question; a crowd question sometimes without some of the words that its paragraph holds as well."""
        text = question.text
        if not question.free and self._chance.random() < THINNED:
            held = {stem(word) for word in sequence(own.text)}
            kept = [
                word
                for word in text.split()
                if not any(stem(each) in held for each in words(word)) or self._chance.random() > 0.35
            ]
            text = " ".join(kept) if len(kept) > 2 else text
        if self._chance.random() < 0.15:
            text = text.rstrip(" ?").lower()
        return text

    def _example(self, question: str, paragraph: Paragraph, spans: Sequence[tuple[int, int]]) -> Example:
        low, high = self._window(paragraph.text, spans)
        context = "" if self._chance.random() < NO_CONTEXT or not paragraph.context else f"{paragraph.context}\n"
        body = context + paragraph.text[low:high]
        shift = len(context) - low
        moved = [(start + shift, end + shift) for start, end in spans if start >= low and end <= high]
        return tokenised(self._tokenizer, question, body, len(context), moved, self._chance)

    def _window(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """Whole sentences of at most MAX_CHARACTERS, with one of the answers in them."""
        if len(text) <= MAX_CHARACTERS:
            return 0, len(text)
        starts = [span.start for span in sentences(text)]
        answer = self._chance.choice(spans) if spans else None
        fits = [
            start for start in starts if answer is None or (start <= answer[0] and answer[1] <= start + MAX_CHARACTERS)
        ]
        low = self._chance.choice(fits) if fits else 0
        return low, min(len(text), low + MAX_CHARACTERS)


def tokenised(
    tokenizer: Tokenizer,
    question: str,
    body: str,
    lead: int,
    spans: Sequence[tuple[int, int]],
    chance: random.Random,
) -> Example:
    """One example; ``body[lead:]`` is the passage after its context line, ``spans`` are the answers in ``body``."""
    encoding = tokenizer.encode(question[:400], body)
    in_body = [sequence_id == 1 for sequence_id in encoding.sequence_ids]
    bounds = sentences(body[lead:], lead)
    sentence = [0] * len(encoding.ids)
    at = 0
    for token, (start, end) in enumerate(encoding.offsets):
        if in_body[token] and start >= lead:
            while at < len(bounds) and bounds[at].end <= start:
                at += 1
            if at < len(bounds) and end > bounds[at].start:
                sentence[token] = at + 1
    held = [
        [token for token, (start, end) in enumerate(encoding.offsets) if sentence[token] and start < high and end > low]
        for low, high in spans
    ]
    held = [tokens for tokens in held if tokens]
    right = frozenset(sentence[token] for tokens in held for token in tokens)
    chosen = chance.choice(held) if held else [0]
    return Example(encoding.ids, encoding.type_ids, sentence, right, chosen[0], chosen[-1])
