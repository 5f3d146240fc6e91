"""Names, noun phrases and times in a text, found by capitals and by the words around them, without a parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.terms import words

_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
# A day, month or year with the preposition before it, which is the group "preposition".
TIME = re.compile(
    r"\b((?P<preposition>in|on|by|since|before|after|during|until) )?((early|late|mid) )?"
    rf"(\d{{1,2}} ({_MONTH})( (19|20)\d\d)?|({_MONTH})( \d{{1,2}})?(,? (19|20)\d\d)?|(19|20)\d\d)\b",
    re.IGNORECASE,
)
CALENDAR = re.compile(rf"^({_MONTH}|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b", re.IGNORECASE)
# The beginning of a question, or of a request that is one.
ASKS = re.compile(
    r"^(who|whom|whose|what|what’s|what's|whats|when|where|why|how|which|is|are|was|were|do|does|did|can|could|has|"
    r"have|had|will|would|should|list|name|tell|give|compare|explain|describe|show|i|i’m|i’d|i'm|i'd|if)\b|"
    r"^(by|under|since|until|for|from|at|in|to|with|on) (who|whom|what|when|where|which|how)\b",
    re.IGNORECASE,
)
NAME = re.compile(r"[A-Z][\w’'.-]*\w(?: (?:of (?:the )?|for )?[A-Z][\w’'.-]*\w)*")
_DEFINITE = re.compile(
    r"\b(?:the|this|that|these|those) ((?!\b(?:in|on|of|to|at|by|for|with|same|first|last|most|many)\b)[a-z-]+)",
    re.IGNORECASE,
)
_MODIFIED = re.compile(
    r"^\s+(of|for|that|which|who|whose|between|against|called|named|(on|in|at) (the|an?))\b", re.IGNORECASE
)
_GENERIC_WORDS = """
body world sky sun moon earth air weather brain heart law public past future internet
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_LINKS_WORDS = """
of in at on from for between against over the a an and
"""
_LINKS = frozenset(_LINKS_WORDS.split())
_DETERMINER = re.compile(r"(the|a|an)$", re.IGNORECASE)
_PHRASE = re.compile(r"[\w’'–-]+(?:,\d{3})*(?: [\w’'–-]+(?:,\d{3})*)*")
_INVERTS = re.compile(r"\b(did|do|does|will|would|can|could|should|may|might|must)\s+$", re.IGNORECASE)
_VERBS_WORDS = """
get gets got give gives gave make makes made go goes went come comes came take takes took see saw find found know
knows think thinks thought want wants wanted need needs use uses mean means meant work works call calls look looks lie
lies lay become became begin began run runs ran win wins won lose lost pay pays paid cost costs leave left put set
cause causes keep keeps hold holds held say write wrote written build built tell ask try escape fall rise mediates
sold sell start starts stop grow caught catch met meet last lasts freed affect show stand sleep sleeps traded react
there please i else hi hello something good common safe true first
"""
_VERBS = frozenset(_VERBS_WORDS.split())


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised name, and where in a text it stands: there it may hold the 's of possession."""

    text: str
    start: int
    end: int


def names_in(text: str) -> list[str]:
    """The texts of ``name_spans``, in order; a name that is said twice is there twice."""
    return [name.text for name in name_spans(text)]


def name_spans(text: str) -> list[Name]:
    """Capitalised names in order, without question words, months, days, and the 's of possession."""
    found = []
    for first, piece in _pieces(text):
        start, kept = first, piece
        while kept and (ASKS.match(kept) or not words(re.sub(r"[’']s\b", "", kept.split()[0]))):
            rest = kept[len(kept.split()[0]) :].lstrip()
            start, kept = start + len(kept) - len(rest), rest
        name = " ".join(re.sub(r"[’']s\b", "", kept).split())
        if name and name[0].isupper() and not CALENDAR.match(name):
            found.append(Name(name, start, first + len(piece)))
    return found


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Runs of capitalised words and where they begin; one that owns is apart from what it owns."""
    for match in NAME.finditer(text):
        start = match.start()
        for piece in re.split(r"(?<=[’']s) ", match.group()):
            yield start, piece
            start += len(piece) + 1


def phrases_in(text: str) -> list[str]:
    """Noun phrases in order, found by the words around them: "the chip plant in Leipzig"."""
    found = []
    for match in _PHRASE.finditer(text):
        for run in _runs(match.group()):
            inverted = _INVERTS.search(text[: text.find(run)])
            parts = run.split()
            after = text[text.find(run) + len(run) :].split()
            meets_no_verb = not after or (not words(after[0]) and not after[0].startswith("sa"))
            if inverted and len(parts) > 1 and parts[-1].islower() and meets_no_verb:
                parts = parts[:-1]
            while parts and parts[0][0].isdigit():
                parts = parts[1:]
            while parts and (parts[-1].casefold() in _LINKS or re.fullmatch(r"[a-z]+ed", parts[-1])):
                parts = parts[:-1]
            kept = " ".join(parts)
            if words(kept) and not TIME.fullmatch(kept):
                found.append(kept)
    return found


def _runs(text: str) -> Iterator[str]:
    """Words that may stand together in a noun phrase; verbs and words that ask end a run."""
    run: list[str] = []
    for word in text.split():
        low = word.casefold()
        ends = low in _VERBS or ASKS.match(word) or re.fullmatch(r"[a-z]{3,}ed", word) is not None
        ends = ends or (re.fullmatch(r"[a-z]{2,}ing", word) is not None and (not run or not _DETERMINER.match(run[0])))
        starts = low in ("the", "a", "an")
        if starts and run and run[-1].casefold() not in _LINKS:
            yield " ".join(run)
            run = []
        if ends or (not words(word) and not starts and (low not in _LINKS or not run)):
            if run:
                yield " ".join(run)
            run = []
        else:
            run.append(word)
    if run:
        yield " ".join(run)


def bare_phrases(question: str) -> Iterator[str]:
    """Short descriptions without a name and without what they belong to, in order: "the zone", "that bridge"."""
    for match in _DEFINITE.finditer(question):
        phrase = [question[match.start() :].split()[0]]
        rest = question[match.start(1) :]
        for word in re.findall(r"[\w’'-]+", re.split(r"[?.!,;:()]", rest)[0]):
            if not words(word) or word.casefold() in _VERBS or re.fullmatch(r"[a-z]{3,}ed", word):
                break
            phrase.append(word)
        text = " ".join(phrase)
        after = question[match.start() + len(text) :]
        if not 1 < len(phrase) < 4 or text not in question or not phrase[-1].islower() or phrase[-1] in _GENERIC:
            continue
        if not _is_clause(question[: match.start()], text, after) and not _MODIFIED.match(after):
            yield text


def _is_clause(before: str, phrase: str, after: str) -> bool:
    """Does the ``phrase`` begin a clause: "vessels that smuggle oil", "say that machines do", "that rain stops"?"""
    that, *_, last = phrase.casefold().split()
    if that in ("that", "these", "those") and re.match(r"\s+[a-z]+s\b", after):
        return True
    said = before.split()[-1] if before.split() else ""
    if that != "that" or not (words(said) or said.startswith("sa")):  # "What does that gas cost?"
        return False
    return is_plural(last) or (said.endswith("s") and said not in _VERBS)


def is_plural(phrase: str) -> bool:
    """Does the head of the noun phrase look like a plural: "guards of the bank", not "bus" or "James"?"""
    head = re.split(r" (?:of|in|at|on|from|for|between|against|over) ", phrase)[0].split()[-1]
    return re.search(r"[^sui’']s$", head) is not None and head.islower()
