"""What writing with a model costs and what becomes of its faults, against a real HTTP server that plays the model.

    python -m evals.writing first-token [--limit N]    time to the first word, beside a direct call of the same server
    python -m evals.writing faults                     each fault: what the user saw, after how long

Both ask our own cases over the sample documents. The server answers from this machine, at once: what is measured is
citedesk, not a model.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np
import openai

from evals.cases import CORPUS
from evals.load import own
from evals.model_server import Busy, Fault, Reply, Script, Text, closed_url, model_server
from rag.answer import CANDIDATES, stream
from rag.desk import Desk, ingest_paths, open_chat, open_desk
from rag.retrieve import retrieve
from rag.settings import quiet_environment, read
from rag.types import Answer, Filters, Style
from rag.writing.prompt import prompt

TODAY = date(2025, 6, 1)
MODEL = "scripted"
PATIENCE = 4.0  # seconds, as CITEDESK_TIMEOUT, so that the table takes a minute
WHOLE = 8.0
_QUESTION = "Who signed the treaty in Pyongyang?"
_SENTENCE = "Vladimir Putin and Kim Jong Un signed a treaty of comprehensive strategic partnership. [P1] "


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, as the server plays it, and the limit in seconds within which the user must have an answer."""

    name: str
    reply: Reply | None
    limit: float


CASES = (
    Case("no server at that port", None, 1.0),
    Case("401: the key is refused", Fault.UNAUTHORISED, 1.0),
    Case("404: no such model", Fault.UNKNOWN_MODEL, 1.0),
    Case("429 with Retry-After: 1, then an answer", Busy("1"), 3.0),
    Case("429 with Retry-After: 60", Busy("60"), 1.0),
    Case("500", Fault.BROKEN, 1.0),
    Case("a proxy's login page", Fault.HTML, 1.0),
    Case("JSON that ends in the middle", Fault.HALF_JSON, 1.0),
    Case("an empty answer", Fault.EMPTY, 1.0),
    Case("a stream without finish_reason", Fault.CUT, 1.0),
    Case("a connection closed in the middle", Fault.BREAK, 1.0),
    Case("no first word", Fault.STALL_FIRST, PATIENCE),
    Case("a stall in the middle", Fault.STALL_MIDDLE, PATIENCE / 2 + 0.5),
    Case("bytes that never become a word", Fault.DRIP_BYTES, PATIENCE),
    Case("words without end", Fault.DRIP_WORDS, WHOLE),
    Case("the prompt is too long for the model", Fault.CONTEXT, 1.0),
    Case("content filter", Fault.FILTER, 1.0),
    Case("out of tokens in the middle of a sentence", Text(_SENTENCE + "He also", finish="length"), 1.0),
    Case("nothing that the documents support", Text("The moon is made of green cheese. [P1]"), 1.0),
    Case("markers that stand for nothing", Text(_SENTENCE.replace("P1", "P77")), 1.0),
    Case("the model refuses", Text("NOT IN THE DOCUMENTS"), 1.0),
)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("first-token", "faults"))
    parser.add_argument("--limit", type=int, default=60, help="questions for first-token")
    arguments = parser.parse_args()
    quiet_environment()
    with tempfile.TemporaryDirectory() as home, library(Path(home)) as desk:
        lines = first_token(desk, arguments.limit) if arguments.what == "first-token" else faults(desk)
        for line in lines:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


@contextmanager
def library(home: Path) -> Iterator[Desk]:
    """A desk over the sample documents, without a model."""
    with closing(open_desk(replace(read({}), home=home))) as desk:
        ingest_paths(desk, [CORPUS])
        yield desk


@contextmanager
def writing(desk: Desk, url: str) -> Iterator[Desk]:
    """The same desk with the model at ``url``."""
    settings = replace(
        desk.settings, model=MODEL, openai_base_url=url, openai_api_key="key", timeout=PATIENCE, write_seconds=WHOLE
    )
    chat = open_chat(MODEL, settings)
    try:
        yield replace(desk, settings=settings, chat=chat)
    finally:
        if chat is not None:
            chat.close()


def faults(desk: Desk) -> Iterator[str]:
    """The fault table as lines of Markdown."""
    yield f"Limits: {PATIENCE:g} s to the first word, {PATIENCE / 2:g} s between words, {WHOLE:g} s for all."
    yield ""
    yield "| fault | the user saw | also told | after s | limit s |"
    yield "| --- | --- | --- | ---: | ---: |"
    for case in CASES:
        script = Script(replies=[case.reply] if case.reply is not None else [], reply=Text(_SENTENCE))
        if case.reply is Fault.CONTEXT:
            script.replies.append(Fault.CONTEXT)  # with half the paragraphs as well
        with model_server(script) as url, writing(desk, closed_url() if case.reply is None else url) as ready:
            started = perf_counter()
            *_, found = stream(ready, _QUESTION, today=TODAY)
            took = perf_counter() - started
        notes = " ".join(found.notices).replace("|", "/")
        yield f"| {case.name} | {_seen(found)} | {notes} | {took:.2f} | {case.limit:g} |"


def _seen(found: Answer) -> str:
    if found.refused:
        return "a refusal"
    if found.writing is None:
        return "quotations"
    return f"the model's answer, {len(found.claims)} sentence" + ("" if len(found.claims) == 1 else "s")


def first_token(desk: Desk, limit: int) -> Iterator[str]:
    """Time to the first word: through citedesk, and by the openai client with the same prompt to the same server."""
    questions = [case.question for case in own().cases if case.answerable and not case.history][:limit]
    ours: list[float] = []
    direct: list[float] = []
    script = Script(reply=Text(_SENTENCE * 3))
    with model_server(script) as url, writing(desk, url) as ready:
        client = openai.OpenAI(base_url=url, api_key="key", max_retries=0)
        for question in [*questions[:3], *questions]:  # three to warm up
            found = retrieve(desk.library, desk.index, desk.model, question, Filters(), CANDIDATES)
            task = prompt(question, found.passages, desk.settings.context_tokens, Style.BRIEF, TODAY)
            direct.append(_direct(client, task.rules, task.task))
            ours.append(_ours(ready, question))
    differences = [(one - other) * 1000 for one, other in zip(ours[3:], direct[3:], strict=True)]
    yield f"n={len(differences)} questions over corpus/, milliseconds, p50 / p95"
    yield ""
    for name, values in (("citedesk", ours[3:]), ("direct call", direct[3:])):
        yield f"{name}: {_percentiles([value * 1000 for value in values])}"
    yield f"difference: {_percentiles(differences)}"


def _percentiles(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.1f}" for value in np.percentile(values, [50, 95]))


def _direct(client: openai.OpenAI, rules: str, task: str) -> float:
    """Seconds to the first word of a direct call."""
    started, took = perf_counter(), 0.0
    with client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": rules}, {"role": "user", "content": task}],
        temperature=0,
        stream=True,
    ) as chunks:
        for chunk in chunks:
            if not took and chunk.choices and chunk.choices[0].delta.content:
                took = perf_counter() - started
    return took


def _ours(desk: Desk, question: str) -> float:
    """Seconds until an answer shows something that the model wrote, or that it is a refusal."""
    started, took = perf_counter(), 0.0
    for found in stream(desk, question, today=TODAY):
        if not took and (found.draft or found.claims or found.refused):
            took = perf_counter() - started
    return took


if __name__ == "__main__":
    sys.exit(main())
