"""The chat column: filter bar, conversation, next questions, question box."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import gradio as gr

from index.errors import UsageError
from rag import words
from rag.desk import Desk
from rag.settings import Settings
from rag.types import Style
from ui import filters, session
from ui.ask import FAILED, STOPPED, Asked, ask, next_questions, relayed
from ui.render import next_links, plain
from ui.render_pane import EMPTY
from ui.session import Session

AT_ONCE = 32
"""How many answers are worked out at the same time; most of that time is spent waiting for a model."""
QUOTE = "quote"
STYLES = (
    ("Brief", Style.BRIEF.value),
    ("Detailed", Style.DETAILED.value),
    ("Bullet brief", Style.BULLETS.value),
    ("Quote only", QUOTE),
)
"""How an answer is written, as it is called on the page; ``QUOTE`` asks no model."""


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The filters of the next question, and a line that says what they leave."""

    since: gr.Textbox
    until: gr.Textbox
    outlets: gr.Dropdown
    clear: gr.Button
    status: gr.HTML


@dataclass(frozen=True, slots=True)
class Chat:
    """The conversation and what it remembers."""

    state: gr.State
    log: gr.Chatbot
    nexts: gr.HTML
    box: gr.Textbox
    style: gr.Dropdown
    send: gr.Button
    stop: gr.Button
    retry: gr.Button
    clear: gr.Button
    linked: gr.Textbox


def lay_out_filters() -> FilterBar:
    """The filter bar, one row on a desktop."""
    with gr.Row(elem_id="cd-filters"):
        since = gr.Textbox(
            "", label="From", placeholder="YYYY-MM-DD", max_length=10, max_lines=1, min_width=110, elem_id="cd-since"
        )
        until = gr.Textbox(
            "", label="To", placeholder="YYYY-MM-DD", max_length=10, max_lines=1, min_width=110, elem_id="cd-until"
        )
        outlets = gr.Dropdown([], label="Outlets", multiselect=True, min_width=180, scale=3, elem_id="cd-outlets")
        clear = gr.Button("Clear filters", size="sm", min_width=90, scale=0, elem_id="cd-clear-filters")
    status = gr.HTML(elem_id="cd-filter-status", apply_default_css=False)
    return FilterBar(since, until, outlets, clear, status)


def lay_out_chat(settings: Settings) -> Chat:
    """The conversation, the question box and its buttons; where a model writes, a choice of how."""
    state = gr.State(Session())
    log = gr.Chatbot(
        elem_id="cd-chat",
        label="Conversation",
        show_label=False,
        container=False,
        height="100%",
        layout="bubble",
        latex_delimiters=[],
        sanitize_html=True,
        feedback_options=None,
        buttons=[],
        group_consecutive_messages=False,
        autoscroll=False,  # the page's script keeps the beginning of a long answer in view
    )
    nexts = gr.HTML("", elem_id="cd-nexts", apply_default_css=False)
    with gr.Row(elem_id="cd-asking"):
        box = gr.Textbox(
            placeholder="Ask a question about these documents",
            label="Question",
            show_label=False,
            container=False,
            lines=1,
            max_lines=5,
            max_length=2000,
            autofocus=True,
            scale=8,
            elem_id="cd-question",
        )
        style = gr.Dropdown(
            list(STYLES),
            value=settings.style if settings.model else QUOTE,
            label="Style of the answer",
            show_label=False,
            container=False,
            filterable=False,
            scale=0,
            min_width=110,
            visible=settings.model is not None,
            elem_id="cd-style",
        )
        send = gr.Button("Send", variant="primary", scale=0, min_width=80, elem_id="cd-send")
        stop = gr.Button("Stop", variant="stop", scale=0, min_width=80, visible=False, elem_id="cd-stop")
        retry = gr.Button("Retry", scale=0, min_width=70, interactive=False, elem_id="cd-retry")
        clear = gr.Button("Clear", scale=0, min_width=70, interactive=False, elem_id="cd-clear")
    linked = gr.Textbox("", visible="hidden", elem_id="cd-linked", label="Question of a link")
    return Chat(state, log, nexts, box, style, send, stop, retry, clear, linked)


