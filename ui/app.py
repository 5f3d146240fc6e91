"""The page: Ask, Documents, Add documents. Layout, and what opens and refreshes what.

One page serves all persons: nothing is built for one of them, and every event asks who sent it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import gradio as gr
from gradio.events import Dependency

from index.errors import CitedeskError
from ui import add, asking, chat, finding, managing, render, shelf, voting
from ui.asker import person_behind
from ui.people import Person, Via
from ui.reading import followed, opening_of
from ui.render_pane import EMPTY, missing, pane
from ui.render_shelf import who
from ui.server import Server
from ui.session import Session, belonging
from ui.sources.printed import around

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
AT_ONCE = 8
"""How many events of one kind run at the same time; Gradio's default is one."""
SPARE = 64
"""How many events there is room for beside the answers that are under way or wait for their turn."""
PATIENCE = 20.0
"""Seconds to wait for the example questions, off the page's own loading."""


FOLD = (
    '<button type="button" class="cd-fold" aria-controls="cd-shelf-column"><span aria-hidden="true">☰</span> '
    '<span class="cd-fold-words">Conversations</span></button>'
)


@dataclass(frozen=True, slots=True)
class Page:
    """What shows which documents there are and who is here."""

    who: gr.HTML
    who_below: gr.HTML
    log: gr.Chatbot
    outlets: gr.Dropdown
    finder: finding.Finder
    add_tab: gr.Tab


def theme() -> gr.themes.Base:
    """Gradio's default theme in the reader's own fonts, so that nothing is fetched, and a primary button of contrast
    above 4.5."""
    base = gr.themes.Default(primary_hue="blue", secondary_hue="blue", neutral_hue="slate", font=FONT, font_mono=MONO)
    return base.set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_800",
    )


def build(server: Server) -> gr.Blocks:
    """The page of a running server."""
    settings = server.desk.settings
    page = gr.Blocks(title="citedesk", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400))
    page.max_threads = settings.sharing.at_once + settings.sharing.waiting + SPARE
    # Only then does Gradio refuse an event that names a file of this computer which nobody has uploaded.
    page.has_launched = True
    with page:
        gr.HTML(f'<h1 class="cd-name">citedesk</h1>{FOLD}', elem_id="cd-top", apply_default_css=False)
        here = gr.HTML("", elem_id="cd-who", apply_default_css=False)
        with gr.Tabs(elem_id="cd-tabs", selected="ask") as tabs:
            with gr.Tab("Ask", id="ask"), gr.Row(elem_id="cd-ask"):
                with gr.Column(elem_id="cd-shelf-column", scale=0, min_width=230):
                    kept = shelf.lay_out()
                    below = gr.HTML("", elem_id="cd-who-below", apply_default_css=False)
                with gr.Column(elem_id="cd-chat-column", scale=11):
                    bar = chat.lay_out_filters()
                    messages = chat.lay_out_log()
                    votes = voting.lay_out()
                    talk = chat.lay_out_asking(settings, messages)
                with gr.Column(elem_id="cd-reader-column", scale=9):
                    reader = gr.HTML(EMPTY, elem_id="cd-reader", apply_default_css=False)
            with gr.Tab("Documents", id="documents", elem_id="cd-documents-tab"):
                finder = finding.lay_out()
            with gr.Tab("Add documents", id="add", elem_id="cd-add-tab", visible=False) as add_tab:
                adding = add.lay_out(settings)
        clicked = gr.Textbox("", visible="hidden", elem_id="cd-clicked", label="Followed link")
        managed = managing.lay_out()
        asking.wire_filters(server, bar)
        running = asking.wire(server, talk, bar, reader, kept)
        shelf.wire(server, talk, kept, reader, running)
        voting.wire(server, votes, talk.state)
        _wire_reader(server, talk.state, clicked, reader, tabs)
        parts = Page(here, below, talk.log, bar.outlets, finder, add_tab)
        _wire_arrival(server, page, parts, talk, kept, adding)
        _wire_corpus(server, parts, [*add.wire(server, adding), managing.wire(server, managed, reader)])
    page.queue(default_concurrency_limit=AT_ONCE, max_size=2 * page.max_threads)
    return page


