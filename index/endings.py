"""Whether a full stop, a question mark or the like ends a sentence, by the words on both of its sides.

The rules know English first, and what is common to other languages; where they cannot tell they say so.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What is to be made of a mark."""

    ENDS = "ends"
    GOES_ON = "goes on"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Place:
    """A mark between two stretches of text: ``before`` is the word it stands at, without quotes and brackets that open,
    ``earlier`` the word before that one (either is empty where there is none); ``mark`` are the marks themselves,
    ``close`` the quotes and brackets that close there; ``after`` is what follows, from its first character on."""

    before: str
    earlier: str
    mark: str
    close: str
    after: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Before a name; none of them ends a sentence. In small letters, as all lists of words before a mark.
_TITLES = _words(
    "mr mrs ms mx messrs mme mlle dr drs prof profs sen sens rep reps gov govs gen lt col maj capt cpt cpl sgt cmdr"
    " cmdt adm brig pvt rev hon pres supt insp det atty sr sra srta hr fr dipl ing hrn dra don mgr msgr vda ret"
)
# Before a name too, but ends of addresses as well.
_PLACES = _words("st ft mt mts pt ste")
# Before a number, or a letter that numbers.
_NUMBERED = _words(
    "no nos nr art arts sec secs sect ch chap fig figs eq eqs vol vols p pp para paras cl op reg abs tab ex ref refs"
    " ver lit bd anm núm pág max min"
)
_MONTHS = _words("jan feb mar apr jun jul aug sep sept oct nov dec okt dez")
_MONTH_NAMES = _words(
    "januar februar märz april mai juni juli august september oktober november dezember january february march may"
    " june july october december jänner"
)
# Always with something to follow.
_LEADING = _words(
    "e.g i.e eg ie cf vs v viz ca approx resp incl esp excl ed eds trans al z.b d.h u.a bzw vgl bspw evtl ggf inkl zzgl"
    " p.ej i.d.r"
)
# Ends of names and of phrases, and of sentences as often.
_ENDING = _words(
    "jr sr inc ltd co corp bros plc llc ave blvd rd hwy dept univ assn est hrs hr lbs oz ft km cm mm kg usw pts bn mn"
    " tn u.s u.k u.n e.u u.s.a u.a.e d.c b.c a.d b.c.e c.e ph.d m.d b.a m.a p.s n.y l.a mon tue tues wed thu thurs fri"
    " sat sun mph"
)
_CLOCK = _words("a.m p.m am pm")
_AFTER_CLOCK = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug"
    r"|Sep|Oct|Nov|Dec|[A-Z]{1,3}[SD]?T\b|GMT|UTC|Eastern|Central|Mountain|Pacific|Greenwich|local)"
)
# What seldom is anything but the first word of a sentence; no word that is a common name too.
_STARTERS = (
    "The|This|That|These|Those|There|Their|They|Then|Thus|Therefore|It|Its|In|At|He|She|His|Her|We|Our|My|But|And|Or|If"
    "|However|When|While|Where|Whether|What|Why|Who|How|As|After|Before|Since|Although|Though|Because|Despite|During"
    "|For|From|With|Without|Some|Many|Most|Other|Another|Both|Each|Every|Also|Even|Still|Yet|Once|Under|Among|According"
    "|Meanwhile|Instead|Nevertheless|Furthermore|Moreover|Finally|Indeed|Here|Did|Does|Is|Are|Was|Were|Has|Have|Had"
    "|Could|Would|Should|By|To|Of|Such|Only|Not|Der|Das|Ein|Eine|Er|Sie|Es|Wir|Ich|Im|Dies|Diese"
)
STARTER = rf"[\"'“‘«(\[]*(?:{_STARTERS})\b(?!\.)"  # a regular expression
_STARTER = re.compile(STARTER)
_STARTER_AFTER_STOP = re.compile(r"[\"'“‘«(\[]*(?:A|An|So|On|No|You|I)\s")

