"""What the words before others do to them: a negator turns them round, a hedge makes them less than a fact.

Each cue covers the words from it to the end of its clause.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rag.language.statement import Statement, Word

_NEGATORS = """
not never no without neither nor cannot nobody none nothing hardly barely scarcely seldom rarely
"""
_SINGLE = frozenset(_NEGATORS.split())
# With the word that must follow.
_REFUSING = frozenset(
    [
        "failed",
        "fail",
        "fails",
        "failing",
        "refused",
        "refuse",
        "refuses",
        "refusing",
        "declined",
        "decline",
        "declines",
    ]
)
_UNABLE = frozenset(["unable", "unwilling", "reluctant"])
_DENYING = frozenset(["denied", "deny", "denies", "denying", "refuted", "refutes"])
_OUT = re.compile(
    r"\b(?:rul(?:ed|es|e|ing) out|lack(?:s|ed|ing)?(?: of)?|absence of|instead of|rather than|stopped short of|"
    r"too \w+ (?:for \w+ )?to)\b",
    re.I,
)
_EXCEPTIONS = re.compile(
    r"\b(?:not (?:only|just|merely|least|necessarily)|no (?:more|fewer|less|later|doubt|matter)|nothing (?:but|"
    r"less)|not to mention)\b",
    re.I,
)


class Sort(Enum):
    """What a hedge makes of a statement; the value says how far it is from a fact."""

    WILL = 1
    PLAN = 2
    SAID = 3
    ASKED = 4
    ALLEGED = 5
    IF = 6
    MAY = 7

    @property
    def level(self) -> int:
        """0 would be a fact, 1 the future, 2 an intention, 3 anything less sure."""
        return min(self.value, 3)


_HEDGES = {
    Sort.WILL: r"will|'ll|would|is due to|are due to|set to|scheduled (?:to|for)|agree[ds]? to|"
    r"pledge[ds]?(?: to)?|promise[ds]?(?: to)?|"
    r"vow(?:s|ed)?(?: to)?|committed to|undertook to|decided to|is to(?= [a-z]+\b)|are to(?= [a-z]+\b)|about to|"
    r"on course to",
    Sort.PLAN: r"plan(?:s|ned|ning)?(?: to| for)?|intend(?:s|ed)?(?: to)?|aim(?:s|ed|ing)?(?: to| at)?|hop(?:es|"
    r"ed|ing)(?: to)?|"
    r"want(?:s|ed|ing)?(?: to)?|seek(?:s|ing)?(?: to)?|sought(?: to)?|expect(?:s|ed|ing)?(?: to)?|likely|"
    r"proposed?|proposes|"
    r"propos(?:al|als|ing)|draft|bid to|try(?:ing)? to|tried to|attempt(?:s|ed|ing)?(?: to)?|offer(?:s|ed)? to|"
    r"target(?:s|ed)?|prepar(?:es|ed|ing) to|postpon(?:es|ed|ing)|put back|shelved?|"
    r"forecasts?|predict(?:s|ed)?|projected|projects|anticipated?|ready to|willing to",
    Sort.SAID: r"claim(?:s|ed|ing)?|insist(?:s|ed|ing)?|argu(?:es|ed|ing)|contend(?:s|ed)?|maintain(?:s|ed)? that|"
    r"believ(?:es|ed|e)|thinks?|thought|suggest(?:s|ed)?|in (?:his|her|their) view",
    Sort.ASKED: r"call(?:s|ed|ing)? (?:for|on)|urg(?:es|ed|e|ing)|demand(?:s|ed|ing)?|appeal(?:s|ed|ing)? (?:for|"
    r"to)|recommend(?:s|ed)?|"
    r"should|ought to|must|ask(?:s|ed|ing)? (?:for|the|to)|request(?:s|ed)?|advis(?:es|ed)|press(?:ed|ing) for|"
    r"push(?:es|ed|ing) for|lobb(?:ied|ying)|need(?:s|ed)? to|"
    r"threaten(?:s|ed|ing)?(?: to)?|warn(?:s|ed|ing)?",
    Sort.ALLEGED: r"alleged(?:ly)?|alleg(?:es|e|ing|ations?(?: of| that)?)|accus(?:ed|es|e|ing|ations?)|suspected|"
    r"suspects that|suspicions?|charged with|"
    r"charges of|reportedly|purported(?:ly)?|apparent(?:ly)?|unconfirmed|rumou?red|rumou?rs?|supposed(?:ly)?|"
    r"said to (?:be|have)|investigat(?:ed|ing) (?:for|over)",
    Sort.IF: r"if|unless|whether|provided that|would have|in case|should (?=[a-z]+ (?:be|fail|win|lose))",
    Sort.MAY: r"may|might|could|can|possibl[ey]|possibility|perhaps|potential(?:ly)?|consider(?:s|ed|ing)?|"
    r"weigh(?:s|ed|ing)|mull(?:s|ed|ing)?|"
    r"explor(?:es|ed|ing)|stud(?:ies|ied|ying) whether|discuss(?:es|ed|ing)?|debat(?:es|ed|ing)|appear(?:s|"
    r"ed)? to|seem(?:s|ed)? to|risk(?:s|ed)?(?: of)?|"
    r"not clear|unclear|uncertain|probab(?:ly|le)|chance(?: of| that)?|fear(?:s|ed)?|in talks|negotiat(?:es|ing)|"
    r"preliminary|tentative(?:ly)?",
}
_HEDGE = re.compile(
    "|".join(rf"(?P<{sort.name}>\b(?:{words})\b)" for sort, words in reversed(_HEDGES.items())), re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of ``text[start:end]`` and the words ``covers`` (indices of the statement's content words) it bears on, the
    nearest first; ``sort`` is None for a negator."""

    start: int
    end: int
    text: str
    covers: tuple[int, ...]
    sort: Sort | None = None


