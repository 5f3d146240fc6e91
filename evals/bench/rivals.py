"""Ingest and retrieval beside the default pipelines of LlamaIndex and Chroma: the same texts, the same ONNX model."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import cast

import chromadb
import llama_index.core
import nltk.data  # type: ignore[import-untyped]
from chromadb.api.client import Client
from chromadb.api.types import Embeddable, EmbeddingFunction
from chromadb.config import Settings
from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2
from llama_index.core import Document as LlamaDocument
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.node_parser import SentenceSplitter

from evals.bench.texts import Material, made_folder
from evals.bench.tools import Plan, Spread, apart, both, defaults, spread, table
from evals.cases import Case
from index.embed import Embedding
from index.onnx import model_file, tokenizer_file
from index.vectors import BATCH
from rag.desk import ingest_paths, open_desk, open_model
from rag.retrieve import retrieve
from rag.types import Filters

K = 10  # passages a retrieval returns, citedesk's default
_WARM = 3  # questions asked before any is timed


@dataclass(frozen=True, slots=True)
class Contestant:
    """One pipeline: seconds of each of its ingests, how many chunks it made, and its retrieval."""

    name: str
    chunks: int
    seconds: tuple[float, ...]
    retrieval: Spread


@dataclass(frozen=True, slots=True)
class Ready:
    """An ingest that is done: its chunks, and what finds passages for a question in it."""

    chunks: int
    find: Callable[[str], object]


@dataclass(slots=True)
class Entrant:
    """A pipeline while it runs: what ingests (and leaves what is to be closed to the stack), how many chunks it made,
    the seconds of each ingest and the milliseconds of each retrieval."""

    name: str
    ingest: Callable[[ExitStack], Ready]
    chunks: int = 0
    seconds: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)


def race(folder: Path, cases: Sequence[Case], rounds: int) -> tuple[Contestant, ...]:
    """Every pipeline ingests ``folder`` and finds passages for the questions, in turns."""
    model = open_model(defaults(folder))
    with TemporaryDirectory() as scratch:
        _stop_words(Path(scratch))
        default = chroma_default(Path(scratch))
        default(["The model is read at the first text."])
        texts = _texts(folder)
        entrants = (
            Entrant("citedesk", partial(_citedesk, folder)),
            Entrant(
                "LlamaIndex, its defaults: chunk_size 1024, overlap 200", partial(_llama, folder, model, 1024, 200)
            ),
            Entrant("LlamaIndex, chunk_size 200, overlap 0", partial(_llama, folder, model, 200, 0)),
            Entrant("Chroma with its default embedding function", partial(_chroma, texts, default)),
        )
        for _ in range(rounds):
            for entrant in entrants:
                with ExitStack() as stack:
                    start = perf_counter()
                    ready = entrant.ingest(stack)
                    entrant.seconds.append(perf_counter() - start)
                    entrant.chunks = ready.chunks
                    entrant.spent += _ask(ready, [case.question for case in cases])
    return tuple(Contestant(each.name, each.chunks, tuple(each.seconds), spread(each.spent)) for each in entrants)


def _ask(ready: Ready, questions: Sequence[str]) -> list[float]:
    """Milliseconds of each question; the first few are asked once before."""
    for question in questions[:_WARM]:
        ready.find(question)
    spent = []
    for question in questions:
        start = perf_counter()
        ready.find(question)
        spent.append((perf_counter() - start) * 1000)
    return spent


def _texts(folder: Path) -> list[str]:
    """The chunks that citedesk makes of the files in ``folder``; the files are warm in the page cache after it."""
    with TemporaryDirectory() as home, closing(open_desk(defaults(Path(home)))) as desk:
        ingest_paths(desk, [folder])
        return list(desk.library.texts().values())


def _citedesk(folder: Path, stack: ExitStack) -> Ready:
    home = Path(stack.enter_context(TemporaryDirectory()))
    desk = stack.enter_context(closing(open_desk(defaults(home))))
    ingest_paths(desk, [folder])

    def find(question: str) -> object:
        return retrieve(desk.library, desk.index, desk.model, question, Filters(), K)

    return Ready(desk.library.count_chunks(), find)


class _Lent(BaseEmbedding):
    """citedesk's model as LlamaIndex wants one."""

    _model: Embedding = PrivateAttr()

    def __init__(self, model: Embedding) -> None:
        super().__init__(model_name=model.model_name, embed_batch_size=model.embed_batch_size)
        self._model = model

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._model.get_text_embedding_batch(texts)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._model.get_query_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def _llama(folder: Path, model: Embedding, size: int, overlap: int, stack: ExitStack) -> Ready:
    documents = [LlamaDocument(text=path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir())]
    nodes = SentenceSplitter(chunk_size=size, chunk_overlap=overlap).get_nodes_from_documents(documents)
    index = VectorStoreIndex(nodes, embed_model=_Lent(model))  # in memory: its default store; nothing to close
    return Ready(len(nodes), index.as_retriever(similarity_top_k=K).retrieve)


