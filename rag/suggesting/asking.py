"""A sentence becomes the questions that it answers, by its shape: no parser and no model.

Only shapes whose question is sure to be grammatical are turned, and only questions that can be understood by themselves
are given: those that name what they are about, and point back to nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.leaning import leans
from rag.phrases import bare_phrases, names_in
from rag.suggesting.verbs import BASE

_LONG = 500  # characters of a sentence beyond which it is none: a list, a table, a file of words
_LONGEST = 20  # words of a question that is still read at a glance

_VERB = "|".join(sorted(BASE, key=len, reverse=True))
_DONE = r"[a-z]+ed|built|held|sent|shot|hit|won|lost|led|drawn|driven|taken|given|written|made|set|cut|found|sold|shut"
_DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = r"(?:1[6-9]|20)\d\d"
_DATE = (
    rf"(?:\d{{1,2}} (?:{_MONTH})(?: {_YEAR})?|(?:{_MONTH})(?: \d{{1,2}})?(?:,? {_YEAR})?|"
    rf"(?:the )?(?:spring|summer|autumn|winter|end) of {_YEAR}|{_YEAR})\b"
)
_WHEN = rf"(?:on|in) (?:(?:{_DAY}),? )?{_DATE}"
_NAME = r"[A-Z][\w’'-]*\w(?: (?:of (?:the )?|for (?:the )?)?[A-Z][\w’'-]*\w)*"
_PERSON = r"[A-Z][\w’-]+(?: [A-Z][\w’-]+){1,4}"
_FROM = r"(?:North |South )?[A-Z][a-z]+(?:an|ese|ish)"  # "South Korean"
_OWNED = rf"(?:The|A|An)(?: [a-z-]+){{1,4}} (?:of|in|at|for|into|between|on) (?:the )?(?:[a-z-]+ ){{0,3}}{_NAME}"
_WHO = rf"(?P<who>{_OWNED}|{_FROM}(?: [a-z]+){{1,2}}|(?:The )?{_NAME})"
_REST = r"[^,;:.!?“”\"()–—]"
_ABOUT = (
    r"(?:about|around|some|nearly|almost|roughly|over|at least|at most|more than|fewer than|up to|only|as many as) "
)
_NUMBER = (
    rf"(?:(?i:{_ABOUT}))?(?:\d[\d,.]*|(?i:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))"
    r"(?: (?:hundred|thousand|million|billion))?"
)
_MONEY = r"(?:dollars|euros|pounds|crowns|yen|roubles|francs)"
_UNIT = r"(?:percent|per cent|cents|hours|days|weeks|months|years|metres|kilometres|miles|degrees|points|times)"
_THINGS = rf"(?:{_FROM} )?(?!of |{_UNIT}\b)(?:(?!and |or |of )[a-z-]+ ){{0,2}}(?:people|[a-z]+(?:[^s\W]s|ss?es))"
_END = r"(?<=\w)(?=[,.](?!\d)|[;:”\"]|$)"

_DATED = re.compile(rf"^{_WHO} (?P<verb>{_VERB})(?P<what> {_REST}{{3,90}}?) {_WHEN}")
_ALONE = "resigned|died|arrived|retired|collapsed|opened|closed|began|ended|sank|crashed"
_DATED_ALONE = re.compile(rf"^{_WHO} (?P<verb>{_ALONE}) {_WHEN}")
_WAS_DATED = re.compile(rf"^{_WHO} (?P<was>was|were) (?P<done>{_DONE})(?P<what>(?: {_REST}{{3,60}}?)??) {_WHEN}")
_PLACES = "met|signed|opened|held|laid|trained|died|landed|gathered|crashed|sank|launched|began|staged"
_PLACED = re.compile(rf"^{_WHO} (?P<verb>{_PLACES})(?P<what>(?: {_REST}{{3,60}}?)??) (?:in|at) (?:the )?{_NAME}")
_CAUSED = re.compile(rf"^{_WHO} (?P<verb>{_VERB}) (?P<what>{_REST}{{6,90}}?) (?:because|in response to|in protest)\b")
_COUNTED = re.compile(
    rf"^{_WHO} (?:(?P<has>has|have|had) (?:already )?(?P<done>{_DONE})|(?P<verb>{_VERB})) {_NUMBER} "
    rf"(?P<things>{_THINGS})(?P<what>(?: (?!and |or ){_REST}{{3,90}}?)?){_END}"
)
_NUMBERED = re.compile(
    rf"^{_NUMBER} (?P<things>{_THINGS})(?: who| that)? (?P<rest>(?:were|are|have|had|[a-z]+ed) {_REST}{{6,80}}?){_END}"
)
_COUNT_OF = re.compile(
    rf"\b\d[\d,.]*(?: million| billion)? (?P<things>people|[a-z]+ (?:people|troops|soldiers|workers|shells|refugees))"
    rf"(?: who| that)? (?P<rest>(?:were|are|had been|have been) {_REST}{{6,80}}?){_END}"
)
_BY_WHOM = re.compile(
    rf"^{_WHO} (?:was|were) (?P<done>opened|built|founded|signed|drafted|launched|led|published|approved|condemned|"
    r"designed|written) by "
)
# Acts of people and of those who act like them, so that "who" is the word to ask with.
_DEED = (
    "signed|visited|won|announced|approved|vetoed|dismissed|named|ordered|published|proposed|bought|sold|hosted|summoned|"
    "condemned|founded|opened|led|launched|accused|extradited|arrested|cancelled|ratified|joined|received|rejected"
)
_DOER = re.compile(
    rf"^{_WHO}(?:,[^,.]{{3,60}},)?(?: on (?:{_DAY}))? (?P<has>(?:has |have |had )?)(?P<verb>{_DEED}) "
    rf"(?P<what>(?!on |in |that |to ){_REST}{{6,80}}?)"
    rf"(?= (?:on (?:{_DAY})|and|but|because|while|when|after|before|although|who|which)\b|{_END})"
)
_NOT = re.compile(rf"^{_WHO} (?P<is>is|are|was|were) not (?P<what>(?:yet |an? |the |in ){_REST}{{3,60}}?){_END}")
_WILL = re.compile(rf"^{_WHO} will (?P<what>(?!not |be |have ){_REST}{{8,80}}?){_END}")
_SAID = re.compile(
    rf"(?:^|, |[”\"] |and )(?P<who>(?:The )?{_NAME})(?:,[^,.]{{3,60}},)? "
    rf"(?:(?P<now>says|estimates|warns|argues)|said|warned|argued|stated|added)\b(?P<what>{_REST}*)"
)
# What somebody speaks about is named at the beginning of what they say.
_TOPIC = re.compile(
    r"^(?:.{,60}? that)?(?: (?!(?:in|at|on|to|for|of|with|from|by|after|before|during|his|her)\b)[a-z-]+){,3}? "
    rf"(?P<name>(?:the )?{_NAME})(?![’'])"
)
_OFFICE = (
    "minister|secretary|president|director|head|chief|leader|chairman|chairwoman|spokesman|spokeswoman|adviser|"
    "ambassador|diplomat|aide|general|commissioner|mayor|governor|author|professor|lawyer|founder|judge|historian|"
    "analyst|engineer|scientist|writer|novelist|singer|actor|actress|manager|owner|plaintiff|coach|priest|translator"
)
_EXPLAINED = re.compile(
    rf"(?:^|[ (])(?P<who>{_PERSON}), (?:who (?!said)|(?:an? |the )?(?:[a-z’'-]+ ){{0,3}}(?:{_OFFICE})\b)"
)
_OFFICES = f"(?:{_OFFICE}|{'|'.join(each.title() for each in _OFFICE.split('|'))})"
_IN_OFFICE = re.compile(rf"\b(?:[A-Z][a-z]+-)?{_OFFICES} (?P<who>(?!(?:[\w-]+ ){{,3}}{_OFFICES} ){_PERSON})")
_THING = (
    "agency|aircraft|alliance|association|band|body|charity|chamber|company|daily|drone|exercise|federation|festival|film|"
    "firm|fund|group|house|magazine|missile|movement|newspaper|novel|organi[sz]ation|party|programme|project|rocket|"
    "satellite|service|ship|study|submarine|system|tanker|team|think tank|union|unit"
)
_NAMED = re.compile(rf"(?P<what>(?:\b[Tt]he )?{_NAME}), (?:an?|the|its) (?:[A-Za-z’'-]+ ){{0,4}}(?:{_THING})(?=[,.;])")

_LEAD = re.compile(rf"^(?:[A-Z][A-Z ,]{{2,30}} [-–—] |[•*-] |\d+\. )|^(?:On|In) (?:(?:{_DAY}),? )?{_DATE},? ")
# At the head of a sentence any office has a capital: "Singer Ana Duarte".
_HEADED = re.compile(
    r"^(?!Mayor|Minister|Governor|Senator|Premier|Chancellor|Inspector|Professor|Commissioner|Commander)"
    rf"(?:[A-Z][a-z]+(?:er|or|ist|ian|eer|ess|man|ain) |Analyst |Publican |Coach |Pilot )(?={_PERSON}$)"
)
_NO_SUBJECT = re.compile(
    r"^(?:He|She|It|They|We|I|You|This|That|These|Those|There|Here|His|Her|Its|Their|Our|My|Both|Each|Neither|Some|Many|"
    r"Most|Several|Other|Others|Another|One|But|And|Or|So|Yet|If|When|While|After|Before|Since|Until|Although|Though|"
    r"As|At|By|For|From|In|On|Of|To|With|Under|Over|Among|Between|During|Without|What|Who|How|Why|Where|Which|Not|No|"
    r"The (?:North|South|East|West)(?= [a-z])|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Nobody|"
    r"Nothing|Only|Also|Then|Now|Later|Today|Meanwhile|Officials|Experts)\b"
)
_VAGUE = re.compile(
    rf"\b(?:he|she|it|they|him|them|this|these|those|there|then|here|now|ago|today|tonight|overnight|tomorrow|yesterday|"
    rf"{_DAY}|last|next|same|former|latter|previous|following|earlier|later|others?|another|such|both|"
    r"also|too|two sides|of that|that (?:day|week|month|year|time)|the (?:two|three|four|move|deal))\b",
    re.IGNORECASE,
)
_ODD = re.compile(r"[<>{}\[\]|@\\*_#…]|://|\bwww\.| [-–—] ")
_PLACED_AFTER = re.compile(r" (?:with|in|at|on|from|to|about|by|into|near|over) (?:the )?[A-Z]")
_SIDES = frozenset({"North", "South", "East", "West"})
_NOW = re.compile(r"\b(?:now|already|currently) ")
_THE = re.compile(r"^(?:The|An?) ")


def questions_of(sentence: str, text: str) -> tuple[str, ...]:
    """The questions that ``sentence`` answers, the most telling first; none for most sentences.

    ``text`` is what it stands in: a single capitalised word at its head is taken for a name when it is one there too.
    """
    said = sentence.strip()
    if len(said) > _LONG:
        return ()
    if lead := _LEAD.match(said):
        said = said[lead.end() :]
        said = said[:1].upper() + said[1:]
    found = (" ".join(each.split()) for each in (*_on_facts(said, text), *_on_people(said)))
    return tuple(dict.fromkeys(question for question in found if stands(question)))


def stands(question: str) -> bool:
    """Is ``question`` short, plain, about something it names, and understood without what was said before?"""
    if len(question.split()) > _LONGEST or _ODD.search(question) or _VAGUE.search(question) or leans(question):
        return False
    for phrase in bare_phrases(question):
        after = question[question.index(phrase) + len(phrase) :]
        if phrase.islower() and not _PLACED_AFTER.match(after):
            return False
    return bool(names_in(question)) or re.search(rf"\b{_YEAR}\b", question) is not None


def _on_facts(said: str, text: str) -> Iterator[str]:
    """Questions on what a sentence says."""
    if (match := _NUMBERED.match(said) or _COUNT_OF.search(said)) and " and " not in match["rest"]:
        yield f"How many {match['things']} {_NOW.sub('', match['rest'])}?"
    if _NO_SUBJECT.match(said):
        return
    found = [_on_number(said), *(_on_act(pattern.match(said), asks) for pattern, asks in _ACTS)]
    if match := _BY_WHOM.match(said):
        found.append(_Question(match["who"], f"Who {match['done']} {_inside(match['who'])}?"))
    if match := _DOER.match(said):
        found.append(_Question(match["who"], f"Who {match['has']}{match['verb']} {match['what']}?"))
    if match := _WAS_DATED.match(said):
        who = _inside(match["who"])
        found.append(_Question(match["who"], f"When {match['was']} {who} {match['done']}{match['what']}?"))
    if match := _NOT.match(said):
        found.append(_Question(match["who"], f"{match['is'].capitalize()} {_inside(match['who'])} {match['what']}?"))
    if match := _WILL.match(said):
        found.append(_Question(match["who"], f"Will {_inside(match['who'])} {match['what']}?"))
    for each in found:
        if each and (" " in each.who or re.search(rf"[a-z,] {re.escape(each.who)}\b", text)):
            yield each.text


@dataclass(frozen=True, slots=True)
class _Question:
    """A question ``text`` and ``who`` it is about, as the sentence has it."""

    who: str
    text: str


_ACTS = ((_CAUSED, "Why"), (_DATED, "When"), (_DATED_ALONE, "When"), (_PLACED, "Where"))


def _on_act(match: re.Match[str] | None, asks: str) -> _Question | None:
    if not match:
        return None
    what = f" {match['what'].strip()}" if "what" in match.re.groupindex else ""
    return _Question(match["who"], f"{asks} did {_inside(match['who'])} {BASE[match['verb']]}{what.rstrip()}?")


def _on_number(said: str) -> _Question | None:
    match = _COUNTED.match(said)
    if not match or " and " in match["what"]:
        return None
    asks = "How much" if re.fullmatch(_MONEY, match["things"]) else f"How many {match['things']}"
    who = _inside(match["who"])
    acts = f"{match['has']} {who} {match['done']}" if match["has"] else f"did {who} {BASE[match['verb']]}"
    return _Question(match["who"], f"{asks} {acts}{match['what']}?")


def _on_people(said: str) -> Iterator[str]:
    """Questions on those whom a sentence has speak, and on whom or what it explains."""
    for match in _SAID.finditer(said):
        who = _inside(match["who"]) if match.start() == 0 else match["who"]
        does = "does" if match["now"] else "did"
        topic = _TOPIC.match(match["what"])
        name = topic["name"] if topic else ""
        if (
            not name.endswith(("’s", "'s"))
            and name not in match["who"]
            and name.removeprefix("the ") not in _SIDES
            and names_in(name)
        ):
            yield f"What {does} {who} say about {name}?"
        if re.fullmatch(_PERSON, who):
            yield f"What {does} {who} say?"
    for match in (*_EXPLAINED.finditer(said), *_IN_OFFICE.finditer(said)):
        yield f"Who is {_HEADED.sub('', match['who'])}?"
    for match in _NAMED.finditer(said):
        yield f"What is {_THE.sub('the ', match['what'])}?"


def _inside(who: str) -> str:
    """Who did it, as it stands inside a sentence."""
    return _THE.sub("the ", _HEADED.sub("", who))
