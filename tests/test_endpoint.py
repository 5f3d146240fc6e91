"""The chat endpoint: what comes through as it is written, and how every way to fail is told, in time and without the
key."""

import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.model_server import Busy, Fault, Raw, Reply, Request, Script, Text, closed_url, event, model_server, whole
from rag.model.breaker import FAILURES, LONGEST_REST, REST, Breaker, Resting, Ticket
from rag.model.endpoint import Chat, Ended, EndpointError, Limits, Message, Piece, Trouble
from rag.model.wire import Reader, Step

KEY = "sk-a-secret-that-must-not-be-shown"
MODEL = "llama3.1:8b"
ASKED = (Message("system", "Be brief."), Message("user", "What was moved?"))
SAID = "The ferry was moved  to the new quay on Monday.\n"
LONG = Limits(connect=10.0, first=10.0, stall=10.0, whole=20.0)  # for what must not depend on a busy machine
SHORT = Limits(connect=1.0, first=0.4, stall=0.4, whole=1.2)
DONE = b"data: [DONE]\n\n"


@contextmanager
def chatting(*replies: Reply, limits: Limits = LONG, script: Script | None = None) -> Iterator[tuple[Chat, Script]]:
    """A chat whose server gives these replies, the last of them for good."""
    script = script or Script()
    script.replies, script.reply = list(replies[:-1]), replies[-1]
    with model_server(script) as url:
        chat = Chat(MODEL, url, KEY, limits)
        try:
            yield chat, script
        finally:
            chat.close()


def ask(chat: Chat) -> str:
    return chat.ask(ASKED, most=50)


def trouble(chat: Chat) -> Trouble:
    """The trouble that asking ends in; its message has the place, and never the key."""
    return told(chat).trouble


def told(chat: Chat) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        ask(chat)
    error = caught.value
    assert MODEL in error.message and chat.where in error.message and str(error) == error.message
    assert KEY not in str(error) and KEY not in repr(error) and error.__cause__ is None and error.__context__ is None
    return error


def within(seconds: float, what: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.01)
    return False


# -- what comes through -----------------------------------------------------------------------------------------------


def test_pieces_come_as_they_are_written_and_then_the_end() -> None:
    with chatting(Text(SAID, delay=0.05)) as (chat, script):
        started = time.monotonic()
        reply = chat.stream(ASKED, most=50, temperature=0.5)
        first = next(reply)
        assert first == Piece("The") and time.monotonic() - started < 5
        rest = list(reply)
    assert "".join(item.text for item in [first, *rest] if isinstance(item, Piece)) == SAID
    assert len(rest) > 5 and rest[-1] == Ended("stop")
    (request,) = script.requests
    assert request.messages == ASKED and request.model == MODEL and request.streamed
    assert request.authorization == f"Bearer {KEY}"
    assert '"temperature":0.5' in request.body and '"max_tokens":50' in request.body


def test_a_reply_that_was_cut_off_at_its_most_tokens_says_so() -> None:
    with chatting(Text(SAID, finish="length")) as (chat, _):
        assert list(chat.stream(ASKED, most=5))[-1] == Ended("length")
        assert ask(chat) == SAID


def test_a_connection_is_used_again() -> None:
    with chatting(SAID) as (chat, script):
        for _ in range(6):
            assert ask(chat) == SAID
        # The next request may come before the connection of the last is free.
        assert script.closed == 0 and script.connections <= 2


def test_no_key_and_half_a_surrogate_pair_are_fine() -> None:
    with model_server(Script()) as url:
        chat = Chat(MODEL, url, None, LONG)
        assert chat.ask([Message("user", "a \ud83d b")], most=5)
        chat.close()


