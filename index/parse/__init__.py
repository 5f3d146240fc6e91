"""Files -> Documents: one parser a format, chosen by suffix."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from index.errors import ParseError
from index.parse.articles import split
from index.parse.canonical import document
from index.parse.draft import Draft, Stated, with_stated
from index.parse.text import parse_text
from index.types import Document

# Raise it when the same file would give another Document: the library then re-reads unchanged files.
PARSER_VERSION = 2


# The libraries below take 0.05 to 0.4 s to import; only a folder that holds such a file pays for them.
def _markdown(data: bytes) -> Draft:
    from index.parse.markdown import parse_markdown

    return parse_markdown(data)


def _html(data: bytes) -> Draft:
    from index.parse.html import parse_html

    return parse_html(data)


def _pdf(data: bytes) -> Draft:
    from index.parse.pdf import parse_pdf

    return parse_pdf(data)


def _word(data: bytes) -> Draft:
    from index.parse.word import parse_word

    return parse_word(data)


def _mail(data: bytes) -> Draft:
    from index.parse.mail import parse_mail

    return parse_mail(data)


SUFFIXES: Mapping[str, Callable[[bytes], Draft]] = MappingProxyType(
    {
        ".txt": parse_text,
        ".md": _markdown,
        ".markdown": _markdown,
        ".html": _html,
        ".htm": _html,
        ".pdf": _pdf,
        ".docx": _word,
        ".eml": _mail,
    }
)


def parse(path: Path, data: bytes, modified: datetime, stated: Stated | None = None) -> tuple[Document, ...]:
    """Return the articles of the file ``path`` (absolute) with content ``data``, in order, at least one.

    ``modified`` is the file's time stamp in UTC and is passed through. ``stated`` stands in the place of what the file
    says of itself, for all of its articles, but for a title, which is that of the first. The suffix chooses the parser,
    whatever its case. Raises ParseError when the suffix is not in SUFFIXES, when the content cannot be read or is
    nested too deeply, or when it holds no text.
    """
    parser = SUFFIXES.get(path.suffix.lower())
    if parser is None:
        raise ParseError(f"has a suffix that is not read; these are: {', '.join(SUFFIXES)}")
    try:
        drafts = split(parser(data))
    except RecursionError as error:  # any format that nests can be made to nest deeper than its library recurses
        raise ParseError("is nested too deeply") from error
    if stated is not None:
        others = replace(stated, title=None)
        drafts = tuple(with_stated(draft, others if place else stated) for place, draft in enumerate(drafts))
    documents = (document(draft, path, position, modified) for position, draft in enumerate(drafts))
    found = tuple(each for each in documents if each is not None)
    if not found:
        raise ParseError("holds no text")
    return found
