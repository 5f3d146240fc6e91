"""What a server imports before its page answers: nothing that only answers, assistants or single sign-on need."""

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
