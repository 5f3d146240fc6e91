"""Answers in the terminal: sentences as they are checked, then what they stand on."""

import sys
from collections.abc import Iterable

from rag import words
from rag.copies import also_in, same_in
from rag.types import Answer, Claim, Conflict, Searched, Verdict

_INSTEAD = "— This is taken back. —"
_AGAIN = "Checked again:"


def tell_growing(answers: Iterable[Answer]) -> None:
    """Prints an answer while it grows: each sentence once it is there and checked; at the end its sources."""
    shown: tuple[Claim, ...] = ()
    found, begun = None, False
    for found in answers:
        if not begun and (found.claims or found.refused):
            begun = True
            _write("".join(f"{line}\n" for line in _before(found)))
        if _texts(found.claims)[: len(shown)] == _texts(shown):
            again = [new for old, new in zip(shown, found.claims, strict=False) if new.verdict is not old.verdict]
            _write("".join(f"\n{_AGAIN}{_told(claim)}" for claim in again))
            new = "".join(_told(claim) for claim in found.claims[len(shown) :])
            _write(new if shown else new.lstrip())
        else:  # the model failed in the middle, and the answer is another one
            told = "".join(_told(claim) for claim in found.claims).lstrip()
            _write(f"\n{_INSTEAD}\n{''.join(f'({notice})' for notice in found.notices)}\n\n{told}")
        shown = found.claims
    if found is None:
        return
    if found.refused:
        _write(("\n" if shown else "") + found.refusal)
    _write("\n" + "\n".join(_after(found)) + "\n")


def _texts(claims: Iterable[Claim]) -> tuple[str, ...]:
    return tuple(claim.text for claim in claims)


def _told(claim: Claim) -> str:
    marks = "".join(f" [{citation.number}]" for citation in claim.citations)
    begins = "\n" if claim.breaks else " "
    if claim.verdict is Verdict.UNSUPPORTED:
        return f"{begins}{claim.lead}~~{claim.text}~~ (not supported: {claim.reason})"
    doubt = f" (partly supported: {claim.reason})" if claim.verdict is Verdict.PARTIAL else ""
    return f"{begins}{claim.lead}{claim.text}{marks}{doubt}"


def _before(found: Answer) -> list[str]:
    lines = [f"(searched for: {found.standalone})\n"] if found.standalone != found.question else []
    lines += _understood(found.searched)
    return lines if found.writing else [*lines, *(f"({notice})\n" for notice in found.notices)]


def _after(found: Answer) -> list[str]:
    """What stands below an answer's sentences, or a refusal."""
    lines = [*_related(found)] if found.refused else [""]
    for one in found.citations:
        lines.append(f"[{one.number}] {one.title} · {words.place_of(one)}")
        if one.url:
            lines.append(f"    {one.url}")
        others = also_in(found, one)
        lines += [f"    {words.also(others)}"] if others else []
    for conflict in found.conflicts:
        lines += ["", *_conflict(conflict)]
    notices = found.notices if found.writing else ()  # of quotations they stand above
    lines += [f"\n({notice})" for notice in (*notices, words.addressed(found)) if notice]
    return [*lines, f"\n{words.footing(found)}"]


def _related(found: Answer) -> list[str]:
    lines = ["\nRelated, not an answer:"] if found.related else []
    for passage in found.related:
        document = passage.document
        lines.append(f"  - {document.title} · {words.passage_place(passage)}")
        others = same_in(passage)
        lines += [f"    {words.also(others)}"] if others else []
    return lines


def _conflict(conflict: Conflict) -> list[str]:
    lines = [f"{words.disagreement(conflict)}:"]
    for side in conflict.sides:
        said = "; ".join(f"{one.outlet or one.title} ({words.stated_by(one)}) [{one.number}]" for one in side.citations)
        lines.append(f"  - {side.value}: {said}")
    return [*lines, f"  {conflict.note}"]


def _understood(searched: Searched) -> list[str]:
    """The limits that a question set, how dates were counted, and how to search without."""
    limits = [words.because(reason) for reason in searched.reasons]
    if searched.understood:
        limits += [f"{words.nothing(reason)}: searched without" for reason in searched.understood.dropped]
    if not limits:
        return []
    lines = [f"({limit})" for limit in limits]
    notes = [words.counted_from(searched), "--no-infer searches without these limits" if searched.reasons else ""]
    if said := "; ".join(note for note in notes if note):
        lines.append(f"({said})")
    return [*lines, ""]


def _write(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8"))
    sys.stdout.flush()
