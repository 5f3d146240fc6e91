"""The Add documents tab, for administrators; folders of the server's computer only for whoever sits at it."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.events import Dependency

from index.errors import CitedeskError
from index.ingest import Progress
from rag.catalogue import UPLOADS
from rag.desk import ingest_paths
from rag.settings import Settings
from ui import tables, uploads
from ui.asker import person_behind
from ui.people import Person, Via
from ui.server import Server

FAILED = "Something went wrong while adding documents; the server's log says what. What was added before stays."
ADMINS = "Only administrators of this server may add documents."
HERE = "Only whoever sits at the server's computer may have its folders read in."
AT_HOME = "indexed on this computer; nothing is sent anywhere"
ASKED = "indexed on this computer; the model that writes the answers is sent the paragraphs found for a question"
ABROAD = "indexed with the servers that this one is set to use, which are sent their text or its vectors"


@dataclass(frozen=True, slots=True)
class Adding:
    """The two ways in, and the account of what was done. ``here`` is for who sits at the computer alone."""

    files: gr.File
    upload: gr.Button
    path: gr.Textbox
    read: gr.Button
    result: gr.HTML
    here: gr.Column


def lay_out(settings: Settings) -> Adding:
    """Upload on the left, a path on this computer on the right, the account below."""
    where = ABROAD if settings.embed_model or settings.chroma_url else ASKED if settings.model else AT_HOME
    gr.HTML(
        f'<p class="cd-help">Added files are read, split into paragraphs and {where}. '
        "Adding a folder again picks up what is new, changed or gone.</p>",
        apply_default_css=False,
    )
    with gr.Row(elem_id="cd-adding"):
        with gr.Column(min_width=300):
            chosen = gr.File(file_count="multiple", type="filepath", label="Files", height=180, elem_id="cd-files")
            upload = gr.Button("Add these files", variant="primary", elem_id="cd-upload")
        with gr.Column(min_width=300, visible=False) as here:
            path = gr.Textbox(
                label="A folder or file on this computer", placeholder="/path/to/folder", elem_id="cd-path"
            )
            read = gr.Button("Add this folder", variant="primary", elem_id="cd-read")
    result = gr.HTML(elem_id="cd-result", apply_default_css=False)
    return Adding(chosen, upload, path, read, result, here)


def wire(server: Server, adding: Adding) -> tuple[Dependency, Dependency]:
    """Both ways in; returns the two events after which the documents may have changed.

    Each looks who asks: that the tab is not shown to others keeps nobody from sending its events.
    """
    desk = server.desk

    def note(person: Person, paths: list[Path]) -> None:
        for path in paths:
            server.audit.note(person, "add", str(path))

    def ingest(paths: list[Path], progress: gr.Progress) -> str:
        def show(step: Progress) -> None:
            desc = f"{step.name} ({step.words})" if step.words else step.name
            progress((step.done, step.total), desc=desc, unit="files")

        return tables.summary(ingest_paths(desk, paths, show))

    def from_files(
        chosen: list[str] | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> tuple[str, None]:
        person = person_behind(request)
        if not person.is_admin:
            return tables.failure(ADMINS), None
        if not chosen:
            return tables.failure("Choose one or more files first."), None
        try:
            stored = uploads.store([Path(one) for one in chosen], desk.settings.home / UPLOADS)
            note(person, list(stored))
            return ingest(list(stored), progress), None
        except (CitedeskError, OSError) as error:
            return tables.failure(str(error)), None

    def from_path(
        written: str,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> str:
        person = person_behind(request)
        if person.via is not Via.MACHINE:
            return tables.failure(HERE)
        try:
            folder = uploads.folder_at(written)
            note(person, [folder])
            return ingest([folder], progress)
        except (CitedeskError, OSError) as error:
            return tables.failure(str(error))

    uploaded = adding.upload.click(
        from_files,
        adding.files,
        [adding.result, adding.files],
        show_progress_on=adding.result,
        concurrency_limit=1,
        concurrency_id="ingest",
        api_visibility="private",
    )
    read = gr.on(
        [adding.read.click, adding.path.submit],
        from_path,
        adding.path,
        adding.result,
        concurrency_limit=1,
        concurrency_id="ingest",
        api_visibility="private",
    )
    for begun in (uploaded, read):
        begun.failure(lambda: tables.failure(FAILED), None, adding.result, api_visibility="private")
    return uploaded, read
