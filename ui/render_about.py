"""What is known of a document, what it is to others, and what an administrator may do with it: above its text in the
reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Document, Link, Relation
from rag.shown import Fact
from rag.words import source
from ui.render import document_link, plain

_LEADS = {
    Relation.COPY: "Also in",
    Relation.EARLIER: "Superseded by",
    Relation.REWORDED: "A garbled rewrite, of low quality. Its better source:",
}


@dataclass(frozen=True, slots=True)
class Related:
    """A link of the shown document, and the document at its other end."""

    link: Link
    other: Document


@dataclass(frozen=True, slots=True)
class About:
    """What the reader tells of a document beside its text. ``managed`` says that who looks may read it again and take
    it out; ``siblings`` is how many documents its file holds, itself included."""

    facts: Sequence[Fact]
    related: Sequence[Related] = ()
    managed: bool = False
    siblings: int = 1


def standing(about: About) -> str:
    """What the document is to others, where a reader should know it before reading; a copy is no news."""
    lines = []
    for relation in (Relation.EARLIER, Relation.REWORDED):
        named = [_named(one.other) for one in about.related if one.link.relation is relation]
        if named:
            lines.append(f'<p class="cd-warning cd-standing">{_LEADS[relation]} {", ".join(named)}</p>')
    copies = [_named(one.other) for one in about.related if one.link.relation is Relation.COPY]
    if copies:
        lines.append(f'<p class="cd-byline cd-copies">{_LEADS[Relation.COPY]} {", ".join(copies)}</p>')
    return "".join(lines)


def details(document: Document, about: About) -> str:
    """What is known of the document, folded, with the buttons of an administrator."""
    rows = "".join(
        f'<dt>{fact.name}</dt><dd dir="auto">{plain(fact.said)}</dd>' for fact in about.facts if fact.name != "Relation"
    )
    return (
        f'<details class="cd-about"><summary>About this document</summary><dl>{rows}</dl>'
        f"{_buttons(document, about) if about.managed else ''}</details>"
    )


def _buttons(document: Document, about: About) -> str:
    others = about.siblings - 1
    more = f" and the {others} other document{'' if others == 1 else 's'} of its file" if others else ""
    return (
        f'<p class="cd-manage" data-id="{plain(document.id)}" data-more="{plain(more)}">'
        '<button type="button" class="cd-button cd-again">Read the file again</button>'
        '<button type="button" class="cd-button cd-remove">Remove from the library…</button></p>'
    )


def _named(other: Document) -> str:
    return f'<a href="{document_link(other.id)}">{plain(other.title)}</a>, {plain(source(other))}'
