"""Files -> Documents: one parser a format, chosen by suffix (see ``index.parse.formats``)."""

from datetime import datetime
from pathlib import Path

from index.parse.draft import Stated
from index.parse.formats import ADVICE as ADVICE
from index.parse.formats import SUFFIXES as SUFFIXES
from index.parse.parts import Parsed as Parsed
from index.parse.parts import Problem as Problem
from index.parse.parts import read_parts
from index.types import Document

# Raise it when the same file would give another Document: the library then re-reads unchanged files.
PARSER_VERSION = 4


def read(path: Path, data: bytes, modified: datetime, stated: Stated | None = None) -> Parsed:
    """Return the articles of the file ``path`` (absolute) with content ``data``, at least one, in the order of the
    file, and what of it could not be read.

    ``modified`` is the file's time stamp in UTC and is passed through. The suffix chooses the parser, whatever its
    case. A file of files (an archive, a mailbox, a message with attachments) gives the documents of all files in it
    that are of a kind that is read, each with its ``part``; kinds that are not read are left out without a word, but
    for those that hold text and could be saved as another kind.

    ``stated`` stands in the place of what the file says of itself, for all of its articles, but for a title, which is
    that of the first, and not that of files in an archive. Its groups hold for all that is in the file: what is said in
    there can make them fewer, never others. What is stated of a message is not stated of its attachments, but for the
    groups.

    Raises ParseError when the suffix is not in SUFFIXES, when nothing of the content can be read or it is nested too
    deeply, when it holds no text, and when it holds more than ``index.parse.limits`` allow.
    """
    return read_parts(path, data, modified, stated or Stated())


def parse(path: Path, data: bytes, modified: datetime, stated: Stated | None = None) -> tuple[Document, ...]:
    """The documents of ``read``, where nobody asks what could not be read."""
    return read(path, data, modified, stated).documents
