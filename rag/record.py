"""An answer as one JSON object, the form in which it leaves the program: ``citedesk ask --json``, the API, what is
kept of a conversation. ``rag.restore`` makes it an Answer again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from index.types import Document
from rag.types import Answer, Citation, Claim, Conflict, Filters, Passage, Reason, Understood, Writing
from rag.words import page_of, passage_where

Json = Mapping[str, object]


def record(answer: Answer, id_: str, base: str | None = None) -> Json:
    """The answer's JSON object; dates are ISO 8601, offsets code points, timings milliseconds.

    ``base`` is the path that a server's addresses begin with ("" or "/citedesk"): citations and passages then have a
    ``source``, the address of their paragraph there. Without a server there is no such address.
    """
    return {
        "id": id_,
        "question": answer.question,
        "standalone": answer.standalone,
        "answer": answer.text,
        "refused": answer.refused,
        "confidence": round(answer.confidence, 4),
        "claims": [claim_record(claim) for claim in answer.claims],
        "conflicts": [conflict_record(conflict) for conflict in answer.conflicts],
        "notices": list(answer.notices),
        "writing": _writing(answer.writing),
        "citations": [citation_record(citation, base) for citation in answer.citations],
        "passages": [_passage(passage, base) for passage in answer.passages],
        "related": [passage.chunk.id for passage in answer.related],
        "flagged": [passage.chunk.id for passage in answer.flagged],
        "searched": {
            "documents": answer.searched.documents,
            "filters": _filters(answer.searched.filters),
            "understood": _understood(answer.searched.understood),
        },
        "timings": {
            "rewrite": round(answer.timings.rewrite, 3),
            "retrieve": round(answer.timings.retrieve, 3),
            "read": round(answer.timings.read, 3),
            "write": round(answer.timings.write, 3),
            "total": round(answer.timings.total, 3),
        },
    }


def claim_record(claim: Claim) -> Json:
    """A claim's JSON object; ``citations`` are numbers."""
    return {
        "text": claim.text,
        "citations": _numbers(claim.citations),
        "verdict": claim.verdict.value,
        "reason": claim.reason,
        "lead": claim.lead,
        "breaks": claim.breaks,
    }


def conflict_record(conflict: Conflict) -> Json:
    """A conflict's JSON object; the sides' ``citations`` are numbers."""
    return {
        "dispute": conflict.dispute.value,
        "sides": [{"value": side.value, "citations": _numbers(side.citations)} for side in conflict.sides],
        "note": conflict.note,
    }


def citation_record(citation: Citation, base: str | None = None) -> Json:
    """A citation's JSON object, with the SHA-256 of its quote (UTF-8, hexadecimal), by which a reader of it can tell
    whether the source still says the same."""
    return {
        "number": citation.number,
        "document_id": citation.document_id,
        "version": citation.version,
        "title": citation.title,
        "outlet": citation.outlet,
        "date": citation.published.isoformat() if citation.published else None,
        "precision": citation.precision.value,
        "paragraph": citation.paragraph,
        "page": citation.page,
        "where": citation.where,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "sha256": digest(citation.quote),
        "url": citation.url,
    } | ({} if base is None else {"source": quote_link(citation, base)})


def digest(text: str) -> str:
    """The SHA-256 of a text as UTF-8, in hexadecimal. Half a surrogate pair, which has no UTF-8, counts as "?"."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def source_link(document_id: str, paragraph: int, base: str = "") -> str:
    """The address of a paragraph on its document's source page, below ``base``."""
    return f"{base}/source/{quote(document_id, safe='')}#p{paragraph}"


def quote_link(citation: Citation, base: str = "") -> str:
    """The address of a citation's paragraph, with the quote that is to be marked there and the version it is of."""
    page, _, paragraph = source_link(citation.document_id, citation.paragraph, base).partition("#")
    version = quote(citation.version, safe="")
    return f"{page}?quote={citation.start}-{citation.end}&version={version}#{paragraph}"


def _numbers(citations: Sequence[Citation]) -> list[int]:
    return [citation.number for citation in citations]


def _writing(found: Writing | None) -> Json | None:
    """None where no model wrote."""
    if found is None:
        return None
    return {
        "model": found.model,
        "unknown_markers": found.unknown,
        "citations_moved": found.moved,
        "citations_removed": found.removed,
        "sentences_left_out": found.dropped,
        "first_token": round(found.first_token, 3),
    }


def _passage(passage: Passage, base: str | None) -> Json:
    document, chunk = passage.document, passage.chunk
    return {
        "chunk_id": chunk.id,
        "document_id": document.id,
        "title": document.title,
        "outlet": document.outlet,
        "date": document.published.isoformat() if document.published else None,
        "first_paragraph": chunk.first_paragraph,
        "last_paragraph": chunk.last_paragraph,
        "precision": document.precision.value,
        "page": page_of(passage),
        "where": passage_where(passage),
        "start": chunk.start,
        "end": chunk.end,
        "text": passage.text,
        "url": document.url,
        "score": round(passage.score, 6),
        "cosine": round(passage.cosine, 6),
        "also": [_also(document) for document in passage.also],
    } | ({} if base is None else {"source": source_link(document.id, chunk.first_paragraph, base)})


def _also(document: Document) -> Json:
    return {
        "document_id": document.id,
        "title": document.title,
        "outlet": document.outlet,
        "published": document.published.isoformat() if document.published else None,
    }


def _filters(filters: Filters) -> Json:
    return {
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
        "outlets": list(filters.outlets),
        "documents": list(filters.documents),
    }


def _understood(found: Understood | None) -> Json | None:
    """None where the question's words were not to limit anything."""
    if found is None:
        return None
    return {
        "today": found.today.isoformat(),
        "reasons": [_reason(reason) for reason in found.reasons],
        "dropped": [_reason(reason) for reason in found.dropped],
        "newest_first": found.newest_first,
    }


def _reason(reason: Reason) -> Json:
    return {"part": reason.part.value, "words": reason.words, "says": reason.says}
