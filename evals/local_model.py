"""Serves a model file on this machine, as an endpoint that answers can be written with.

    python -m evals.local_model FILE.gguf [--port N] [--name NAME] [--context TOKENS]

The server is llama.cpp's own, which speaks OpenAI's chat protocol; it comes with the package xllamacpp, which only this
needs (``pip install xllamacpp``). It is reached from this machine only, and runs until Ctrl-C.
"""

import argparse
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType

from index.errors import CitedeskError, UsageError

PORT = 8080
CONTEXT = 8192  # tokens of prompt and answer together; the product's prompt has about 4,000


def main() -> None:
    """The command; what is wrong is said in one sentence, with exit code 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0 picks a free one")
    parser.add_argument("--name", help="what the model is called by clients; default: the file's name")
    parser.add_argument("--context", type=int, default=CONTEXT, help=f"tokens of prompt and answer, default {CONTEXT}")
    given = parser.parse_args()
    try:
        serve(given.file, given.port, given.name or given.file.stem, given.context)
    except CitedeskError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")


def serve(file: Path, port: int, name: str, context: int) -> None:
    """Serves ``file`` at 127.0.0.1 until it is interrupted, as model ``name`` with ``context`` tokens.

    Raises UsageError where there is no such file or it cannot be loaded, CitedeskError where xllamacpp is missing.
    """
    llama = _llama()
    try:
        with file.open("rb") as opened:
            magic = opened.read(4)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    if magic != b"GGUF":
        raise UsageError(f"{file} is no GGUF file")
    wanted = llama.CommonParams()
    wanted.model.path = str(file)
    wanted.model_alias = {name}
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = port
    wanted.n_ctx = context
    wanted.n_parallel = 1  # the whole context for one answer at a time
    wanted.cors_origins = "localhost"  # the default lets any page that the user visits ask the model
    wanted.ui = False
    wanted.verbosity = 1
    try:
        server = llama.Server(wanted)
    except RuntimeError as error:
        raise UsageError(f"{file} cannot be served at port {port}: {error}") from error
    sys.stdout.write(
        f"{name} at {server.listening_address}/v1; write answers with it by\n"
        f"  OPENAI_BASE_URL={server.listening_address}/v1 CITEDESK_MODEL={name}\n"
    )
    sys.stdout.flush()
    threading.Event().wait()


def _llama() -> ModuleType:
    try:
        return import_module("xllamacpp")  # not an import statement: it is no dependency, and has no types
    except ModuleNotFoundError as error:
        raise CitedeskError("the package that serves models is missing; pip install xllamacpp") from error


if __name__ == "__main__":
    main()
