"""What a single line of an article is: a bullet, a rule, a byline, a dateline, a link to the source, the end of a
sentence."""

import re
from dataclasses import dataclass

_RULE = re.compile(r"(?:[-_*=~—–#•·]\s*){3,}")
# The last four are where Word's Symbol and Wingdings fonts keep their bullets.
_BULLET = re.compile(r"\s*[•‣⁃◦▪●○■□➢✓·*+–\uf0b7\uf0a7\uf0d8\uf0fc-]\s+(?=\S)")
_NUMBER = re.compile(r"\s*\(?[0-9]{1,2}[.)]\s+(?=\S)")
_ENDS = re.compile(r"[.!?…。！？:;][\"”’»)\]]*$|[.!?…][\"”’»)\]]*\s?(?:\[\d+\]|\d{1,2})$")
_ADDRESS = r"<?(?P<url>https?://[^\s<>]+?)[>).,;]*"
_LEAD = (
    r"(?:for (?:the |our )?(?:full|complete|original)(?: \w+)?|(?:read |see |view )?(?:the |our )?(?:full|original)"
    r" (?:report|article|story|text|version|post|analysis|statement|transcript)(?: here| at| on)?"
    r"|(?:this (?:article|story|post|piece) was )?(?:first |originally )published(?: at| on| in| by)?.{0,60}?"
    r"|read more(?: here| at| on)?)"
)
_SOURCE = r"(?:source|sources|url|link|original|original url|web|permalink|retrieved from|available (?:at|from))"
_ORIGIN = re.compile(rf"{_LEAD}\s*[:–—-]?\s*{_ADDRESS}", re.IGNORECASE)
_NAMED_LINK = re.compile(rf"(?:{_SOURCE}\s*[:–—-]?\s*)?{_ADDRESS}", re.IGNORECASE)
_BARE_LINK = re.compile(_ADDRESS, re.IGNORECASE)
# Accents may be written as marks of their own, which \w leaves out.
_PERSON = r"(?:[^\W\d_a-z][\w\u0300-\u036f.'’-]*|d[aeiou]|del|der|van|von|bin|ibn|al-?\w*|el|la|le)"
_PEOPLE = rf"{_PERSON}(?:\s+{_PERSON}){{1,4}}"
_BYLINE = re.compile(
    r"(?:by|BY|By|(?:Written|Reported|Report|Story|Text|Words|Analysis|Commentary|Compiled|Posted) by|Authors?:"
    r"|Author\(s\):|Von|Par|Por|Door|Autor(?:in)?:|Auteur ?:|Автор:)(?! (?:der|de|la|el|los|unser\w*|onze) )\s*:?\s+"
    rf"(?P<names>{_PEOPLE}(?:(?:,?\s+(?:and|&|AND)\s+|,\s+){_PEOPLE}){{0,7}})"
)


def is_rule(line: str) -> bool:
    """Whether ``line`` is a horizontal rule: three or more of -, _, *, =, ~ and the like, and nothing else."""
    return _RULE.fullmatch(line.strip()) is not None


def bullet_end(line: str, numbered: bool = True) -> int:
    """Return where the text after a bullet ("•", "-", "*", and "1." if ``numbered``) starts; 0 when there is none."""
    found = _BULLET.match(line) or (_NUMBER.match(line) if numbered else None)
    return found.end() if found else 0


def ends_sentence(line: str) -> bool:
    """Whether ``line`` closes a sentence or opens a list: its last mark, before quotes and notes, is . ! ? … : or ;"""
    return _ENDS.search(line.rstrip()) is not None


def is_prose(text: str) -> bool:
    """Whether folded ``text`` is a paragraph of running text rather than a title, a name or a label."""
    return len(text) > 160 or (ends_sentence(text) and not text.endswith(":") and len(text) > 40)


def find_origin(line: str) -> str | None:
    """Return the address in a line such as "For full report: https://…" or "Originally published at https://…"."""
    found = _ORIGIN.fullmatch(line.strip())
    return found["url"] if found else None


def find_link(line: str) -> str | None:
    """Return the address in a line that is only one, or "Source: https://…"; None for any other line."""
    found = _NAMED_LINK.fullmatch(line.strip())
    return found["url"] if found else find_origin(line)


def is_bare_link(line: str) -> bool:
    """Whether ``line`` is an address and nothing else, not even "Source:"."""
    return _BARE_LINK.fullmatch(line.strip()) is not None


def find_byline(line: str) -> str | None:
    """Return the names in "By Jane Doe and John Roe" or "Report by Jane Doe, The Outlet"; None for any other line."""
    found = _BYLINE.fullmatch(line.strip())
    return found["names"] if found else None


# "OSLO, June 3 (Norsk Wire) — ": the place in capitals, or any with the agency in brackets.
_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_PLACES = rf"(?:{_UPPER}{{2,}}(?:[ .'’/-]+{_UPPER}+)*(?:, {_UPPER}[\w.]*(?: {_UPPER}[\w.]*)*)??)"
_WHEN = (
    r"(?:,? (?:\d{1,2} )?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?: \d{1,2})?(?:,? \d{4})?)"
)
_DATELINE = re.compile(
    rf"(?:(?P<place>{_PLACES})|{_UPPER}[\w.'’-]+(?: {_UPPER}[\w.'’-]+){{0,2}})(?P<date>{_WHEN})?"
    rf"(?: ?\((?P<agency>{_UPPER}[^()\n\d]{{1,30}})\))?,? ?(?:—|–|--|-) (?=[^\W_]|[“\"])"
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where a report was filed: the ``date`` as written and the ``agency``, as far as they are named."""

    date: str
    agency: str


def find_dateline(text: str) -> Dateline | None:
    """Return the dateline that folded ``text`` begins with, None when it begins with none."""
    found = _DATELINE.match(text)
    if found is None or not (found["agency"] or found["place"]):
        return None
    return Dateline((found["date"] or "").strip(" ,"), found["agency"] or "")
