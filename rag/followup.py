"""A follow-up question becomes one that stands alone, by rule, without a language model.

What is rewritten, each with the words of the conversation alone: a fragment ("and in 2023?", "what about Tokyo?")
renews a part of the question before it; a pronoun ("what did he say?", "is it safe?") takes what the talk is about;
"the company" or "that bridge" takes its name; a question too thin to be searched ("why?", "how many guards were
there?") is followed by the gist of the question before it, in brackets.
"""

import re
from collections.abc import Sequence

from rag.entities import last_person, last_place, last_thing, name_of
from rag.leaning import ABOUT, ALL_SAID, EMPTY_IT, LEAD, PERSON, POSSESSIVE, SHIFT, THERE, THING, leans, unexplained
from rag.phrases import ASKS, TIME, bare_phrases, names_in, phrases_in
from rag.terms import words
from rag.types import Turn

# How much the dense query leans on the topic's vector, chosen by `python -m evals.fit_followup` on the development part
# of evals/data/conversations.jsonl: of 114 follow-ups over 1,794 paragraphs, Hit@1 .754 -> .833 (a person's question:
# .825), the same from .3 to .7; of 39 questions that stand alone, .872 as before.
TOPIC_WEIGHT = 0.4
_MEMORY = 6  # turns that are looked at
_THIN = 4  # words with content
_CLAUSE = re.compile(r"\b(who|what|when|where|why|how|which|is|are|do|does|did|was|were)\b", re.IGNORECASE)
_PLACED = re.compile(r"^(in|at|to|from|with|against|by|on|for|of)\b", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"^(.{0,20}\b)?(tell me (more )?(about )?|give me |i have a question (about|on) )", re.IGNORECASE
)
_ASKING = re.compile(
    r"^((by|under|since|until|for|from|at|in|to|with|on) )?"
    r"((how (many|much|long|old|big|far|often|high|fast)|what|whats|who|whose|when|where|why|how|which)\b\s*)?"
    r"((’s|'s|is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b\s*)*",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\s*\[\d+\]")
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)”\"][.!?]) (?=[A-Z“\"])")
_REFUSAL = "Not in these documents."


def standalone(question: str, history: Sequence[Turn]) -> str:
    """``question`` as it can be understood without ``history`` (oldest first); unchanged when it can be already.

    Only a question that is a fragment, holds a pronoun or a "the …" that nothing in it explains, or is too thin to be
    searched is changed, so a question that stands alone is never worsened.
    """
    if not history or not leans(question):
        return question
    understood: list[Turn] = []  # earlier follow-ups may have come as they were asked
    for turn in history[-_MEMORY:]:
        understood.append(Turn(_rewritten(turn.question, understood), _plain(turn.answer)))
    return _rewritten(question, understood)


def topic(question: str, history: Sequence[Turn]) -> str:
    """What the conversation was about, for a search to lean on: its last two questions and the answer's beginning.

    "" when ``question`` needs none of it: there is no history, it says that it turns to something else, or it stands
    alone and is not thin.
    """
    body = LEAD.sub("", question)
    alone = not leans(question) and (bool(names_in(body)) or len(words(body)) > _THIN)
    if not history or SHIFT.search(question) or alone:
        return ""
    answer = _SENTENCE_END.split(_plain(history[-1].answer))[0]
    return " ".join([*(turn.question for turn in history[-2:]), answer]).strip()


def _rewritten(question: str, history: Sequence[Turn]) -> str:
    if not history or not leans(question):
        return question
    previous = history[-1].question.strip()
    body = LEAD.sub("", question)
    if not body.strip(" ?.!"):
        return previous or question
    about = ABOUT.match(body)
    rest = (body[about.end() :] if about else body).rstrip(" ?.!")
    if rest and (about or body != question) and not ASKS.match(rest) and not _CLAUSE.search(rest):
        if renewed := _renewed(previous.rstrip(" ?.!"), _cased(rest, history)):
            return renewed
        body = rest
    whole, gist = _resolved(body, history), _gist(previous)
    if whole != body and not (gist and ALL_SAID.search(whole) and len(words(body)) < 4):
        return whole[0].upper() + whole[1:]
    body = whole
    if re.fullmatch(r"why|how so|how come|since when|why not", body.rstrip(" ?.!"), re.IGNORECASE) or not gist:
        return f"{body.rstrip(' ?')}? {previous}"
    return f"{body.rstrip(' ?.!')} ({gist})?"


