"""Whether two texts that are nearly the same say the same: one may leave things out or add some, but where a sentence
of one is a sentence of the other with a change, no figure, name, day, denial or opposite may be what was changed.

So a report whose death toll was brought up to date is no copy of the report before it, however little else differs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

BETWEEN = re.compile(r"(?<=[.!?…])[”\"’')\]]*\s+|\n\n")
"""What stands between two sentences, well enough to tell which of them texts have in common."""
_ONE_SENTENCE = 0.6  # of the words of the shorter of two sentences, the share from which one is the other one changed
_ONE_MATTER = 0.4  # the share of its longer words from which they tell of the same thing in other words
_MOST = 400  # sentences that were changed; who changed more has written a text of their own
_LONGEST = 320_000  # characters that are looked at, as of shingles
# "HANOI, June 20 (AP) — ", and lines on when something was published: every house has its own.
_DATELINE = re.compile(
    r"(?<![^\n])[A-ZÀ-Þ](?:[^\n—–()]{0,50}\([^()\n]{2,30}\)|[A-ZÀ-Þ .'’-]{2,40}(?:,[^\n—–()]{1,30})?) ?(?:—|–|--|-) "
)
_HOUSE = re.compile(r"\W*(?:published|updated|posted|modified|additional reporting|reporting|editing|writing|by)\b")
_TOKEN = re.compile(r"[$€£¥]|[-−]?\d+(?:[.,:/–-]\d+)*|[^\W\d_]+")
_SMALL = re.compile(r"\b[^\W\d_A-ZÀ-Þ]+\b")
_NOT = re.compile(r"n[’']t\b|(?<=\bcan)not\b")
_POINTS = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z\s])")
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u202f](?=\d{3}(?!\d))")
_PERCENT = re.compile(r"\s?%|\s?\bper cent\b", re.IGNORECASE)
_FREE = frozenset(("the", "a", "an", "that", "s", "of"))  # may come and go anywhere
_NUMBERS = """
zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds thousand
thousands million millions billion billions trillion half third quarter double triple twice second fourth fifth
percent
"""
_COUNTS = frozenset(_NUMBERS.split())
_SCALES = frozenset(("dozen", "hundred", "thousand", "million", "billion", "trillion", "percent"))
_TURNS = """
not no nor never none neither nobody nothing without deny denies denied denying refuse refuses refused reject
rejects rejected fail fails failed false falsely hardly barely scarcely unlikely alleged allegedly reportedly
may might could would partly partially nearly almost
"""
_DENIALS = frozenset(_TURNS.split())
_OPPOSITES = (
    "rise|rises|rose|risen|rising|fall|falls|fell|fallen|falling|drop|drops|dropped",
    "up|down|above|below",
    "more|less|fewer|most|least|few|many",
    "before|after|since|until",
    "increase|increases|increased|decrease|decreases|decreased|decline|declines|declined",
    "grow|grows|grew|grown|shrink|shrinks|shrank|shrunk",
    "win|wins|won|lose|loses|lost",
    "killed|dead|died|injured|wounded|hurt|missing|rescued",
    "accept|accepts|accepted|agree|agrees|agreed|object|objects|objected|oppose|opposes|opposed|back|backs|backed",
    "open|opens|opened|reopen|reopens|reopened|close|closes|closed|shut|shuts",
    "begin|begins|began|begun|start|starts|started|end|ends|ended|stop|stops|stopped",
    "approve|approves|approved|veto|vetoes|vetoed|adopt|adopts|adopted|repeal|repeals|repealed",
    "import|imports|imported|export|exports|exported",
    "buy|buys|bought|sell|sells|sold",
    "raise|raises|raised|cut|cuts|lower|lowers|lowered|reduce|reduces|reduced",
    "arrest|arrests|arrested|release|releases|released|acquitted|convicted|sentenced",
    "first|last|former|current|next",
    "north|south|east|west|northern|southern|eastern|western",
    "minutes|hours|days|weeks|months|years",
    "metres|kilometres|miles|feet|tonnes|litres|kilograms",
)
_SIDES = {word: number for number, line in enumerate(_OPPOSITES) for word in line.split("|")}


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence: its ``words`` in small letters, the ``different`` ones among them, and of these in order its
    ``figures``, in digits or words, and its ``names``, which begin with a capital inside the sentence."""

    words: tuple[str, ...]
    different: frozenset[str]
    figures: tuple[str, ...]
    names: tuple[str, ...]


