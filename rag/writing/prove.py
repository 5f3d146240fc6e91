"""A sentence that a model wrote becomes a claim: with the citations that support it, and a verdict.

What it cites is checked first. Where that does not support it, or barely, the other paragraphs that the model was given
are tried; a citation moves to one that does, or does far better, or is taken off; from a rewrite or an earlier version
it moves to a better document that supports the sentence too. No threshold is ever lowered for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.embed import Embedding
from rag.checking.check import Judged, judge
from rag.numbering import Numbering
from rag.quote import citation_at
from rag.terms import coverage, stems
from rag.types import Citation, Claim, Verdict
from rag.words import stated_by
from rag.writing.draft import Sentence
from rag.writing.prompt import Offered

_OTHERS = 4  # paragraphs tried where the cited ones do not support a sentence: those that share most words with it
_SHARED = 0.3  # of the sentence's stems that such a paragraph must hold
_SURE = 0.8  # support from which no other paragraph is tried
_BETTER = 0.2  # more support than the cited paragraphs give: then the sentence comes from there
_SAYS_NOTHING = re.compile(
    r"^(?:(?:however|but|still),? )?(?:the |these |those |no )?(?:given |provided |available )?"
    r"(?:documents|paragraphs|sources|texts|articles|reports)(?: \w+){0,2} "
    r"(?:do not|don[’']t|did not|never|give no|no further)\b.{0,20}?"
    r"\b(?:say|state|mention|specify|name|give|provide|tell|explain|indicate|contain|details?)\b"
    r"(?:(?! and | but | which | yet |[,;:\d]).)*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proved:
    """A claim, and how many of its citations were ``moved`` or ``removed``."""

    claim: Claim
    moved: int = 0
    removed: int = 0


def prove(
    sentence: Sentence,
    offered: Sequence[Offered],
    numbering: Numbering,
    model: Embedding,
) -> Proved:
    """The claim that ``sentence`` makes; ``offered`` are the paragraphs by handle, 1 is the first."""
    cited = list(sentence.cited)
    bare = Claim(sentence.text, (), Verdict.UNSUPPORTED, "", sentence.lead, sentence.breaks)
    if not cited and _SAYS_NOTHING.search(sentence.text):
        reason = "It says what the documents leave open, for which nothing can be cited."
        return Proved(replace(bare, verdict=Verdict.PARTIAL, reason=reason))
    first = _judged(sentence.text, cited, offered, model)
    numbers, found = cited, first
    sound = [number for number in cited if not offered[number - 1].caution]
    if first.verdict is not Verdict.SUPPORTED or first.support < _SURE or sound != cited:
        more = _nearest(sentence.text, cited, offered)
        tried = [_Tried([each], _judged(sentence.text, [each], offered, model)) for each in more]
        if more and first.verdict is not Verdict.SUPPORTED:
            both = [*cited, *more]
            tried.append(_Tried(both, _judged(sentence.text, both, offered, model)))
        if sound and sound != cited:
            tried.append(_Tried(sound, _judged(sentence.text, sound, offered, model)))
        best = _best(_Tried(cited, first), tried, offered)
        numbers, found = best.numbers, best.found
    reason = found.reason if cited or found is not first else "None of the paragraphs that were found says it."
    claim = replace(bare, verdict=found.verdict, reason=reason)
    if found.verdict is Verdict.UNSUPPORTED:
        return Proved(claim, 0, len(sentence.cited))
    grounds = _grounds(found, numbers, offered)
    citations = tuple(_citation(offered[number - 1], span, numbering) for number, span in grounds.items())
    moved = sum(number not in sentence.cited for number in grounds)
    removed = sum(number not in grounds for number in sentence.cited)
    return Proved(replace(claim, citations=citations), moved, max(0, removed - moved))


@dataclass(frozen=True, slots=True)
class _Tried:
    """The handles of some paragraphs, and what the check found in them."""

    numbers: list[int]
    found: Judged


def _best(first: _Tried, tried: Sequence[_Tried], offered: Sequence[Offered]) -> _Tried:
    """What the claim is to cite: ``first``, what it cites now, unless others support it where that does not, or by far
    better, or are sound where that is superseded or reworded. One paragraph rather than several."""

    def is_sound(each: _Tried) -> bool:
        return not any(offered[number - 1].caution for number in each.numbers)

    supported = [each for each in tried if each.found.verdict is Verdict.SUPPORTED]
    sound = [each for each in supported if is_sound(each)]
    if first.found.verdict is not Verdict.SUPPORTED:
        good = sound or supported
    else:
        enough = first.found.support + _BETTER
        good = [each for each in sound if not is_sound(first) or each.found.support >= enough]
        if not good and not is_sound(first):
            good = [each for each in supported if each.found.support >= enough]
    return max(good, key=lambda each: (len(each.numbers) == 1, each.found.support), default=first)


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: int
    end: int


def _judged(text: str, numbers: Sequence[int], offered: Sequence[Offered], model: Embedding) -> Judged:
    chosen = [offered[number - 1] for number in numbers]
    context = [
        " | ".join(part for part in (one.document.title, one.document.outlet or "", one.document.author or "") if part)
        + (f" | {stated_by(one.document)}" if one.document.published else "")
        for one in chosen
    ]
    return judge(text, [one.text for one in chosen], model, context=context)


def _nearest(text: str, cited: Sequence[int], offered: Sequence[Offered]) -> list[int]:
    """The handles of other paragraphs that share most words with the sentence, best first."""
    wanted = dict.fromkeys(stems(text), 1.0)
    shares = {number: coverage(wanted, stems(one.text)) for number, one in enumerate(offered, 1) if number not in cited}
    return [n for n in sorted(shares, key=lambda number: -shares[number]) if shares[n] >= _SHARED][:_OTHERS]


def _grounds(found: Judged, numbers: Sequence[int], offered: Sequence[Offered]) -> dict[int, _Stretch]:
    """For each handle with a sentence that the claim rests on, the stretch from the first to the last of them, in the
    document's text; the whole paragraphs where the check named no sentence."""
    stretches: dict[int, _Stretch] = {}
    for ground in found.grounds:
        number = numbers[ground.index]
        shift = offered[number - 1].start
        start, end = shift + ground.start, shift + ground.end
        if number in stretches:
            start, end = min(start, stretches[number].start), max(end, stretches[number].end)
        stretches[number] = _Stretch(start, end)
    return stretches or {n: _Stretch(offered[n - 1].start, offered[n - 1].end) for n in numbers}


def _citation(one: Offered, span: _Stretch, numbering: Numbering) -> Citation:
    number = numbering.of_paragraph(one.document.id, one.document.version, one.paragraph.number)
    return citation_at(one.document, one.paragraph, span.start, span.end, number)


def joined(claims: Sequence[Claim], offered: Sequence[Offered]) -> tuple[Claim, ...]:
    """The claims with one stretch for each number: where several cite the same paragraph, the one from the first to
    the last sentence that any of them rests on."""
    texts = {(one.document.id, one.document.version): one.document.text for one in offered}
    hidden = [(one.document.id, one.start + span.start, one.start + span.end) for one in offered for span in one.hidden]
    widest: dict[int, Citation] = {}
    for one in (citation for claim in claims for citation in claim.citations):
        known = widest.setdefault(one.number, one)
        start, end = min(known.start, one.start), max(known.end, one.end)
        if any(id_ == one.document_id and low < end and start < high for id_, low, high in hidden):
            continue  # what is addressed to an AI is not quoted: the first stretch stands for both
        quote = texts[one.document_id, one.version][start:end]
        widest[one.number] = replace(known, start=start, end=end, quote=quote)
    return tuple(replace(claim, citations=tuple(widest[each.number] for each in claim.citations)) for claim in claims)