def test_models_are_listed_in_order() -> None:
    with model_server(Script(models=("b", "a"))) as url:
        chat = Chat(MODEL, url.replace("//", "//me:hunter2@"), KEY, LONG)
        assert chat.models() == ("b", "a")
        assert (chat.model, chat.where) == (MODEL, url)
        chat.close()
        wrong = Chat(MODEL, url.removesuffix("/v1"), KEY, LONG)
        with pytest.raises(EndpointError, match=r"lists no models \(404\); check OPENAI_BASE_URL") as caught:
            wrong.models()
        assert caught.value.trouble is Trouble.MODEL
        wrong.close()


def test_a_closed_chat_starts_anew() -> None:
    with chatting(SAID) as (chat, _):
        chat.warm()
        assert ask(chat) == SAID
        chat.close()
        chat.close()
        assert ask(chat) == SAID


# -- odd servers ------------------------------------------------------------------------------------------------------

USAGE = b'data: {"id": "c", "choices": [], "usage": {"total_tokens": 5}}\n\n'
ROLE = b'data: {"choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": null}]}\n\n'
PARTS = b'data: {"choices": [{"delta": {"content": [{"type": "text", "text": "Yes."}]}, "finish_reason": ""}]}\n\n'
NULL = b'data: {"choices": [{"delta": {"content": null}}]}\n\n'
ODD = {
    "role only": (ROLE, event("Yes."), event(None, "stop"), DONE),
    "usage first and last": (USAGE, event("Yes."), event("", "stop"), USAGE, DONE),
    "finish with text": (event("Ye"), event("s.", "stop"), DONE),
    "null text": (NULL, event("Yes."), NULL, event(None, "stop")),
    "no space": (event("Yes.", "stop").replace(b"data: ", b"data:"), b"data:[DONE]\n\n"),
    "single line ends": (event("Yes.").replace(b"\n\n", b"\n"), event(None, "stop").replace(b"\n\n", b"\n")),
    "carriage returns": (event("Yes.").replace(b"\n", b"\r\n"), event(None, "eos_token")),
    "no last line end": (event("Yes."), event(None, "stop").rstrip()),
    "comments, ids and a byte order mark": (b"\xef\xbb\xbf: OPEN\n\nid: 1\nevent: message\n" + event("Yes.", "stop"),),
    "reasoning": (event("Hm", name="reasoning_content"), event("Hm", name="reasoning"), event("Yes.", "stop")),
    "parts": (PARTS, event(None, "stop")),
    "byte by byte": tuple(bytes([byte]) for byte in event("Yes.", "stop")),
}


@pytest.mark.parametrize("parts", ODD.values(), ids=ODD.keys())
def test_odd_but_valid_streams_are_read(parts: tuple[bytes, ...]) -> None:
    with chatting(Raw(parts), Raw(parts, kind="text/plain")) as (chat, _):
        assert (ask(chat), ask(chat)) == ("Yes.", "Yes.")


def test_a_server_that_does_not_stream_is_read() -> None:
    with chatting(SAID, script=Script(streams=False)) as (chat, _):
        assert list(chat.stream(ASKED, most=5)) == [Piece(SAID), Ended("stop")]
    with chatting(Raw((b"\n ", whole("Yes.", "length")), kind="text/event-stream")) as (chat, _):
        assert list(chat.stream(ASKED, most=5)) == [Piece("Yes."), Ended("length")]


def test_reasoning_is_life() -> None:
    thoughts = (event("Hm", name="reasoning_content"),) * 5
    limits = Limits(first=1.0, stall=1.0)
    with chatting(Raw((*thoughts, event("Yes.", "stop")), pause=0.3), limits=limits) as (chat, _):
        assert ask(chat) == "Yes."


def test_a_reply_of_nothing_but_reasoning_is_empty() -> None:
    with chatting(Raw((event("Hm", name="reasoning_content"), event(None, "length")))) as (chat, _):
        assert "its 50 tokens went into reasoning" in told(chat).message


