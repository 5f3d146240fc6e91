"""What many tests need: the real embedding model, loaded once; documents and libraries made by hand."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from index.embed import MiniLM, Vectors
from index.library import Library, Model
from index.split import chunks
from index.tables import Embedded
from index.types import Document, Paragraph

NOON = datetime(2024, 6, 19, 12, tzinfo=UTC)
RANDOM = Model("random", 16)

settings.register_profile("citedesk", deadline=None)  # how long a machine takes proves nothing
settings.load_profile("citedesk")


# A process of the tests takes a file at a time. What takes longest comes first, or one process is still busy with it
# when the others have nothing left to do. The rest follows in the order of the alphabet.
LONGEST = (
    *("gate", "bench", "kill", "eval_cli", "browser_page", "ingest", "watch", "browser_writing", "widget_browser"),
    *("ingest_faults", "deploy", "vectors", "answer", "browser", "ui_servers", "cli", "exports_web", "api_fuzz"),
    *("source_page", "rights", "citations", "feedback", "next_questions", "mcp", "documents_page", "access_browser"),
    *("doors", "operations_process", "operations_production", "offline", "readme", "eval_tasks", "kills_command"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the files in the order in which they are to be begun; the tests of a file stay in theirs."""
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


@pytest.fixture(scope="session")
def model() -> MiniLM:
    """all-MiniLM-L6-v2, as the product loads it."""
    return MiniLM()


def document(
    name: str,
    paragraphs: Sequence[str],
    *,
    headings: frozenset[int] = frozenset(),
    title: str = "A title",
    outlet: str | None = None,
    published: date | None = None,
) -> Document:
    """A document of these paragraphs; those whose index is in ``headings`` are headings."""
    placed, start = [], 0
    for index, text in enumerate(paragraphs):
        placed.append(Paragraph(index + 1, start, start + len(text), None, index in headings))
        start += len(text) + 2
    text = "\n\n".join(paragraphs)
    version = hashlib.sha256(repr((title, outlet, published, text, placed)).encode()).hexdigest()[:16]
    return Document(
        id=name,
        version=version,
        source=f"/news/{name}.txt",
        position=0,
        title=title,
        outlet=outlet,
        author=None,
        published=published,
        url=None,
        modified=NOON,
        text=text,
        paragraphs=tuple(placed),
    )


def directions(number: int, dimension: int = 16, seed: int = 0) -> Vectors:
    """Random unit vectors, float32 of shape (number, dimension)."""
    rows = np.random.default_rng(seed).normal(size=(number, dimension)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def store(library: Library, what: Document, vectors: Vectors | None = None, model: Model = RANDOM) -> Embedded:
    """Puts one document in; its vectors are random unless given."""
    parts = chunks(what, 200)
    seed = int(hashlib.sha256(what.id.encode()).hexdigest()[:8], 16)
    rows = directions(len(parts), model.dimension, seed) if vectors is None else vectors
    embedded = Embedded(what, parts, rows)
    library.replace(what.source, f"fingerprint of {what.version}", [embedded], model)
    return embedded


def open_library(home: Path) -> Library:
    """The library in ``home``, where the product has it."""
    return Library(home / "library.sqlite")
