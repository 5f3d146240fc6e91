"""The flow: a question is understood, searched and read; what comes out is cited to the paragraph, or refused.

Without a chat model an answer is made of quotations. With one, the model writes while the passages are read; every
sentence it writes is checked against its paragraphs, and where it fails, the quotations stand in its place.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.embed import Endpoint, MiniLM
from index.errors import SettingError, UsageError
from index.ingest import Progress, Summary, ingest
from index.library import Library
from index.vectors import VectorIndex, open_index
from rag.condense import standalone_by
from rag.conflicts import conflicts, disagreements, further, with_sides
from rag.copies import collapse
from rag.endpoint import Chat, EndpointError, Limits
from rag.entail import second_opinion
from rag.followup import standalone, topic
from rag.guard import instructions
from rag.limits import limited
from rag.numbering import Numbering
from rag.quote import claims
from rag.reader import Reading, read
from rag.retrieve import Found, retrieve
from rag.settings import Settings
from rag.types import Answer, Conflict, Filters, Part, Style, Timings, Turn, Verdict
from rag.writer import Dictation, Order

LONGEST_QUESTION = 2000  # characters; more is a pasted document, not a question
CANDIDATES = 30  # passages found for the reader; how many of them it reads is limited by their tokens
_RELATED = 3  # passages offered with a refusal


@dataclass(frozen=True, slots=True)
class Desk:
    """All that answering needs, open: one for a process, used from any thread.

    ``chat`` writes, ``condenser`` (the same model; its failures are counted apart) completes follow-up questions, and
    ``checker`` checks what was written; each is None where no model is named for it.
    """

    settings: Settings
    library: Library
    index: VectorIndex
    model: BaseEmbedding
    chat: Chat | None = None
    condenser: Chat | None = None
    checker: Chat | None = None

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
    chat, condenser = open_chat(settings.model, settings), open_chat(settings.model, settings)
    checker = open_chat(settings.check_model, settings)
    library = Library(settings.home / "library.sqlite")
    index = open_index(settings.home / "chroma", settings.chroma_url, patience)
    return Desk(settings, library, index, model, chat, condenser, checker)


def open_model(settings: Settings) -> BaseEmbedding:
    """The embedding model that the settings name. Raises EmbeddingError when the built-in one is missing or altered."""
    if settings.embed_model:
        return Endpoint(settings.embed_model, settings.openai_base_url, settings.openai_api_key, settings.timeout)
    return MiniLM()


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
    chat = Chat(name, settings.openai_base_url, settings.openai_api_key, limits)
    chat.warm()
    return chat


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
    write: bool = True,
    style: Style | None = None,
) -> Answer:
    """The finished answer to ``question``; see ``stream``."""
    *_, last = stream(desk, question, history, filters, today=today, infer=infer, write=write, style=style)
    return last


def stream(
    desk: Desk,
    question: str,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    *,
    today: date | None = None,
    infer: Collection[Part] = tuple(Part),
    write: bool = True,
    style: Style | None = None,
) -> Generator[Answer, None, None]:
    """The answer as it grows: once when the passages are found, then claim by claim; the last one is finished.

    ``history`` is the conversation so far, oldest first; it is used to understand ``question``, and its citations keep
    their numbers. ``infer`` is what the question's own words may limit where ``filters`` do not, with dates counted
    from ``today`` (default: the day it is); ``Answer.searched`` says what they did. The desk's model, if it has one,
    writes in ``style`` (default: the settings'), unless ``write`` is false. Closing the generator hangs up on it.
    Raises UsageError for a question that is blank or too long, ModelMismatch or EmbeddingError when the library cannot
    be searched; trouble with the model is no error but a notice, and quotations in its place.
    """
    filters, today = filters or Filters(), today or date.today()
    chat = desk.chat if write else None
    started = perf_counter()
    question = _checked(question)
    if chat is not None and desk.condenser is not None:
        understood = standalone_by(desk.condenser, question, history).question
    else:
        understood = standalone(question, history)
    searched = limited(desk.library, understood, filters, today, infer)
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
        flagged=tuple(each for each in found.passages[: desk.settings.top_k] if instructions(each.text)),
    )
    yield growing
    numbering = Numbering(citation for turn in history for citation in turn.citations)
    if chat is None:
        reading = _read(desk, found, growing)
        yield from _quoted(desk, reading, _after_reading(desk, growing, reading, retrieved), numbering)
    else:
        yield from _written(desk, chat, found, growing, numbering, today, style or Style(desk.settings.style))


def _read(desk: Desk, found: Found, growing: Answer) -> Reading:
    newest_first = growing.searched.understood is not None and growing.searched.understood.newest_first
    return read(found, desk.model, growing.standalone, desk.settings.read_tokens, newest_first)


def _after_reading(desk: Desk, growing: Answer, reading: Reading, since: float) -> Answer:
    kept = reading.passages[: desk.settings.top_k]
    timings = replace(growing.timings, read=_ms(since, perf_counter()))
    return replace(growing, confidence=reading.confidence, passages=kept, timings=timings)


def _quoted(desk: Desk, reading: Reading, growing: Answer, numbering: Numbering) -> Iterator[Answer]:
    """The answer in quotations, or the refusal."""
    if not reading.chosen or reading.confidence < desk.settings.refuse_below:
        yield _refused(growing)
        return
    found = disagreements(growing.standalone, reading.answers)
    for claim in claims(with_sides(reading.chosen, found), numbering):
        growing = replace(growing, claims=(*growing.claims, claim))
        yield growing
    if found:
        others = list(claims(further(found), numbering))
        cited = (*growing.citations, *(citation for claim in others for citation in claim.citations))
        yield replace(growing, conflicts=conflicts(found, cited))


def _written(
    desk: Desk, chat: Chat, found: Found, growing: Answer, numbering: Numbering, today: date, style: Style
) -> Iterator[Answer]:
    """The answer as the model writes it, checked; quotations where it fails, a refusal where the documents are silent.

    The passages are read while the model begins: it is hung up on where their confidence is too low.
    """
    started, settings = perf_counter(), desk.settings
    order = Order(
        question=growing.standalone,
        passages=found.passages,
        context_tokens=settings.context_tokens,
        answer_tokens=settings.answer_tokens,
        style=style,
        today=today,
        drop=settings.unsupported == "drop",
    )
    last, trouble = None, ""
    with ThreadPoolExecutor(1) as worker:
        reading = worker.submit(_read, desk, found, growing)
        try:
            with closing(Dictation(chat, order, numbering, desk.model)) as reply:
                reading.add_done_callback(lambda done: reply.close() if _doubtful(desk, done) else None)
                for last in reply.drafts():
                    yield replace(growing, claims=last.claims, draft=last.rest, writing=last.writing)
        except EndpointError as error:
            trouble = str(error)
    growing = _after_reading(desk, growing, reading.result(), started)
    growing = replace(growing, timings=replace(growing.timings, write=_ms(started, perf_counter())))
    if growing.confidence < desk.settings.write_from:
        yield _refused(growing)
    elif trouble:
        noted = replace(
            growing, notices=(f"{trouble[:1].upper()}{trouble[1:]}. What follows is quoted from the documents.",)
        )
        yield from _quoted(desk, reading.result(), noted, numbering)
    elif last is None or last.refused:
        yield _refused(growing)
    elif all(claim.verdict is Verdict.UNSUPPORTED for claim in last.claims):
        notice = "Nothing that the model wrote is supported by the documents. What follows is quoted from them."
        yield from _quoted(desk, reading.result(), replace(growing, notices=(notice,)), numbering)
    else:
        limit = f"The model stopped at its limit of {settings.answer_tokens:,} tokens; the answer may be incomplete."
        growing = replace(growing, claims=last.claims, writing=last.writing, notices=(limit,) if last.cut else ())
        growing = replace(growing, conflicts=_disputed(growing, reading.result(), numbering))
        yield growing
        if desk.checker is not None:
            yield from _checked_again(desk, desk.checker, growing)


def _disputed(growing: Answer, reading: Reading, numbering: Numbering) -> tuple[Conflict, ...]:
    """The conflicts between what was read, whatever was written about it; their quotes are cited beside it."""
    found = disagreements(growing.standalone, reading.answers)
    quotes = [quote for each in found for stand in each.stands for quote in stand.quotes]
    return conflicts(found, [citation for claim in claims(quotes, numbering) for citation in claim.citations])


def _checked_again(desk: Desk, checker: Chat, growing: Answer) -> Iterator[Answer]:
    """The answer with the second model's verdicts, as they come; a refusal where it lets nothing stand."""
    for found in second_opinion(checker, growing.claims, desk.library):
        notices = (
            (*growing.notices, f"The second check was not finished: {found.trouble}")
            if found.trouble
            else growing.notices
        )
        growing = replace(growing, claims=found.claims, notices=notices)
        yield growing
    if all(claim.verdict is Verdict.UNSUPPORTED for claim in growing.claims):
        yield _refused(growing)


def _doubtful(desk: Desk, reading: Future[Reading]) -> bool:
    """Whether what was read is too doubtful for a model to be heard; where reading failed, it is not heard either."""
    return reading.exception() is not None or reading.result().confidence < desk.settings.write_from


def _refused(growing: Answer) -> Answer:
    return replace(growing, claims=(), draft="", refused=True, related=growing.passages[:_RELATED])


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
