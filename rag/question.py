"""What kind of answer a question asks for, by its words, and whether a sentence holds one."""

import re
from enum import Enum

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    "ninety|hundreds?|thousands?|dozens?|million|billion|trillion|half|third|quarter|percent"
)


class Asked(Enum):
    """Kinds of answer that leave a mark on the sentence that gives them."""

    NUMBER = "number"
    AGE = "age"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"


_ASKS = {
    Asked.NUMBER: re.compile(
        r"\bhow (many|much|long|far|large|big|tall|high|often)\b|"
        r"\bwhat (number|percentage|share|proportion|amount)\b"
    ),
    Asked.AGE: re.compile(r"\bhow old\b|\b(what|which) age\b"),
    Asked.TIME: re.compile(r"\bwhen\b|\b(what|which) (year|date|day|month|time|decade|century)\b|\bsince when\b"),
    Asked.PERSON: re.compile(r"\bwho(se|m)?\b|\bwhat (person|leader|minister|president|official|author)\b"),
    Asked.PLACE: re.compile(r"\bwhere\b|\b(what|which) (city|country|place|region|town|state|location)\b"),
    Asked.REASON: re.compile(r"\bwhy\b|\bwhat (caused|reason|led)\b|\bfor what reason\b|\bhow come\b"),
}

_HOLDS = {
    Asked.NUMBER: re.compile(rf"\d|\b({_NUMBER_WORDS})\b", re.IGNORECASE),
    Asked.AGE: re.compile(r"\b(aged?|years?[- ]old|year of birth|birthday|born|turn(s|ed|ing) \w+)\b", re.IGNORECASE),
    Asked.TIME: re.compile(
        rf"\b(1[0-9]|20)\d\d(s\b|\b)|\b({_MONTHS})\b|\b({_DAYS})\b|\b(yesterday|today|tomorrow|century|years? ago|"
        r"weeks?|months?|(last|next|this) year)\b",
        re.IGNORECASE,
    ),
    # A capital inside the sentence: names stand there; the first word proves nothing.
    Asked.PERSON: re.compile(r"(?<=[\w,;:] )[“\"'(]?[A-Z][\w’'-]+|^[A-Z][\w’'-]+ (?:[a-z]{1,3} )?[A-Z][\w’'-]+"),
    Asked.PLACE: re.compile(r"\b(in|at|to|from|near|of|on|outside|across|into|over) (the )?[A-Z][\w’'-]+"),
    Asked.REASON: re.compile(
        r"\b(because|since|due to|as a result|so that|in order to|caused|led to|reason|therefore|owing|thanks to|"
        r"in response|amid|after|so as to|intended to|aim(s|ed)? to|likely to)\b",
        re.IGNORECASE,
    ),
}


_SEVERAL = re.compile(
    r"^(which|what|who) (\w+ )?(are|were|do|did|does|have|has)\b|^why\b|\bhow (did|do|does|has|have|is|are)\b|"
    r"\b(list|compare|comparison|difference|differ|each|both|versus|reasons|reactions?|react(ed)?|respon(d|se|ses|ded)|"
    r"say|said|says|change[ds]?)\b"
)
_SINGLE = frozenset({Asked.NUMBER, Asked.AGE, Asked.TIME, Asked.PERSON, Asked.PLACE})


LONGEST_ASKED = 25  # words; of a thousand questions that the reader was trained on, 999 have no more


def is_long(question: str) -> bool:
    """Whether ``question`` is longer than what the reader was trained on: a post or paragraph put into the search, or
    several questions in one."""
    return len(question.split()) > LONGEST_ASKED


def wants_several(question: str) -> bool:
    """Whether ``question`` asks for a list, a comparison, a reason, a development or an account, not for one fact."""
    lowered = question.lower()
    if compared(question) or over_time(question):
        return True
    return _SEVERAL.search(lowered) is not None and not asked(question) & _SINGLE


_COMPARES = re.compile(
    r"\b(compar(e[ds]?|ing|ison)|differ(s|ed|ences?|ent(ly)?)?|versus|vs|both|respectively|in contrast|than)\b"
)
_OVER_TIME = re.compile(
    r"\b(timeline|chronology|over time|over the (past |last )?(days|weeks|months|years)|step by step|sequence of|"
    r"how (has|have|did) .* (develop|evolve|change|unfold|grow)(ed|n)?|(development|evolution|course|history) of)\b"
)
_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][\w’'-]*(?: (?:of (?:the )?)?[A-Z][\w’'-]*)*")


def compared(question: str) -> tuple[str, ...]:
    """The names that ``question`` compares, in order; empty when it compares none or only one."""
    if not _COMPARES.search(question.lower()):
        return ()
    names = dict.fromkeys(re.sub(r"[’']s$", "", name) for name in _NAME.findall(question))
    return tuple(names) if len(names) > 1 else ()


def over_time(question: str) -> bool:
    """Whether ``question`` asks how something developed, so that its answer is told in the order of time."""
    return _OVER_TIME.search(question.lower()) is not None


def asked(question: str) -> frozenset[Asked]:
    """The kinds of answer that ``question`` asks for; empty when its words do not tell."""
    lowered = question.lower()
    return frozenset(kind for kind, pattern in _ASKS.items() if pattern.search(lowered))


def fit(kinds: frozenset[Asked], sentence: str) -> float:
    """1 when ``sentence`` holds every kind of answer in ``kinds``, -1 when it holds none of them, 0 when none is."""
    if not kinds:
        return 0.0
    held = sum(1 for kind in kinds if _HOLDS[kind].search(sentence))
    return 2.0 * held / len(kinds) - 1.0
