"""An answer as one chat message: its sentences with their marks and verdicts, conflicts, sources, how it came about,
and what can be done with it.

Gradio renders a message block by block (blocks are divided by a blank line) and puts only changed ones anew into the
page. So the sentences of an answer that is still being written are a block each: a link that somebody is about to
click, or stands on with the keyboard, stays where it is while the draft after it changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from index.types import Document
from rag.copies import also_in, same_in
from rag.types import Answer, Citation, Conflict, Part, Passage, Searched, Side
from rag.words import (
    addressed,
    because,
    count,
    counted_from,
    disagreement,
    footing,
    legend,
    nothing,
    passage_place,
    place_of,
    stated_by,
)
from ui.render import also, inert, notice
from ui.render_claims import growing, mark, shown, wrapped

_WITHOUT = {Part.TIME: "Search all dates", Part.OUTLET: "Search all outlets"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of a kept answer beside itself: the numbers of the citations whose sources say something else by
    now, and of those whose sources are gone; and the vote of whoever asked ("up", "down", "" for none)."""

    changed: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    vote: str = ""


PLAIN = Marks()


def answer(turn: int, found: Answer, *, done: bool, note: str = "", kept: str = "", marks: Marks = PLAIN) -> str:
    """An answer, a refusal, or what there is of an answer so far, as one chat message.

    It is one block of HTML, or while a model writes, several. Every citation is a link ``#cite-<turn>-<number>``, every
    related passage ``#related-<turn>-<place from 1>``, every flagged one ``#flagged-<turn>-<place from 1>``, and every
    limit that the question set is taken off by ``#widen-<turn>-<part>``. ``note`` is a last line of ours (for instance
    that the answer was stopped). What is kept under an id can be copied, exported and voted on.
    """
    before = _before(turn, found, done=done)
    if found.writing is not None and not found.refused and not done:
        return "\n\n".join([*wrapped(before), *growing(turn, found), *wrapped(_notices(found))])
    instead = not found.refused and found.writing is None  # notices that say why the model's words are not here
    parts = [before, _notices(found) if instead else ""]
    if found.refused:
        parts.append(_refusal(turn, found))
    elif found.claims:
        parts.append(shown(turn, found.claims))
        if said := done and legend(found.claims):
            parts.append(f'<p class="cd-legend">{inert(said)}</p>')
        parts += [_conflict(turn, conflict) for conflict in found.conflicts]
        parts.append(_sources(turn, found, marks))
    elif not done:
        parts.append(f'<p class="cd-working">Reading {count(len(found.passages), "passage")}…</p>')
    parts.append("" if instead else _notices(found))
    if note:
        parts.append(notice(note))
    if done:
        parts += [_flagged(turn, found), f'<p class="cd-meta">{inert(footing(found))}</p>']
    if done and kept:
        parts.append(_acts(turn, kept, marks, refused=found.refused))
    return f'<div class="cd-answer">{"".join(parts)}</div>'


def working() -> str:
    """The chat message shown before the first passages are found."""
    return '<div class="cd-answer"><p class="cd-working">Searching…</p></div>'


def left_out(number: int) -> str:
    """The chat message in the place of exchanges that are kept, but not shown."""
    said = f"{count(number, 'earlier exchange')} of this conversation {'is' if number == 1 else 'are'} not shown here"
    return f'<p class="cd-notice cd-calm">{inert(said)}; its export has all of them.</p>'


def _before(turn: int, found: Answer, *, done: bool) -> str:
    """What was searched, where that is not plain from the question."""
    limits = _limits(turn, found.searched, done=done)
    if found.standalone.strip() == found.question.strip():
        return limits
    return f'<p class="cd-standalone">Searched for: {inert(found.standalone)}</p>{limits}'


def _conflict(turn: int, conflict: Conflict) -> str:
    sides = "".join(_side(turn, side) for side in conflict.sides)
    note = f'<p class="cd-conflict-note">{inert(conflict.note)}</p>' if conflict.note else ""
    return (
        f'<div class="cd-conflict" role="group"><h3 class="cd-conflict-head">{inert(disagreement(conflict))}</h3>'
        f'<ul class="cd-sides">{sides}</ul>{note}</div>'
    )


