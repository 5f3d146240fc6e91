"""Rules on names: those of a claim must do in the evidence what they do in the claim."""

from collections.abc import Iterator, Sequence

from rag.checking.align import Finding, Source, closeness, nearest, overlap, related, same
from rag.checking.alike import named_alike, same_name
from rag.checking.roles import agent_of, follows_name, is_object, is_verb, likely, sides_of, slot_of
from rag.language.opposites import base
from rag.language.statement import Name, Statement, Word
from rag.types import Verdict

_MUTUAL = frozenset(
    base(word)
    for word in [
        "meet",
        "talk",
        "discuss",
        "agree",
        "sign",
        "join",
        "marry",
        "differ",
        "negotiate",
        "clash",
        "cooperate",
        "share",
        "face",
        "play",
    ]
)


def misplaced(claim: Statement, evidence: Sequence[Source]) -> Iterator[Finding]:
    """Names of ``claim`` that the evidence has in another part: who did it to whom, where, by whom."""
    found: list[list[Finding]] = []
    for source in nearest(claim, evidence):
        said = source.statement
        reasons = [
            *_swapped(claim, said),
            *_elsewhere(claim, said),
            *_other_subject(claim, said),
            *_titled(claim, said),
        ]
        reasons += _other_agent(claim, said)
        if not reasons:
            return
        found.append(reasons)
    if found:
        yield from found[0]


def _elsewhere(claim: Statement, said: Statement) -> Iterator[Finding]:
    """After the same preposition the sentence has another name, and what is around it fits better."""
    for name in claim.names:
        slot = slot_of(claim, name)
        if not slot or not name.sure:
            continue
        mine = [other for other in said.names if same_name(claim, name, said, other)]
        spots = [other.first for other in said.names]
        rivals = [other for other in said.names if other not in mine and slot_of(said, other) == slot]
        if not mine or not rivals or (any(slot_of(said, other) == slot for other in mine) and len(rivals) == 0):
            continue
        best = max(
            closeness(claim, name.first, said, other.first, [s for s in spots if s != other.first]) for other in mine
        )
        for rival in rivals:
            near = closeness(claim, name.first, said, rival.first, [s for s in spots if s != rival.first])
            if near > 1.35 * best + 0.1:
                text = " ".join(word.text for word in said.words[rival.first : rival.last])
                own = " ".join(word.text for word in claim.words[name.first : name.last])
                yield Finding(Verdict.UNSUPPORTED, f"The paragraph says “{slot} {text}”, not “{slot} {own}”.")
                return


def _other_subject(claim: Statement, said: Statement) -> Iterator[Finding]:
    """The first name of the claim does what the sentence has another name do."""
    name = next((each for each in claim.names if not slot_of(claim, each)), None)
    if (
        name is None
        or name.first > 2
        or not likely(claim, name)
        or claim.words[name.last - 1].text.isupper()
        or overlap(claim, said) < 0.5
    ):
        return
    subjects = [
        each for each in said.names if not slot_of(said, each) and likely(said, each) and not is_object(said, each)
    ]
    mine = [each for each in subjects if same_name(claim, name, said, each)]
    others = [
        each
        for each in subjects
        if each not in mine and not any(same_name(claim, other, said, each) for other in claim.names)
    ]
    if not mine or not others:
        return
    spots = [each.first for each in subjects]
    best = max(_did(claim, name, said, each, spots) for each in mine)
    rival = max(others, key=lambda each: _did(claim, name, said, each, spots))
    if best < 0.15 and _did(claim, name, said, rival, spots) > 2 * best + 0.2:
        text = " ".join(word.text for word in said.words[rival.first : rival.last])
        own = " ".join(word.text for word in claim.words[name.first : name.last])
        yield Finding(Verdict.UNSUPPORTED, f"The paragraph says it of {text}, not of {own}.")


def _did(claim: Statement, name: Name, said: Statement, other: Name, spots: Sequence[int]) -> float:
    """How much of what follows a name in the claim stands around ``other``, up to the names beside it."""
    after = [word for word in claim.words[name.last :] if word.content]
    end = min((spot for spot in spots if spot > other.first), default=len(said.words))
    start = max((spot + 1 for spot in spots if spot < other.first), default=0)
    clause = said.words[other.first].clause
    told = [*(word for word in said.words[start : other.first] if word.clause == clause), *said.words[other.last : end]]
    held = [any(related(word.base, given.base) > 0 for given in told if given.content) for word in after]
    return sum(held) / len(held) if held else 0.0


def _other_agent(claim: Statement, said: Statement) -> Iterator[Finding]:
    """A verb that both share has one name for its subject in the claim and another in the sentence."""
    for at, word in enumerate(claim.words):
        mine = agent_of(claim, at) if is_verb(word) or follows_name(claim, at) else None
        if mine is None:
            continue
        places = [place for place in same(word.base, said) if is_verb(said.words[place]) or follows_name(said, place)]
        agents = [agent_of(said, place) for place in places]
        if not agents or any(agent is None or same_name(claim, mine, said, agent) for agent in agents):
            continue
        if not any(same_name(claim, mine, said, each) for each in said.names):
            continue
        agent = agents[0]
        if agent is not None:
            text = " ".join(each.text for each in said.words[agent.first : agent.last])
            own = " ".join(each.text for each in claim.words[mine.first : mine.last])
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph says it of {text}, not of {own}.")
            return


def _titled(claim: Statement, said: Statement) -> Iterator[Finding]:
    """What a name is called right before it ("the architect …") the sentence calls another one."""
    for name in claim.names:
        word = claim.words[name.first - 1] if name.first else None
        if (
            word is None
            or not word.content
            or word.text[0].isupper()
            or claim.words[max(0, name.first - 2)].low != "the"
        ):
            continue
        owners: list[Name] = []
        for place in same(word.base, said):
            owners += [each for each in said.names if each.first == place + 1 or 1 <= place - each.last + 1 <= 3]
        if owners and not any(same_name(claim, name, said, each) for each in owners):
            own, text = (
                " ".join(w.text for w in part)
                for part in (claim.words[name.first : name.last], said.words[owners[0].first : owners[0].last])
            )
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph calls {text} “{word.text}”, not {own}.")
            return


def _swapped(claim: Statement, said: Statement) -> Iterator[Finding]:
    """A shared verb has on its two sides what the sentence has on the other ones."""
    if overlap(claim, said) < 0.5:
        return
    for at, word in enumerate(claim.words):
        if not is_verb(word) or word.base in _MUTUAL:
            continue
        for place in same(word.base, said):
            if not is_verb(said.words[place]):
                continue
            before, after = sides_of(claim, at)
            first, last = sides_of(said, place)
            if _capitals(before) and _capitals(after):
                before, after, first, last = (_capitals(each) for each in (before, after, first, last))
            crossed = _share(before, last) and _share(after, first)
            if crossed and not _share(before, first) and not _share(after, last):
                yield Finding(
                    Verdict.UNSUPPORTED,
                    f"The paragraph has it the other way round: who “{said.words[place].text}” whom.",
                )
                return


def _capitals(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if word.text[0].isupper()]


def _share(one: Sequence[Word], other: Sequence[Word]) -> bool:
    return any(
        related(mine.base, given.base) > 0 or (mine.text[0].isupper() and named_alike(mine, given))
        for mine in one
        for given in other
    )
