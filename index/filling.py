"""What was read of many files is embedded together, in full batches, and handed on file by file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.embed import Embedding, embed
from index.library import Library, Model
from index.missing import missing
from index.progress import Meter
from index.reading.job import Outcome, Taken
from index.tables import Embedded
from index.writer import Filled, Writer

# Chunks embedded in one go. The first go is small, so that embedding begins with the first files, and each further one
# twice as large: many texts can be put in the order of their lengths, which an endpoint that pads them is glad of.
_FIRST, _TOGETHER = 32, 256

_LONGEST = 50_000  # characters of a chunk that are embedded: no model reads more, and tokenising costs memory


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file whose chunks are not embedded yet, and its number among the files of the ingest."""

    place: int
    source: str
    taken: Taken
    weight: int

    @property
    def chunks(self) -> int:
        return sum(len(piece.chunks) for piece in self.taken.pieces)


class Filling:
    """Takes what came of each file, in their order, and hands what is to be stored to ``writer``."""

    def __init__(self, library: Library, model: Embedding, writer: Writer, meter: Meter) -> None:
        self._library, self._model, self._writer, self._meter = library, model, writer, meter
        self._waiting: list[_Waiting] = []
        self._chunks = 0
        self._enough = _FIRST

    def take(self, place: int, path: Path, outcome: Outcome, weight: int) -> None:
        """The next file; ``weight`` is its part of the meter's. Raises EmbeddingError, ModelMismatch, LibraryError."""
        if isinstance(outcome, Taken) and outcome.pieces:
            self._meter.begin()
            self._waiting.append(_Waiting(place, path.as_posix(), outcome, weight))
            self._chunks += self._waiting[-1].chunks
            if self._chunks >= self._enough:
                self._enough = min(_TOGETHER, 2 * self._enough)
                self.finish(place + 1)
            return
        self._meter.bytes(weight)
        if not self._waiting:
            self._writer.put((), place + 1)

    def finish(self, done: int) -> None:
        """Embeds what is left; ``done`` files are then dealt with. Raises as ``take``."""
        waiting, self._waiting, self._chunks = self._waiting, [], 0
        every = [(piece.document, chunk) for file in waiting for piece in file.taken.pieces for chunk in piece.chunks]
        # Where only groups changed, these are all of them.
        vectors = dict(self._library.vectors_of([chunk for _, chunk in every]))
        fresh = [(document, chunk) for document, chunk in every if chunk.id not in vectors]
        texts = [
            f"{chunk.context}\n{document.text[chunk.start : min(chunk.end, chunk.start + _LONGEST)]}"
            for document, chunk in fresh
        ]
        matrix = embed(self._model, texts, self._meter.chunks)
        if fresh:
            self._library.require(self._model.model_name, matrix.shape[1])
        vectors |= {chunk.id: vector for (_, chunk), vector in zip(fresh, matrix, strict=True)}
        filled = []
        for file in waiting:
            embedded = tuple(
                Embedded(
                    piece.document,
                    piece.chunks,
                    np.stack([vectors[chunk.id] for chunk in piece.chunks]),
                    piece.signature,
                )
                for piece in file.taken.pieces
            )
            model = Model(self._model.model_name, embedded[0].vectors.shape[1])
            unread = missing(file.taken.problems)
            filled.append(Filled(file.place, file.source, file.taken.fingerprint, embedded, model, unread))
            self._meter.bytes(file.weight)
        self._writer.put(filled, done)
