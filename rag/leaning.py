"""Whether a question leans on what was said before it: the words that point back, and what explains them."""

import re

from rag.phrases import ASKS, bare_phrases, names_in
from rag.terms import words

# What a speaker begins with before the question itself.
LEAD = re.compile(
    r"^((and|but|so|or|also|then|ok|okay|yeah|(yes|no)(?=\s*([,.!?]|$))|well|great|nice|cool|thanks|"
    r"thank you|haha|lol|hmm|sweet|oh|i mean(t)?)\b[,.!\s]*)+",
    re.IGNORECASE,
)
ABOUT = re.compile(r"^(what|how) about\s+|^what of\s+", re.IGNORECASE)
# The speaker says that the question is about something else.
SHIFT = re.compile(
    r"\b(different|another|new|next|other) (question|topic|subject)\b|\bby the way\b|\bbtw\b|\bsomething else\b|"
    r"\b(switch|switching|changing|change of|change) (the )?(topics?|subjects?)\b|\bone more thing\b|^back to\b|"
    r"^(that’s |that's )?enough (of|about)\b",
    re.IGNORECASE,
)
PERSON = re.compile(r"\b(he|she|him|his|her|hers)\b", re.IGNORECASE)
THING = re.compile(r"\b(it|its|they|them|their|theirs)\b", re.IGNORECASE)
POSSESSIVE = frozenset({"his", "hers", "its", "their", "theirs"})
# "that" and "this" alone stand for all that was said: at the end of a clause or as what "is" something.
ALL_SAID = re.compile(
    r"\b(that|this|these|those)(?=\s*([?.!,]|$|and\b|too\b|as well\b|then\b|is\b|was\b|stand\b|mean\b|safe\b|still\b|"
    r"changed?\b|happen|work\b|true\b|legal\b|possible\b))|^(is|was|does|did|can|could) (that|this)\b"
    r"(?! [a-z]+ (is|was|of|in|on|that)\b)|\b(ones?|the other|the others|else)\b(?=\s*([?.!,]|$|for\b|you\b))",
    re.IGNORECASE,
)
EMPTY_IT = re.compile(  # "it" that stands for nothing, or for a whole event
    r"\bit (\w+ ){1,3}(to|that|when|whether|how)\b|\bit (be |get |ever )*(rain|snow|freeze|worth|in|at)\b|\bit so\b|"
    r"\bit through\b|\bit called (?!that\b|this\b|so\b)\w|(?:(?<=\bis )|(?<=\bwas ))it \w+ed which\b|"
    r"\bit (really |still |so |be |been |not )?(true|matter|(legally )?possible|likely|clear|necessary|important|"
    r"seems?|appears?|rains?|snows?|takes?|took|happen|happens|happened|come out|came out|look like when|cost to|"
    r"mean for|(been )?\w+ed that|the|an?|back)\b",
    re.IGNORECASE,
)
THERE = re.compile(r"(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b(?! (is|are|was|were|be|been|any|a|an)\b)", re.I)
_PLACED_ASK = re.compile(
    r"^(by|under|since|until|for|from|at|in|to|with|on) (who|whom|what|when|where|which|how)\b", re.I
)
_TERM = re.compile(
    r"\bthe (term|word|name|phrase|concept|expression) (?!of\b)\w|"
    r"\bwhat (do|does|did) (?!(it|he|she|they|all|this|that|these|those|the)\b)[\w’'-]+ mean\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b", re.IGNORECASE)
_DEFINES = re.compile(
    r"^(what|who)( is| are| was| were|’s|'s) (an? )?(?!the |its |his |her |their )[a-z]", re.IGNORECASE
)
_TOLD = re.compile(r"^(i|i’ve|i've) (heard|read|thought|mean|meant|saw)\b", re.IGNORECASE)


def leans(question: str) -> bool:
    """Can ``question`` be understood only with what was said before?

    It can when it is a fragment, points back with a word that nothing in it explains, or says too little.
    """
    body = LEAD.sub("", question)
    if SHIFT.search(question):
        return bool(PERSON.search(question)) and not names_in(body)
    if not body.strip(" ?.!") or ABOUT.match(body):
        return True
    names, content, led = names_in(body), len(words(body)), body != question
    if led and not ASKS.match(body):
        return True
    if any(unexplained(body, match) for match in (*PERSON.finditer(body), *THING.finditer(body))):
        return True
    if (ALL_SAID.search(body) and content < 5 and not names) or (
        (there := THERE.search(body)) and not names_in(body[: there.start()]) and content < 5
    ):
        return True
    if re.search(r"[\"“]\w", body) and content:
        return False
    if names:
        return re.match(r"(and|but|so)\b", question, re.IGNORECASE) is not None and len(names) < 2 and content < 3
    bare = (
        []
        if _TERM.search(body)
        else [phrase for phrase in bare_phrases(body) if len(phrase.split()) == 2 or body != question]
    )
    past = re.search(r"\b(did|was|were|had|happened)\b", body, re.IGNORECASE) is not None
    return (
        (content < 2 and not (content and (_DEFINES.match(body) or re.search(r"\b(does|do|is|are) an? ", body))))
        or (bool(bare) and content < 4)
        or (content < 6 and any(re.match(r"th(is|at|ese|ose) (?!(day|week|month|year)s?$)", phrase) for phrase in bare))
        or (past and content < 3 and not _DEFINES.match(body))
        or (led and content < 5)
        or (not ASKS.match(body) and content < 4)
        or (_TOLD.match(body) is not None and content < 6)
        or (_PLACED_ASK.match(body) is not None and content < 4 and not _AUXILIARY.search(body))
        or (re.match(r"(why not|what if|what else|how so)\b", body, re.IGNORECASE) is not None and content < 4)
    )


def unexplained(question: str, pronoun: re.Match[str]) -> bool:
    """Does nothing in ``question`` explain the ``pronoun``, a match of PERSON or THING in it?"""
    before, after, word = question[: pronoun.start()], question[pronoun.end() :], pronoun.group().casefold()
    told = len(words(before))
    if names_in(before) or (told > 2 and re.search(r"\w[.!:] ", before)):
        return False
    if word == "it" and EMPTY_IT.match(question, pronoun.start()):
        return not names_in(question) and len(words(question)) < 3
    if word in POSSESSIVE and re.match(r".{0,40}\b(do|does|did|is|are|was|were|has|have|will|can) [A-Z]", after):
        return False  # "What share of its water does Solmera reuse?"
    if (
        word not in ("him", "them", "it")
        and re.match(r"(who|which) \w+ ", before, re.I)
        and not _AUXILIARY.search(before)
    ):
        return told == 0 and before.casefold().startswith("which")  # "Who said she would resign?"
    if told == 0:
        return True
    if word in ("it", "they", "them", "its", "their") and re.search(
        r"\w(,| and| or| but|(?<!since) when| if| because) ", before
    ):
        return False  # "What is shinney and where was it played?"
    if word in ("him", "them", "it"):
        return told < 3 or (told < 6 and not re.search(r"\b(the|a|an) ", before))
    bound = re.match(r"(who|which|what)\b", question, re.IGNORECASE) and not _AUXILIARY.search(before)
    return not (bound or told > 1 or re.search(r"\b(the|a|an|all|most|some|(?<!how )many) ", before))
