"""Trains the claim check's model, from the state of the trained reader, and writes it as a PyTorch state file.

    python -m evals.entailment.train FOLDER --start reader.pt [--out FILE] [--steps N] [--hand SHARE] [--families]
        [--seed N]

FOLDER holds SQuAD-shaped *.json files. The model is the reader's cross-encoder with the claim in the question's place;
its head on the first token learns whether the evidence supports the claim. ``--hand`` is the share of the rows that
were written by hand, to which ``--families`` adds the families. Prints its figures on the hand-written rows that are
held out; with ``--steps 0`` those of the state that is given. Needs the ``train`` extra.
"""

import argparse
import logging
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from evals.entailment.data import made
from evals.entailment.hand import Row, by_hand, held_out
from evals.reader.data import load
from evals.reader.model import Reader, base_folder, schedule
from index.onnx import tokenizer_file

BATCH = 32
BLOCK = 40  # batches whose rows are sorted by length together
MAX_TOKENS = 224
RATE = 6e-5
HEAD_FASTER = 5.0

log = logging.getLogger("train")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("entailment.pt"))
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--hand", type=float, default=0.4)
    parser.add_argument("--families", action="store_true")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.manual_seed(given.seed)
    chance = random.Random(given.seed)
    data = load(given.folder)
    written = by_hand(data, given.families)
    learnt, kept = [row for row in written if not held_out(row)], [row for row in written if held_out(row)]
    log.info("%d rows by hand to learn from, %d held out", len(learnt), len(kept))
    model = Reader(base_folder())
    model.load_state_dict(torch.load(given.start, weights_only=True))
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    if given.steps:
        fit(model, tokenizer, _mixed(learnt, made(data, chance), given.hand, chance), given.steps, given.rate, chance)
        torch.save(model.state_dict(), given.out)
    if kept:
        _tell(
            kept, np.concatenate([scores(model, tokenizer, kept[at : at + BATCH]) for at in range(0, len(kept), BATCH)])
        )


def _tell(rows: Sequence[Row], values: NDArray[np.float32]) -> None:
    """Logs the AUROC over all rows and over those of each source."""
    truth, named = np.array([row.supported for row in rows]), np.array([_source(row) for row in rows])
    for name in ("", *sorted(set(named))):
        chosen = named == name if name else np.ones(len(rows), dtype=np.bool_)
        above = values[chosen & truth][:, None] - values[chosen & ~truth]
        log.info("held out, %s, n=%d: AUROC %.3f", name or "all", chosen.sum(), float((above > 0).mean()))


def _source(row: Row) -> str:
    lead, _, end = row.kind.partition(", ")
    if lead in ("family", "counterweight"):
        return "families and counterweights"
    return "minimal pairs" if end in ("true", "false") else "claims"


def _mixed(learnt: Sequence[Row], rule: Iterator[Row], share: float, chance: random.Random) -> Iterator[Row]:
    waiting: list[Row] = []
    while True:
        if learnt and chance.random() < share:
            waiting = waiting or chance.sample(learnt, len(learnt))
            yield waiting.pop()
        else:
            yield next(rule)


def scores(model: Reader, tokenizer: Tokenizer, rows: Sequence[Row]) -> NDArray[np.float32]:
    """The log odds (n,) that each row's evidence supports its claim."""
    model.eval()
    with torch.no_grad():
        found: NDArray[np.float32] = _logits(model, tokenizer, rows).numpy()
    return found


def fit(
    model: Reader, tokenizer: Tokenizer, rows: Iterator[Row], steps: int, rate: float, chance: random.Random
) -> None:
    """Trains in place: AdamW, linear warm-up over 5 % of the steps, then linear decay."""
    slow = [weight for name, weight in model.named_parameters() if weight.requires_grad and name.startswith("enc")]
    heads = list(model.relevance.parameters())
    optimiser = torch.optim.AdamW(
        [{"params": slow, "lr": rate}, {"params": heads, "lr": rate * HEAD_FASTER}], weight_decay=0.01
    )
    rates = schedule(optimiser, steps)
    began, losses, step = time.perf_counter(), list[float](), 0
    model.train()
    while step < steps:
        block = sorted(islice(rows, BATCH * BLOCK), key=lambda row: len(row.claim) + len(row.evidence))
        batches = [block[at : at + BATCH] for at in range(0, len(block), BATCH)]
        chance.shuffle(batches)
        for batch in batches[: steps - step]:
            truth = torch.tensor([float(row.supported) for row in batch])
            loss = nn.functional.binary_cross_entropy_with_logits(_logits(model, tokenizer, batch), truth)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*slow, *heads], 1.0)
            optimiser.step()
            rates.step()
            losses.append(loss.item())
            step += 1
            if step % 25 == 0:
                pace = (time.perf_counter() - began) / step
                log.info("%d/%d loss %.3f, %.2f s a step", step, steps, float(np.mean(losses[-100:])), pace)


def _logits(model: Reader, tokenizer: Tokenizer, rows: Sequence[Row]) -> Tensor:
    encodings = tokenizer.encode_batch([(row.claim, row.evidence) for row in rows])
    width = max(len(encoding.ids) for encoding in encodings)
    ids, types, mask = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(3))
    for at, encoding in enumerate(encodings):
        size = len(encoding.ids)
        ids[at, :size], types[at, :size] = torch.tensor(encoding.ids), torch.tensor(encoding.type_ids)
        mask[at, :size] = 1
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, relevance = model(ids, mask, types)
    found: Tensor = relevance.float()
    return found


if __name__ == "__main__":
    main()
