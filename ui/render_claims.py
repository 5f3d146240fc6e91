"""The sentences of an answer, with their citations and verdicts, as they stand in the chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Answer, Citation, Claim, Verdict
from ui.render import inert

_SIGNS = {Verdict.PARTIAL: "partly supported", Verdict.UNSUPPORTED: "not supported"}
_CARET = '<span class="cd-caret"></span>'


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list of bullets: ``items`` are the sentences of each bullet; a paragraph is one item."""

    bullets: bool
    items: tuple[tuple[Claim, ...], ...]


def blocks(claims: Sequence[Claim]) -> tuple[Block, ...]:
    """The claims as paragraphs and lists, in their order; consecutive bullets are one list.

    A claim with a ``lead`` begins a bullet, one that ``breaks`` without a lead begins a paragraph, and any other goes
    on where the one before it stands.
    """
    found: list[Block] = []
    for claim in claims:
        last = found[-1] if found else None
        if claim.lead and last and last.bullets:
            found[-1] = Block(True, (*last.items, (claim,)))
        elif claim.lead or claim.breaks or last is None:
            found.append(Block(bool(claim.lead), ((claim,),)))
        else:
            found[-1] = Block(last.bullets, (*last.items[:-1], (*last.items[-1], claim)))
    return tuple(found)


def shown(turn: int, claims: Sequence[Claim]) -> str:
    """The sentences of an answer that is complete, or quoted, as one block of HTML."""
    return f'<div class="cd-claims">{"".join(_block(turn, block) for block in blocks(claims))}</div>'


def growing(turn: int, found: Answer) -> list[str]:
    """The checked sentences of an answer that is being written, one block of HTML each, and the draft of the next one
    where it will stand."""
    if found.writing and not found.claims and not found.draft:
        return wrapped(f'<p class="cd-working">{inert(found.writing.model)} is writing… {_CARET}</p>')
    begun = found.draft.lstrip("\n")
    text = begun.removeprefix("- ")
    draft = Claim(text, (), lead="" if text == begun else "- ", breaks=begun != found.draft)
    lines: list[str] = []
    for block in blocks((*found.claims, draft)):
        if lines:
            lines.append('<div class="cd-gap"></div>')
        for item in block.items:
            parts = [_draft(text) if claim is draft else _claim(turn, claim) for claim in item]
            lines += [_bullet(" ".join(parts))] if block.bullets else [_inline(part) for part in parts]
    return lines


def wrapped(part: str) -> list[str]:
    """``part`` as a block of its own, none for an empty one."""
    return [f'<div class="cd-answer cd-part">{part}</div>'] if part else []


def mark(turn: int, one: Citation) -> str:
    """The link of a citation, ``[2]``."""
    return f'<a class="cd-ref" href="#cite-{turn}-{one.number}" title="{inert(one.title)}">[{one.number}]</a>'


def _block(turn: int, block: Block) -> str:
    items = [" ".join(_claim(turn, claim) for claim in item) for item in block.items]
    if block.bullets:
        return f'<ul class="cd-list">{"".join(f"<li>{item}</li>" for item in items)}</ul>'
    return f"<p>{items[0]}</p>"


def _claim(turn: int, claim: Claim) -> str:
    marks = "".join(mark(turn, one) for one in claim.citations)
    marks = f"&nbsp;{marks}" if marks else ""
    text = inert(claim.text)
    if claim.verdict is Verdict.SUPPORTED:
        return f'<span class="cd-claim">{text}{marks}</span>'
    why = f'<span class="cd-why">{inert(claim.reason)}</span>' if claim.reason else ""
    # The sanitiser takes aria attributes off; the reason is text inside the sign, which a screen reader reads with it.
    sign = f'<span class="cd-sign" tabindex="0" role="note">{_SIGNS[claim.verdict]}{why}</span>'
    if claim.verdict is Verdict.PARTIAL:
        return f'<span class="cd-claim cd-partial"><span class="cd-said">{text}</span> {sign}{marks}</span>'
    return f'<span class="cd-claim cd-unsupported"><s class="cd-said">{text}</s> {sign}</span>'


def _draft(text: str) -> str:
    return f'<span class="cd-draft">{inert(text)}{_CARET}</span>'


def _inline(part: str) -> str:
    return f'<div class="cd-answer cd-inline">{part}&#32;</div>'


def _bullet(part: str) -> str:
    return f'<ul class="cd-answer cd-list"><li>{part}</li></ul>'
