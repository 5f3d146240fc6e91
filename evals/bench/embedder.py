"""The built-in embedder beside the pinned model file as it is: speed in turns, and how far the vectors are apart."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from evals.bench.pinned import Pinned
from evals.bench.rivals import chroma_default
from evals.bench.texts import Material, articles
from evals.bench.tools import Plan, apart, flags, table
from index.embed import MiniLM, Vectors, embed
from index.onnx import encoder

_SEED = 11  # other texts than those that are ingested
_WORDS = 150  # at least; with the last paragraph it is more
_PADDED = 4  # Chroma's function is given one text of so many: it is slow


@dataclass(frozen=True, slots=True)
class Runner:
    """One way to embed the same texts: the seconds of each round, and how many texts it was given."""

    name: str
    texts: int
    seconds: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Texts a second, over all rounds."""
        return self.texts * len(self.seconds) / sum(self.seconds)


@dataclass(frozen=True, slots=True)
class Compared:
    """What was measured: ``cosines`` (n,) of each text's vector with the one that the pinned file gives in float
    arithmetic; ``tokens`` are word pieces of all texts, as the model reads them."""

    runners: tuple[Runner, ...]
    tokens: int
    words: int
    cosines: Vectors


def compared(given: Material, number: int, rounds: int) -> Compared:
    """Embeds ``number`` made texts in each way, in turns; compares the vectors of these and of single sentences."""
    texts = list(_texts(given, number))
    model, pinned = MiniLM(), Pinned()
    with TemporaryDirectory() as scratch:
        padded = chroma_default(Path(scratch))
        some = texts[::_PADDED]
        ways: tuple[tuple[str, Sequence[str], Callable[[Sequence[str]], object]], ...] = (
            ("citedesk", texts, lambda asked: embed(model, asked)),
            ("pinned file, batches of 32 by length", texts, pinned.embed),
            ("pinned file, padded to 256 (Chroma's default function)", some, lambda asked: padded(list(asked))),
        )
        spent: dict[str, list[float]] = {name: [] for name, _, _ in ways}
        for _, _, way in ways:
            way(texts[:8])  # the first call reads and reserves
        for _ in range(rounds):
            for name, asked, way in ways:
                start = perf_counter()
                way(asked)
                spent[name].append(perf_counter() - start)
    every = list(given.sentences) + texts
    cosines: Vectors = (embed(model, every) * pinned.embed(every)).sum(axis=1)
    return Compared(
        tuple(Runner(name, len(asked), tuple(spent[name])) for name, asked, _ in ways),
        sum(map(len, encoder().tokens(texts))),
        sum(len(text.split()) for text in texts),
        cosines,
    )


def _texts(given: Material, number: int) -> Iterator[str]:
    """Paragraphs of made articles, put together until they are about as long as what the model reads."""
    parts: list[str] = []
    for article in articles(given, _SEED):
        for paragraph in article.paragraphs:
            parts.append(paragraph)
            if sum(len(part.split()) for part in parts) >= _WORDS:
                yield "\n\n".join(parts)
                parts, number = [], number - 1
            if not number:
                return


def embedder(plan: Plan, given: Material) -> None:
    """Measures and prints the embedder's half of the part “ingest”."""
    with plan.step("the embedder beside the pinned file"):
        found = apart(compared, given, plan.texts // 2, plan.rounds)
    pinned = found.runners[1]
    each = found.tokens / found.runners[0].texts
    table(
        "Embedder beside the pinned file",
        f"{found.runners[0].texts} made texts of {found.words / found.runners[0].texts:.0f} words "
        f"({each:.0f} word pieces), in one warm process, in turns, {plan.rounds} times each; processor: {flags()}. "
        f"Chroma's function gets every {_PADDED}th of them. Cosine of citedesk's vectors to those of the pinned file, "
        f"which are of float arithmetic: mean {found.cosines.mean():.4f}, 1st percentile "
        f"{np.quantile(found.cosines, 0.01):.4f}, worst {found.cosines.min():.4f}, over these texts and "
        f"{len(given.sentences)} sentences (n = {len(found.cosines)}).",
        ["embedder", "seconds of each round", "texts/s", "word pieces/s", "speed, pinned file = 1"],
        [
            [
                *(one.name, " ".join(f"{seconds:.2f}" for seconds in one.seconds), f"{one.rate:.1f}"),
                *(f"{one.rate * each:,.0f}", f"{one.rate / pinned.rate:.2f}"),
            ]
            for one in found.runners
        ],
    )
