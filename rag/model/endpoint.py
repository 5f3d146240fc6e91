"""A chat model at an OpenAI-compatible endpoint: what it writes comes piece by piece, and in time or not at all."""

import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar
from urllib.parse import urlsplit

from rag.model.breaker import Breaker, Resting, Ticket
from rag.model.deadlines import Limits as Limits
from rag.model.exchange import Asked, Client, Item
from rag.model.exchange import Ended as Ended
from rag.model.exchange import Message as Message
from rag.model.exchange import Piece as Piece
from rag.model.trouble import EndpointError as EndpointError
from rag.model.trouble import Place
from rag.model.trouble import Trouble as Trouble
from rag.model.worker import Worker, result

OPENAI = "https://api.openai.com/v1"
LIMITS = Limits()
_LASTING_REST = 60.0  # seconds after what does not pass by itself
_LOOK = 0.5  # seconds between looks for Ctrl-C while nothing comes
_LASTING = frozenset({Trouble.KEY, Trouble.MODEL})
_FAILURES = frozenset(
    {Trouble.REFUSED, Trouble.DNS, Trouble.TLS, Trouble.BROKEN, Trouble.SLOW_START, Trouble.STALLED}
    | {Trouble.TOO_SLOW, Trouble.CUT, Trouble.MALFORMED, Trouble.EMPTY}
)
_T = TypeVar("_T")


class Chat:
    """A chat model: one for a process, used from any thread.

    Requests run in one background thread, which the first of them starts. No request is repeated on a person's time,
    except for a busy endpoint that asks for a wait of two seconds at most. After three failures in a row the endpoint
    rests (``rag.model.breaker``), and every request is told so at once.
    """

    def __init__(self, model: str, base_url: str | None, api_key: str | None, limits: Limits = LIMITS) -> None:
        """Asks nothing yet; a URL or a key that cannot be used is told by the first request.

        ``base_url`` None is OpenAI's own; ``api_key`` None is for servers that want none.
        """
        self._url, self._key, self._limits = base_url or OPENAI, api_key or "none", limits
        where = _without_secrets(self._url)
        self._place = Place(model, where or "OPENAI_BASE_URL")
        self._fault = ""
        if not where:
            self._fault = "OPENAI_BASE_URL is no URL; set it to one such as http://127.0.0.1:11434/v1"
        self._sound_key = all("!" <= letter <= "~" for letter in self._key)
        self._breaker = Breaker()
        self._lock = threading.Lock()
        self._worker: Worker | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self._place.model

    @property
    def where(self) -> str:
        """The endpoint's URL, without user, password and query; the setting's name where it is no URL."""
        return self._place.where

    def warm(self) -> None:
        """Starts the background thread, so that the first request need not wait half a second for it."""
        self._submit(_nothing)

    def stream(self, messages: Sequence[Message], *, most: int, temperature: float = 0.0) -> "Reply":
        """The reply to ``messages``, of at most ``most`` tokens, as the model writes it; the request is sent at once.

        Raises EndpointError: RESTING here, any other from the Reply.
        """
        return self._begin(Asked(tuple(messages), most, temperature, self._limits))

    def ask(self, messages: Sequence[Message], *, most: int, limits: Limits | None = None) -> str:
        """The whole reply, which may be cut off at ``most`` tokens, at temperature 0. Raises EndpointError."""
        with closing(self._begin(Asked(tuple(messages), most, 0.0, limits or self._limits))) as reply:
            return "".join(item.text for item in reply if isinstance(item, Piece))

    def models(self) -> tuple[str, ...]:
        """The names of the models that the endpoint lists, in its order; asked even while it rests. Raises
        EndpointError."""
        self._check()
        found = result(self._submit(lambda client: client.models(self._limits)))
        if isinstance(found, EndpointError):
            raise found
        return found

    def close(self) -> None:
        """Ends all requests and the background thread; a later request starts it anew."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _begin(self, asked: Asked) -> "Reply":
        self._check()
        leave = self._breaker.admit()
        if isinstance(leave, Resting):
            raise self._place.resting(leave.seconds, leave.why)
        course = _Course(self._breaker, leave)
        task = self._submit(lambda client: client.reply(asked, course.put))
        task.add_done_callback(course.done)
        return Reply(course.sent, task, self._place)

    def _check(self) -> None:
        if self._fault:
            raise EndpointError(Trouble.OTHER, self._fault)
        if not self._sound_key:
            told = "OPENAI_API_KEY holds a character that no key has; copy it again"
            raise EndpointError(Trouble.KEY, f"the chat model {self.model!r} at {self.where} was not asked: {told}")

    def _submit(self, work: "Callable[[Client], Coroutine[None, None, _T]]") -> "Future[_T]":
        with self._lock:
            if self._worker is None:
                self._worker = Worker(partial(Client, self._place, self._url, self._key))
            return self._worker.submit(work)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing came for a while; the reply goes on."""


