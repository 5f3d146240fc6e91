"""A paper as one page of HTML without a script: to be read, and to be printed or saved as PDF by the browser.

Everything that is not ours is escaped; links go to http and https addresses only.
"""

from html import escape

from rag.words import day
from ui.exports.letters import inline
from ui.exports.paper import Dissent, Note, Paper, Paragraph, Piece, Section, Work

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""The Content-Security-Policy of pages that need no script."""

LOOK = """
:root { color-scheme: light dark; --ink: #1a1c20; --soft: #555b66; --line: #c9ced6; --paper: #fff; --link: #1d4ed8;
  --warn: #8a4b00; --edge: #7d8694; --act: #1d4ed8; --act-ink: #fff; --bad: #9b1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #a9b0bc; --line: #454b57; --paper: #15171b;
  --link: #9cc2ff; --warn: #f0b96a; --edge: #76808f; --act: #9cc2ff; --act-ink: #10151c; --bad: #ffb4b4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible, select:focus-visible
  { outline: 3px solid var(--link); outline-offset: 2px; }
"""
_STYLE = """
.soft, .remark { color: var(--soft); }
.remark { font-size: .9rem; }
.since { color: var(--warn); font-weight: 600; }
.message { font-weight: 600; }
sup { line-height: 0; font-size: .75em; }
sup a { padding: 0 .1em; text-decoration: none; font-weight: 600; }
.dissent { border: 1px solid var(--line); border-left-width: 4px; padding: .6rem .9rem; margin: 1rem 0; }
.dissent ul { margin: .25rem 0; padding-left: 1.2rem; }
.notes { padding-left: 2rem; }
.notes li { margin: .6rem 0; padding-left: .25rem; }
.notes li:target, sup:target { background: color-mix(in srgb, var(--link) 18%, transparent); }
blockquote { margin: .2rem 0 0; padding-left: .8rem; border-left: 3px solid var(--line); }
.hint { border-bottom: 1px solid var(--line); padding-bottom: .75rem; margin-bottom: 1.5rem; }
@page { margin: 20mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }
@media print {
  :root { --ink: #000; --soft: #444; --line: #999; --paper: #fff; --link: #000; --warn: #000; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .screen { display: none; }
  a { text-decoration: none; }
  h1, h2, h3 { break-after: avoid; }
  p { orphans: 3; widows: 3; }
  .notes li, .dissent, blockquote { break-inside: avoid; }
}
"""


def page(paper: Paper, links: str = "") -> str:
    """The whole page. ``links`` is HTML of ours that is shown above it on the screen and never printed."""
    sections = "".join(_section(each, paper.heading(each)) for each in paper.sections)
    notes = "".join(map(_note, paper.notes))
    listed = "".join(map(_work, paper.works)) if len(paper.sections) > 1 else ""
    hint = f'<p class="hint screen">To save this as PDF, print it (Ctrl+P). {links}</p>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{_text(paper.title)}</title><style>{LOOK}{_STYLE}</style></head><body><main>{hint}"
        f'<header><h1 dir="auto">{_text(paper.title)}</h1>'
        f'<p class="soft">Made with citedesk on {day(paper.made)}.</p></header>{sections}'
        + (f"<section><h2>Notes</h2><ol class='notes'>{notes}</ol></section>" if notes else "")
        + (f"<section><h2>Sources</h2><ul>{listed}</ul></section>" if listed else "")
        + "</main></body></html>\n"
    )


def message(title: str, said: str, home: str) -> str:
    """A page that says why there is nothing to show; ``home`` is the address to go on from."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{_text(title)} · citedesk</title><style>{LOOK}</style></head><body><main><h1>{_text(title)}</h1>"
        f'<p role="alert">{_text(said)}</p><p><a href="{_text(home)}">Back to citedesk</a></p></main></body></html>\n'
    )


def conversation_links(conversation: str, base: str) -> str:
    """Links to a conversation in every form; ``base`` is the path that the server's addresses begin with."""
    found, taken = f"{base}/print/conversation/{conversation}", f"{base}/api/exports/conversation/{conversation}"
    links = (
        (found, "Read or print it"),
        (f"{taken}?format=docx", "Word document"),
        (f"{taken}?format=md", "Markdown"),
        (f"{base}/?conversation={conversation}", "Open it as a conversation, to ask on"),
    )
    items = "".join(f'<li><a href="{_text(address)}">{words}</a></li>' for address, words in links)
    return f"<ul>{items}</ul>"


def _section(section: Section, heading: str) -> str:
    heading = f'<h2 dir="auto">{_text(heading)}</h2>' if heading else ""
    said = "".join(f'<p class="remark">{_text(each)}</p>' for each in section.said)
    message = f'<p class="message">{_text(section.message)}</p>' if section.message else ""
    remarks = "".join(f'<p class="remark">{_text(each)}</p>' for each in section.remarks)
    dissents = "".join(map(_dissent, section.dissents))
    return f"<section>{heading}{said}{message}{_paragraphs(section.paragraphs)}{dissents}{remarks}</section>"


def _paragraphs(paragraphs: tuple[Paragraph, ...]) -> str:
    parts: list[str] = []
    listing = False
    for each in paragraphs:
        if each.bullet != listing:
            parts.append("<ul>" if each.bullet else "</ul>")
            listing = each.bullet
        tag = "li" if each.bullet else "p"
        parts.append(f'<{tag} dir="auto">{" ".join(map(_piece, each.pieces))}</{tag}>')
    return "".join(parts) + ("</ul>" if listing else "")


def _piece(piece: Piece) -> str:
    text = f"<s>{_text(piece.text)}</s>" if piece.struck else _text(piece.text)
    marks = ",".join(f'<a href="#n{number}" aria-label="Note {number}">{number}</a>' for number in piece.notes)
    remark = f' <span class="remark">({_text(piece.remark)})</span>' if piece.remark else ""
    return f"{text}{f'<sup>{marks}</sup>' if marks else ''}{remark}"


def _dissent(dissent: Dissent) -> str:
    sides = "".join(f"<li>{_piece(side)}</li>" for side in dissent.sides)
    note = f"<p>{_text(dissent.note)}</p>" if dissent.note else ""
    return f'<div class="dissent"><h3>{_text(dissent.heading)}</h3><ul>{sides}</ul>{note}</div>'


def _note(note: Note) -> str:
    place = f'<a href="{_text(note.page)}">{_text(note.place)}</a>' if note.page else _text(note.place)
    printed = note.address or note.page  # a link says nothing on paper
    address = f'<br><a class="remark" href="{_text(printed)}">{_text(printed)}</a>' if printed else ""
    since = f' <span class="since">({_text(note.since)})</span>' if note.since else ""
    told = f'<br><span class="remark">{_text(note.also[:1].upper() + note.also[1:])}</span>' if note.also else ""
    return (
        f'<li id="n{note.number}" value="{note.number}"><bdi>{_text(note.name)}</bdi>, {place}{since}{address}{told}'
        f'<blockquote dir="auto">“{_text(note.quote)}”</blockquote></li>'
    )


def _work(work: Work) -> str:
    address = f'<br><a class="remark" href="{_text(work.address)}">{_text(work.address)}</a>' if work.address else ""
    notes = ", ".join(f'<a href="#n{number}">{number}</a>' for number in work.notes)
    return f"<li><bdi>{_text(work.name)}</bdi> ({'note' if len(work.notes) == 1 else 'notes'} {notes}){address}</li>"


def _text(text: str | None) -> str:
    return escape(inline(text or ""), quote=True)
