"""The addresses of source pages: of a document, a paragraph, an exact quote."""

from urllib.parse import quote

from rag.types import Citation


def quote_link(citation: Citation, address: str) -> str:
    """The address of a citation's paragraph, with the quote that is to be marked there and the version it is of.

    ``address`` is what it begins with: the server's own address, or the path below which it serves.
    """
    id_, version = quote(citation.document_id, safe=""), quote(citation.version, safe="")
    asked = f"quote={citation.start}-{citation.end}&version={version}"
    return f"{address}/source/{id_}?{asked}#p{citation.paragraph}"