_SPEECH = re.compile(
    r"(?:[A-Z][\w'’.-]+\s+){1,3}(?:said|says|told|asked|asks|added|adds|wrote|writes|replied|shouted|cried|tweeted)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_CAMEL = re.compile(r"[a-z][A-Z]")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_ADDRESS = re.compile(r"https?:|www\.|.*[@/]|[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}$")
_NUMBER = re.compile(r"[^\W\d_]?[-–+]?[\d.,:/]*\d(?:st|nd|rd|th|[%°€£$kmKM]|bn|pm|am)?")
_ROMAN = re.compile(r"[IVXL]+")
_LETTER_OR_NUMBER = re.compile(r"[\"'“(\[]?(?:\d|[A-Z]\b|[IVXL]+\b|[A-Z]\d)")
_REFERENCE = re.compile(r"\([^()]{1,60}\)[.,;]")
_BULLETS = "•‣⁃▪●-–*"
_DIGITS = 3  # of the number of an item
_VOWELS = frozenset("aeiouyáéíóúäöüàèâêîôûæøåœ")
_INNER = frozenset(",;:%&=/|)]}»”’")


def verdict(place: Place) -> Verdict:
    """Whether a sentence ends at ``place``; OPEN where that hangs on more than the rules look at.

    What follows and begins with a small letter, a comma or the like goes on with the sentence, whatever the mark.
    """
    first = next((at for at, mark in enumerate(place.after) if mark.isalnum()), None)
    if first is None or place.after[0] in _INNER or place.after[0] in ".!?…" or _REFERENCE.match(place.after):
        return Verdict.GOES_ON
    if place.after[first].islower() and not _CAMEL.match(place.after, first):
        return Verdict.GOES_ON
    if place.mark != ".":
        return _shout(place)
    if not place.before:
        return Verdict.ENDS if place.close else Verdict.GOES_ON
    return _stop(place)


def _shout(place: Place) -> Verdict:
    """The verdict on a question mark, an exclamation mark or an ellipsis before a capital."""
    if not place.before and not place.earlier:  # the text begins with it
        return Verdict.GOES_ON
    quoted = any(mark in "\"'”’»" for mark in place.close)
    if quoted and _SPEECH.match(place.after) and not _STARTER.match(place.after):
        return Verdict.GOES_ON
    return Verdict.ENDS


def _stop(place: Place) -> Verdict:
    """The verdict on a full stop before a capital, a digit or a script without capitals."""
    word = place.before.lower()
    starts = _STARTER.match(place.after) is not None
    if _ADDRESS.match(word) and not _DOTTED.fullmatch(word) and word not in _LEADING:
        return Verdict.ENDS
    if "&" in word or (word.endswith("str") and place.after[0].isdigit()):  # S.&P. 500, Hauptstr. 5
        return Verdict.GOES_ON
    if word in _LEADING:
        return Verdict.ENDS if starts and word == "al" else Verdict.GOES_ON
    if word == "etc":
        return Verdict.GOES_ON if place.close.startswith(")") and not starts else Verdict.ENDS
    if _is_item(place):
        return Verdict.GOES_ON
    if place.close:  # what closes with its full stop inside is whole, but for "(Smith Jr.)"
        return Verdict.OPEN if word in _TITLES or word in _ENDING or len(word) == 1 else Verdict.ENDS
    if word in _CLOCK:
        return Verdict.GOES_ON if _AFTER_CLOCK.match(place.after) or place.after[0].isdigit() else Verdict.ENDS
    if word in _NUMBERED:
        return _numbered(place, starts)
    if word in _TITLES and (word not in _ENDING or place.before.istitle()):
        return Verdict.ENDS if starts and word in _ENDING else Verdict.GOES_ON
    if word in _MONTHS:
        return Verdict.GOES_ON if place.after[0].isdigit() or not starts else Verdict.ENDS
    if word in _PLACES and place.before.istitle() and not starts:
        return Verdict.GOES_ON
    if word in _PLACES or word in _ENDING or _DOTTED.fullmatch(word):
        return Verdict.ENDS if starts or _STARTER_AFTER_STOP.match(place.after) else Verdict.OPEN
    if _NUMBER.fullmatch(place.before):
        return _number(place)
    if len(place.before) == 1 or _ROMAN.fullmatch(place.before):
        return _initial(place, starts)
    return _unknown(place, word, starts)


def _numbered(place: Place, starts: bool) -> Verdict:
    if _LETTER_OR_NUMBER.match(place.after) and not starts and not _STARTER_AFTER_STOP.match(place.after):
        return Verdict.GOES_ON
    if starts or place.after[0] in '"“‘«':
        return Verdict.ENDS
    return Verdict.ENDS if place.before.islower() and place.before in ("no", "art", "ex") else Verdict.OPEN


def _is_item(place: Place) -> bool:
    """Whether a number (as "1." or "1.)") stands at the beginning, or behind a sentence or a bullet."""
    if not place.before.isdigit() or len(place.before) > _DIGITS or place.close not in ("", ")"):
        return False
    earlier = place.earlier.lower().removesuffix(".")
    abbreviated = earlier in _MONTHS or earlier in _NUMBERED
    return not earlier.strip(_BULLETS) or (not abbreviated and place.earlier.endswith((".", "!", "?", ":", ";")))


def _number(place: Place) -> Verdict:
    """A number ends a sentence, unless it is a day before a month, as in German."""
    month = place.after.split(maxsplit=1)[0].strip(".,").lower() in _MONTH_NAMES
    return Verdict.GOES_ON if month else Verdict.ENDS


def _initial(place: Place, starts: bool) -> Verdict:
    """A single letter, or a Roman number."""
    if not place.earlier:
        return Verdict.GOES_ON
    if place.before == "I" and (place.earlier.islower() or place.earlier.endswith(",")):
        return Verdict.ENDS
    if starts:
        return Verdict.ENDS
    return Verdict.OPEN if len(place.before) == 1 or place.earlier[:1].isupper() else Verdict.ENDS


def _unknown(place: Place, word: str, starts: bool) -> Verdict:
    """A word that is no known abbreviation."""
    if starts or len(word) > 4 or not place.before.isalpha():
        return Verdict.ENDS
    if not _VOWELS.intersection(word) and place.before.isascii() and not place.before.isupper():
        return Verdict.GOES_ON
    initial = re.match(r"[A-Z]\.", place.after) is not None
    return Verdict.OPEN if initial and place.before.istitle() else Verdict.ENDS
