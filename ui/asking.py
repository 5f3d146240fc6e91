"""What happens in the chat column: a question is asked, stopped, asked again; filters change; a new talk begins."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import gradio as gr
from gradio.events import Dependency

from index.errors import UsageError
from rag import words
from rag.types import Style
from ui import filters, session
from ui.ask import FAILED, STOPPED, Asked, ask, next_questions, relayed
from ui.asker import person_behind
from ui.chat import QUOTE, Chat, FilterBar, state_of
from ui.operations.admission import Busy
from ui.people import Person
from ui.render import next_links, plain
from ui.render_pane import EMPTY
from ui.server import Server
from ui.session import Session
from ui.shelf import Shelf, listed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """Questions to ask next, as links, and the place in a conversation that they follow on (``session.place``)."""

    links: str
    place: str


def wire_filters(server: Server, bar: FilterBar) -> None:
    """Say what the filters leave whenever they change."""

    def status(since: str, until: str, outlets: list[str], request: gr.Request) -> str:
        library = server.desk_of(person_behind(request)).library
        try:
            limits = filters.read(since, until, outlets)
        except UsageError as error:
            return f'<p class="cd-problem" role="alert">{plain(str(error))}</p>'
        said = words.limits(limits)
        if not said:
            return ""
        kept, everything = library.count_documents(limits), library.count_documents()
        return (
            f'<p class="cd-active" role="status">Filters on: {plain(said)} — {kept:,} of '
            f"{words.count(everything, 'document')}</p>"
        )

    fields = [bar.since, bar.until, bar.outlets]
    gr.on(
        [bar.since.change, bar.until.change, bar.outlets.change],
        status,
        fields,
        bar.status,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    bar.clear.click(lambda: ("", "", []), None, fields, show_progress="hidden", api_visibility="private")


def wire(server: Server, chat: Chat, bar: FilterBar, reader: gr.HTML, shelf: Shelf) -> Dependency:
    """Send, Stop, Retry, New, and the questions to ask next; returns the event to be cancelled before another
    conversation takes this one's place."""
    fields = [bar.since, bar.until, bar.outlets]
    shown = [*chat.shown, shelf.talks]
    same = gr.skip()

    async def answer(
        kept: Session,
        typed: str,
        link: str,
        style: str,
        since: str,
        until: str,
        outlets: list[str],
        looked_for: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> AsyncIterator[tuple[object, ...]]:
        person = person_behind(request)
        kept = session.belonging(kept, person.owner)
        if kept.last is not None and not kept.last.done:
            yield tuple(same for _ in shown)  # one answer at a time
            return
        wanted = _wanted(chat, kept, typed, link, event)
        question = wanted.question.strip()
        if not question:
            yield (*state_of(kept), same)
            return
        asked = Asked(question, since, until, outlets, None if style == QUOTE else Style(style), wanted.infer)
        async with aclosing(answered(server, person, wanted.session, asked)) as states:
            async for grown in states:
                done = grown.last is not None and grown.last.done
                talks = listed(server, person, grown, looked_for) if done else same
                yield (*state_of(grown, emptied=wanted.question == typed), talks)

    def halt(kept: Session, request: gr.Request) -> tuple[object, ...]:
        return state_of(session.finish(session.belonging(kept, person_behind(request).owner), STOPPED))

    def forget(looked_for: str, request: gr.Request) -> tuple[object, ...]:
        return (*state_of(Session()), listed(server, person_behind(request), Session(), looked_for), EMPTY)

    def follow_on(kept: Session, request: gr.Request) -> Offer:
        person = person_behind(request)
        kept = session.belonging(kept, person.owner)
        return Offer(next_links(next_questions(server.desk_of(person), kept)), session.place(kept))

    def offer(kept: Session, found: Offer, request: gr.Request) -> object:
        now = session.place(session.belonging(kept, person_behind(request).owner))
        return found.links if found.place == now else same

    # Gradio's "once" would lose a question that is sent while the answer before it is complete and its event is not,
    # hence "multiple"; but Gradio only cancels the event that began last, so the page sends none during an answer.
    # One event for all that asks: Gradio cancels several one after the other, and a new answer could be among them.
    asking: Dependency = gr.on(
        [chat.box.submit, chat.send.click, chat.retry.click, chat.log.example_select, chat.linked.change],
        answer,
        [chat.state, chat.box, chat.linked, chat.style, *fields, shelf.words],
        shown,
        show_progress="hidden",
        trigger_mode="multiple",
        concurrency_limit=None,  # the server's admission says who may
        api_visibility="private",
    )
    # A cancelled event counts as failed, once nothing of it can be under way any more.
    asking.failure(halt, chat.state, chat.shown, show_progress="hidden", api_visibility="private")
    # An event of its own, and outside the conversation: it must neither delay an answer nor overwrite a later one.
    # Nobody cancels it (Gradio cannot before the server has taken it in): what comes too late is not shown.
    found = gr.State(Offer("", ""))
    asking.success(follow_on, chat.state, found, show_progress="hidden", api_visibility="private").success(
        offer, [chat.state, found], chat.nexts, show_progress="hidden", api_visibility="private"
    )
    chat.stop.click(None, cancels=asking, api_visibility="private")
    chat.clear.click(None, cancels=asking, api_visibility="private").then(
        forget, shelf.words, [*shown, reader], show_progress="hidden", api_visibility="private"
    )
    return asking


async def answered(server: Server, person: Person, kept: Session, asked: Asked) -> AsyncGenerator[Session, None]:
    """The session with the question, then waiting for its turn, then with the answer as it grows; with the reason in
    the place of an answer that could not be given."""
    begun = grown = session.begin(kept, asked.question, asked.infer)
    yield begun
    try:
        async with (
            server.admission.turn(person.owner) as turn,
            aclosing(relayed(ask(server, person, begun, asked))) as growing,
        ):
            async for grown in growing:
                if grown.last is not None and grown.last.answer is not None:
                    turn.answered(grown.last.answer)
                yield grown
    except Busy as busy:
        yield session.finish(begun, str(busy))
    except Exception:  # by no name: Gradio tells a failure and a stop alike, and a failure must be told as one
        log.exception("a question could not be answered")
        yield session.finish(grown, FAILED)


def _wanted(chat: Chat, kept: Session, typed: str, link: str, event: gr.EventData) -> session.Again:
    """The question of the box, of Retry, of a followed link, or of an example."""
    # By elem_id: Gradio puts another object, with another number, in the place of a component that was updated.
    asked_by = event.target.elem_id if event.target else None
    if asked_by == chat.retry.elem_id:
        return session.again(kept)
    if asked_by == chat.linked.elem_id:
        return session.linked(kept, link)
    return session.Again(kept, str(event.value["text"]) if asked_by == chat.log.elem_id else typed)
