"""The column of kept conversations: look through them, open one, rename, delete."""

import logging
import re
from dataclasses import dataclass

import gradio as gr
from gradio.events import Dependency

from index.errors import CitedeskError
from rag.desk import Desk
from ui.asker import person_behind
from ui.chat import Chat, state_of
from ui.keeping.kept import WITHHELD, Kept
from ui.keeping.since import State, state
from ui.people import Person
from ui.render_answer import Marks
from ui.render_pane import EMPTY
from ui.render_shelf import shelf
from ui.server import Server
from ui.session import Exchange, Session, belonging, restored

LISTED = 100
"""How many conversations are listed; the search finds the others."""

_TAKE = re.compile(r"(?P<act>open|delete)-(?P<id>[\w-]{1,64}) \d{1,9}", re.ASCII)
_CHANGE = re.compile(r"(?P<act>rename|delete)-(?P<id>[\w-]{1,64}) \d{1,9}(?: (?P<title>.+))?", re.ASCII | re.DOTALL)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The list and what changes it. The page's script writes into ``opened`` what takes the open conversation's place,
    and into ``changed`` what is to become of another."""

    words: gr.Textbox
    talks: gr.HTML
    opened: gr.Textbox
    changed: gr.Textbox


def lay_out() -> Shelf:
    """The search box and the list below it."""
    words = gr.Textbox(
        "",
        label="Search conversations",
        placeholder="Search conversations",
        show_label=False,
        container=False,
        max_lines=1,
        max_length=200,
        elem_id="cd-look",
    )
    talks = gr.HTML("", elem_id="cd-talks", apply_default_css=False)
    opened = gr.Textbox("", visible="hidden", elem_id="cd-opened", label="Conversation to open")
    changed = gr.Textbox("", visible="hidden", elem_id="cd-changed", label="Conversation to change")
    return Shelf(words, talks, opened, changed)


def listed(server: Server, person: Person, session: Session, looked_for: str) -> str:
    """The list's HTML for this person, with the session's conversation marked."""
    found = server.history.conversations(person, looked_for, LISTED + 1, server.desk_of(person))
    more = len(found) > LISTED
    return shelf(found[:LISTED], session.conversation, looked_for, server.sharing.keep_days, more=more)


def opened(server: Server, person: Person, conversation: str) -> Session:
    """The session of a kept conversation. UsageError when the person has none of that id."""
    desk = server.desk_of(person)
    kept = server.history.exchanges(person, conversation, desk)
    return restored(person.owner, conversation, [_exchange(at, one, desk) for at, one in enumerate(kept, 1)])


def _exchange(number: int, kept: Kept, desk: Desk) -> Exchange:
    question = kept.answer.question
    if kept.withheld:
        return Exchange(number, question, note=WITHHELD, done=True)
    states = {one.number: state(one, desk) for one in kept.answer.citations}
    marks = Marks(
        changed=frozenset(at for at, found in states.items() if found is State.CHANGED),
        removed=frozenset(at for at, found in states.items() if found is State.GONE),
        vote=kept.opinion.vote.value if kept.opinion else "",
    )
    return Exchange(number, question, kept.answer, done=True, kept=kept.id, marks=marks)


def wire(server: Server, chat: Chat, shelf_: Shelf, reader: gr.HTML, running: Dependency) -> None:
    """Search, open, rename, delete; ``running`` is the event that an opened conversation ends."""

    def look(looked_for: str, kept: Session, request: gr.Request) -> str:
        person = person_behind(request)
        return listed(server, person, belonging(kept, person.owner), looked_for)

    def take(asked: str, looked_for: str, request: gr.Request) -> tuple[object, ...]:
        """Another conversation in the place of this one; an empty one where this is deleted."""
        person, wanted = person_behind(request), _TAKE.fullmatch(asked)
        if wanted is None:
            return tuple(gr.skip() for _ in outcome)
        session = Session(owner=person.owner)
        try:
            if wanted["act"] == "open":
                session = opened(server, person, wanted["id"])
            else:
                server.history.delete(person, wanted["id"])
        except CitedeskError as error:
            gr.Warning(said(error))
        return (*state_of(session), listed(server, person, session, looked_for), EMPTY)

    def change(asked: str, looked_for: str, kept: Session, request: gr.Request) -> str:
        person, wanted = person_behind(request), _CHANGE.fullmatch(asked)
        try:
            if wanted is not None and wanted["act"] == "rename":
                server.history.rename(person, wanted["id"], wanted["title"] or "")
            elif wanted is not None:
                server.history.delete(person, wanted["id"])
        except CitedeskError as error:
            gr.Warning(said(error))
        return listed(server, person, belonging(kept, person.owner), looked_for)

    outcome = [*chat.shown, shelf_.talks, reader]
    gr.on(
        [shelf_.words.change],
        look,
        [shelf_.words, chat.state],
        shelf_.talks,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    shelf_.opened.change(None, cancels=running, api_visibility="private").then(
        take, [shelf_.opened, shelf_.words], outcome, show_progress="hidden", api_visibility="private"
    )
    shelf_.changed.change(
        change,
        [shelf_.changed, shelf_.words, chat.state],
        shelf_.talks,
        show_progress="hidden",
        api_visibility="private",
    )


def said(error: CitedeskError) -> str:
    """The error as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
