"""Checks what answering stands on, in order, and says what to do about what is wrong."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from index.embed import embed_query
from index.errors import CitedeskError, ModelMismatch
from index.exact import ExactIndex
from index.library import Library
from index.sentences import Span
from index.vectors import open_index
from rag.crossencoder import Body, crossencoder
from rag.desk import open_chat, open_model
from rag.model.endpoint import Chat, Message
from rag.settings import Settings

_WORTH = 100_000_000  # bytes that are worth giving back


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``found`` says what is there, ``remedy`` what to do when it did not pass."""

    what: str
    passed: bool
    found: str
    remedy: str = ""


def checks(settings: Settings) -> Iterator[Check]:
    """Library, embedding model (or its endpoint), reader, vector index. Stops where nothing more can be checked."""
    try:
        library = Library(settings.home / "library.sqlite")
    except CitedeskError as error:
        yield Check("library", False, str(error), "see the message")
        return
    try:
        sound = False
        for check in _library(library):
            sound = check.passed or check.what == "documents"
            yield check
        if sound:
            yield from _model(library, settings)
            yield _reader()
            yield from _writers(settings)
            yield from _index(library, settings)
    finally:
        library.close()


def _library(library: Library) -> Iterator[Check]:
    damage = library.damage()
    if damage is not None:
        yield Check("library", False, damage, f"move {library.path} away and ingest the documents again")
        return
    yield Check(
        "library",
        True,
        f"{library.path}, {library.count_documents()} documents, {library.count_chunks()} chunks",
    )
    spare, size = library.spare(), library.path.stat().st_size
    if spare >= max(_WORTH, size // 4):
        yield Check(
            "room in it",
            True,
            f"{spare / 1e6:,.0f} of {size / 1e6:,.0f} MB are free and are used for what is ingested next; to give them "
            "back, stop the server, then `citedesk backup FILE` and `citedesk restore FILE --force`",
        )
    empty = library.count_documents() == 0
    yield Check("documents", not empty, "none" if empty else "present", "citedesk ingest PATH…")


def _model(library: Library, settings: Settings) -> Iterator[Check]:
    what = "embedding endpoint" if settings.embed_model else "embedding model"
    try:
        model = open_model(settings)
        dimension = len(embed_query(model, "ready?"))
        library.require(model.model_name, dimension)
    except ModelMismatch as error:
        yield Check(what, False, str(error), "citedesk ingest --reembed")
        return
    except CitedeskError as error:
        yield Check(what, False, str(error), "see the message")
        return
    yield Check(what, True, f"{model.model_name}, {dimension} dimensions, answers")


def _reader() -> Check:
    try:
        crossencoder().scan("ready?", [Body("Ready.", (Span(0, 6),))])
    except CitedeskError as error:
        return Check("reader", False, str(error), "see the message")
    return Check("reader", True, "reads")


def _writers(settings: Settings) -> Iterator[Check]:
    """The chat models that are named, each asked for one word; what an endpoint offers where none is named."""
    endpoint = settings.openai_base_url is not None or settings.openai_api_key is not None
    named = {"model": settings.model, "second model": settings.check_model}
    for what, name in named.items():
        if name is not None:
            yield _writer(what, name, settings)
    if endpoint and settings.model is None and settings.embed_model is None:
        yield _unnamed(settings)


def _writer(what: str, name: str, settings: Settings) -> Check:
    try:
        chat = open_chat(name, settings)
        assert chat is not None
        with closing(chat):
            chat.ask([Message("user", "Reply with the word: ready")], most=20)
    except CitedeskError as error:
        return Check(what, False, str(error), "until then answers are quotations; `citedesk ask --quote` asks for them")
    return Check(what, True, f"{name} at {chat.where} writes")


def _unnamed(settings: Settings) -> Check:
    """An endpoint without CITEDESK_MODEL is no fault: answers are quotations then."""
    with closing(Chat("", settings.openai_base_url, settings.openai_api_key)) as chat:
        try:
            offered = chat.models()
        except CitedeskError as error:
            return Check("model", False, f"none is named, and {error}", "see the message")
    if len(offered) == 1 and settings.judge_model is None and settings.openai_base_url is not None:
        return Check("model", True, f"{offered[0]}, the only one at {chat.where}, writes")
    some = ", ".join(offered[:5]) + (" and others" if len(offered) > 5 else "")
    return Check("model", True, f"none is named; set CITEDESK_MODEL to one of those at {chat.where}: {some or 'none'}")


def _index(library: Library, settings: Settings) -> Iterator[Check]:
    where = settings.chroma_url or str(settings.home / "chroma")
    try:
        index = open_index(settings.home / "chroma", settings.chroma_url)
        index.sync(library)
    except CitedeskError as error:
        yield Check("vector index", False, str(error), f"stop all citedesk processes and delete {where}: it is rebuilt")
        return
    shared = isinstance(index, ExactIndex)
    index.close()
    yield Check(
        "vector index", True, f"{where}, " + ("in use by a running server" if shared else "matches the library")
    )