def _stop_words(folder: Path) -> None:
    """Lets NLTK, which LlamaIndex splits sentences with, read copies of the files that came with LlamaIndex: it refuses
    the installed ones where the installer made hard links of them."""
    bundled = Path(llama_index.core.__file__).parent / "_static" / "nltk_cache"
    nltk.data.path.insert(0, str(shutil.copytree(bundled, folder / "nltk")))


def _chroma(texts: Sequence[str], default: ONNXMiniLM_L6_V2, stack: ExitStack) -> Ready:
    folder = stack.enter_context(TemporaryDirectory())
    client = cast(Client, chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False)))
    stack.callback(client.close)
    collection = client.create_collection("rival", embedding_function=cast(EmbeddingFunction[Embeddable], default))
    for first in range(0, len(texts), BATCH):
        some = list(texts[first : first + BATCH])
        collection.add(ids=[str(first + place) for place in range(len(some))], documents=some)

    def find(question: str) -> object:
        return collection.query(query_texts=[question], n_results=K)

    return Ready(collection.count(), find)


def chroma_default(folder: Path) -> ONNXMiniLM_L6_V2:
    """Chroma's default embedding function over the pinned model, laid out in ``folder`` as its download would be:
    with all the files there, it downloads nothing."""
    files = folder / ONNXMiniLM_L6_V2.EXTRACTED_FOLDER_NAME
    files.mkdir()
    (files / "model.onnx").write_bytes(model_file())
    (files / "tokenizer.json").write_bytes(tokenizer_file())
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
        (files / name).write_text("{}\n", encoding="utf-8")  # it looks whether they are there and reads none of them
    default = ONNXMiniLM_L6_V2()
    default.DOWNLOAD_PATH = folder
    return default


def rivals(plan: Plan, given: Material) -> None:
    """Measures and prints the part “rivals”."""
    rounds = min(plan.rounds, 2)
    with plan.step("LlamaIndex and Chroma beside citedesk"):
        found = apart(race, made_folder(plan, given), plan.cases, rounds)
    own = found[0]
    rows = [
        [
            each.name,
            str(each.chunks),
            " ".join(f"{seconds:.2f}" for seconds in each.seconds),
            f"{each.chunks * len(each.seconds) / sum(each.seconds):.1f}",
            f"{sum(own.seconds) / sum(each.seconds):.2f}",
            both(each.retrieval),
            f"{own.retrieval.p50 / each.retrieval.p50:.2f}",
        ]
        for each in found
    ]
    table(
        "Beside default pipelines",
        f"The same made .txt files and ONNX model, in one warm process; in turns, {rounds} times each: ingest, then "
        f"retrieval of {K} passages (n = {own.retrieval.number} in all). Ratios are citedesk's time divided by the "
        "other's: below 1, citedesk is faster. LlamaIndex reads and splits the files and keeps its vectors in memory; "
        "of a chunk of 1,024 tokens the model reads 256 word pieces. Chroma is given citedesk's chunks ready made, so "
        "it neither reads nor splits; its function pads every text to 256 word pieces. citedesk's ingest and retrieval "
        "include its library and its word search.",
        ["pipeline", "chunks", "ingest s", "chunks/s", "ratio", "retrieval p50 / p95 ms", "ratio of p50"],
        rows,
    )