@pytest.mark.parametrize("refuses", [("temperature",), ("max_tokens",), ("max_tokens", "temperature")])
def test_what_a_server_refuses_is_left_out_from_then_on(refuses: tuple[str, ...]) -> None:
    with chatting(SAID, script=Script(refuses=refuses)) as (chat, script):
        assert ask(chat) == SAID
        needed = len(script.requests)
        assert needed == 1 + len(refuses)
        assert ask(chat) == SAID and len(script.requests) == needed + 1
        body = script.requests[-1].body
    assert ('"max_completion_tokens":50' in body) == ("max_tokens" in refuses)
    assert ('"temperature"' in body) == ("temperature" not in refuses)


def test_what_no_form_helps_is_an_error_after_each() -> None:
    with chatting(SAID, script=Script(refuses=("max_tokens", "max_completion_tokens"))) as (chat, script):
        assert trouble(chat) is Trouble.OTHER and len(script.requests) == 2


@given(st.lists(st.integers(1, 400), max_size=8))
def test_steps_do_not_depend_on_the_portions(cuts: list[int]) -> None:
    data = b": hello\n\n" + event("Ünï ") + event("\u2028code") + USAGE + event(None, "stop") + DONE
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    reader = Reader()
    steps = [step for a, b in pairwise(places) for step in reader.feed(data[a:b])] + reader.end()
    assert steps == [Step("Ünï "), Step("\u2028code"), Step(), Step(finish="stop"), Step(over=True)]


# -- every trouble, in its words --------------------------------------------------------------------------------------

WORDS: list[tuple[Reply, Trouble, str]] = [
    (Fault.UNAUTHORISED, Trouble.KEY, "refuses the key (401); check OPENAI_API_KEY"),
    (Fault.FORBIDDEN, Trouble.KEY, "refuses the key (403)"),
    (Fault.UNKNOWN_MODEL, Trouble.MODEL, "is not there (404); check the model's name"),
    (Busy(), Trouble.BUSY, "is busy, or its quota is used up (429); try again later"),
    (Busy("7"), Trouble.BUSY, "(429, wait 7 s)"),
    (Busy("soon"), Trouble.BUSY, "(429)"),
    (Fault.BROKEN, Trouble.BROKEN, "failed (500); try again"),
    (Fault.REPORT, Trouble.BROKEN, "failed (500)"),
    (Fault.BAD_REQUEST, Trouble.OTHER, "cannot be used (400); check OPENAI_BASE_URL"),
    (Fault.REDIRECT, Trouble.MALFORMED, "(302, it points to another address)"),
    (Fault.HTML, Trouble.MALFORMED, "something else than a chat completion (a web page); check OPENAI_BASE_URL"),
    (Fault.HALF_JSON, Trouble.MALFORMED, "JSON that is broken"),
    (Fault.HALF_EVENT, Trouble.MALFORMED, "JSON that is broken"),
    (Raw((b"Upstream unavailable\n",)), Trouble.MALFORMED, "neither events nor JSON"),
    (Raw((b"data: " + b"x" * 1_100_000,)), Trouble.MALFORMED, "a line without end"),
    (Raw((b'{"choices": []}',)), Trouble.MALFORMED, "JSON that is broken"),
    (Raw((b'{"error": "overloaded"}',)), Trouble.BROKEN, "failed (it reports an error)"),
    (Fault.EMPTY, Trouble.EMPTY, "wrote nothing; try again"),
    (Text(" \n "), Trouble.EMPTY, "wrote nothing"),
    (Fault.CUT, Trouble.CUT, "broke off before the end; try again"),
    (Raw((event("Yes."), DONE)), Trouble.CUT, "broke off"),
    (Raw(()), Trouble.CUT, "broke off"),
    (Fault.BREAK, Trouble.CUT, "(the connection was closed)"),
    (Fault.HANG_UP, Trouble.CUT, "(the connection was closed)"),
    (Fault.CONTEXT, Trouble.OVERFLOW, "cannot read that much text at once (400); lower CITEDESK_CONTEXT_TOKENS"),
    (Fault.FILTER, Trouble.FILTERED, "withheld its reply, for its content filter; ask in other words"),
    (Fault.STALL_FIRST, Trouble.SLOW_START, "did not begin to write in time (0.4 s)"),
    (Fault.STALL_MIDDLE, Trouble.STALLED, "stopped in the middle (nothing for 0.4 s)"),
    (Fault.DRIP_BYTES, Trouble.SLOW_START, "did not begin to write in time (0.4 s)"),
    (Raw((ROLE,) * 100, pause=0.05), Trouble.SLOW_START, "did not begin"),
    (Raw((event("Yes."), *(b": wait\n",) * 100), pause=0.05), Trouble.STALLED, "nothing for 0.4 s"),
    (Fault.DRIP_WORDS, Trouble.TOO_SLOW, "did not come to an end in time (1.2 s)"),
    (Raw((b'{"choices": ', *(b" ",) * 100), pause=0.05), Trouble.SLOW_START, "did not begin"),
    (Text(SAID, first=1.0), Trouble.SLOW_START, "(0.4 s)"),
]


