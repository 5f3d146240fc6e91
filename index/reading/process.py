"""One worker process, from its start to its end, however that comes."""

import contextlib
import os
import pickle
import selectors
import signal
import subprocess
import sys
import tempfile
from time import monotonic

from index.errors import ReadingError
from index.reading.file import amount
from index.reading.job import Job, Limits, Parser, Unread
from index.reading.worker import LENGTH

_START = (
    "import sys; sys.path[:] = {path!r}; from {module} import {name} as parser; "
    "from index.reading.worker import main; main({memory}, parser)"
)
_START_UP = 60.0  # seconds it may take to start, on a machine with much else to do
_LAST_WORDS = 4000  # bytes looked at of what a worker wrote before it died
_NO_MEMORY = ("MemoryError", "bad_alloc", "out of memory", "Cannot allocate memory", "memory allocation")


class Process:
    """A worker process. It ends with the thread that started it at the latest: Linux sees to that."""

    def __init__(self, limits: Limits, parser: Parser) -> None:
        """Starts it. Raises ReadingError when the system allows no more."""
        self.jobs = 0
        """Files it has read."""
        self.died = False
        """Whether it ended by itself, and cannot be asked again."""
        self.stopped = False
        """Whether it was ended because its time was up."""
        names = {"module": parser.__module__, "name": parser.__name__, "memory": limits.memory}
        self._begun = False
        with contextlib.ExitStack() as failed:
            try:
                self._words = failed.enter_context(tempfile.TemporaryFile())
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _START.format(path=sys.path, **names)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._words,
                    bufsize=0,
                    process_group=0,  # Ctrl-C is for this program, and what a parser starts ends with its worker
                )
            except OSError as error:
                raise ReadingError(error.strerror or type(error).__name__) from error
            failed.pop_all()  # closed with the process
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._replies = selectors.DefaultSelector()
        self._replies.register(self._out, selectors.EVENT_READ)

    def ask(self, job: Job) -> bytes | Unread:
        """The reply as it was sent; or that the file could not be read, because the process died of it, or was stopped
        when its time was up. Raises ReadingError, which says why, when the process did not come to read anything."""
        if self._begun:
            self._words.seek(0)
            self._words.truncate()
        limits, begun = job.limits, monotonic()
        allowed = limits.seconds + limits.seconds_a_megabyte * job.size / 2**20
        try:
            self._send(pickle.dumps(job))
            if not self._begun:
                self._message(begun + max(_START_UP, allowed))  # it says that it has started
                self._begun, begun = True, monotonic()
            while not (message := self._message(min(monotonic() + allowed, begun + limits.longest))):
                pass
        except TimeoutError:
            self.stopped = True
            self.kill()
            if not self._begun:
                raise ReadingError(f"it took more than {int(monotonic() - begun)} s to start") from None
            return Unread(f"its parser took more than {int(monotonic() - begun)} s and was stopped")
        except (EOFError, BrokenPipeError):
            self.died = True
            if not self._begun:
                raise ReadingError(self._stillborn()) from None
            return Unread(self._cause(limits))
        self.jobs += 1
        return message

    def kill(self) -> None:
        """Ends the process and what it started, at once. From any thread."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Ends the process and gives all back."""
        if self._process.poll() is None:
            self.kill()
        self._process.wait()
        for each in (self._replies, self._words, self._in, self._out):
            each.close()

    @property
    def spent(self) -> bool:
        """Whether it can no more be asked."""
        return self.died or self.stopped

    def _send(self, message: bytes) -> None:
        view = memoryview(LENGTH.pack(len(message)) + message)
        while view:
            view = view[os.write(self._in.fileno(), view) :]

    def _message(self, deadline: float) -> bytes:
        """The next one. Raises TimeoutError, and EOFError when the process is gone."""
        (length,) = LENGTH.unpack(self._bytes(LENGTH.size, deadline))
        return self._bytes(length, deadline)

    def _bytes(self, number: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < number:
            if not self._replies.select(max(0.0, deadline - monotonic())):
                raise TimeoutError
            part = os.read(self._out.fileno(), min(number - len(parts), 2**20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def _last_words(self) -> str:
        self._words.seek(max(0, self._words.seek(0, os.SEEK_END) - _LAST_WORDS))
        return self._words.read().decode("utf-8", "replace").strip()

    def _stillborn(self) -> str:
        """Why the process ended before it read anything, in words."""
        code, words = self._process.wait(), self._last_words()
        if words:
            return words.splitlines()[-1][:200]
        return f"it was killed (signal {-code})" if code < 0 else f"it ended with exit code {code}"

    def _cause(self, limits: Limits) -> str:
        """Why the process ended, in words."""
        code, words = self._process.wait(), self._last_words()
        if any(word in words for word in _NO_MEMORY):
            return f"its parser needed more than {amount(limits.memory)} of memory and was stopped"
        if code == -signal.SIGKILL:
            return "its parser was killed; the system may be short of memory"
        if code < 0:
            return f"its parser crashed (signal {-code})"
        last = words.splitlines()[-1] if words else f"exit code {code}"
        return f"its parser failed ({last[:200]}); please report it"