def agree(text: str, other: str) -> bool:
    """Whether nothing that ``text`` says was changed in ``other``; what only one of them says does not count. About a
    millisecond for texts of 300 words, a second at the most."""
    both = _plain(text[:_LONGEST]), _plain(other[:_LONGEST])
    mine, theirs = (dict.fromkeys(_parts(each)) for each in both)
    changed, answers = mine.keys() - theirs.keys(), theirs.keys() - mine.keys()
    if not changed or not answers:
        return True
    if min(len(changed), len(answers)) > _MOST:
        return False
    small = frozenset(word for each in both for word in _SMALL.findall(each))
    said = [_said(part, small) for part in mine if part in changed]
    heard = [_said(part, small) for part in theirs if part in answers][: 4 * _MOST]
    all_mine, all_theirs = (_figures(_words(each)) for each in both)
    for one in said:
        share, place = max((_overlap(one, each), place) for place, each in enumerate(heard))
        if share >= _ONE_SENTENCE:
            if _differ(one, heard[place]):
                return False
        elif set(one.figures).difference(all_theirs) and any(
            set(each.figures).difference(all_mine) and _one_matter(one, each) for each in heard
        ):
            return False  # each gives a figure on one matter that the other text does not have
    return True


def _plain(text: str) -> str:
    """``text`` without what one house writes in another way than the next."""
    said = _PERCENT.sub(" percent", _THOUSANDS.sub("", _NOT.sub(" not", _DATELINE.sub("", text))))
    return _POINTS.sub("", said).replace("−", "-")


def _parts(text: str) -> list[str]:
    """The sentences of a text, without those of a few words and what an outlet says of its own work."""
    parts = BETWEEN.split(text)
    return [each for each in parts if each.count(" ") >= 3 and not (len(each) < 90 and _HOUSE.match(each.casefold()))]


def _said(sentence: str, small: frozenset[str]) -> _Said:
    """``small`` are the words that the texts have in small letters: they tell whether a sentence begins with a name."""
    written = _TOKEN.findall(sentence)
    words = _words(sentence)
    names = [
        word
        for place, (word, form) in enumerate(zip(words, written, strict=True))
        if form[0].isupper() and word not in _COUNTS | _FREE and (place or (word not in small and len(word) > 3))
    ]
    kept = tuple(word for word in words if word not in _FREE)
    return _Said(kept, frozenset(kept), _figures(words), tuple(names))


def _words(text: str) -> list[str]:
    return [each.casefold() for each in _TOKEN.findall(text)]


def _figures(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word in _COUNTS or not word[-1].isalpha())


def _overlap(one: _Said, other: _Said) -> float:
    smaller = min(len(one.different), len(other.different))
    return len(one.different & other.different) / max(1, smaller)


def _one_matter(one: _Said, other: _Said) -> bool:
    mine, theirs = ({word for word in each.words if len(word) > 3 and word.isalpha()} for each in (one, other))
    return len(mine & theirs) >= max(2.0, _ONE_MATTER * min(len(mine), len(theirs)))


def _differ(one: _Said, other: _Said) -> bool:
    """Whether of two sentences with most words in common one says what the other does not leave room for."""
    if not (_within(one.figures, other.figures) and _within(one.names, other.names)):
        return True
    gone, come = list[str](), list[str]()
    for kind, first, last, start, end in SequenceMatcher(None, one.words, other.words, autojunk=False).get_opcodes():
        here, there = one.words[first:last], other.words[start:end]
        if kind == "replace" and _opposed(here, there):
            return True
        if kind != "equal":
            gone += here
            come += there
    only = set(gone) ^ set(come)
    return not only.isdisjoint(_DENIALS) or not only.isdisjoint(_SCALES)


def _within(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the shorter sequence is the longer one with some left out."""
    shorter, longer = sorted((some, others), key=len)
    rest = iter(longer)
    return all(each in rest for each in shorter)


def _opposed(here: Sequence[str], there: Sequence[str]) -> bool:
    sides = {_SIDES[word]: word for word in here if word in _SIDES}
    return any(sides.get(_SIDES[word], word) != word for word in there if word in _SIDES)
