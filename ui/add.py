"""The Add documents tab, for whoever runs the server on this computer."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.events import Dependency

from index.errors import CitedeskError
from index.ingest import Progress
from rag.desk import Desk, ingest_paths
from rag.settings import Settings
from ui import tables, uploads

FAILED = "Something went wrong while adding documents; the server's log says what. What was added before stays."
AT_HOME = "indexed on this computer; nothing is sent anywhere"
ASKED = "indexed on this computer; the model that writes the answers is sent the paragraphs found for a question"
ABROAD = "indexed with the servers that this one is set to use, which are sent their text or its vectors"


@dataclass(frozen=True, slots=True)
class Adding:
    """The two ways in, and the account of what was done."""

    files: gr.File
    upload: gr.Button
    path: gr.Textbox
    read: gr.Button
    result: gr.HTML


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
        with gr.Column(min_width=300):
            path = gr.Textbox(
                label="A folder or file on this computer", placeholder="/path/to/folder", elem_id="cd-path"
            )
            read = gr.Button("Add this folder", variant="primary", elem_id="cd-read")
    result = gr.HTML(elem_id="cd-result", apply_default_css=False)
    return Adding(chosen, upload, path, read, result)


def wire(desk: Desk, adding: Adding) -> tuple[Dependency, Dependency]:
    """Both ways in; returns the two events after which the documents may have changed."""

    def ingest(paths: list[Path], progress: gr.Progress) -> str:
        def show(step: Progress) -> None:
            progress((step.done, step.total), desc=step.name, unit="files")

        return tables.summary(ingest_paths(desk, paths, show))

    def from_files(chosen: list[str] | None, progress: gr.Progress = gr.Progress()) -> tuple[str, None]:  # noqa: B008
        if not chosen:
            return tables.failure("Choose one or more files first."), None
        try:
            stored = uploads.store([Path(one) for one in chosen], desk.settings.home / "uploads")
            return ingest(list(stored), progress), None
        except (CitedeskError, OSError) as error:
            return tables.failure(str(error)), None

    def from_path(written: str, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
        try:
            return ingest([uploads.folder_at(written)], progress)
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
