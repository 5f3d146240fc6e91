"""The commands about what is in the library: list documents, show one, take files out."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from index.types import Document, Entry
from rag import words
from rag.catalogue import Wanted, file_name, listed, remove, sources
from rag.desk import Desk, open_desk
from rag.settings import Settings
from rag.standing import links_words


def documents_command(settings: Settings, wanted: Wanted, as_json: bool) -> int:
    """``citedesk documents``: one line, or one JSON object, a document; 1 when there is none of those wanted."""
    with closing(open_desk(settings)) as desk:
        entries = desk.library.entries()
        kept = listed(entries, wanted)
        for entry in kept:
            _write(
                json.dumps(entry_record(entry), ensure_ascii=False) if as_json else f"{entry.id}  {entry_line(entry)}"
            )
        if as_json:
            return 0
        if not entries:
            _write("The library is empty. Add documents with: citedesk ingest PATH…")
            return 0
        if len(kept) < len(entries):
            _write(f"{len(kept):,} of {words.count(len(entries), 'document')}")
            return 0 if kept else 1
        numbers = ((len(entries), "document"), (len(desk.library.outlets()), "outlet"))
        _write(", ".join(words.count(*each) for each in (*numbers, (desk.library.count_chunks(), "chunk"))))
        return 0


def show_command(settings: Settings, document_id: str, as_json: bool) -> int:
    """``citedesk show ID``: what is known of a document, and its paragraphs as they were extracted."""
    with closing(open_desk(settings)) as desk:
        document = desk.library.document(document_id)
        facts = details(desk, document, whole_path=True)
        if as_json:
            _write(json.dumps(_document(document, facts), ensure_ascii=False))
            return 0
        width = max(len(fact.name) for fact in facts)
        for fact in facts:
            _write(f"{fact.name:{width}}  {fact.said}")
        _write("")
        for one in document.paragraphs:
            marks = " ".join(filter(None, (f"¶ {one.number}", one.where, "heading" if one.heading else "")))
            _write(f"[{marks}] {document.text[one.start : one.end]}")
        return 0


def remove_command(settings: Settings, named: Sequence[str], sure: Callable[[str], bool]) -> int:
    """``citedesk remove ID|PATH…``: takes the files out when ``sure`` says yes to what is told of them, else 1."""
    with closing(open_desk(settings)) as desk:
        chosen = sources(desk, named)
        held = [one for one in desk.library.entries() if one.source in set(chosen)]
        for source in chosen:
            number = sum(one.source == source for one in held)
            _write(f"  {source}  ({words.count(number, 'document')})")
        if not sure(f"Take {words.count(len(chosen), 'file')} out of the library?"):
            _write("nothing was removed")
            return 1
        remove(desk, chosen)
    files = words.count(len(chosen), "file")
    _write(f"removed {words.count(len(held), 'document')} of {files}; to have one again, ingest it by its own name")
    return 0


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a document, in words."""

    name: str
    said: str


def details(desk: Desk, document: Document, *, whole_path: bool) -> tuple[Fact, ...]:
    """What is known of a document, in the order in which it is shown, without what is not known. The file is named
    with its folders where ``whole_path``."""
    facts = (
        Fact("Title", document.title),
        Fact("Outlet", document.outlet or ""),
        Fact("Author", document.author or ""),
        Fact("Published", words.stated_by(document)),
        Fact("Address", document.url or ""),
        Fact("Language", document.language or ""),
        Fact("File", document.source if whole_path else file_name(document)),
        Fact("Part", document.part or ""),
        Fact("Character set", document.encoding or ""),
        Fact("File changed", f"{document.modified:%Y-%m-%d %H:%M} UTC"),
        Fact("Only for", ", ".join(sorted(document.groups))),
        Fact("Paragraphs", f"{len(document.paragraphs):,}"),
        *(Fact("Relation", said) for said in relations(desk, document.id)),
        Fact("Id", document.id),
        Fact("Version", document.version),
    )
    return tuple(fact for fact in facts if fact.said)


def relations(desk: Desk, document_id: str) -> list[str]:
    """What the document is to others, in words: superseded by, also in, reworded from; empty for none."""
    links = desk.library.links([document_id])
    others = {one.id: one for one in desk.library.entries([link.other for link in links])} if links else {}
    # An ingest may have removed one meanwhile.
    return [links_words(link, others[link.other]) for link in links if link.other in others]


def entry_record(entry: Entry) -> dict[str, object]:
    """An entry as a JSON object."""
    return {
        "document_id": entry.id,
        "title": entry.title,
        "outlet": entry.outlet,
        "author": entry.author,
        "date": entry.published.isoformat() if entry.published else None,
        "precision": entry.precision.value,
        "language": entry.language,
        "url": entry.url,
        "source": entry.source,
        "part": entry.part,
        "paragraphs": entry.paragraphs,
        "groups": sorted(entry.groups),
    }


def _document(document: Document, facts: Sequence[Fact]) -> dict[str, object]:
    return {
        "document_id": document.id,
        "version": document.version,
        "details": [{"name": fact.name, "said": fact.said} for fact in facts],
        "paragraphs": [
            {
                "number": one.number,
                "start": one.start,
                "end": one.end,
                "heading": one.heading,
                "where": one.where,
                "text": document.text[one.start : one.end],
            }
            for one in document.paragraphs
        ],
    }


def entry_line(entry: Entry) -> str:
    """An entry in one line, without its id."""
    seen = f"only for {', '.join(sorted(entry.groups))}" if entry.groups else ""
    file = " → ".join(filter(None, (file_name(entry), entry.part)))
    parts = (entry.title, entry.outlet or "no outlet", words.stated_by(entry), seen)
    return f"{' · '.join(part for part in parts if part)}  ({file}, {words.count(entry.paragraphs, 'paragraph')})"


def _write(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")
