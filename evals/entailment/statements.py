"""A question and its answer become a statement, by rule; such questions as the rules know."""

import re

_IRREGULAR = """
become became begin began break broke bring brought build built buy bought catch caught choose chose come came
cost cost cut cut do did draw drew drive drove eat ate fall fell feel felt fight fought find found fly flew
forget forgot get got give gave go went grow grew have had hear heard hit hit hold held keep kept know knew
lead led leave left lose lost make made mean meant meet met pay paid put put read read rise rose run ran say
said see saw sell sold send sent set set shoot shot show showed sing sang sit sat sleep slept speak spoke
spend spent stand stood steal stole strike struck swim swam take took teach taught tell told think thought
throw threw understand understood wear wore win won write wrote
"""
_WORDS = _IRREGULAR.split()
_PAST = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
_SUBJECT = re.compile(
    r"^(?:who|what|which(?: \w+){1,3}?) (?!did|does|do|is the name|was the name)"
    r"(?P<rest>(?:\w+ed|was|were|is|are|has|had|have|won|led|wrote|made|took|said|became|gave|held|came|ran|built|bought|"
    r"sold|caused|causes|makes|allows|shows|happened)\b.*)\?$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"^(?P<wh>when|where|what year|in which \w+|in what \w+) (?P<be>was|were|is|are|has|had) "
    r"(?P<who>(?:the |a |an )?[\w’'.-]+(?: [A-Z][\w’'.-]+| of(?: the)? [A-Z][\w’'.-]+)*) (?P<what>[\w’'-]+.*)\?$",
    re.IGNORECASE,
)
_DID = re.compile(
    r"^(?P<wh>when|where|what|who|why|how|in what year|what year|in which year|how many [\w ]+?|how much [\w ]*?|"
    r"what \w+|which \w+) did (?P<who>(?:the |a |an )?[\w’'.-]+"
    r"(?: [A-Z][\w’'.-]+| of(?: the)? [A-Z][\w’'.-]+)*|they|he|she|it|people) (?P<verb>[a-z]+)(?P<what>.*)\?$"
)
_MANY = re.compile(
    r"^how many (?P<what>[\w-]+(?: [\w-]+)?) (?P<rest>(?:are|were|live|lived|have|had|took|died|died|was) .*)\?$", re.I
)
_NAME_OF = re.compile(r"^what (?P<be>is|was) the name of (?P<what>.*)\?$", re.IGNORECASE)
_WHAT_IS = re.compile(r"^(?:what|who) (?P<be>is|was|are|were) (?P<what>(?:the|a|an|[A-Z]).{6,})\?$", re.IGNORECASE)


def stated(question: str, answer: str) -> str | None:
    """The statement that ``answer`` makes as the answer to ``question``; None for a question of another form."""
    asked = " ".join(question.split())
    said = answer.strip(" .,;:")
    if not said:
        return None
    subject = said[:1].upper() + said[1:]
    if match := _NAME_OF.match(asked):
        return f"The name of {match['what']} {match['be']} {said}."
    if match := _DID.match(asked):
        verb = match["verb"].lower()
        past = _PAST.get(verb) or _regular(verb)
        who = match["who"][:1].upper() + match["who"][1:]
        wh = match["wh"].lower()
        if wh.startswith(("when", "where", "in ", "what year")):
            return f"{who} {past}{match['what']} {_at(said, wh)}."
        if wh == "why":
            return f"{who} {past}{match['what']} because {said}." if not said.lower().startswith("because") else None
        if wh == "how":
            return None
        return f"{who} {past} {said}{match['what']}."
    if match := _PASSIVE.match(asked):
        who = match["who"][:1].upper() + match["who"][1:]
        return f"{who} {match['be'].lower()} {match['what']} {_at(said, match['wh'].lower())}."
    if match := _MANY.match(asked):
        return f"{subject} {match['what']} {match['rest']}." if re.match(r"[\w,.]+$", said) else None
    if match := _WHAT_IS.match(asked):
        what = match["what"][:1].upper() + match["what"][1:]
        return f"{what} {match['be'].lower()} {said}."
    if match := _SUBJECT.match(asked):
        return f"{subject} {match['rest']}."
    return None


def _at(said: str, wh: str) -> str:
    if re.match(r"(in|on|at|by|during|since|from|after|before|near|around|between|under|over|to|into)\b", said, re.I):
        return said[:1].lower() + said[1:]
    if wh.startswith("where"):
        return f"in {said}"
    return f"on {said}" if re.search(r"\b\d{1,2}\b.*\b[A-Z][a-z]+|[A-Z][a-z]+ \d{1,2}\b", said) else f"in {said}"


def _regular(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ied"
    return f"{verb}ed"