class Reply:
    """A reply as it comes: Pieces, then one Ended. Where it breaks off, EndpointError is raised instead of the end.

    To drop it, or to ``close`` it from any thread, ends the request: the endpoint sees its connection close.
    """

    def __init__(self, sent: "SimpleQueue[Item | None]", task: "Future[None]", place: Place) -> None:
        self._sent, self._task, self._place = sent, task, place
        self._over = self._closed = False

    def __iter__(self) -> "Reply":
        return self

    def __next__(self) -> Piece | Ended:
        """The next piece, waited for. Raises EndpointError once, StopIteration after that or the end."""
        while isinstance(item := self.within(_LOOK), Quiet):
            pass  # Ctrl-C is heard here
        if item is None:
            raise StopIteration
        return item

    def within(self, seconds: float) -> "Piece | Ended | Quiet | None":
        """The next piece, Quiet if none came in time; None after the end or once it is closed. Raises EndpointError
        once."""
        if self._over or self._closed:
            return None
        try:
            item = self._sent.get(timeout=seconds)
        except Empty:
            return Quiet()
        self._over = not isinstance(item, Piece)
        if isinstance(item, EndpointError):
            raise item
        if item is not None or self._closed:
            return item
        if self._task.cancelled():
            raise self._place.error(Trouble.CUT, "the program is closing it")
        raise self._task.exception() or RuntimeError("a reply without an end")

    def close(self) -> None:
        """Ends the request, if it has not ended; a thread that waits for the next piece gets StopIteration."""
        self._closed = True
        if not self._over:
            self._task.cancel()

    def __del__(self) -> None:
        self.close()


class _Course:
    """How one request goes: its items into ``sent``, None after the last, and its outcome to the breaker."""

    def __init__(self, breaker: Breaker, leave: Ticket) -> None:
        self.sent: SimpleQueue[Item | None] = SimpleQueue()
        self._breaker, self._leave = breaker, leave
        self._begun = self._told = False

    def put(self, item: Item) -> None:
        """Passes on what came; nothing after an end. The breaker hears of it first: who sees the end may ask again."""
        if self._told:
            return
        if isinstance(item, Piece):
            self._begun = True
        else:
            self._told = True
            self._tell(item)
        self.sent.put(item)

    def done(self, task: "Future[None]") -> None:
        """The request is over, in whatever way."""
        if self._begun and not self._told:  # the reader had enough of it, but it did come
            self._breaker.worked()
        self._breaker.left(self._leave)
        self.sent.put(None)

    def _tell(self, outcome: Ended | EndpointError) -> None:
        if isinstance(outcome, Ended):
            self._breaker.worked()
        elif outcome.trouble in _FAILURES:
            self._breaker.failed(self._leave, outcome.message)
        elif outcome.trouble in _LASTING:
            self._breaker.rest(_LASTING_REST, outcome.message)
        elif outcome.rest:
            self._breaker.rest(outcome.rest, outcome.message)
        else:  # it answered; what was wrong is wrong with this request
            self._breaker.worked()


async def _nothing(client: Client) -> None:
    """Only so that the client is there."""


def _without_secrets(url: str) -> str:
    """The URL without user, password, query and fragment; "" where it is no URL of HTTP."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{parts.path}"