@pytest.fixture(scope="module")
def warmed() -> None:
    """The libraries are imported, so that short limits measure the server."""
    with chatting(SAID) as (chat, _):
        ask(chat)


@pytest.mark.usefixtures("warmed")
@pytest.mark.parametrize(("reply", "kind", "words"), WORDS, ids=lambda value: str(value)[:30])
def test_every_trouble_is_told_in_time_and_without_the_key(reply: Reply, kind: Trouble, words: str) -> None:
    slow = kind in (Trouble.SLOW_START, Trouble.STALLED, Trouble.TOO_SLOW)
    with chatting(reply, limits=SHORT if slow else LONG) as (chat, script):
        error = told(chat)
        assert (error.trouble, len(script.requests)) == (kind, 1)
    assert words in error.message


@pytest.mark.parametrize(
    "report",
    [
        b'{"error": {"code": 400, "message": "request exceeds the available context size", "type": "x"}}',
        b'{"error": {"message": "too long", "code": "context_length_exceeded"}}',
        b'{"object": "error", "message": "The prompt is too long for this model"}',
        b'{"detail": [{"loc": ["messages"], "msg": "Too many tokens", "input": "x"}]}',
    ],
)
def test_a_report_of_too_much_text_is_understood(report: bytes) -> None:
    in_stream = report if report.startswith(b'{"error"') else b'{"error": ' + report + b"}"
    with chatting(Raw((b"data: " + in_stream + b"\n\n",)), Raw((report,), status=400)) as (chat, _):
        assert (trouble(chat), trouble(chat)) == (Trouble.OVERFLOW, Trouble.OVERFLOW)


def test_what_a_document_says_is_no_report() -> None:
    body = b'{"detail": [{"loc": ["body"], "msg": "no", "input": "the context length, an unknown model, temperature"}]}'
    with chatting(Raw((body,), status=422)) as (chat, script):
        assert trouble(chat) is Trouble.OTHER and len(script.requests) == 1


def test_nobody_listening() -> None:
    url = closed_url()
    chat = Chat(MODEL, f"{url.replace('//', '//me:hunter2@')}?key=hunter2", KEY, LONG)
    error = told(chat)
    assert error.trouble is Trouble.REFUSED and "cannot be reached; check OPENAI_BASE_URL" in error.message
    assert url in error.message and "hunter2" not in error.message
    with pytest.raises(EndpointError, match="cannot be reached"):
        chat.models()
    chat.close()


def test_a_connection_that_is_not_accepted() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        chat = Chat(MODEL, url, KEY, Limits(connect=0.2, first=5.0))
        error = told(chat)
        chat.close()
        for each in crowd:
            each.close()
    assert (error.trouble, "no connection in time" in error.message) == (Trouble.REFUSED, True)


