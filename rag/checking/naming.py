"""Rules on names: those of a claim must be in the evidence, and do there what they do in the claim."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.checking.align import Finding, Source, closeness, nearest, overlap, related, same
from rag.language.opposites import base
from rag.language.statement import TITLES, Name, Statement, Word
from rag.language.units import NUMBERS, UNITS
from rag.terms import STOP, fold, stem
from rag.types import Verdict

# Countries and their people that share no stem.
_IRREGULAR = """
france french; britain british uk briton britons; netherlands dutch; greece greek greeks; denmark danish dane danes;
switzerland swiss; wales welsh; spain spanish spaniard; ireland irish; finland finnish finn finns; poland polish pole
poles;
turkey turkish turk turks turkiye; us usa american americans america; emirates emirati uae; philippines filipino
filipinos;
sweden swedish swede swedes; scotland scottish scots; england english; niger; nigeria nigerian nigerians; kosovo
kosovar;
thailand thai thais; czechia czech czechs; serbia serb serbs serbian; croatia croat croats croatian; iceland icelandic;
afghanistan afghan afghans; pakistan pakistani pakistanis; eu european; un uno; moscow kremlin; cyprus cypriot; peru
peruvian
"""
_ROOTS = {fold(word): line.split()[0] for line in _IRREGULAR.replace("\n", " ").split(";") for word in line.split()}
_PEOPLE = re.compile(r"(?:ese|ian|ean|ish|an|ic|i|s)$")
_PLACES = re.compile(r"(?:ia|land|en|y|a|o|e|s)$")
_PREPOSITIONS = frozenset(
    [
        "in",
        "at",
        "from",
        "to",
        "by",
        "with",
        "of",
        "for",
        "against",
        "on",
        "near",
        "between",
        "over",
        "into",
        "through",
        "toward",
        "towards",
    ]
)
_SKIPPED = frozenset(["the", "a", "an", "then", "former", "late", "new", "mr", "mrs", "ms", "dr", "sir"])
_PASTS = frozenset(
    base(word)
    for word in [
        "beat",
        "win",
        "sell",
        "buy",
        "leave",
        "give",
        "take",
        "tell",
        "pay",
        "lead",
        "find",
        "bring",
        "fight",
        "strike",
        "see",
        "drive",
        "throw",
        "hold",
        "send",
        "choose",
        "lend",
        "teach",
        "shoot",
    ]
)
_SAME = frozenset(["beat", "hit", "hurt", "shot"])
_MUTUAL = frozenset(
    base(word)
    for word in [
        "meet",
        "talk",
        "discuss",
        "agree",
        "sign",
        "join",
        "marry",
        "differ",
        "negotiate",
        "clash",
        "cooperate",
        "share",
        "face",
        "play",
    ]
)
# A sentence that begins with one of these and a verb begins with no name.
_COMMON = """
inflation police officials official residents prices exports imports growth unemployment turnout rain snow work talks
workers doctors scientists researchers investigators prosecutors lawyers critics supporters analysts experts economists
farmers ministers soldiers troops rebels protesters protests demonstrators passengers witnesses rescuers firefighters
students teachers nurses voters people men women children authorities government parliament lawmakers opposition
companies shares sales profits revenue production output demand supply traffic trade wages interest rates spending
tourism water gas oil electricity schools hospitals shops banks ships trains flights buses ferries electricity heavy
construction repairs fighting evidence data figures results nobody everyone
"""
_COMMON_NOUNS = frozenset(_COMMON.split())
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "has", "had", "have", "will", "would"])
_PRONOUNS = frozenset(["he", "she", "they", "it", "who", "which", "his", "her", "their", "its", "him", "them"])


def strangers(claim: Statement, evidence: Sequence[Source], context: Sequence[Statement]) -> Iterator[Finding]:
    """The names of ``claim`` that are neither in the evidence nor in its context."""
    said = [source.statement for source in evidence]
    known = [*said, *context]
    for name in claim.names:
        words = claim.words[name.first : name.last]
        meant = [
            word
            for word in words
            if word.low not in STOP | TITLES and word.low not in NUMBERS and word.low not in UNITS and len(word.low) > 1
        ]
        missing = [word for word in meant if not any(_is_in(word, each) for each in known)]
        if not missing or (not name.sure and not _is_subject(claim, name)):
            continue
        text = " ".join(word.text for word in words)
        if len(missing) == len(meant) and _stands_for(words, known):
            continue
        part = len(missing) < len(meant) and not _other_first_name(meant, missing, said)
        shown = " ".join(word.text for word in missing) if part else text
        yield Finding(
            Verdict.PARTIAL if part or not name.sure else Verdict.UNSUPPORTED,
            f"“{shown}” is not in the cited paragraph.",
        )


def _is_subject(claim: Statement, name: Name) -> bool:
    """Is a capitalised first word a name: followed by a verb, and no common noun?"""
    word, after = claim.words[name.first], claim.words[name.last : name.last + 1]
    if word.low in _COMMON_NOUNS or re.search(r"(?:s|ing|tion|ment|ness|ity|ly|ism|ed)$", word.low) or not after:
        return False
    return (
        after[0].low in _BE
        or after[0].low.endswith("ed")
        or stem(after[0].low) != after[0].base
        or after[0].low in _SAME
    )


@lru_cache(maxsize=65_536)
def _is_in(word: Word, said: Statement) -> bool:
    return any(_named_alike(word, other) for other in said.words) or _in_initials(word.text, said)


def _named_alike(word: Word, other: Word) -> bool:
    if word.low == other.low or word.base == other.base:
        return True
    if word.low in _ROOTS or other.low in _ROOTS:
        return _ROOTS.get(word.low, word.low) == _ROOTS.get(other.low, other.low)
    if not (other.text[0].isupper() and word.text[0].isupper()):
        return False
    short, long = sorted((word.low, other.low), key=len)
    if long.startswith(short) and len(short) > 5 and len(long) - len(short) < 3:
        return True  # Zelensky, Zelenskyy
    peoples = bool(_PEOPLE.search(word.low) or _PEOPLE.search(other.low))
    return peoples and _root(word.low) == _root(other.low)


@lru_cache(maxsize=65_536)
def _root(low: str) -> str:
    """A country or its people without its ending: "Italy" and "Italian" give one root."""
    first = _without(_PEOPLE, low)
    return _without(_PEOPLE, first if first != low else _without(_PLACES, low))


def _without(ending: re.Pattern[str], low: str) -> str:
    shorter = ending.sub("", low)
    return shorter if len(shorter) > 2 else low


def _in_initials(text: str, said: Statement) -> bool:
    """Is it the initials of a name, as "ECB" of the European Central Bank?"""
    letters = text.replace(".", "")
    if not (letters.isupper() and 1 < len(letters) < 7):
        return False
    initials = "".join(word.text[0] for word in said.words if word.text[0].isupper())
    return letters in initials


def _stands_for(words: Sequence[Word], known: Sequence[Statement]) -> bool:
    """Does the evidence have the initials of this name?"""
    letters = "".join(word.text[0] for word in words if word.text[0].isupper())
    return len(letters) > 1 and any(word.text.replace(".", "") == letters for said in known for word in said.words)


def _other_first_name(meant: Sequence[Word], missing: Sequence[Word], said: Sequence[Statement]) -> bool:
    """Does the evidence have another word before the last name?"""
    last = meant[-1]
    if last in missing or meant[0] not in missing:
        return False
    for each in said:
        for at, word in enumerate(each.words[1:], 1):
            before = each.words[at - 1]
            if _named_alike(last, word) and before.text[0].isupper() and before.low not in TITLES | STOP:
                return True
    return False


def misplaced(claim: Statement, evidence: Sequence[Source]) -> Iterator[Finding]:
    """Names of ``claim`` that the evidence has in another part: who did it to whom, where, by whom."""
    found: list[list[Finding]] = []
    for source in nearest(claim, evidence):
        said = source.statement
        reasons = [
            *_swapped(claim, said),
            *_elsewhere(claim, said),
            *_other_subject(claim, said),
            *_titled(claim, said),
        ]
        reasons += _other_agent(claim, said)
        if not reasons:
            return
        found.append(reasons)
    if found:
        yield from found[0]


def _elsewhere(claim: Statement, said: Statement) -> Iterator[Finding]:
    """After the same preposition the sentence has another name, and what is around it fits better."""
    for name in claim.names:
        slot = _slot(claim, name)
        if not slot or not name.sure:
            continue
        mine = [other for other in said.names if _same_name(claim, name, said, other)]
        spots = [other.first for other in said.names]
        rivals = [other for other in said.names if other not in mine and _slot(said, other) == slot]
        if not mine or not rivals or (any(_slot(said, other) == slot for other in mine) and len(rivals) == 0):
            continue
        best = max(
            closeness(claim, name.first, said, other.first, [s for s in spots if s != other.first]) for other in mine
        )
        for rival in rivals:
            near = closeness(claim, name.first, said, rival.first, [s for s in spots if s != rival.first])
            if near > 1.35 * best + 0.1:
                text = " ".join(word.text for word in said.words[rival.first : rival.last])
                own = " ".join(word.text for word in claim.words[name.first : name.last])
                yield Finding(Verdict.UNSUPPORTED, f"The paragraph says “{slot} {text}”, not “{slot} {own}”.")
                return


def _other_subject(claim: Statement, said: Statement) -> Iterator[Finding]:
    """The first name of the claim does what the sentence has another name do."""
    name = next((each for each in claim.names if not _slot(claim, each)), None)
    if (
        name is None
        or name.first > 2
        or not _likely(claim, name)
        or claim.words[name.last - 1].text.isupper()
        or overlap(claim, said) < 0.5
    ):
        return
    subjects = [
        each for each in said.names if not _slot(said, each) and _likely(said, each) and not _is_object(said, each)
    ]
    mine = [each for each in subjects if _same_name(claim, name, said, each)]
    others = [
        each
        for each in subjects
        if each not in mine and not any(_same_name(claim, other, said, each) for other in claim.names)
    ]
    if not mine or not others:
        return
    spots = [each.first for each in subjects]
    best = max(_did(claim, name, said, each, spots) for each in mine)
    rival = max(others, key=lambda each: _did(claim, name, said, each, spots))
    if best < 0.15 and _did(claim, name, said, rival, spots) > 2 * best + 0.2:
        text = " ".join(word.text for word in said.words[rival.first : rival.last])
        own = " ".join(word.text for word in claim.words[name.first : name.last])
        yield Finding(Verdict.UNSUPPORTED, f"The paragraph says it of {text}, not of {own}.")


def _other_agent(claim: Statement, said: Statement) -> Iterator[Finding]:
    """A verb that both share has one name for its subject in the claim and another in the sentence."""
    for at, word in enumerate(claim.words):
        mine = _agent(claim, at) if _is_verb(word) or _follows_name(claim, at) else None
        if mine is None:
            continue
        places = [place for place in same(word.base, said) if _is_verb(said.words[place]) or _follows_name(said, place)]
        agents = [_agent(said, place) for place in places]
        if not agents or any(agent is None or _same_name(claim, mine, said, agent) for agent in agents):
            continue
        if not any(_same_name(claim, mine, said, each) for each in said.names):
            continue
        agent = agents[0]
        if agent is not None:
            text = " ".join(each.text for each in said.words[agent.first : agent.last])
            own = " ".join(each.text for each in claim.words[mine.first : mine.last])
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph says it of {text}, not of {own}.")
            return


def _likely(said: Statement, name: Name) -> bool:
    """Is it a name, or only a word that begins a sentence?"""
    low = said.words[name.first].low
    return name.sure or not (low in _COMMON_NOUNS or re.search(r"(?:s|ing|tion|ment|ness|ity|ly|ism|ed)$", low))


def _is_object(said: Statement, name: Name) -> bool:
    at = name.first - 1
    while at >= 0 and (said.words[at].low in _SKIPPED or said.words[at].low in TITLES):
        at -= 1
    return at >= 0 and _is_verb(said.words[at])


def _follows_name(said: Statement, at: int) -> bool:
    """Is it a verb in the present, right after its name: "Verka backs"?"""
    word = said.words[at]
    return (
        word.content
        and word.low.endswith("s")
        and word.text[0].islower()
        and any(name.last == at for name in said.names)
    )


def _agent(said: Statement, at: int) -> Name | None:
    """The name that is the subject of the verb at ``at``: after "by" where it is passive, else before it in its clause,
    else the first of the sentence where the clause goes on with it; None where it is no name or not to be told."""
    here = said.words[at].clause
    if at and any(
        word.low in _BE - {"has", "have", "had", "will", "would"} for word in said.words[max(0, at - 2) : at]
    ):
        by = next((i for i in range(at + 1, min(at + 8, len(said.words))) if said.words[i].low == "by"), 0)
        return next((name for name in said.names if by and name.first - by in (1, 2)), None)
    before = [index for index in range(at) if said.words[index].clause == here]
    names = [name for name in said.names if name.first in before and not _slot(said, name)]
    if names:
        return names[-1] if len(names) == 1 and not any(said.words[i].low in _PRONOUNS for i in before) else None
    if any(said.words[i].content or said.words[i].low in _PRONOUNS | {"the", "a", "an"} for i in before):
        return None
    first = next((name for name in said.names if _likely(said, name) and not _slot(said, name)), None)
    return first if first is not None and first.first <= 3 and said.words[first.first].clause < here else None


def _titled(claim: Statement, said: Statement) -> Iterator[Finding]:
    """What a name is called right before it ("the architect …") the sentence calls another one."""
    for name in claim.names:
        word = claim.words[name.first - 1] if name.first else None
        if (
            word is None
            or not word.content
            or word.text[0].isupper()
            or claim.words[max(0, name.first - 2)].low != "the"
        ):
            continue
        owners: list[Name] = []
        for place in same(word.base, said):
            owners += [each for each in said.names if each.first == place + 1 or 1 <= place - each.last + 1 <= 3]
        if owners and not any(_same_name(claim, name, said, each) for each in owners):
            own, text = (
                " ".join(w.text for w in part)
                for part in (claim.words[name.first : name.last], said.words[owners[0].first : owners[0].last])
            )
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph calls {text} “{word.text}”, not {own}.")
            return


def _did(claim: Statement, name: Name, said: Statement, other: Name, spots: Sequence[int]) -> float:
    """How much of what follows a name in the claim stands around ``other``, up to the names beside it."""
    after = [word for word in claim.words[name.last :] if word.content]
    end = min((spot for spot in spots if spot > other.first), default=len(said.words))
    start = max((spot + 1 for spot in spots if spot < other.first), default=0)
    clause = said.words[other.first].clause
    told = [*(word for word in said.words[start : other.first] if word.clause == clause), *said.words[other.last : end]]
    held = [any(related(word.base, given.base) > 0 for given in told if given.content) for word in after]
    return sum(held) / len(held) if held else 0.0


def _slot(said: Statement, name: Name) -> str:
    at = name.first - 1
    while at >= 0 and (said.words[at].low in _SKIPPED or said.words[at].low in TITLES):
        at -= 1
    return said.words[at].low if at >= 0 and said.words[at].low in _PREPOSITIONS else ""


def _same_name(claim: Statement, name: Name, said: Statement, other: Name) -> bool:
    return any(
        _named_alike(word, given)
        for word in claim.words[name.first : name.last]
        for given in said.words[other.first : other.last]
        if word.low not in STOP and given.low not in STOP
    )


def _swapped(claim: Statement, said: Statement) -> Iterator[Finding]:
    """A shared verb has on its two sides what the sentence has on the other ones."""
    if overlap(claim, said) < 0.5:
        return
    for at, word in enumerate(claim.words):
        if not _is_verb(word) or word.base in _MUTUAL:
            continue
        for place in same(word.base, said):
            if not _is_verb(said.words[place]):
                continue
            before, after = _sides_of(claim, at)
            first, last = _sides_of(said, place)
            if _capitals(before) and _capitals(after):
                before, after, first, last = (_capitals(each) for each in (before, after, first, last))
            crossed = _share(before, last) and _share(after, first)
            if crossed and not _share(before, first) and not _share(after, last):
                yield Finding(
                    Verdict.UNSUPPORTED,
                    f"The paragraph has it the other way round: who “{said.words[place].text}” whom.",
                )
                return


def _capitals(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.text[0].isupper()]


def _is_verb(word: Word) -> bool:
    """Is it a verb in the past, as far as its form tells?"""
    return (
        word.content
        and word.text[0].islower()
        and (word.low.endswith("ed") or word.low in _SAME or (word.base in _PASTS and stem(word.low) != word.base))
    )


def _sides_of(said: Statement, at: int) -> tuple[list[Word], list[Word]]:
    """Who does it and to whom: the content words before and after a verb in its clause; the other way round where it is
    passive with "by"."""
    here = said.words[at]
    start = max((i + 1 for i in range(at) if said.words[i].clause != here.clause), default=0)
    before = [word for word in said.words[start:at] if word.content][-4:]
    after = [word for word in said.words[at + 1 :] if word.content and word.clause == here.clause]
    follows = [word.low for word in said.words[at + 1 : at + 2]] == ["by"]
    passive = follows or any(word.low in _BE for word in said.words[max(0, at - 2) : at])
    by = next(
        (
            i
            for i in range(at + 1, min(at + 12, len(said.words)))
            if said.words[i].low == "by" and said.words[i].clause == here.clause
        ),
        0,
    )
    if passive and by:
        return [word for word in said.words[by + 1 :] if word.content and word.clause == here.clause][:4], before
    return before, after[:6]


def _share(one: Sequence[Word], other: Sequence[Word]) -> bool:
    return any(
        related(mine.base, given.base) > 0 or (mine.text[0].isupper() and _named_alike(mine, given))
        for mine in one
        for given in other
    )
