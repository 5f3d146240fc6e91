"""A worker process: it is sent files to read, and sends back their documents and chunks; see ``index.reading.workers``.

A message is its length (8 bytes, big-endian) and a pickle; an empty one from the worker says that it is getting on.
Whatever a parser raises besides ParseError is a fault in it and ends the process: its last words are on standard error.
"""

import ctypes
import os
import pickle
import signal
import struct
import sys
import threading
import warnings
from pathlib import Path
from queue import SimpleQueue

from index.errors import ParseError
from index.links.signature import signed
from index.parse import Parsed, read
from index.reading import pace
from index.reading.file import amount, load, reason
from index.reading.job import Job, Limits, Outcome, Parser, Piece, Same, Taken, Unread, fingerprint, with_problems
from index.split import chunks

if sys.platform != "win32":
    import resource

LENGTH = struct.Struct(">Q")
LARGEST = 128 * 2**20
"""Bytes of a file's documents as they are sent; that is 100,000 paragraphs of 200 words."""
_PR_SET_PDEATHSIG = 1


def main(memory: int, parser: Parser = read) -> None:
    """Works until standard input ends. ``memory`` are the bytes of address space that files may cost the process."""
    replies = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no reply
    warnings.simplefilter("ignore")
    _die_with_parent()
    _limit(memory)
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(os.dup(0), jobs), daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    pace.tell(lambda: _send(replies, b""))
    pace.progressed()  # it has started; what that took is not the first file's
    while True:
        job: Job = pickle.loads(jobs.get())
        _send(replies, _answer(job, parser))


def _answer(job: Job, parser: Parser) -> bytes:
    message = pickle.dumps(_outcome(job, parser), pickle.HIGHEST_PROTOCOL)
    if len(message) > LARGEST:
        return pickle.dumps(Unread(f"holds more than {amount(LARGEST)} of text and tables: split it"))
    return message


def _outcome(job: Job, parser: Parser) -> Outcome:
    try:
        content = load(job.path, job.limits.size)
    except (ParseError, OSError) as error:
        return Unread(reason(error))
    try:
        whole = fingerprint(content.sha256, job.budget, job.stated)
        if whole == job.known:
            return Same()
        parsed = parser(job.path, content.data, content.modified, job.stated)
        _measure(parsed, job.limits)
        whole = with_problems(whole, parsed.problems)
        if whole == job.known:
            return Taken(whole, (), parsed.problems)
        pieces = tuple(
            Piece(document, chunks(document, job.budget), signed(document.text)) for document in parsed.documents
        )
        return Taken(whole, pieces, parsed.problems)
    except ParseError as error:
        return Unread(str(error))
    except RecursionError:
        return Unread("is nested too deeply")


def _measure(parsed: Parsed, limits: Limits) -> None:
    """Raises ParseError when the documents of a file are more than can be stored."""
    number = max((len(document.paragraphs) for document in parsed.documents), default=0)
    if number > limits.paragraphs:
        raise ParseError(f"has {number:,} paragraphs, more than {limits.paragraphs:,}: split it")
    longest = max((each.end - each.start for one in parsed.documents for each in one.paragraphs), default=0)
    if longest > limits.characters:
        raise ParseError(f"has a paragraph of {longest:,} characters, more than {limits.characters:,}: is it text?")


def _receive(requests: int, jobs: SimpleQueue[bytes]) -> None:
    """Passes messages on; the process ends with the one that sends them, in whatever it is doing."""
    with os.fdopen(requests, "rb") as stream:
        while len(head := stream.read(LENGTH.size)) == LENGTH.size:
            jobs.put(stream.read(LENGTH.unpack(head)[0]))
    os._exit(0)


def _send(replies: int, message: bytes) -> None:
    view = memoryview(LENGTH.pack(len(message)) + message)
    while view:
        view = view[os.write(replies, view) :]


def _die_with_parent() -> None:
    # Beside the end of standard input, which is noticed only when the parser lets another thread run.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(memory: int) -> None:
    if sys.platform != "win32":
        for kind, most in ((resource.RLIMIT_AS, _mapped() + memory), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(kind)[1]
            try:
                resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
            except (ValueError, OSError):  # macOS knows the first one and does not always take it
                continue


def _mapped() -> int:
    """Bytes of address space that the process has now; 0 where the system does not tell. A library may have reserved a
    gigabyte that it will never use."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