@pytest.mark.usefixtures("warmed")
def test_a_server_that_says_nothing_at_all() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # the system takes the connection, and nobody the request
        chat = Chat(MODEL, f"http://127.0.0.1:{server.getsockname()[1]}/v1", KEY, SHORT)
        assert trouble(chat) is Trouble.SLOW_START
        with pytest.raises(EndpointError, match=r"did not begin to write in time \(0.4 s\)"):
            chat.models()
        chat.close()


def test_a_host_without_an_address() -> None:
    chat = Chat(MODEL, "http://nothing.invalid/v1", KEY, Limits(connect=10.0, first=10.0))
    error = told(chat)
    chat.close()
    assert error.trouble is Trouble.DNS and "host name is not known; check OPENAI_BASE_URL" in error.message


@pytest.mark.skipif(which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_that_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    made = subprocess.run([*command.split(), "-keyout", key, "-out", certificate], capture_output=True)
    assert made.returncode == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with model_server(Script(), context) as url:
        chat = Chat(MODEL, url, KEY, LONG)
        error = told(chat)
        assert error.trouble is Trouble.TLS and "set SSL_CERT_FILE" in error.message
        assert "(self-signed certificate)" in error.message.replace("self signed", "self-signed")
        chat.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        chat = Chat(MODEL, url, KEY, LONG)
        assert ask(chat)
        chat.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "not there"))
        chat = Chat(MODEL, url, KEY, LONG)
        with pytest.raises(EndpointError, match=r"\(SSL_CERT_FILE cannot be read\)"):
            ask(chat)
        chat.close()
    monkeypatch.undo()
    with model_server(Script()) as url:
        chat = Chat(MODEL, url.replace("http", "https"), KEY, LONG)
        assert "no TLS connection can be made" in told(chat).message
        chat.close()


@pytest.mark.parametrize("url", ["127.0.0.1:1/v1", "ftp://127.0.0.1/v1", "http://", "http://[bad/v1", "http://a:b/v1"])
def test_a_url_that_is_none(url: str) -> None:
    chat = Chat(MODEL, url, KEY)
    for request in (lambda: ask(chat), chat.models):
        with pytest.raises(EndpointError, match="OPENAI_BASE_URL is no URL; set it to") as caught:
            request()
        assert caught.value.trouble is Trouble.OTHER


@pytest.mark.parametrize("key", [f"“{KEY}”", f"{KEY}\n{KEY}", f"{KEY} x"])
def test_a_key_that_cannot_be_sent_is_told_before_any_request(key: str) -> None:
    script = Script()
    with model_server(script) as url:
        chat = Chat(MODEL, url, key, LONG)
        error = told(chat)
        with pytest.raises(EndpointError, match="OPENAI_API_KEY"):
            chat.models()
    assert error.trouble is Trouble.KEY and "OPENAI_API_KEY holds a character" in error.message
    assert not script.requests


# -- a busy endpoint --------------------------------------------------------------------------------------------------


def test_a_short_wait_is_waited_for_once() -> None:
    with chatting(Busy("0.05"), SAID, Busy("0.05"), Busy("0.05"), SAID) as (chat, script):
        assert ask(chat) == SAID and len(script.requests) == 2
        assert trouble(chat) is Trouble.BUSY and len(script.requests) == 4


def test_a_wait_for_which_there_is_no_time_is_not_waited_for() -> None:
    with chatting(Busy("1.5"), SAID, limits=Limits(first=1.0)) as (chat, script):
        assert trouble(chat) is Trouble.BUSY and len(script.requests) == 1


def test_a_busy_endpoint_rests_as_long_as_it_asks_for() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for asked_for, least, most in (("30", 29, 30), (date, 80, 90), ("100000", 599, 600)):
        with chatting(Busy(asked_for), SAID) as (chat, script):
            assert trouble(chat) is Trouble.BUSY
            error = told(chat)
            assert error.trouble is Trouble.RESTING and least <= error.rest <= most
            assert f"it is asked again in {most if most != 90 else ''}" in error.message and "(429" in error.message
            assert len(script.requests) == 1


