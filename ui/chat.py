"""The chat column: filter bar, conversation, next questions, question box; and what a session makes of them."""

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from rag.settings import Settings
from rag.types import Style
from ui import session
from ui.session import Session

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

    @property
    def shown(self) -> list[Component]:
        """What follows from the session; ``state_of`` has its values in this order."""
        return [self.state, self.log, self.nexts, self.box, self.send, self.stop, self.retry, self.clear]


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


def lay_out_log() -> gr.Chatbot:
    """The conversation."""
    return gr.Chatbot(
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


def lay_out_asking(settings: Settings, log: gr.Chatbot) -> Chat:
    """Below the conversation: what to ask next, the question box and its buttons; where a model writes, a choice of
    how."""
    state = gr.State(Session())
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
        clear = gr.Button("New", scale=0, min_width=70, interactive=False, elem_id="cd-clear")
    linked = gr.Textbox("", visible="hidden", elem_id="cd-linked", label="Question of a link")
    return Chat(state, log, nexts, box, style, send, stop, retry, clear, linked)


def bubbles(kept: Session) -> list[gr.ChatMessage]:
    """The session as the chat shows it."""
    return [gr.ChatMessage(role=one.role, content=one.content) for one in session.messages(kept)]


def state_of(kept: Session, *, emptied: bool = False) -> tuple[object, ...]:
    """The session and everything on the page which follows from it, in the order of ``Chat.shown``.

    ``emptied`` takes the question out of the box once it is asked.
    """
    last = kept.last
    running = last is not None and not last.done
    asked_now = last is not None and running and last.answer is None
    return (
        kept,
        bubbles(kept),
        "" if asked_now or last is None or last.note else gr.skip(),
        gr.Textbox(value="") if (emptied and asked_now) or last is None else gr.skip(),
        gr.Button(visible=not running),
        gr.Button(visible=running),
        gr.Button(interactive=last is not None and not running),
        gr.Button(interactive=last is not None),
    )
