"""The page: Ask, Documents, Add documents. Layout, and what opens and refreshes what."""

from dataclasses import dataclass

import gradio as gr

from rag.desk import Desk
from ui import add, chat, render, tables
from ui.reading import open_link, opening_of
from ui.render_pane import EMPTY, missing
from ui.session import Session
from ui.suggestions import Suggestions

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
HEAD = '<link rel="stylesheet" href="citedesk/style.css"><script src="citedesk/page.js" defer></script>'
AT_ONCE = 8
"""How many events of one kind run at the same time; Gradio's default is one."""
FIND = "Words of the title, outlet, author or file name"
PATIENCE = 20.0
"""Seconds to wait for the example questions, off the page's own loading."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What shows which documents there are."""

    log: gr.Chatbot
    outlets: gr.Dropdown
    words: gr.Textbox
    table: gr.HTML


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


def build(desk: Desk, suggestions: Suggestions, operator: bool) -> gr.Blocks:
    """The page over an open desk; ``operator`` offers to add documents."""
    page = gr.Blocks(title="citedesk", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400))
    with page:
        gr.HTML('<h1 class="cd-name">citedesk</h1>', elem_id="cd-top", apply_default_css=False)
        with gr.Tabs(elem_id="cd-tabs", selected="ask") as tabs:
            with gr.Tab("Ask", id="ask"), gr.Row(elem_id="cd-ask"):
                with gr.Column(elem_id="cd-chat-column", scale=11):
                    bar = chat.lay_out_filters()
                    talk = chat.lay_out_chat(desk.settings)
                with gr.Column(elem_id="cd-reader-column", scale=9):
                    reader = gr.HTML(EMPTY, elem_id="cd-reader", apply_default_css=False)
            with gr.Tab("Documents", id="documents", elem_id="cd-documents-tab"):
                words = gr.Textbox("", label="Find a document", placeholder=FIND, max_lines=1, elem_id="cd-find")
                table = gr.HTML(elem_id="cd-documents", apply_default_css=False)
            adding = None
            if operator:
                with gr.Tab("Add documents", id="add", elem_id="cd-add-tab"):
                    adding = add.lay_out(desk.settings)
        clicked = gr.Textbox("", visible="hidden", elem_id="cd-clicked", label="Followed link")
        chat.wire_filters(desk, bar)
        chat.wire(desk, talk, bar, reader)
        _wire_reader(desk, talk.state, clicked, reader, tabs)
        _wire_corpus(desk, suggestions, page, Listing(talk.log, bar.outlets, words, table), adding)
    page.queue(default_concurrency_limit=AT_ONCE, max_size=64)
    return page


def _wire_reader(desk: Desk, state: gr.State, clicked: gr.Textbox, reader: gr.HTML, tabs: gr.Tabs) -> None:
    """The page's script writes a followed link into ``clicked``; the document opens beside the chat."""

    def follow(asked: str, session: Session) -> tuple[str, gr.Tabs]:
        return open_link(desk, session, asked), gr.Tabs(selected="ask")

    def apologise(asked: str) -> str:
        return missing("Something went wrong while opening it; the server's log says what.", opening_of(asked))

    followed = clicked.change(
        follow, [clicked, state], [reader, tabs], show_progress="hidden", api_visibility="private"
    )
    followed.failure(apologise, clicked, reader, show_progress="hidden", api_visibility="private")


def _wire_corpus(
    desk: Desk, suggestions: Suggestions, page: gr.Blocks, listing: Listing, adding: add.Adding | None
) -> None:
    """Show the documents when the page loads and after some were added; example questions follow when ready."""
    shown = [listing.log, listing.outlets, listing.table]

    def find(typed: str) -> str:
        return tables.documents(desk.library.entries(), typed)

    def fresh(typed: str) -> tuple[gr.Chatbot, gr.Dropdown, str]:
        outlets = desk.library.outlets()
        greeting = render.welcome(desk.library.count_documents(), len(outlets), operator=adding is not None)
        return gr.Chatbot(placeholder=greeting), gr.Dropdown(choices=list(outlets)), find(typed)

    def examples() -> gr.Chatbot:
        return gr.Chatbot(examples=[{"text": one} for one in suggestions.wait(PATIENCE)])

    listing.words.change(
        find,
        listing.words,
        listing.table,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    begun = [page.load(fresh, listing.words, shown, show_progress="hidden", api_visibility="private")]
    for added in add.wire(desk, adding) if adding else ():
        renewed = added.then(suggestions.refresh, api_visibility="private")
        begun.append(renewed.then(fresh, listing.words, shown, show_progress="hidden", api_visibility="private"))
    for done in begun:
        done.then(examples, None, listing.log, show_progress="hidden", api_visibility="private")