def _renewed(previous: str, part: str) -> str:
    """The previous question with its part of the same kind replaced by ``part``, or with ``part`` added; "" when the
    two have no parts of one kind."""
    if moment := TIME.search(part):
        old = TIME.search(previous)
        if old is None:
            return f"{previous} {part}?"
        # "at the end of 2024" keeps its own preposition.
        new = (
            moment.group() if old["preposition"] else moment.group().removeprefix(moment["preposition"] or "").lstrip()
        )
        return f"{previous[: old.start()]}{new}{previous[old.end() :]}?"
    names, before = names_in(part), names_in(previous)
    if placed := _PLACED.match(part):  # "and in Oslo?" renews what stands after the same preposition
        preposition = placed.group(1).lower()
        if old := re.search(rf"\b{preposition} ((the )?[A-Z][\w’'-]*( [A-Z][\w’'-]*)*|[a-z-]+$)", previous):
            return f"{previous[: old.start()]}{part}{previous[old.end() :]}?"
        before = []
    if (owner := re.match(r"(the )?(\w+[’']s)$", part)) and (old := re.search(r"\w+[’']s\b", previous)):
        return f"{previous[: old.start()]}{owner.group(2)}{previous[old.end() :]}?"
    if not names and not placed:
        phrases = phrases_in(previous)
        alike = re.match(r"(what|which|who|how)\b", previous, re.IGNORECASE) and not re.match(r"(the|a|an|any)\b", part)
        if (
            alike
            and len(phrases) == 1
            and len(part.split()) < 3
            and len(phrases[0].split()) < 3
            and len(previous.split()) > 2
        ):
            return previous.replace(phrases[0], part, 1) + "?"
        return ""
    if not names or not before:
        return f"{previous}{'' if placed else ','} {part}?"
    shared = [name for name in before if set(name.split()) & set(names[0].split())]
    return previous.replace((shared or before)[0], names[0], 1) + "?"


def _cased(part: str, history: Sequence[Turn]) -> str:
    """``part`` with the capitals of names that the conversation has."""
    said = " ".join(f"{turn.question} {turn.answer}" for turn in history)
    known = {word for name in names_in(said) for word in name.split()}

    def restored(match: re.Match[str]) -> str:
        word = match.group()
        return word.capitalize() if word.capitalize() in known and not re.search(rf"\b{word}\b", said) else word

    return re.sub(r"\b[a-z]{3,}\b", restored, part)


def _resolved(question: str, history: Sequence[Turn]) -> str:
    """``question`` with its pronouns and bare descriptions named, as far as the conversation names them."""
    for phrase in bare_phrases(question):
        if name := name_of(phrase.split()[-1], len(phrase.split()) == 2, history):
            question = question.replace(phrase, name, 1)
            break
    if (match := PERSON.search(question)) and unexplained(question, match):
        question = _put(question, match, last_person(history))
    if (
        (match := THING.search(question))
        and unexplained(question, match)
        and not EMPTY_IT.match(question, match.start())
    ):
        question = _put(question, match, last_thing(history, match.group().lower().startswith("t")))
    if (match := THERE.search(question)) and (place := last_place(history)):
        question = f"{question[: match.start()]}in {place}{question[match.end() :]}"
    return question


def _put(question: str, pronoun: re.Match[str], entity: str) -> str:
    """``question`` with ``entity`` for the ``pronoun``, possessive where that was; as it is for no entity."""
    if not entity:
        return question
    word, after = pronoun.group().lower(), question[pronoun.end() :]
    owns = word in POSSESSIVE or (word == "her" and re.match(r" [a-z]", after) is not None)
    whole = f"{question[: pronoun.start()]}{entity}{'’s' if owns else ''}{after}"
    return whole[0].upper() + whole[1:]


def _gist(question: str) -> str:
    """The question without the words that ask."""
    found = _INTRODUCES.sub("", question)
    outer, _, inner = question.rstrip(" ?.!)").partition(" (")
    if inner:  # a gist already
        return inner if not names_in(outer) else _gist(outer)
    if re.match(r"(i|i’m|i'm|hi|hello)\b", question, re.IGNORECASE) and (phrases := phrases_in(question)):
        return ", ".join(phrases)
    found = _ASKING.sub("", LEAD.sub("", found).strip(" ?.!"))
    found = re.sub(r"\b(happen(ed)?|do|does|did|say|said|tell) ", "", found, flags=re.IGNORECASE)
    return found.strip(" ?.!")


def _plain(answer: str) -> str:
    """An answer without its citation markers; a refusal says nothing."""
    text = _MARKER.sub("", answer)
    return "" if text.strip() == _REFUSAL else text
