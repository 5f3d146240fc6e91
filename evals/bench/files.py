"""Made articles as files of the kinds that a newsroom has: text, web pages and PDF."""

import html
import textwrap
from collections.abc import Callable
from pathlib import Path

from evals.bench.texts import SEED, Article, Material, articles, as_document, as_text
from evals.bench.tools import defaults
from index.split import chunks

_LINE, _LINES = 92, 52  # characters of a printed line, and lines of a page


def as_html(article: Article) -> str:
    """The article as a web page, between a menu and a footer."""
    body = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in article.paragraphs)
    title, outlet = html.escape(article.title), html.escape(article.outlet)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta property="article:published_time" content="{article.published.isoformat()}">\n'
        f'<meta property="og:site_name" content="{outlet}"></head>\n<body><nav><ul><li><a href="/">Home</a></li>'
        f'<li><a href="/world">World</a></li></ul></nav>\n<article><h1>{title}</h1>\n{body}</article>\n'
        f"<footer><p>{outlet}. All rights reserved.</p></footer></body></html>\n"
    )


def as_pdf(article: Article) -> bytes:
    """The article as a PDF of as many pages as it takes, in one of the typefaces that every reader has."""
    lines = [article.outlet, f"{article.published:%d %B %Y}", "", *textwrap.wrap(article.title, _LINE), ""]
    for paragraph in article.paragraphs:
        lines += [*textwrap.wrap(paragraph, _LINE), ""]
    pages = [lines[first : first + _LINES] for first in range(0, len(lines), _LINES)]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        printed = b"".join(_shown(line) for line in page)
        content = b"BT /F1 10 Tf 14 TL 60 780 Td\n" + printed + b"ET"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _file(objects)


def _shown(line: str) -> bytes:
    """The operator that prints a line and goes to the next one; what the typeface has not is printed as ?."""
    text = line.encode("cp1252", "replace")
    for mark in (b"\\", b"(", b")"):
        text = text.replace(mark, b"\\" + mark)
    return b"(%s) Tj T*\n" % text


def _file(objects: list[bytes]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    )


KINDS: tuple[tuple[str, Callable[[Article], bytes]], ...] = (
    (".txt", lambda article: as_text(article).encode()),
    (".html", lambda article: as_html(article).encode()),
    (".pdf", as_pdf),
)


def write_mixed(folder: Path, given: Material, size: int) -> None:
    """Writes made articles of about ``size`` chunks into sub-folders of ``folder``, a file each, of all KINDS in turn.

    A page of paper has no paragraphs that are told apart for sure, so the number of chunks may differ a little.
    """
    budget, left = defaults(folder).chunk_tokens, size
    for article in articles(given, SEED):
        ending, written = KINDS[article.number % len(KINDS)]
        place = folder / f"{article.number // 1000:03}" / f"{article.number:06}{ending}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(written(article))
        left -= len(chunks(as_document(article, "", 0), budget))
        if left <= 0:
            return
