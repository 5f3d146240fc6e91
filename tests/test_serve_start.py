"""What a server imports before its page answers: nothing that only answers, assistants or single sign-on need."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
START = """
import gc, runpy, sys
sys.argv = ["ui", "--help"]
try:
    runpy.run_module("ui", run_name="__main__")
except SystemExit:
    pass
later = {"chromadb", "llama_index", "sqlalchemy", "mcp", "authlib", "openai", "trafilatura"}
print("imported too early:", *sorted(later & set(sys.modules)))
print("garbage:", gc.isenabled(), gc.get_freeze_count() > 100_000)
import gradio.component_meta
print("stubs:", gradio.component_meta.create_or_modify_pyi.__module__)
import mcp.server
print("mcp:", mcp.server.__name__)
"""


def test_the_page_is_not_kept_waiting_by_what_it_does_not_need() -> None:
    told = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert told.stdout.splitlines()[-4:] == [
        "imported too early:",
        "garbage: True True",  # collected, but not among what was imported
        "stubs: ui.lean",  # Gradio would render eighty of them, and write into its own folder
        "mcp: mcp.server",  # Gradio went without it; we do not
    ], told.stderr


EARLY = """
import sys, threading
from pathlib import Path
from rag import early
from rag.desk import open_desk
from rag.settings import read
desk = open_desk(read())
print("not yet:", "rag.llama" in sys.modules)
early.search(desk)
for thread in threading.enumerate():
    if thread.daemon:
        thread.join(60)
print("there:", {"rag.llama", "index.chroma"} <= set(sys.modules))
desk.close()
"""


def test_what_searches_is_there_before_the_first_question(tmp_path: Path) -> None:
    environment = {**os.environ, "CITEDESK_HOME": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", EARLY], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert told.stdout.splitlines() == ["not yet: False", "there: True"], told.stderr
