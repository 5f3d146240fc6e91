"""An answer as one JSON object, the form in which it leaves the program: ``citedesk ask --json``."""

from collections.abc import Mapping, Sequence

from index.types import Document
from rag.types import Answer, Citation, Conflict, Filters, Passage, Reason, Understood, Writing

Json = Mapping[str, object]


def record(answer: Answer, id_: str) -> Json:
    """The answer's JSON object; dates are ISO 8601, offsets code points, timings milliseconds."""
    return {
        "id": id_,
        "question": answer.question,
        "standalone": answer.standalone,
        "answer": answer.text,
        "refused": answer.refused,
        "confidence": round(answer.confidence, 4),
        "claims": [
            {
                "text": claim.text,
                "citations": _numbers(claim.citations),
                "verdict": claim.verdict.value,
                "reason": claim.reason,
            }
            for claim in answer.claims
        ],
        "conflicts": [_conflict(conflict) for conflict in answer.conflicts],
        "notices": list(answer.notices),
        "writing": _writing(answer.writing),
        "citations": [_citation(citation) for citation in answer.citations],
        "passages": [_passage(passage) for passage in answer.passages],
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


def _numbers(citations: Sequence[Citation]) -> list[int]:
    return [citation.number for citation in citations]


def _conflict(conflict: Conflict) -> Json:
    return {
        "dispute": conflict.dispute.value,
        "sides": [{"value": side.value, "citations": _numbers(side.citations)} for side in conflict.sides],
        "note": conflict.note,
    }


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


def _citation(citation: Citation) -> Json:
    return {
        "number": citation.number,
        "document_id": citation.document_id,
        "version": citation.version,
        "title": citation.title,
        "outlet": citation.outlet,
        "date": citation.published.isoformat() if citation.published else None,
        "paragraph": citation.paragraph,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "url": citation.url,
    }


def _passage(passage: Passage) -> Json:
    document, chunk = passage.document, passage.chunk
    return {
        "chunk_id": chunk.id,
        "document_id": document.id,
        "title": document.title,
        "outlet": document.outlet,
        "date": document.published.isoformat() if document.published else None,
        "first_paragraph": chunk.first_paragraph,
        "last_paragraph": chunk.last_paragraph,
        "page": document.paragraphs[chunk.first_paragraph - 1].page,
        "start": chunk.start,
        "end": chunk.end,
        "text": passage.text,
        "url": document.url,
        "score": round(passage.score, 6),
        "cosine": round(passage.cosine, 6),
        "also": [_also(document) for document in passage.also],
    }


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
