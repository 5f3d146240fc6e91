"""Thumbs: what a person thinks of an answer, and what the right paragraph would have been."""

import re
from dataclasses import dataclass

import gradio as gr

from index.errors import CitedeskError, UsageError
from index.types import Document
from rag.desk import Desk
from ui.asker import person_behind
from ui.keeping.opinions import LONGEST_COMMENT, Fault, Opinion, Spot, Vote
from ui.render import plain
from ui.render_shelf import CHOOSE, chosen
from ui.server import Server
from ui.session import Session, belonging, find
from ui.shelf import said

THANKS = "Thanks, noted."
TAKEN_BACK = "Taken back."
REASONS = (
    ("No reason given", ""),
    ("It is wrong", Fault.WRONG.value),
    ("The source does not say so", Fault.UNSUPPORTED.value),
    ("Something is missing", Fault.INCOMPLETE.value),
    ("It should have said “not in these documents”", Fault.SHOULD_HAVE_REFUSED.value),
    ("The documents do answer it", Fault.SHOULD_HAVE_ANSWERED.value),
    ("Something else", Fault.OTHER.value),
)

_VOTE = re.compile(r"(?P<vote>up|down|none)-(?P<number>\d{1,9}) \d{1,9}", re.ASCII)
_SPOT = re.compile(r"right-(?P<paragraph>\d{1,9}) \d{1,9} (?P<document>.{1,600})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Voting:
    """The form below the conversation; the page's script writes into ``voted`` and ``spotted``. ``exchange`` is the
    kept id of the answer that it is about."""

    form: gr.Column
    reason: gr.Dropdown
    comment: gr.Textbox
    right: gr.HTML
    send: gr.Button
    close: gr.Button
    status: gr.HTML
    exchange: gr.State
    voted: gr.Textbox
    spotted: gr.Textbox


def lay_out() -> Voting:
    """The form, which opens with a vote down, and the line that says what became of a vote."""
    exchange = gr.State("")
    with gr.Column(visible=False, elem_id="cd-feedback") as form:
        gr.HTML('<h2 class="cd-feedback-head" tabindex="-1">What was the matter?</h2>', apply_default_css=False)
        reason = gr.Dropdown(list(REASONS), value="", label="Reason", filterable=False, elem_id="cd-reason")
        comment = gr.Textbox(
            "", label="Comment", lines=2, max_lines=4, max_length=LONGEST_COMMENT, elem_id="cd-comment"
        )
        right = gr.HTML(CHOOSE, elem_id="cd-right", apply_default_css=False)
        with gr.Row(elem_id="cd-feedback-buttons"):
            send = gr.Button("Send", variant="primary", scale=0, min_width=90, elem_id="cd-feedback-send")
            close = gr.Button("Close", scale=0, min_width=90, elem_id="cd-feedback-close")
    status = gr.HTML("", elem_id="cd-vote-status", apply_default_css=False)
    voted = gr.Textbox("", visible="hidden", elem_id="cd-voted", label="Vote")
    spotted = gr.Textbox("", visible="hidden", elem_id="cd-spotted", label="Right paragraph")
    return Voting(form, reason, comment, right, send, close, status, exchange, voted, spotted)


def wire(server: Server, voting: Voting, state: gr.State) -> None:
    """A vote is kept at once; the form says more of a vote down."""
    opening = [voting.exchange, voting.form, voting.reason, voting.comment, voting.right, voting.spotted, voting.status]

    def vote(asked: str, kept: Session, request: gr.Request) -> tuple[object, ...]:
        person, wanted = person_behind(request), _VOTE.fullmatch(asked)
        exchanges = belonging(kept, person.owner).exchanges
        one = find(exchanges, int(wanted["number"])) if wanted else None
        if wanted is None or one is None or not one.kept:
            return _shut("This answer is not kept, so no opinion of it can be.", problem=True)
        try:
            if wanted["vote"] == "none":
                server.history.unjudge(person, one.kept)
                return _shut(TAKEN_BACK)
            judged = Vote(wanted["vote"])
            server.history.judge(person, one.kept, Opinion(judged), server.desk_of(person))
        except CitedeskError as error:
            return _shut(said(error), problem=True)
        if judged is Vote.UP:
            return _shut(THANKS)
        return one.kept, gr.Column(visible=True), "", "", CHOOSE, "", ""

    def spot(asked: str, request: gr.Request) -> str:
        try:
            right = _spot(asked)
            return (
                chosen(_document(server.desk_of(person_behind(request)), right), right.paragraph) if right else CHOOSE
            )
        except CitedeskError as error:
            return _line(said(error), problem=True)

    def send(exchange: str, reason: str, comment: str, asked: str, request: gr.Request) -> tuple[object, ...]:
        person = person_behind(request)
        try:
            opinion = Opinion(Vote.DOWN, Fault(reason) if reason else None, comment, _spot(asked))
            server.history.judge(person, exchange, opinion, server.desk_of(person))
        except CitedeskError as error:
            return (*(gr.skip() for _ in opening[1:]), _line(said(error), problem=True))
        return _shut(THANKS)

    voting.voted.change(vote, [voting.voted, state], opening, show_progress="hidden", api_visibility="private")
    voting.spotted.change(spot, voting.spotted, voting.right, show_progress="hidden", api_visibility="private")
    voting.send.click(
        send,
        [voting.exchange, voting.reason, voting.comment, voting.spotted],
        opening,
        show_progress="hidden",
        api_visibility="private",
    )
    voting.close.click(lambda: _shut(THANKS), None, opening, show_progress="hidden", api_visibility="private")


def _spot(asked: str) -> Spot | None:
    wanted = _SPOT.fullmatch(asked)
    return Spot(wanted["document"], int(wanted["paragraph"])) if wanted else None


def _document(desk: Desk, right: Spot) -> Document:
    document = desk.library.document(right.document_id)
    if not 1 <= right.paragraph <= len(document.paragraphs):
        raise UsageError("the document has no paragraph of that number")
    return document


def _shut(told: str, *, problem: bool = False) -> tuple[object, ...]:
    """The form closed, empty and about nothing, and a line that says what was done."""
    return "", gr.Column(visible=False), "", "", CHOOSE, "", _line(told, problem=problem)


def _line(told: str, *, problem: bool = False) -> str:
    kind, role = ("cd-problem", "alert") if problem else ("cd-told", "status")
    return f'<p class="{kind}" role="{role}">{plain(told)}</p>'
