"""What words do in a sentence, as far as form and order tell: verbs and their two sides, subjects, objects, what stands
after a preposition."""

import re

from rag.language.opposites import base
from rag.language.statement import TITLES, Name, Statement, Word
from rag.terms import stem

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
SAME = frozenset(["beat", "hit", "hurt", "shot"])
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
COMMON_NOUNS = frozenset(_COMMON.split())
BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "has", "had", "have", "will", "would"])
_PRONOUNS = frozenset(["he", "she", "they", "it", "who", "which", "his", "her", "their", "its", "him", "them"])


def is_verb(word: Word) -> bool:
    """Is it a verb in the past, as far as its form tells?"""
    return (
        word.content
        and word.text[0].islower()
        and (word.low.endswith("ed") or word.low in SAME or (word.base in _PASTS and stem(word.low) != word.base))
    )


def follows_name(said: Statement, at: int) -> bool:
    """Is it a verb in the present, right after its name: "Verka backs"?"""
    word = said.words[at]
    return (
        word.content
        and word.low.endswith("s")
        and word.text[0].islower()
        and any(name.last == at for name in said.names)
    )


def likely(said: Statement, name: Name) -> bool:
    """Is it a name, or only a word that begins a sentence?"""
    low = said.words[name.first].low
    return name.sure or not (low in COMMON_NOUNS or re.search(r"(?:s|ing|tion|ment|ness|ity|ly|ism|ed)$", low))


def is_object(said: Statement, name: Name) -> bool:
    """Does the name stand right after a verb, articles and titles aside?"""
    at = name.first - 1
    while at >= 0 and (said.words[at].low in _SKIPPED or said.words[at].low in TITLES):
        at -= 1
    return at >= 0 and is_verb(said.words[at])


def slot_of(said: Statement, name: Name) -> str:
    """The preposition right before the name, articles and titles aside; "" where there is none."""
    at = name.first - 1
    while at >= 0 and (said.words[at].low in _SKIPPED or said.words[at].low in TITLES):
        at -= 1
    return said.words[at].low if at >= 0 and said.words[at].low in _PREPOSITIONS else ""


def agent_of(said: Statement, at: int) -> Name | None:
    """The name that is the subject of the verb at ``at``: after "by" where it is passive, else before it in its clause,
    else the first of the sentence where the clause goes on with it; None where it is no name or not to be told."""
    here = said.words[at].clause
    if at and any(word.low in BE - {"has", "have", "had", "will", "would"} for word in said.words[max(0, at - 2) : at]):
        by = next((i for i in range(at + 1, min(at + 8, len(said.words))) if said.words[i].low == "by"), 0)
        return next((name for name in said.names if by and name.first - by in (1, 2)), None)
    before = [index for index in range(at) if said.words[index].clause == here]
    names = [name for name in said.names if name.first in before and not slot_of(said, name)]
    if names:
        return names[-1] if len(names) == 1 and not any(said.words[i].low in _PRONOUNS for i in before) else None
    if any(said.words[i].content or said.words[i].low in _PRONOUNS | {"the", "a", "an"} for i in before):
        return None
    first = next((name for name in said.names if likely(said, name) and not slot_of(said, name)), None)
    return first if first is not None and first.first <= 3 and said.words[first.first].clause < here else None


def sides_of(said: Statement, at: int) -> tuple[list[Word], list[Word]]:
    """Who does it and to whom: the content words before and after a verb in its clause; the other way round where it is
    passive with "by"."""
    here = said.words[at]
    start = max((i + 1 for i in range(at) if said.words[i].clause != here.clause), default=0)
    before = [word for word in said.words[start:at] if word.content][-4:]
    after = [word for word in said.words[at + 1 :] if word.content and word.clause == here.clause]
    follows = [word.low for word in said.words[at + 1 : at + 2]] == ["by"]
    passive = follows or any(word.low in BE for word in said.words[max(0, at - 2) : at])
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
