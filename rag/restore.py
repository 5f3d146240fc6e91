"""A record made an Answer again: what ``rag.record`` writes, read with care, for it may be old or from elsewhere."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from index.errors import UsageError
from index.library import Library
from index.types import Document, Precision
from rag.record import Json, digest
from rag.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Dispute,
    Filters,
    Part,
    Passage,
    Reason,
    Searched,
    Side,
    Timings,
    Understood,
    Verdict,
    Writing,
)

_T = TypeVar("_T")


def restore(record: Json, library: Library | None = None) -> Answer:
    """The answer that ``record`` was made of, equal to it but for rounding, and for its passages, whose texts are not
    kept: those that are in ``library`` unchanged come from there, all others are left out.

    Raises ValueError for what is no record, or whose quotes do not have the hash they were kept with.
    """
    try:
        return _answer(record, library)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no record of an answer: {error!r}") from error


def _answer(record: Json, library: Library | None) -> Answer:
    cited = {each.number: each for each in map(_citation, _objects(record["citations"]))}
    passages = _passages(record, library) if library else {}
    timings, searched, writing = (_object(record[name]) for name in ("timings", "searched", "writing"))
    return Answer(
        question=_text(record["question"]),
        standalone=_text(record["standalone"]),
        claims=tuple(_claim(each, cited) for each in _objects(record["claims"])),
        refused=_is(bool, record["refused"]),
        confidence=_number(record["confidence"]),
        passages=tuple(passages.values()),
        related=_named(record["related"], passages),
        searched=_searched(searched),
        timings=Timings(*(_number(timings[name]) for name in ("rewrite", "retrieve", "read", "write"))),
        writing=_writing(writing) if writing else None,
        conflicts=tuple(_conflict(each, cited) for each in _objects(record["conflicts"])),
        notices=tuple(map(_text, _list(record["notices"]))),
        flagged=_named(record["flagged"], passages),
    )


def _claim(row: Json, cited: Mapping[int, Citation]) -> Claim:
    return Claim(
        text=_text(row["text"]),
        citations=_of_numbers(row["citations"], cited),
        verdict=Verdict(row["verdict"]),
        reason=_text(row["reason"]),
        lead=_text(row.get("lead", "")),
        breaks=_is(bool, row.get("breaks", False)),
    )


def _of_numbers(numbers: object, cited: Mapping[int, Citation]) -> tuple[Citation, ...]:
    return tuple(cited[_is(int, number)] for number in _list(numbers))


def _citation(row: Json) -> Citation:
    found = Citation(
        number=_is(int, row["number"]),
        document_id=_text(row["document_id"]),
        version=_text(row["version"]),
        title=_text(row["title"]),
        outlet=_optional(str, row["outlet"]),
        published=_day(row["date"]),
        url=_optional(str, row["url"]),
        paragraph=_is(int, row["paragraph"]),
        page=_optional(int, row["page"]),
        start=_is(int, row["start"]),
        end=_is(int, row["end"]),
        quote=_text(row["quote"]),
        # What was kept before these were known has a page at most, and a whole date.
        where=_text(row.get("where", f"p. {row['page']}" if row["page"] else "")),
        precision=Precision(row.get("precision", "day")),
    )
    if row.get("sha256", digest(found.quote)) != digest(found.quote):
        raise ValueError(f"the quote of citation {found.number} is not the one that was kept")
    return found


def _conflict(row: Json, cited: Mapping[int, Citation]) -> Conflict:
    sides = (Side(_text(side["value"]), _of_numbers(side["citations"], cited)) for side in _objects(row["sides"]))
    return Conflict(Dispute(row["dispute"]), tuple(sides), _text(row["note"]))


def _writing(row: Json) -> Writing:
    return Writing(
        model=_text(row["model"]),
        unknown=_is(int, row["unknown_markers"]),
        moved=_is(int, row["citations_moved"]),
        removed=_is(int, row["citations_removed"]),
        dropped=_is(int, row["sentences_left_out"]),
        first_token=_number(row["first_token"]),
    )


def _searched(row: Json) -> Searched:
    filters, understood = _object(row["filters"]), _object(row["understood"])
    return Searched(
        documents=_is(int, row["documents"]),
        filters=Filters(
            since=_day(filters["since"]),
            until=_day(filters["until"]),
            outlets=tuple(map(_text, _list(filters["outlets"]))),
            documents=tuple(map(_text, _list(filters["documents"]))),
        ),
        understood=_understood(understood) if understood else None,
    )


def _understood(row: Json) -> Understood:
    return Understood(
        today=date.fromisoformat(_text(row["today"])),
        reasons=tuple(map(_reason, _objects(row["reasons"]))),
        dropped=tuple(map(_reason, _objects(row["dropped"]))),
        newest_first=_is(bool, row["newest_first"]),
    )


def _reason(row: Json) -> Reason:
    return Reason(Part(row["part"]), _text(row["words"]), _text(row["says"]))


def _passages(record: Json, library: Library) -> dict[str, Passage]:
    """The passages by the id of their chunk, which names version and place: what is there under it is the same text."""
    rows = {_text(row["chunk_id"]): row for row in _objects(record["passages"])}
    located = library.located(list(rows)) if rows else {}
    return {
        id_: Passage(
            document=located[id_].document,
            chunk=located[id_].chunk,
            score=_number(row["score"]),
            cosine=_number(row["cosine"]),
            also=_documents([_text(other["document_id"]) for other in _objects(row["also"])], library),
        )
        for id_, row in rows.items()
        if id_ in located
    }


def _documents(ids: list[str], library: Library) -> tuple[Document, ...]:
    """Those of the documents that are in the library."""
    found = []
    for id_ in ids:
        try:
            found.append(library.document(id_))
        except UsageError:
            continue
    return tuple(found)


def _named(ids: object, passages: Mapping[str, Passage]) -> tuple[Passage, ...]:
    return tuple(passages[id_] for id_ in map(_text, _list(ids)) if id_ in passages)


# Each of these takes a value out of JSON as what it should be, or raises TypeError.


def _is(kind: type[_T], value: object) -> _T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is not of the type {kind.__name__}")
    return value


def _optional(kind: type[_T], value: object) -> _T | None:
    return None if value is None else _is(kind, value)


def _text(value: object) -> str:
    return _is(str, value)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int) else _is(float, value)


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))


def _list(value: object) -> list[object]:
    return _is(list, value)


def _object(value: object) -> Json:
    """An object; an empty one for null."""
    return {} if value is None else _is(dict, value)


def _objects(value: object) -> list[Json]:
    return [_is(dict, each) for each in _list(value)]
