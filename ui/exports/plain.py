"""A paper as plain text, for the clipboard."""

from rag.words import count
from ui.exports.letters import inline
from ui.exports.paper import Note, Paper, Piece


def plain_text(paper: Paper) -> str:
    """The paper's answers as plain text with [n] markers and the notes below, for the clipboard.

    Plain text cannot strike anything through: what has no support is left out, and a last line says how much.
    """
    lines: list[str] = []
    struck = 0
    for section in paper.sections:
        lines += [inline(section.question), "", *([section.message, ""] if section.message else [])]
        for paragraph in section.paragraphs:
            kept = [piece for piece in paragraph.pieces if not piece.struck]
            struck += len(paragraph.pieces) - len(kept)
            if kept:
                lines += [("- " if paragraph.bullet else "") + " ".join(map(_spoken, kept)), ""]
        for dissent in section.dissents:
            lines += [f"{dissent.heading}:", *(f"- {_spoken(side)}" for side in dissent.sides), dissent.note, ""]
    lines += [_below(note) for note in paper.notes]
    lines += ["", f"{count(struck, 'sentence')} without support left out."] if struck else []
    return "\n".join(lines).strip("\n") + "\n"


def _spoken(piece: Piece) -> str:
    marks = "".join(f" [{number}]" for number in piece.notes)
    return inline(piece.text) + marks + (f" ({piece.remark})" if piece.remark else "")


def _below(note: Note) -> str:
    parts = ", ".join(filter(None, (note.name, note.place, note.address or note.page)))
    return f"[{note.number}] {inline(parts)}: “{inline(note.quote)}”" + (f" ({note.since})" if note.since else "")
