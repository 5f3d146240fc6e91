"""Which suites there are: our own, an evaluator's questions, and the published sets found in folders."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals import load, published
from evals.cases import Questions
from evals.results import Task
from evals.tasks.claims import claim_task, pair_task
from evals.tasks.pages import page_task
from evals.tasks.questions import question_task
from evals.tasks.rewrites import rewrite_task
from evals.tasks.segmentation import segmentation_task
from evals.tasks.shelf import Step
from index.errors import UsageError
from rag.desk import open_model
from rag.settings import Settings

OWN = "own"
HELD_OUT = "new_wiki_train.json"  # SQuADShifts, as the reader is trained on it, without the paragraphs held out there
_SHAPES = (
    "a folder with corpus.jsonl and queries.jsonl (BEIR's has qrels/ as well), claims.jsonl, rewrites.jsonl, "
    "attacks.jsonl or ground_truth.jsonl, a folder of such folders, or a .csv or .jsonl file of questions "
    "or of pairs of claims"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its libraries, with which settings, and who is told how their building gets on."""

    home: Path
    settings: Settings
    step: Step


@dataclass(frozen=True, slots=True)
class Suite:
    """A set to measure: ``what`` is in it, and ``open`` reads it and makes its task."""

    name: str
    what: str
    open: Callable[[Place], AbstractContextManager[Task]]


def own_suite() -> Suite:
    """Our own cases over the sample documents."""
    return Suite(OWN, "questions over the sample documents", lambda place: _ask(OWN, load.own(), place))


def find(paths: Sequence[Path], documents: Path) -> tuple[Suite, ...]:
    """The suites in these files and folders, in the order given, those of one folder by name. ``documents`` is the
    folder that an evaluator's own questions are about. Raises UsageError for a path that holds none."""
    found: list[Suite] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist; --data takes {_SHAPES}")
        some = list(_at(path, documents))
        if path.is_dir() and not some:
            some = [suite for sub in sorted(path.iterdir()) if sub.is_dir() for suite in _at(sub, documents)]
        if not some:
            raise UsageError(f"{path} holds nothing that can be measured; --data takes {_SHAPES}")
        found += some
    names = [OWN, *(suite.name for suite in found)]  # that name is taken
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"two suites are called {', '.join(twice)}; rename one of the folders or files")
    return tuple(found)


def _at(path: Path, documents: Path) -> Iterator[Suite]:
    """The suites of one file or folder, without its sub-folders."""
    name = path.stem if path.is_file() else path.resolve().name
    if path.is_file() and load.is_pairs(path):
        yield Suite(name, "minimal pairs of claims", lambda place: _pairs(name, path, place))
    elif path.is_file() and path.suffix in {".csv", ".jsonl"}:
        read = load.own if load.is_own(path) else load.evaluators
        yield Suite(name, f"questions over {documents.name}/", lambda place: _ask(name, read(path, documents), place))
    elif (path / HELD_OUT).exists():
        yield Suite("squadshifts_held_out", "questions", lambda place: _held_out(path / HELD_OUT, place))
    elif (path / "qrels").is_dir():
        yield Suite(name, "questions (BEIR)", lambda place: _ask(name, published.beir(path), place))
    elif (path / "corpus.jsonl").exists() and (path / "queries.jsonl").exists():
        yield Suite(name, "questions", lambda place: _ask(name, published.published(path), place))
    elif (path / "attacks.jsonl").exists():
        yield Suite(name, "planted instructions", lambda place: _ask(name, published.planted(path), place))
    elif (path / "claims.jsonl").exists():
        yield Suite(name, "claims and evidence", lambda place: _claims(name, path / "claims.jsonl", place))
    elif (path / "rewrites.jsonl").exists():
        made = path / "rewrites.jsonl"
        yield Suite(name, "follow-up questions", lambda _: _ready(lambda: rewrite_task(name, published.rewrites(made))))
    elif (path / "ground_truth.jsonl").exists():
        yield Suite(name, "web pages", lambda _: _ready(lambda: page_task(name, published.pages(path))))
    elif path.is_dir():
        for file in sorted(path.glob("*.jsonl")):
            if published.is_segmented(file):
                yield _segmentation(file)


def _segmentation(file: Path) -> Suite:
    return Suite(
        file.stem, "sentence ends", lambda _: _ready(lambda: segmentation_task(file.stem, published.segmented(file)))
    )


def _held_out(path: Path, place: Place) -> AbstractContextManager[Task]:
    return _ask("squadshifts_held_out", published.squad(path), place)


def _ask(name: str, questions: Questions, place: Place) -> AbstractContextManager[Task]:
    return question_task(name, questions, place.home, place.settings, place.step)


@contextmanager
def _claims(name: str, path: Path, place: Place) -> Iterator[Task]:
    yield claim_task(name, published.claims(path), open_model(place.settings))


@contextmanager
def _pairs(name: str, path: Path, place: Place) -> Iterator[Task]:
    yield pair_task(name, load.pairs(path), open_model(place.settings))


@contextmanager
def _ready(made: Callable[[], Task]) -> Iterator[Task]:
    yield made()
