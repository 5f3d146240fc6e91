"""The Model Context Protocol over standard input and output."""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import closing

from index.errors import CitedeskError
from rag import settings
from rag.desk import Desk, open_desk, with_the_only_model
from rag.types import Answer
from ui.api.asking import Asking, last, worked
from ui.mcp.tools import Caller, assistant

_ABOUT = (
    "Offer search, ask and read_paragraph to an assistant that speaks the Model Context Protocol, over standard input "
    "and output. It sees every document of the library in CITEDESK_HOME. A running server offers the same at /mcp."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until the input ends; 0 then, 2 when the library cannot be opened, 130 after Ctrl-C."""
    argparse.ArgumentParser(prog="citedesk mcp", description=_ABOUT).parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")  # to standard error
    try:
        with closing(open_desk(with_the_only_model(settings.read()))) as desk:
            caller = _caller(desk)
            assistant(lambda _: caller).run("stdio")
    except CitedeskError as error:
        sys.stderr.write(f"citedesk mcp: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _caller(desk: Desk) -> Caller:
    async def ask(asked: Asking) -> Answer:
        return await last(worked(desk, asked))

    return Caller(desk, ask, lambda _: None, desk.settings.sharing.public_url)
