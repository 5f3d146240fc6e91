"""The list of kept conversations, who is signed in, and the form's chosen paragraph, as HTML."""

from collections.abc import Sequence
from urllib.parse import quote

from index.types import Document
from rag.words import count
from ui.keeping.history import Conversation
from ui.people import Person, Via
from ui.render import plain

EXCERPT = 160
"""How many characters of a chosen paragraph are shown."""


def shelf(found: Sequence[Conversation], current: str, looked_for: str, days: int, *, more: bool = False) -> str:
    """The conversations, newest first, ``current`` (an id, or "") marked. ``days`` is how long they are kept; 0 for
    ever. ``more`` says that there are others. The page's script opens, renames and deletes; without it, a
    conversation's link still opens it."""
    items = "".join(_talk(one, one.id == current) for one in found)
    told = f'<ul class="cd-talks">{items}</ul>' if found else f'<p class="cd-empty">{_none(looked_for)}</p>'
    export = _exports(current) if current else ""
    kept = f"Kept for {count(days, 'day')} after the last question." if days and found else ""
    kept = f"{'Search finds older ones.' if more else ''} {kept}".strip()
    return (
        f'<nav class="cd-shelf" aria-label="Conversations" data-current="{plain(current)}">{told}</nav>{export}'
        f'<p class="cd-empty">{kept}</p>'
    )


def _none(looked_for: str) -> str:
    if looked_for.strip():
        return f"No conversation contains “{plain(looked_for.strip())}”."
    return "No conversations yet. Each is kept here, for you alone, from its first answer on."


def _talk(one: Conversation, current: bool) -> str:
    title, id_ = plain(one.title), plain(one.id)
    mark = ' aria-current="page"' if current else ""
    last = one.changed.astimezone()
    return (
        f'<li class="cd-talk" data-id="{id_}"><a class="cd-talk-open" href="?conversation={id_}"{mark}>'
        f'<span class="cd-talk-title" dir="auto">{title}</span>'
        f"<small>{last.day} {last:%b %Y} · {count(one.exchanges, 'question')}</small></a>"
        f'<button type="button" class="cd-talk-rename" aria-label="Rename “{title}”" title="Rename">✎</button>'
        f'<button type="button" class="cd-talk-delete" aria-label="Delete “{title}”" title="Delete">✕</button></li>'
    )


def _exports(current: str) -> str:
    where = f"api/exports/conversation/{quote(current, safe='')}?format"
    return (
        f'<p class="cd-export">Export this conversation: <a href="{where}=md">Markdown</a> '
        f'<a href="{where}=docx">Word</a> '
        f'<a href="print/conversation/{quote(current, safe="")}" target="_blank" rel="noopener">Print view</a></p>'
    )


def who(person: Person) -> str:
    """The links beside the page's name: the brief, and for those who signed in, who they are and the way out."""
    parts = ['<a href="brief">Brief</a>']
    if person.via in (Via.LOCAL, Via.PROXY, Via.OIDC):
        parts.append(f'<a href="account" title="Your account"><bdi>{plain(person.called)}</bdi></a>')
    if person.via in (Via.LOCAL, Via.OIDC):
        parts.append('<a href="signout">Sign out</a>')
    return f'<nav class="cd-who" aria-label="You">{"".join(parts)}</nav>'


def chosen(document: Document, number: int) -> str:
    """The paragraph that was chosen as the right one."""
    one = document.paragraphs[number - 1]
    text = " ".join(document.text[one.start : one.end].split())
    excerpt = text if len(text) <= EXCERPT else text[: EXCERPT - 1].rsplit(" ", 1)[0] + "…"
    return (
        f'<p class="cd-right" role="status"><b>Right paragraph:</b> <bdi>{plain(document.title)}</bdi>, paragraph '
        f"{number}: “<bdi>{plain(excerpt)}</bdi>”</p>"
    )


CHOOSE = (
    '<p class="cd-right">Which paragraph answers it? Open a document and choose “This is the right paragraph” at it. '
    "It may be left out.</p>"
)
