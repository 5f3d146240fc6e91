"""A paper as Markdown: CommonMark with footnotes and ~~struck~~ text, as GitHub, pandoc and Obsidian read it.

The text of documents is only ever text: what Markdown would act on is escaped, addresses are written as they are and
never become links by themselves.
"""

import re
from collections.abc import Iterable

from rag.words import day
from ui.exports.letters import inline
from ui.exports.paper import Dissent, Note, Paper, Piece, Section, Work

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>#|~!&$^@])")
_ADDRESS = re.compile(r"(?i)(?<=[a-z]):(?=/)")
_WWW = re.compile(r"(?i)\bwww\.")
_BEGINS = re.compile(r"^(?:([-+=])|(\d{1,9})([.)]))")


def markdown(paper: Paper) -> str:
    """The paper as Markdown, ending in a line break."""
    lines = [f"# {escaped(paper.title)}", "", f"*Made with citedesk on {day(paper.made)}.*", ""]
    for section in paper.sections:
        lines += _section(section, paper.heading(section))
    if len(paper.sections) > 1 and paper.works:
        lines += ["## Sources", "", *(_work(each) for each in paper.works), ""]
    lines += [f"[^{note.number}]: {_note(note)}" for note in paper.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """``text`` on one line, in which Markdown finds nothing to act on, wherever in a line it stands."""
    marked = _ACTIVE.sub(r"\\\1", inline(text))
    marked = _WWW.sub(lambda found: found[0][:-1] + "\\.", _ADDRESS.sub(r"\\:", marked))
    return _BEGINS.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", marked)


def _section(section: Section, heading: str) -> list[str]:
    lines = [
        *_each([f"## {escaped(heading)}"] if heading else []),
        *_each(f"*{escaped(each)}*" for each in section.said),
    ]
    if section.message:
        lines += [f"**{escaped(section.message)}**", ""]
    for place, paragraph in enumerate(section.paragraphs):
        text = " ".join(map(_piece, paragraph.pieces))
        follows = place + 1 < len(section.paragraphs) and section.paragraphs[place + 1].bullet
        lines += [f"- {text}"] if paragraph.bullet else [text]
        lines += [] if paragraph.bullet and follows else [""]
    for dissent in section.dissents:
        lines += _dissent(dissent)
    return [*lines, *_each(f"*{escaped(each)}*" for each in section.remarks)]


def _each(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in (line, "")]


def _piece(piece: Piece) -> str:
    text = f"~~{escaped(piece.text)}~~" if piece.struck else escaped(piece.text)
    remark = f" *({escaped(piece.remark)})*" if piece.remark else ""
    return text + "".join(f"[^{number}]" for number in piece.notes) + remark


def _dissent(dissent: Dissent) -> list[str]:
    sides = [f"- {_piece(side)}" for side in dissent.sides]
    return [f"**{escaped(dissent.heading)}**", "", *sides, "", *_each([escaped(dissent.note)] if dissent.note else [])]


def _note(note: Note) -> str:
    place = f"[{note.place}]({_target(note.page)})" if note.page else note.place
    parts = [escaped(note.name), place, f"<{_target(note.address)}>" if note.address else ""]
    ends = [f"{note.also[:1].upper()}{note.also[1:]}." if note.also else "", f"{note.since}." if note.since else ""]
    told = " ".join(escaped(each[:1].upper() + each[1:]) for each in ends if each)
    return f"{', '.join(filter(None, parts))}: “{escaped(note.quote)}”" + (f" *{told}*" if told else "")


def _work(work: Work) -> str:
    address = f" <{_target(work.address)}>" if work.address else ""
    notes = f"{'note' if len(work.notes) == 1 else 'notes'} {', '.join(map(str, work.notes))}"
    return f"- {escaped(work.name)}{address} ({notes})"


def _target(address: str) -> str:
    """An address that ends neither the angle brackets nor the parentheses that it stands in."""
    return "".join(f"%{ord(mark):02X}" if mark in '<>()[]\\`*"' else mark for mark in address)