def _wire_reader(server: Server, state: gr.State, clicked: gr.Textbox, reader: gr.HTML, tabs: gr.Tabs) -> None:
    """The page's script writes a followed link into ``clicked``; the document opens beside the chat."""

    def follow(asked: str, session: Session, request: gr.Request) -> tuple[str, gr.Tabs]:
        person = person_behind(request)
        try:
            view = followed(server.desk_of(person), belonging(session, person.owner), asked)
        except CitedeskError as error:
            return missing(str(error), opening_of(asked)), gr.Tabs(selected="ask")
        server.audit.note(person, "read", view.document.id)
        told = managing.about(server.desk_of(person), person, view.document)
        leaves = around(server.desk_of(person), view.document, view.start, view.end)
        view = replace(view, about=told, sheets=leaves.sheets, unprinted=leaves.reason)
        return pane(view), gr.Tabs(selected="ask")

    def apologise(asked: str) -> str:
        return missing("Something went wrong while opening it; the server's log says what.", opening_of(asked))

    done = clicked.change(follow, [clicked, state], [reader, tabs], show_progress="hidden", api_visibility="private")
    done.failure(apologise, clicked, reader, show_progress="hidden", api_visibility="private")


def _wire_arrival(
    server: Server, page: gr.Blocks, parts: Page, talk: chat.Chat, kept: shelf.Shelf, adding: add.Adding
) -> None:
    """When the page loads: who is here, what there is for that person, and the conversation that the address names."""

    def arrive(
        looked_for: str, typed: str, outlets: list[str], kinds: list[str], languages: list[str], request: gr.Request
    ) -> tuple[object, ...]:
        person = person_behind(request)
        session = _named(server, person, request.query_params.get("conversation", ""))
        library = server.desk_of(person).library
        found = finding.renewed(library, typed, outlets, kinds, languages)
        log = gr.update(value=chat.bubbles(session), placeholder=_greeting(server, person))
        begun = chat.state_of(session)[2:]
        if not session.exchanges:  # what somebody began to type meanwhile stays
            begun = tuple(gr.skip() for _ in begun)
        talks = shelf.listed(server, person, session, looked_for)
        allowed = gr.Tab(visible=person.is_admin), gr.Column(visible=person.via is Via.MACHINE)
        asked_of = gr.Dropdown(choices=list(library.outlets()))
        return (who(person), who(person), *allowed, asked_of, *found, session, log, *begun, talks)

    shown = [parts.who, parts.who_below, parts.add_tab, adding.here, parts.outlets, *parts.finder.shown]
    arrived = page.load(
        arrive,
        [kept.words, *parts.finder.fields],
        [*shown, *talk.shown, kept.talks],
        show_progress="hidden",
        api_visibility="private",
    )
    _then_examples(server, arrived, parts.log)


def _wire_corpus(server: Server, parts: Page, changing: Sequence[Dependency]) -> None:
    """Find documents; show them anew after the events that change what there is."""

    finder = parts.finder

    def find(typed: str, outlets: list[str], kinds: list[str], languages: list[str], request: gr.Request) -> str:
        return finding.listed(server.desk_of(person_behind(request)).library, typed, outlets, kinds, languages)

    def fresh(
        typed: str, outlets: list[str], kinds: list[str], languages: list[str], request: gr.Request
    ) -> list[object]:
        person = person_behind(request)
        library = server.desk_of(person).library
        found = finding.renewed(library, typed, outlets, kinds, languages)
        return [gr.Chatbot(placeholder=_greeting(server, person)), gr.Dropdown(list(library.outlets())), *found]

    shown = [parts.log, parts.outlets, *finder.shown]
    gr.on(
        [finder.words.change, finder.outlets.input, finder.kinds.input, finder.languages.input],
        find,
        finder.fields,
        finder.table,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    finder.clear.click(
        lambda: ("", [], [], []), None, finder.fields, show_progress="hidden", api_visibility="private"
    ).then(find, finder.fields, finder.table, show_progress="hidden", api_visibility="private")
    for changed in changing:
        renewed = changed.then(server.suggestions.refresh, api_visibility="private")
        begun = renewed.then(fresh, finder.fields, shown, show_progress="hidden", api_visibility="private")
        _then_examples(server, begun, parts.log)


def _named(server: Server, person: Person, conversation: str) -> Session:
    """The kept conversation that the page's address names; an empty session where it names none."""
    try:
        return shelf.opened(server, person, conversation) if conversation else Session(owner=person.owner)
    except CitedeskError as error:
        gr.Warning(shelf.said(error))
        return Session(owner=person.owner)


def _greeting(server: Server, person: Person) -> str:
    library = server.desk_of(person).library
    documents, outlets = library.count_documents(), len(library.outlets())
    return render.welcome(documents, outlets, admin=person.is_admin, here=person.via is Via.MACHINE)


def _then_examples(server: Server, begun: Dependency, log: gr.Chatbot) -> None:
    """Example questions follow when they are ready; they take a while."""

    def examples(request: gr.Request) -> gr.Chatbot:
        found = server.suggestions.wait(PATIENCE, person_behind(request).groups)
        return gr.Chatbot(examples=[{"text": one} for one in found])

    begun.then(examples, None, log, show_progress="hidden", api_visibility="private")
