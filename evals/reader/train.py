"""Trains the reader from the weights of all-MiniLM-L6-v2 and writes it as a PyTorch state file.

    python -m evals.reader.train FOLDER [--out reader.pt] [--groups N] [--warm N] [--seed N]

FOLDER holds SQuAD-shaped *.json files; our own questions are added (see ``evals.reader.data``). The reader is a
cross-encoder over question and passage with a linear head a token (answer start, answer end, sentence) and one on the
first token (relevance). It learns from groups (``evals.reader.groups``): a question with the passage that answers it
and three that do not, chosen among the nearest by cosine, the nearest by BM25 (``evals.reader.plan``) and the same
article or cluster; sometimes the passage itself without its answer. N ``--warm`` groups of crowd questions come first,
then ``--groups`` of all kinds. Needs the ``train`` extra.
"""

import argparse
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from evals.reader.data import load
from evals.reader.groups import Example, Groups
from evals.reader.model import Reader, base_folder, schedule
from evals.reader.plan import mine, plan

BATCH = 8  # groups a step
LEARNING_RATE = 1e-4
HEAD_RATE = 5e-4
log = logging.getLogger("train")


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
    groups = Groups(data, negatives, chance)
    fit(model, [partial(groups.of, question) for question in order], chance)
    torch.save(model.state_dict(), arguments.out)


def fit(model: Reader, makers: Sequence[Callable[[], list[Example]]], chance: random.Random) -> None:
    """Trains in place with AdamW, BATCH groups a step; ``makers`` each make a group when it is its turn."""
    slow = [weight for name, weight in model.named_parameters() if weight.requires_grad and name.startswith("enc")]
    heads = [weight for name, weight in model.named_parameters() if not name.startswith("enc")]
    optimiser = torch.optim.AdamW(
        [{"params": slow, "lr": LEARNING_RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = len(makers) // BATCH
    rates = schedule(optimiser, steps)
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


def _batches(makers: Sequence[Callable[[], list[Example]]], chance: random.Random) -> Iterator[list[list[Example]]]:
    """BATCH groups of about the same length at a time."""
    for first in range(0, len(makers), BATCH * 40):
        block = [make() for make in makers[first : first + BATCH * 40]]
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
