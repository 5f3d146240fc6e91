"""The desk: everything that answering needs, opened once for a process."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from index.embed import Embedding, Endpoint, MiniLM
from index.errors import SettingError
from index.ingest import Progress, Summary, ingest
from index.library import Library
from index.vectors import VectorIndex, open_index
from rag.model.endpoint import Chat, EndpointError, Limits
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """All that answering needs, open: one for a process, used from any thread.

    ``chat`` writes, ``condenser`` (the same model; its failures are counted apart) completes follow-up questions, and
    ``checker`` checks what was written; each is None where no model is named for it.
    """

    settings: Settings
    library: Library
    index: VectorIndex
    model: Embedding
    chat: Chat | None = None
    condenser: Chat | None = None
    checker: Chat | None = None

    def seen_by(self, groups: frozenset[str] | None) -> "Desk":
        """The same desk with no trace of documents that ``groups`` may not see; itself for None, who see all."""
        return self if groups is None else replace(self, library=self.library.restricted(groups))

    def close(self) -> None:
        """Gives the library and the vector index back, and hangs up on the model."""
        for each in (self.chat, self.condenser, self.checker):
            if each is not None:
                each.close()
        self.index.close()
        self.library.close()


def open_desk(settings: Settings, patience: float = 0.0) -> Desk:
    """Opens (or creates) the library and its index. Raises a CitedeskError that says what to do.

    ``patience`` is how many seconds to wait for another process to give the Chroma folder back; after that the
    library's vectors are searched exactly, for as long as this desk is open.
    """
    model = open_model(settings)
    chats = [open_chat(name, settings) for name in (settings.model, settings.model, settings.check_model)]
    library = Library(settings.home / "library.sqlite")
    index = open_index(settings.home / "chroma", settings.chroma_url, patience)
    for chat in chats:
        if chat is not None:
            chat.warm()
    return Desk(settings, library, index, model, *chats)


def open_model(settings: Settings) -> Embedding:
    """The embedding model that the settings name. Raises EmbeddingError when the built-in one is missing or altered."""
    if settings.embed_model:
        return Endpoint(settings.embed_model, settings.openai_base_url, settings.openai_api_key, settings.timeout)
    return MiniLM()


def with_the_only_model(settings: Settings) -> Settings:
    """The settings, with the only model named that an endpoint offers, as llama.cpp and vLLM do, if it is not there for
    something else. Unchanged where a model is named, or the endpoint cannot be reached within 2 s.
    """
    others = settings.model or settings.embed_model or settings.judge_model
    if others or settings.openai_base_url is None:
        return settings
    limits = Limits(connect=2.0, first=2.0, stall=2.0, whole=2.0)
    with closing(Chat("", settings.openai_base_url, settings.openai_api_key, limits)) as chat:
        try:
            offered = chat.models()
        except EndpointError:
            return settings
    return replace(settings, model=offered[0]) if len(offered) == 1 else settings


def open_chat(name: str | None, settings: Settings) -> Chat | None:
    """The chat model of that name at the settings' endpoint; None where no name is given. Nothing is asked of it yet.

    Raises SettingError when there is no endpoint for it.
    """
    if name is None:
        return None
    if settings.openai_base_url is None and settings.openai_api_key is None:
        raise SettingError(
            f"the model {name!r} has no endpoint; set OPENAI_BASE_URL, such as http://127.0.0.1:11434/v1, "
            "or OPENAI_API_KEY for OpenAI's own"
        )
    limits = Limits(first=settings.timeout, stall=settings.timeout / 2, whole=settings.write_seconds)
    return Chat(name, settings.openai_base_url, settings.openai_api_key, limits)


def ingest_paths(
    desk: Desk,
    paths: Sequence[Path],
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    allow_empty: bool = False,
) -> Summary:
    """Ingests files and folders into the desk's library; see ``index.ingest.ingest``."""
    budget = desk.settings.chunk_tokens
    return ingest(desk.library, desk.index, desk.model, paths, budget=budget, allow_empty=allow_empty, advance=progress)