def _side(turn: int, side: Side) -> str:
    quotes = "".join(
        f'<p class="cd-side-source">{inert(" · ".join([one.outlet or one.title, stated_by(one)]))}</p>'
        f'<p class="cd-side-quote">“{inert(one.quote)}”&nbsp;{mark(turn, one)}</p>'
        for one in side.citations
    )
    return f'<li class="cd-side"><p class="cd-side-value">{inert(side.value)}</p>{quotes}</li>'


def _notices(found: Answer) -> str:
    said = (one[:1].upper() + one[1:] for one in found.notices)
    return "".join(f'<p class="cd-notice cd-calm" role="status">{inert(one)}</p>' for one in said)


def _flagged(turn: int, found: Answer) -> str:
    links = ", ".join(
        f'<a href="#flagged-{turn}-{at}">{inert(one.document.title)}</a>' for at, one in enumerate(found.flagged, 1)
    )
    return f'<p class="cd-flagged">{inert(addressed(found))} See {links}.</p>' if links else ""


def _sources(turn: int, found: Answer, marks: Marks) -> str:
    items = (
        f'<li><a href="#cite-{turn}-{one.number}"><b>[{one.number}]</b> {inert(one.title)}</a> '
        f"<small>{inert(place_of(one))}"
        f"{_since(one, marks)}{_also(also_in(found, one))}</small></li>"
        for one in found.citations
    )
    return f'<ul class="cd-sources">{"".join(items)}</ul>' if found.citations else ""


def _since(one: Citation, marks: Marks) -> str:
    """What became of a kept citation's source."""
    said = "removed" if one.number in marks.removed else "changed" if one.number in marks.changed else ""
    return f' · <b class="cd-since">source {said} since</b>' if said else ""


def _acts(turn: int, kept: str, marks: Marks, *, refused: bool) -> str:
    """Links that the page's script makes buttons of, and the exports, which are plain links."""
    id_ = quote(kept, safe="")
    export = f"api/exports/exchange/{id_}?format"
    votes = "".join(
        f'<a class="cd-vote{" cd-pressed" if marks.vote == vote else ""}" href="#{vote}-{turn}">{words}</a>'
        for vote, words in (("up", "Helpful"), ("down", "Not helpful"))
    )
    return (
        f'<p class="cd-acts"><a class="cd-copy-answer" href="{export}=text">'
        f"{'Copy' if refused else 'Copy with citations'}</a>"
        f'<a href="{export}=md">Markdown</a><a href="{export}=docx">Word</a>'
        f'<a class="cd-print" href="print/exchange/{id_}">Print view</a><span class="cd-votes">{votes}</span></p>'
    )


def _limits(turn: int, searched: Searched, *, done: bool) -> str:
    """The limits that the question set, each with the link that asks again without it, and those taken back."""
    chips = []
    for reason in searched.reasons:
        link = f' <a href="#widen-{turn}-{reason.part.value}">✕ {_WITHOUT[reason.part]}</a>' if done else ""
        chips.append(f'<li class="cd-chip">{inert(because(reason))}{link}</li>')
    for reason in searched.understood.dropped if searched.understood else ():
        chips.append(f"<li>{inert(nothing(reason))}; searched without.</li>")
    if not chips:
        return ""
    if dates := counted_from(searched):
        chips.append(f"<li>{inert(dates[0].upper() + dates[1:])}.</li>")
    return f'<ul class="cd-limits">{"".join(chips)}</ul>'


def _also(documents: Sequence[Document]) -> str:
    return f" · also in: {', '.join(also(documents, inert))}" if documents else ""


def _refusal(turn: int, found: Answer) -> str:
    said = f'<p class="cd-refusal">{inert(found.refusal)}</p>'
    if not found.related:
        return said
    items = "".join(_related(turn, at, one) for at, one in enumerate(found.related, 1))
    return f'{said}<p class="cd-related">Related, not an answer</p><ul class="cd-sources">{items}</ul>'


def _related(turn: int, at: int, one: Passage) -> str:
    where = passage_place(one)
    return (
        f'<li><a href="#related-{turn}-{at}">{inert(one.document.title)}</a> <small>'
        f"{inert(where)}{_also(same_in(one))}</small></li>"
    )
