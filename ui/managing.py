"""What an administrator does with a document from the reader: have its file read again, or take it out."""

import re
from pathlib import Path
from urllib.parse import unquote

import gradio as gr
from gradio.events import Dependency

from index.errors import CitedeskError, UsageError
from index.ingest import Summary
from index.types import Document
from rag import catalogue
from rag.desk import Desk
from rag.shown import details
from ui.asker import person_behind
from ui.people import Person, Via
from ui.reading import opening_of
from ui.related import related
from ui.render_about import About
from ui.render_pane import View, missing, pane
from ui.server import Server
from ui.shelf import said

_MANAGE = re.compile(r"(?P<act>again|remove)-(?P<document>[\w.~%-]{1,600}) \d{1,9}", re.ASCII)
ADMINS = "Only administrators of this server may change what is in its library."
FAILED = "Something went wrong while changing it; the server's log says what."
VANISHED = (
    "Its file is not in its place any more, so it could not be read again. What was read from it before stays; it can "
    "be taken out below “About this document”."
)


def about(desk: Desk, person: Person, document: Document) -> About:
    """What the reader tells this person of the document."""
    siblings = desk.library.count_in_file(document.source) if person.is_admin else 1
    return About(
        facts=details(desk, document, whole_path=person.via is Via.MACHINE),
        related=related(desk, document),
        managed=person.is_admin,
        siblings=siblings,
        uploaded=_uploaded(desk, document),
    )


def lay_out() -> gr.Textbox:
    """What the page's script writes an administrator's wish into."""
    return gr.Textbox("", visible="hidden", elem_id="cd-managed", label="Change of a document")


def wire(server: Server, managed: gr.Textbox, reader: gr.HTML) -> Dependency:
    """Both wishes; returns the event after which the documents may have changed."""

    def manage(asked: str, request: gr.Request) -> str:
        person, wanted = person_behind(request), _MANAGE.fullmatch(asked)
        opening = opening_of(asked)
        try:
            if not person.is_admin or wanted is None:
                raise UsageError(ADMINS)
            return _done(server, person, wanted["act"], unquote(wanted["document"]), opening)
        except CitedeskError as error:
            return missing(said(error), opening)

    def apologise(asked: str) -> str:
        return missing(FAILED, opening_of(asked))

    done = managed.change(
        manage,
        managed,
        reader,
        show_progress="hidden",  # the pane says itself what it waits for
        concurrency_limit=1,
        concurrency_id="ingest",
        api_visibility="private",
    )
    done.failure(apologise, managed, reader, show_progress="hidden", api_visibility="private")
    return done


def _done(server: Server, person: Person, act: str, document_id: str, opening: int) -> str:
    # Rights are looked at with the person's own desk; what is done then concerns the whole file.
    document = server.desk_of(person).library.document(document_id)
    server.audit.note(person, act, document.source)
    if act == "remove":
        catalogue.remove(server.desk, (document.source,))
        told = f"“{document.title}” was taken out of the library. {_back(server.desk, document)}"
        return missing(told, opening, head="Removed")
    summary = catalogue.read_again(server.desk, (document.source,))
    desk = server.desk_of(person)
    told = _told(document, summary)
    try:
        document = desk.library.document(document_id)
    except UsageError:
        return missing("Its file was read again, and does not hold it any more.", opening, head="Removed")
    return pane(View(document, opening, warning=told, about=about(desk, person, document)))


def _uploaded(desk: Desk, document: Document) -> bool:
    return Path(document.source).parent == (desk.settings.home / catalogue.UPLOADS).resolve()


def _back(desk: Desk, document: Document) -> str:
    """How to have it back."""
    if _uploaded(desk, document):
        return "Upload its file again to have it back."
    return "It stays out when its folder is read in again; add the file itself to have it back."


def _told(document: Document, summary: Summary) -> str:
    """What came of reading the document's file again, in sentences."""
    if not summary.failed:
        return "Its file was read again."
    if not Path(document.source).exists():
        return VANISHED
    reasons = "; ".join(failure.reason for failure in summary.failed)
    return f"It could not be read again: {reasons}. What was read before stays."