# -- the breaker ------------------------------------------------------------------------------------------------------


def test_after_three_failures_in_a_row_it_rests() -> None:
    with chatting(Fault.BROKEN, Fault.CUT, SAID, Fault.BROKEN, Fault.EMPTY, Fault.BROKEN, SAID) as (chat, script):
        assert (trouble(chat), trouble(chat), ask(chat)) == (Trouble.BROKEN, Trouble.CUT, SAID)
        assert [trouble(chat) for _ in range(4)][-2:] == [Trouble.BROKEN, Trouble.RESTING]
        error = told(chat)
        assert "failed (500)" in error.message and "(it is asked again in 30 seconds)" in error.message
        assert len(script.requests) == 6
        assert chat.models() == ("scripted",)


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.UNKNOWN_MODEL])
def test_what_does_not_heal_rests_at_once(fault: Fault) -> None:
    with chatting(fault, SAID) as (chat, _):
        first, then = told(chat), told(chat)
    assert then.trouble is Trouble.RESTING and 59 < then.rest <= 60 and then.message.startswith(first.message)


@pytest.mark.parametrize("fault", [Fault.CONTEXT, Fault.FILTER, Fault.BAD_REQUEST, Busy()])
def test_what_is_wrong_with_one_request_is_no_failure_of_the_endpoint(fault: Reply) -> None:
    with chatting(Fault.BROKEN, Fault.BROKEN, fault, Fault.BROKEN, SAID) as (chat, _):
        for _ in range(4):
            trouble(chat)
        assert ask(chat) == SAID


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def leave(breaker: Breaker) -> Ticket:
    ticket = breaker.admit()
    assert isinstance(ticket, Ticket)
    return ticket


def test_one_alone_is_the_trial_after_a_rest() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.failed(leave(breaker), "it failed")
    assert breaker.admit() == Resting(REST, "it failed")
    clock.now += REST
    trial = leave(breaker)
    assert breaker.admit() == Resting(0.0, "it failed")
    breaker.failed(trial, "it failed again")
    assert breaker.admit() == Resting(REST, "it failed again")
    clock.now += REST
    breaker.left(leave(breaker))  # nobody knows how it went: the next is the trial
    breaker.left(trial)  # of long ago
    trial = leave(breaker)
    assert isinstance(breaker.admit(), Resting)
    breaker.worked()
    breaker.left(trial)
    leave(breaker)
    breaker.failed(leave(breaker), "it failed")
    leave(breaker)


def test_requests_from_before_a_rest_do_not_make_it_longer() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    tickets = [leave(breaker) for _ in range(FAILURES + 2)]
    for ticket in tickets[:-1]:
        breaker.failed(ticket, "it failed")
        clock.now += 1
    assert breaker.admit() == Resting(REST - 2, "it failed")
    clock.now += REST
    trial = leave(breaker)
    breaker.failed(tickets[-1], "it failed")
    assert isinstance(breaker.admit(), Resting)
    breaker.left(trial)
    leave(breaker)
    breaker.rest(10 * LONGEST_REST, "it wants to be left alone")
    assert breaker.admit() == Resting(LONGEST_REST, "it wants to be left alone")


def test_of_many_threads_one_tries() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.rest(5, "it failed")
    clock.now += 5
    got: list[Ticket | Resting] = []
    barrier = threading.Barrier(32)

    def enter() -> None:
        barrier.wait()
        got.append(breaker.admit())

    threads = [threading.Thread(target=enter) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Ticket) for each in got) == 1 and len(got) == 32


