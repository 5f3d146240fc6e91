"""The flow: a question is understood, searched and read; what comes out is cited to the paragraph, or refused."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.embed import Endpoint, MiniLM
from index.errors import UsageError
from index.ingest import Progress, Summary, ingest
from index.library import Library
from index.vectors import VectorIndex, open_index
from rag.copies import collapse
from rag.followup import standalone, topic
from rag.reader import Chosen, Copy, read
from rag.retrieve import retrieve
from rag.scope import scope
from rag.settings import Settings
from rag.sources import asks_source
from rag.types import Answer, Citation, Claim, Filters, Part, Reason, Searched, Timings, Turn, Understood

LONGEST_QUESTION = 2000  # characters; more is a pasted document, not a question
CANDIDATES = 30  # passages found for the reader; how many of them it reads is limited by their tokens
_RELATED = 3  # passages offered with a refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """All that answering needs, open: one for a process, used from any thread."""

    settings: Settings
    library: Library
    index: VectorIndex
    model: BaseEmbedding

    def close(self) -> None:
        """Gives the library and the vector index back."""
        self.index.close()
        self.library.close()


def open_desk(settings: Settings, patience: float = 0.0) -> Desk:
    """Opens (or creates) the library and its index. Raises a CitedeskError that says what to do.

    ``patience`` is how many seconds to wait for another process to give the Chroma folder back; after that the
    library's vectors are searched exactly, for as long as this desk is open.
    """
    model = open_model(settings)
    library = Library(settings.home / "library.sqlite")
    index = open_index(settings.home / "chroma", settings.chroma_url, patience)
    return Desk(settings, library, index, model)


def open_model(settings: Settings) -> BaseEmbedding:
    """The embedding model that the settings name. Raises EmbeddingError when the built-in one is missing or altered."""
    if settings.embed_model:
        return Endpoint(settings.embed_model, settings.openai_base_url, settings.openai_api_key, settings.timeout)
    return MiniLM()


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


def answer(
    desk: Desk,
    question: str,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    *,
    today: date | None = None,
    infer: Collection[Part] = tuple(Part),
) -> Answer:
    """The finished answer to ``question``; see ``stream``."""
    *_, last = stream(desk, question, history, filters, today=today, infer=infer)
    return last


def stream(
    desk: Desk,
    question: str,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    *,
    today: date | None = None,
    infer: Collection[Part] = tuple(Part),
) -> Iterator[Answer]:
    """The answer as it grows: once when the passages are found, then claim by claim; the last one is finished.

    ``history`` is the conversation so far, oldest first; it is only used to understand ``question``. ``infer`` is what
    the question's own words may limit where ``filters`` do not, with dates counted from ``today`` (default: the day it
    is); ``Answer.searched`` says what they did. Raises UsageError for a question that is blank or too long,
    ModelMismatch or EmbeddingError when the library cannot be searched.
    """
    filters = filters or Filters()
    started = perf_counter()
    question = _checked(question)
    understood = standalone(question, history)
    searched = _limited(desk.library, understood, filters, today or date.today(), infer)
    rewritten = perf_counter()
    about = topic(question, history)
    found = retrieve(desk.library, desk.index, desk.model, understood, searched.filters, CANDIDATES, about)
    found = replace(found, passages=collapse(found.passages))
    retrieved = perf_counter()
    growing = Answer(
        question=question,
        standalone=understood,
        claims=(),
        refused=False,
        confidence=0.0,
        passages=found.passages[: desk.settings.top_k],
        related=(),
        searched=searched,
        timings=Timings(_ms(started, rewritten), _ms(rewritten, retrieved)),
    )
    yield growing
    newest_first = searched.understood is not None and searched.understood.newest_first
    reading = read(found, desk.model, understood, desk.settings.read_tokens, newest_first)
    timings = replace(growing.timings, read=_ms(retrieved, perf_counter()))
    kept = reading.passages[: desk.settings.top_k]
    growing = replace(growing, confidence=reading.confidence, passages=kept, timings=timings)
    if not reading.chosen or reading.confidence < desk.settings.refuse_below:
        yield replace(growing, refused=True, related=kept[:_RELATED])
        return
    for claim in _claims(reading.chosen):
        growing = replace(growing, claims=(*growing.claims, claim))
        yield growing


def _limited(library: Library, question: str, own: Filters, today: date, infer: Collection[Part]) -> Searched:
    """The user's ``own`` filters with the limits that the question sets beside them.

    Where those leave no document, the dates are taken back first, then the outlets. Where most documents of the
    library are undated, a question limits no dates: they would be left out for nothing that they say.
    """
    everything = library.count_documents(own)
    if not infer:
        return Searched(everything, own)
    # A large library takes a tenth of a second to list its outlets.
    found = scope(question, today, library.outlets() if asks_source(question) else ())
    limited = {Part.TIME: bool(own.since or own.until), Part.OUTLET: bool(own.outlets)}
    reasons = [each for each in found.reasons if each.part in infer and not limited[each.part]]
    if any(each.part is Part.TIME for each in reasons):
        dated = library.count_documents(Filters(since=date.min))
        if 2 * dated < library.count_documents():
            reasons = [each for each in reasons if each.part is not Part.TIME]
    newest_first = found.newest_first and Part.TIME in infer
    dropped: list[Reason] = []
    while reasons and everything:
        filters = _merged(own, found.filters, [each.part for each in reasons])
        if documents := library.count_documents(filters):
            understood = Understood(today, tuple(reasons), tuple(dropped), newest_first)
            return Searched(documents, filters, understood)
        dropped.append(reasons.pop(0))  # the dates come first
    return Searched(everything, own, Understood(today, (), tuple(dropped), newest_first))


def _merged(own: Filters, found: Filters, parts: Collection[Part]) -> Filters:
    if Part.TIME in parts:
        own = replace(own, since=found.since, until=found.until)
    return replace(own, outlets=found.outlets) if Part.OUTLET in parts else own


def _checked(question: str) -> str:
    # Half a surrogate pair, as a terminal or a JSON file may hold, can be neither stored nor printed.
    question = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())
    if not question:
        raise UsageError("the question is empty; ask something")
    if len(question) > LONGEST_QUESTION:
        raise UsageError(f"the question has {len(question)} characters; at most {LONGEST_QUESTION} are read")
    return question


def _ms(start: float, end: float) -> float:
    return (end - start) * 1000


def _claims(chosen: Sequence[Chosen]) -> Iterator[Claim]:
    number = 0
    for choice in chosen:
        own = Copy(choice.best.passage.document, choice.best.paragraph, choice.start, choice.end)
        citations = tuple(_citation(number + n, place) for n, place in enumerate((own, *choice.copies), 1))
        number += len(citations)
        yield Claim(citations[0].quote, citations)


def _citation(number: int, place: Copy) -> Citation:
    document, paragraph = place.document, place.paragraph
    return Citation(
        number=number,
        document_id=document.id,
        version=document.version,
        title=document.title,
        outlet=document.outlet,
        published=document.published,
        url=document.url,
        paragraph=paragraph.number,
        page=paragraph.page,
        start=place.start,
        end=place.end,
        quote=document.text[place.start : place.end],
    )
