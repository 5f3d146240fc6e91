"""An ingest that is killed leaves each document as it was before or as it is after, and the next one completes it."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = 40  # of these the even ones change
SCRIPT = """
import sys
from contextlib import closing
from pathlib import Path
from index.ingest import ingest
from index.vectors import open_index
from tests.conftest import open_library
from tests.test_kill import Shallow
home, news = Path(sys.argv[1]), Path(sys.argv[2])
with closing(open_library(home)) as library, closing(open_index(home / "chroma", None)) as index:
    print("ready", flush=True)
    ingest(library, index, MODEL, [news], budget=60)
    print("done", flush=True)
"""
