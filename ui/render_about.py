"""What is known of a document, what it is to others, and what an administrator may do with it: above its text in the
reader; what it is to others on its own page as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.types import Document, Entry, Relation
from rag.shown import Fact
from rag.words import count, source
from ui.related import Related
from ui.render import document_link, plain

_LEADS = {
    Relation.EARLIER: "<b>Superseded</b> by",
    Relation.REWORDED: "<b>A garbled rewrite</b> of low quality. Prefer its source:",
}
_AT_ONCE = 2  # of more than three documents, so many are named: the text is what one came for


@dataclass(frozen=True, slots=True)
class About:
    """What the reader tells of a document beside its text. ``managed`` says that who looks may read it again and take
    it out; ``siblings`` is how many documents its file holds, itself included; ``uploaded`` says that the file is a
    copy of our own, which goes when the document is taken out."""

    facts: Sequence[Fact]
    related: Sequence[Related] = ()
    managed: bool = False
    siblings: int = 1
    uploaded: bool = False


def banners(document: Document, related: Sequence[Related], address: Callable[[str], str] = document_link) -> str:
    """What the document is to others, where a reader should know it before reading; a copy is no news, and comes last.
    ``address`` makes an id the href of that document."""
    lines = []
    for relation, lead in _LEADS.items():
        named = [_named(document, one.other, address) for one in related if one.link.relation is relation]
        if named:
            lines.append(f'<div class="cd-warning cd-standing">{lead} {_folded(named)}</div>')
    same = [_named(document, one.other, address) for one in related if one.link.relation is Relation.COPY]
    if same:
        lines.append(f'<div class="cd-byline cd-copies">Also in {_folded(same)}</div>')
    return "".join(lines)


def _folded(named: Sequence[str]) -> str:
    """The first of them, and the others behind a line that unfolds them: an agency's report may be in sixty outlets."""
    if len(named) <= _AT_ONCE + 1:
        return "; ".join(named)
    first, others = "; ".join(named[:_AT_ONCE]), named[_AT_ONCE:]
    items = "".join(f"<li>{one}</li>" for one in others)
    summary = f"<summary>and {count(len(others), 'other')}</summary>"
    return f'{first}<details class="cd-more">{summary}<ul>{items}</ul></details>'


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
        f'<p class="cd-manage" data-id="{plain(document.id)}" data-more="{plain(more)}"'
        f"{' data-uploaded' if about.uploaded else ''}>"
        '<button type="button" class="cd-button cd-again">Read the file again</button>'
        '<button type="button" class="cd-button cd-remove">Remove from the library…</button></p>'
    )


def _named(document: Document, other: Entry, address: Callable[[str], str]) -> str:
    """A link to the other document: by its title, unless that is the same, with outlet and date."""
    said = plain(source(other))
    if other.title == document.title or not other.outlet:
        return f'<a href="{plain(address(other.id))}">{said}</a>'
    return f'<a href="{plain(address(other.id))}" dir="auto">{plain(other.title)}</a>, {said}'