def wire_filters(desk: Desk, bar: FilterBar) -> None:
    """Say what the filters leave whenever they change."""

    def status(since: str, until: str, outlets: list[str]) -> str:
        try:
            limits = filters.read(since, until, outlets)
        except UsageError as error:
            return f'<p class="cd-problem" role="alert">{plain(str(error))}</p>'
        said = words.limits(limits)
        if not said:
            return ""
        kept, everything = desk.library.count_documents(limits), desk.library.count_documents()
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


def wire(desk: Desk, chat: Chat, bar: FilterBar, reader: gr.HTML) -> None:
    """Send, Stop, Retry, Clear, and the questions to ask next."""
    fields = [bar.since, bar.until, bar.outlets]
    shown = [chat.state, chat.log, chat.nexts, chat.box, chat.send, chat.stop, chat.retry, chat.clear]

    async def answer(
        kept: Session,
        typed: str,
        link: str,
        style: str,
        since: str,
        until: str,
        outlets: list[str],
        event: gr.EventData,
    ) -> AsyncIterator[tuple[object, ...]]:
        if kept.last is not None and not kept.last.done:
            yield tuple(gr.skip() for _ in shown)  # one answer at a time
            return
        wanted = _wanted(chat, kept, typed, link, event)
        if not wanted.question.strip():
            yield _state(kept)
        asked = Asked(wanted.question, since, until, outlets, None if style == QUOTE else Style(style), wanted.infer)
        async with aclosing(relayed(ask(desk, wanted.session, asked))) as growing:
            async for grown in growing:
                yield _state(grown, emptied=wanted.question == typed)

    def settle(kept: Session) -> tuple[object, ...]:
        return _state(session.finish(kept, FAILED))

    def halt(kept: Session) -> tuple[object, ...]:
        return _state(session.stop(kept, STOPPED, FAILED))  # a cancelled event also counts as failed

    def forget() -> tuple[object, ...]:
        return (*_state(Session()), EMPTY)

    def follow_on(kept: Session) -> str:
        return next_links(next_questions(desk, kept))

    # Gradio's "once" would take no question after a stop until the stopped event is through, hence "multiple".
    # One event for all that asks: Gradio cancels several one after the other, and a new answer could be among them.
    asked = gr.on(
        [chat.box.submit, chat.send.click, chat.retry.click, chat.log.example_select, chat.linked.change],
        answer,
        [chat.state, chat.box, chat.linked, chat.style, *fields],
        shown,
        show_progress="hidden",
        trigger_mode="multiple",
        concurrency_limit=AT_ONCE,
        api_visibility="private",
    )
    asked.failure(settle, chat.state, shown, show_progress="hidden", api_visibility="private")
    # An event of its own, and outside the conversation: it must neither delay an answer nor overwrite a later one.
    offered = asked.success(follow_on, chat.state, chat.nexts, show_progress="hidden", api_visibility="private")
    chat.stop.click(None, cancels=asked, api_visibility="private").then(
        halt, chat.state, shown, show_progress="hidden", api_visibility="private"
    )
    chat.clear.click(None, cancels=[asked, offered], api_visibility="private").then(
        forget, None, [*shown, reader], show_progress="hidden", api_visibility="private"
    )


def _wanted(chat: Chat, kept: Session, typed: str, link: str, event: gr.EventData) -> session.Again:
    """The question of the box, of Retry, of a followed link, or of an example."""
    # By elem_id: Gradio puts another object, with another number, in the place of a component that was updated.
    asked_by = event.target.elem_id if event.target else None
    if asked_by == chat.retry.elem_id:
        return session.again(kept)
    if asked_by == chat.linked.elem_id:
        return session.linked(kept, link)
    return session.Again(kept, str(event.value["text"]) if asked_by == chat.log.elem_id else typed)


def _state(kept: Session, *, emptied: bool = False) -> tuple[object, ...]:
    """The session and everything on the page which follows from it, in the order of ``shown``.

    ``emptied`` takes the question out of the box once it is asked.
    """
    last = kept.last
    running = last is not None and not last.done
    messages = [gr.ChatMessage(role=one.role, content=one.content) for one in session.messages(kept)]
    asked_now = last is not None and running and last.answer is None
    return (
        kept,
        messages,
        "" if asked_now or last is None or last.note else gr.skip(),
        gr.Textbox(value="") if (emptied and asked_now) or last is None else gr.skip(),
        gr.Button(visible=not running),
        gr.Button(visible=running),
        gr.Button(interactive=last is not None and not running),
        gr.Button(interactive=last is not None),
    )