def test_while_one_tries_the_others_are_told_so_and_its_end_lets_the_next_try() -> None:
    with chatting(Busy("0.2"), Busy("0.2"), Fault.STALL_FIRST, SAID) as (chat, script):
        assert trouble(chat) is Trouble.BUSY
        time.sleep(0.3)
        trial = chat.stream(ASKED, most=50)
        messages: list[str] = []
        threads = [threading.Thread(target=lambda: messages.append(told(chat).message)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(messages) == 16 and all("(it is being tried again)" in message for message in messages)
        assert within(5, lambda: len(script.requests) == 3)
        trial.close()
        assert ask(chat) == SAID


def test_many_threads_ask_at_once_and_each_gets_its_own_reply() -> None:
    def echo(request: Request) -> Text:
        return Text(request.messages[-1].content, delay=0.01)

    got: dict[int, str] = {}
    with chatting(echo) as (chat, script):

        def run(number: int) -> None:
            got[number] = chat.ask([Message("user", f"This is number {number}, said slowly.")], most=50)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(script.requests) == 24
    assert got == {number: f"This is number {number}, said slowly." for number in range(24)}


def test_many_threads_at_a_broken_endpoint_soon_leave_it_alone() -> None:
    with chatting(Fault.BROKEN) as (chat, script):
        kinds: list[Trouble] = []

        def run() -> None:
            for _ in range(5):
                kinds.append(trouble(chat))

        threads = [threading.Thread(target=run) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(kinds) == {Trouble.BROKEN, Trouble.RESTING} and len(kinds) == 60
        assert FAILURES <= len(script.requests) == kinds.count(Trouble.BROKEN) <= 12 + FAILURES


# -- ending a request -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", [Fault.STALL_MIDDLE, Fault.DRIP_WORDS, Fault.STALL_FIRST], ids=lambda each: each.name)
def test_the_endpoint_sees_it_when_a_reply_is_closed(reply: Fault) -> None:
    with chatting(reply) as (chat, script):
        got = chat.stream(ASKED, most=50)
        if reply is not Fault.STALL_FIRST:
            next(got)
        assert within(5, lambda: bool(script.requests)) and script.closed == 0
        got.close()
        assert within(1, lambda: script.closed == 1)
        assert list(got) == []


def test_dropping_a_reply_ends_the_request() -> None:
    with chatting(Fault.STALL_MIDDLE) as (chat, script):
        for item in chat.stream(ASKED, most=50):
            assert isinstance(item, Piece)
            break
        assert within(1, lambda: script.closed == 1)


def test_another_thread_can_end_a_wait() -> None:
    with chatting(Fault.STALL_MIDDLE) as (chat, script):
        reply = chat.stream(ASKED, most=50)
        assert isinstance(next(reply), Piece)
        threading.Timer(0.1, reply.close).start()
        started = time.monotonic()
        assert list(reply) == [] and time.monotonic() - started < 5
        assert within(1, lambda: script.closed == 1)


def test_ctrl_c_ends_a_wait() -> None:
    with chatting(Fault.STALL_FIRST) as (chat, script):
        threading.Timer(0.2, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            ask(chat)
        assert within(1, lambda: script.closed == 1)


def test_closing_the_chat_ends_its_replies_with_an_error() -> None:
    with chatting(Fault.STALL_MIDDLE) as (chat, script):
        reply = chat.stream(ASKED, most=50)
        next(reply)
        chat.close()
        with pytest.raises(EndpointError, match="the program is closing it") as caught:
            next(reply)
        assert caught.value.trouble is Trouble.CUT and list(reply) == []
        assert within(1, lambda: script.closed == 1)


def test_a_reply_that_was_closed_is_no_failure() -> None:
    with chatting(*[Fault.STALL_FIRST] * 4, SAID) as (chat, script):
        for number in range(4):
            reply = chat.stream(ASKED, most=50)
            assert within(5, lambda count=number + 1: len(script.requests) == count)  # type: ignore[misc]
            reply.close()
        assert ask(chat) == SAID
