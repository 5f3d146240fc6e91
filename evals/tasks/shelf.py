"""Documents of a set on a shelf of their own: a real library and its vector index, kept between runs."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evals.cases import Questions, Source
from evals.runs import code_hash
from index.embed import Embedding, embed
from index.errors import UsageError
from index.ingest import Summary
from index.library import Library, Model
from index.parse.canonical import document
from index.parse.draft import Block, Draft, Kind
from index.split import chunks
from index.tables import Embedded
from index.types import Document
from rag.desk import Desk, ingest_paths, open_desk
from rag.settings import Settings

Step = Callable[[int, int, str], None]  # done, of how many, what

_TOGETHER = 256  # documents embedded and stored in one go


@contextmanager
def shelf(questions: Questions, name: str, home: Path, settings: Settings, step: Step) -> Iterator[Desk]:
    """An open desk over the documents of ``questions``, in a folder below ``home`` that a later run finds again.

    Published documents keep their ids. Raises UsageError when a file of a named folder cannot be read: figures over
    part of the documents would be taken for figures over all of them.
    """
    key = hashlib.sha256(f"{code_hash(('index',))} {settings.chunk_tokens} {settings.embed_model}".encode())
    for source in questions.sources:
        key.update(repr(source).encode())
    key.update(str(questions.folder and questions.folder.resolve()).encode())
    desk = open_desk(replace(settings, home=home / f"{name}-{key.hexdigest()[:16]}", chroma_url=None))
    try:
        if questions.folder is not None:
            _told(ingest_paths(desk, [questions.folder], lambda at: step(at.done, at.total, at.name)), questions.folder)
        else:
            _fill(desk, questions.sources, step)
        step(0, 0, "vector index")
        desk.index.sync(desk.library)
        yield desk
    finally:
        desk.close()


def built(source: Source) -> Document | None:
    """The document that a published one becomes here, a paragraph for each of its lines; None without any text."""
    lines = tuple(Block(line, Kind.PARAGRAPH) for line in source.text.split("\n"))
    draft = Draft(lines, source.title or None, source.outlet, None, source.published, source.url)
    made = document(draft, _path(source), 0, datetime(1970, 1, 1, tzinfo=UTC))
    return None if made is None else replace(made, id=source.id)


def _path(source: Source) -> Path:
    return Path("/", source.id.replace("/", "%2F"))


def _told(summary: Summary, folder: Path) -> None:
    if summary.failed:
        first = summary.failed[0]
        raise UsageError(
            f"{len(summary.failed)} of the files in {folder} could not be read, the first: {first.path}: {first.reason}"
        )


def _fill(desk: Desk, sources: Sequence[Source], step: Step) -> None:
    known = desk.library.fingerprints()
    missing = [source for source in sources if _path(source).as_posix() not in known]
    for first in range(0, len(missing), _TOGETHER):
        step(len(sources) - len(missing) + first, len(sources), "embedding documents")
        some = [made for source in missing[first : first + _TOGETHER] if (made := built(source)) is not None]
        store(desk.library, desk.model, desk.settings.chunk_tokens, some)


def store(library: Library, model: Embedding, budget: int, documents: Sequence[Document]) -> None:
    """Splits, embeds and stores documents, each under its own source; ``budget`` is a chunk's size in tokens."""
    parts = [chunks(each, budget) for each in documents]
    pairs = [(each, chunk) for each, part in zip(documents, parts, strict=True) for chunk in part]
    matrix = embed(model, [f"{chunk.context}\n{each.text[chunk.start : chunk.end]}" for each, chunk in pairs])
    row = 0
    for each, part in zip(documents, parts, strict=True):
        embedded = Embedded(each, part, matrix[row : row + len(part)])
        library.replace(each.source, "published", [embedded], Model(model.model_name, matrix.shape[1]))
        row += len(part)