@lru_cache(maxsize=16_384)
def negators(said: Statement) -> tuple[Cue, ...]:
    """The negators of a sentence in order. "No more than" and "not only" are none."""
    spared = [match.span() for match in _EXCEPTIONS.finditer(said.text)]
    found: list[Cue] = []
    for at, word in enumerate(said.words):
        after = said.words[at + 1].low if at + 1 < len(said.words) else ""
        hit = word.low in _SINGLE or word.low.endswith("n't") or (word.low in _UNABLE) or word.low in _DENYING
        hit = hit or (word.low in _REFUSING and after == "to") or (word.low == "refusal" and after == "to")
        if hit and not any(start <= word.start < end for start, end in spared) and after != "one's":
            last = at + 1 + (after in ("to", "longer"))
            found.append(Cue(word.start, word.end, said.text[word.start : word.end], covered(said, last, at)))
    for match in _OUT.finditer(said.text):
        at = said.at(match.start())
        found.append(Cue(*match.span(), match.group(), covered(said, said.at(match.end()), at)))
    return tuple(sorted(found, key=lambda cue: cue.start))


@lru_cache(maxsize=16_384)
def hedges(said: Statement) -> tuple[Cue, ...]:
    """The hedges of a sentence in order. "Could not" is none: it says that something did not happen."""
    found: list[Cue] = []
    for match in _HEDGE.finditer(said.text):
        word, after = match.group().lower(), said.text[match.end() : match.end() + 5].lower()
        sort = Sort[match.lastgroup or ""]
        if (word in ("could", "can", "would", "will") and after.startswith((" not", "n't"))) or _is_no_hedge(
            said, match
        ):
            continue
        at, last = said.at(match.start()), said.at(match.end())
        if sort is Sort.IF:
            covers = tuple(index for index, each in enumerate(said.words) if each.content)
        else:
            covers = covered(said, last, at, through=sort in (Sort.SAID, Sort.ALLEGED, Sort.ASKED))
        if match.group().lower() in (
            "allegedly",
            "reportedly",
            "apparently",
            "likely",
            "probably",
            "perhaps",
            "possibly",
            "purportedly",
        ):
            covers += tuple(
                index
                for index, each in enumerate(said.words[:at])
                if each.content and each.clause == said.words[at].clause
            )
        found.append(Cue(*match.span(), match.group(), covers, sort))
    return tuple(found)


def _is_no_hedge(said: Statement, match: re.Match[str]) -> bool:
    """The month, the noun, the thing by its name: "May", "a will", "the draft"."""
    word, before = match.group(), said.text[: match.start()].split()
    if word in ("May", "Will") and before:
        return True
    if word.lower() in ("will", "must", "can") and before and before[-1].lower() in ("a", "the", "his", "her"):
        return True
    if word.lower() == "may" and (
        not before or before[-1].lower() in ("in", "of", "since", "by", "until", "last", "next")
    ):
        return True
    return word.lower() in ("likely",) and bool(before) and before[-1].lower() in ("less", "more")


def covered(said: Statement, first: int, cue: int, *, through: bool = False) -> tuple[int, ...]:
    """The content words from ``first`` to the end of the clause of the word ``cue``; ``through`` to the next "but"."""
    found: list[int] = []
    for index in range(first, len(said.words)):
        word = said.words[index]
        if word.clause != said.words[min(cue, len(said.words) - 1)].clause and not through:
            break
        if through and word.low in ("but", "while", "whereas", "although", "which", "who", "whose", "where"):
            break
        if word.content:
            found.append(index)
    return tuple(found)


def sign(said: Statement, index: int) -> int:
    """-1 for a word that an odd number of negators covers, else 1."""
    return -1 if sum(index in cue.covers for cue in negators(said)) % 2 else 1


def head(said: Statement, cue: Cue) -> Word | None:
    """The first content word that a cue covers."""
    return said.words[cue.covers[0]] if cue.covers else None


def hedged(said: Statement, index: int) -> Sequence[Cue]:
    """The hedges that cover a word."""
    return [cue for cue in hedges(said) if index in cue.covers]
