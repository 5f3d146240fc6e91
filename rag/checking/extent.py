"""Rules on how much of something a claim is about: all or some, the largest or one of the largest, only, partly."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.align import Finding, Source, nearest, same
from rag.language.statement import Statement
from rag.types import Verdict


@dataclass(frozen=True, slots=True)
class Scale:
    """Words of extent: a claim that uses ``claimed`` needs one of ``borne`` in the evidence."""

    claimed: re.Pattern[str]
    borne: re.Pattern[str]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_ALL = "(?<!at )(?<!after )(?<!above )(?<!in )(?<!nearly )(?<!almost )(?<!not )all(?! but)(?!-time)"
_EVERY = (
    rf"{_ALL}|(?<!not )(?<!nearly )(?<!almost )every(?! (?:day|week|month|year))|entire(?:ly)?|whole|"
    r"everyone|everybody|everything|always|unanimous(?:ly)?"
)
_NO = "none|nobody|no one|neither|never|without exception"
_MOST = (
    r"(?<!at )(?<!at the )most(?! \w+ (?:\w+ )?(?:ever|of all))(?! (?:important|likely|serious|recent|"
    r"powerful|famous|popular))|mostly|mainly|majority|bulk|largely|predominantly"
)
_SCALES = (
    Scale(
        _words(
            rf"{_EVERY}|(?<!in )full(?! time)|fully|complete|completely|totally|100 (?:percent|per cent)|"
            rf"nationwide|worldwide|throughout|across the country"
        ),
        _words(
            rf"{_EVERY}|{_NO}|each|full|fully|complete|completely|totally|total|both|throughout|100 (?:percent|"
            rf"per cent)|100%|"
            r"nationwide|national|across the|worldwide|global|globally|around the world|overall"
        ),
    ),
    Scale(
        _words(
            r"(?<!not )(?<!if )(?<!the )only(?! (?:after|when))|the only|sole|solely|exclusively|exclusive|no other"
        ),
        _words(
            r"only|sole|solely|just|alone|exclusively|exclusive|except|merely|single|no other|limited to|confined|"
            r"other than|"
            r"nothing else|lone|not until|no one else|nobody else|apart from"
        ),
    ),
    Scale(
        _words(_MOST),
        _words(
            rf"{_MOST}|{_EVERY}|nearly all|almost all|more than half|two[- ]thirds|three[- ]quarters|"
            r"[5-9]\d(?:\.\d+)?(?: ?%(?!\w)| percent| per cent)|primarily|chiefly|in the main|dominat\w+|most"
        ),
    ),
    Scale(
        _words(r"(?<!how )(?<!as )(?<!so )many(?! of)|widely"),
        _words(
            rf"many|widely|widespread|often|usually|frequently|regularly|routinely|{_MOST}|{_EVERY}|dozens|scores|"
            rf"hundreds|thousands|"
            r"millions|numerous|common|commonly|large number\w*|\d[\d,.]*|twice|repeated(?:ly)?|several times|"
            r"broad|great deal"
        ),
    ),
    Scale(
        _words(r"(?<!how )often|usually|frequently|regularly|routinely|generally"),
        _words(
            rf"often|usually|frequently|regularly|routinely|general(?:ly)?|{_MOST}|{_EVERY}|repeated(?:ly)?|daily|"
            rf"weekly|"
            r"every|typical(?:ly)?|normal(?:ly)?|commonly|tends?|times|habit\w*|each"
        ),
    ),
    Scale(
        _words(r"the first|first time|first ever|first-ever"),
        _words(
            r"first|inaugural|maiden|debut|unprecedented|initial|never before|never|previous|new|open\w*|record|"
            r"earliest|begin\w*|began"
        ),
    ),
    Scale(
        _words(r"ever|in (?:its |the |his |her )?history|of all time|unprecedented|never before|on record"),
        _words(r"ever|history|historic|of all time|unprecedented|never|record|records"),
    ),
)
_WEAK = _words(
    r"some|several|partly|partially|partial|part of|parts of|a few|few|most|many|nearly all|almost all|majority|half|"
    r"sometimes|occasionally|a handful|certain"
)
_LIMITS = _words(
    r"partly|partially|partial|temporarily|temporary|provisionally|provisional|in principle|in part|some|several|a few|"
    r"a handful of|parts of|certain|sometimes|occasionally|limited"
)
_SUPERLATIVE = _words(
    r"(?:second |third |fourth )?(?:largest|biggest|highest|lowest|smallest|longest|shortest|oldest|youngest|best|"
    r"worst|deadliest|"
    r"richest|poorest|fastest|slowest|strongest|weakest|busiest|greatest|steepest|sharpest|heaviest|hottest|coldest|"
    r"deepest|tallest|newest|earliest|latest|closest|toughest|wettest|driest|warmest|cheapest|"
    r"most (?:important|serious|recent|powerful|famous|popular|expensive|populous))"
)
_ONE_OF = _words(r"one of|among|some of the|second|third|fourth|nearly the|almost the")


def extents(claim: Statement, evidence: Sequence[Source]) -> Iterator[Finding]:
    """What speaks against the extent that ``claim`` states, in the sentences it is most likely taken from; nothing
    where one of them bears it out."""
    yield from _scaled(claim, evidence)
    found: list[list[Finding]] = []
    for source in nearest(claim, evidence):
        reasons = [*_superlative(claim, source.statement), *_limited(claim, source.statement)]
        if not reasons:
            return
        found.append(reasons)
    if found:
        yield from found[0]


def _scaled(claim: Statement, evidence: Sequence[Source]) -> Iterator[Finding]:
    """The sentences that say much of the claim say nothing of its extent."""
    near = nearest(claim, evidence, of_best=0.45, floor=0.2)
    if not near:
        return
    said = near[0].statement
    for scale in _SCALES:
        match = scale.claimed.search(claim.text)
        if match is None or any(scale.borne.search(each.statement.text) for each in near):
            continue
        if len(match.group()) > 5 and any(match.group().lower() in each.statement.text.lower() for each in evidence):
            continue
        if match.group().lower() in ("all", "every") and _counted(claim, said):
            continue
        weaker = _WEAK.search(said.text)
        told = (
            f"The paragraph says “{weaker.group()}”, not “{match.group()}”."
            if weaker
            else (f"The paragraph does not say “{match.group()}”.")
        )
        yield Finding(Verdict.PARTIAL, told)
        return


def _counted(claim: Statement, said: Statement) -> bool:
    """ "All 12" of what the sentence counts as 12."""
    return any(
        mine.low == given.low and not re.search(r"\bof (?:the|its|his|her|their)?\s*$", said.text[: given.start])
        for mine in claim.figures
        for given in said.figures
    )


def _superlative(claim: Statement, said: Statement) -> Iterator[Finding]:
    match = _SUPERLATIVE.search(claim.text)
    if match is None:
        return
    given = _SUPERLATIVE.search(said.text)
    if given is None and not re.search(r"\b(record|most|top|peak|\w{3,}est)\b", said.text, re.IGNORECASE):
        yield Finding(Verdict.PARTIAL, f"The paragraph does not say “{match.group()}”.")
    elif given is not None and _ONE_OF.search(said.text[max(0, given.start() - 28) : given.end()]):
        weaker = _ONE_OF.search(said.text[max(0, given.start() - 28) : given.end()])
        if weaker and not _ONE_OF.search(claim.text[max(0, match.start() - 28) : match.end()]):
            yield Finding(
                Verdict.PARTIAL, f"The paragraph says “{weaker.group()} {given.group()}”, not “{match.group()}”."
            )


def _limited(claim: Statement, said: Statement) -> Iterator[Finding]:
    """The sentence limits what the claim says without a limit: "partly closed", "some schools"."""
    if _LIMITS.search(claim.text) or _WEAK.search(claim.text):
        return
    for match in _LIMITS.finditer(said.text):
        following = said.at(match.end())
        near = [word for word in said.words[following : following + 2] if word.content]
        if match.group().lower() in ("some", "in principle", "in part", "partly", "partially"):
            before = [word for word in said.words[max(0, following - 3) : following - 1] if word.content]
            near += [] if match.group().lower() == "some" else before
        if match.group().lower() == "some" and re.match(r"\s*\d", said.text[match.end() :]):
            continue
        if any(same(word.base, claim) for word in near[:3]) and not _quantified(claim, near[0].base):
            yield Finding(Verdict.PARTIAL, f"The paragraph says “{match.group()}”; the sentence does not.")
            return


def _quantified(claim: Statement, base: str) -> bool:
    places = same(base, claim)
    return bool(places and claim.figures and any(abs(claim.at(f.start) - places[0]) <= 3 for f in claim.figures))
