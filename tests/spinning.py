"""Garbled rewrites, as programs make them: other words for those of a source, and the damage that this leaves."""

import random
import re
from collections.abc import Callable, Mapping

from tests.stories import folded

_WORDS = """
said:stated closed:shuttered traffic:automobiles inspectors:examiners found:spotted damage:harm night:evening
told:informed people:folks day:time government:authorities called:named heavy:weighty blow:hit asked:requested
pay:shell-out report:paper warned:cautioned could:might week:seven-days weekly:per-week residents:dwellers
complained:grumbled measured:gauged limits:boundaries publish:print collapsed:crumbled killing:slaying raised:lifted
main:principal increase:hike voted:balloted wanted:desired wait:linger prices:costs rising:climbing fast:quick
higher:steeper year:annum fell:dropped led:headed election:ballot respected:admired families:households lose:forfeit
homes:dwellings average:mean month:moon expect:anticipate none:zero orders:requests early:premature harvest:crop
destroyed:wrecked forced:compelled region:area regional:territorial worst:nastiest began:started struck:hit dry:arid
winds:gusts drove:pushed hours:time died:perished vehicle:automobile flames:blaze named:identified both:each
work:labour closed:shut moved:shifted farmers:growers lost:misplaced planted:sown fire:inferno rain:precipitation
usual:normal blamed:accused cutting:slicing number:quantity start:begin resign:step-down end:finish lost:misplaced
vote:ballot parliament:legislature failed:flopped members:associates parties:gatherings speech:talk lead:guide
follow:pursue law:regulation age:maturity drawn:pulled form:shape leader:chief opposition:resistance once:instantly
markets:bazaars news:tidings calmly:quietly came:arrived office:workplace promised:pledged balance:equilibrium
agreement:accord kept:retained successors:heirs declined:refused comment:remark traces:hints moon:satellite
height:altitude instruments:tools counted:tallied keeps:maintains water:fluid liquid:runny believe:think ocean:sea
deep:profound first:initial sea:ocean team:crew researchers:scientists countries:nations speaking:talking life:living
amounts:quantities close:near launched:propelled reached:attained journey:trip cost:price last:final flights:voyages
planned:scheduled experts:specialists convinced:persuaded signal:sign fuel:petrol tested:tried results:outcomes
appear:show proposed:suggested workers:labourers ended:finished strike:walkout union:guild agreed:concurred
owner:proprietor wages:salaries guarantee:warranty jobs:employments rise:climb dismiss:discharge employees:staff
compromise:middle-ground nights:evenings company:firm according:in-accordance cooled:chilled weeks:fortnights
makers:producers shifts:turns running:jogging deliveries:shipments expected:awaited belongs:pertains bought:purchased
offered:provided credit:acclaim condition:state money:cash welcomed:greeted lower:decrease emissions:discharges
unhappy:miserable burned:torched copies:duplicates morning:dawn
"""
SYNONYMS: Mapping[str, str] = dict(pair.split(":") for pair in _WORDS.split())
_IDLE = (
    "There is a lot to think about in this regard.",
    "It is not the first time that such a thing happens.",
    "The matter is of an big importance for everyone.",
    "More details are to be known soon.",
)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("\n\n")]


def _sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=[.!?])(?<!\b[A-Z]\.) (?=[A-Z“])", paragraph)


def _other_words(text: str, chance: random.Random, share: float) -> str:
    def other(found: re.Match[str]) -> str:
        word = found[0]
        return SYNONYMS.get(word, word).replace("-", " ") if chance.random() < share else word

    return re.sub(r"\b[a-z]+\b", other, text)


def _glued(text: str, chance: random.Random, number: int) -> str:
    places = [
        found.start() for found in re.finditer(r"(?<=\b(?:in|of|to)) (?=[A-Z][a-z]{2})|(?<=\bthe) (?=[A-Z])", text)
    ]
    for place in sorted(chance.sample(places, min(number, len(places))), reverse=True):
        text = text[:place] + text[place + 1 :]
    return text


def _lowered(text: str, chance: random.Random, number: int) -> str:
    names = sorted(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+ ([A-Z][a-z]{3,})\b", text)))
    for name in chance.sample(names, min(number, len(names))):
        text = text.replace(name, name.lower(), 1 if chance.random() < 0.5 else -1)
    return text


def _unfit(text: str, chance: random.Random, number: int) -> str:
    places = [found.start() for found in re.finditer(r"\ba (?=[bcdfgmnprst][a-z]{3})", text)]
    for place in sorted(chance.sample(places, min(number, len(places))), reverse=True):
        text = f"{text[:place]}an{text[place + 1 :]}"
    return text


def _doubled(text: str, chance: random.Random, number: int) -> str:
    places = [found.end() for found in re.finditer(r" (?:the|of|to|in)(?= )", text)]
    for place in sorted(chance.sample(places, min(number, len(places))), reverse=True):
        text = text[:place] + text[text.rindex(" ", 0, place) : place] + text[place:]
    return text


def glued(text: str, chance: random.Random) -> str:
    """A third of the words changed, spaces lost."""
    return _glued(_other_words(text, chance, 0.8), chance, 4)


def lowered(text: str, chance: random.Random) -> str:
    """All words changed that can be, names without capitals, wrong articles."""
    return _unfit(_lowered(_other_words(text, chance, 1.0), chance, 3), chance, 3)


def shortened(text: str, chance: random.Random) -> str:
    """A third of the sentences left out, quotations told as facts, words twice."""
    kept = [
        " ".join(part)
        for each in _paragraphs(text)
        if (part := [one for one in _sentences(each) if chance.random() < 0.7])
    ]
    return _doubled(_other_words("\n\n".join(kept), chance, 0.9).replace("“", "").replace("”", ""), chance, 4)


def shuffled(text: str, chance: random.Random) -> str:
    """Neighbouring paragraphs exchanged, sentences turned round, spaces lost."""
    parts = _paragraphs(text)
    for place in range(1, len(parts) - 1, 3):
        parts[place], parts[place + 1] = parts[place + 1], parts[place]
    turned = re.sub(r"^([^,.“”]{20,90}), ([^,.“”]{10,80})\.", r"\2, \1.", "\n\n".join(parts), flags=re.MULTILINE)
    return _lowered(_glued(_other_words(turned, chance, 0.8), chance, 3), chance, 1)


def padded(text: str, chance: random.Random) -> str:
    """Idle sentences between those of the source, hyphens torn, names without capitals."""
    parts = _paragraphs(text)
    for place in (2, 5, 8):
        parts.insert(place, chance.choice(_IDLE))
    changed = _lowered(_other_words("\n\n".join(parts), chance, 0.9), chance, 2)
    return re.sub(r"(\w)-(\w)", r"\1- \2", changed).replace("per cent", "per- cent", 1)


def misquoted(text: str, chance: random.Random) -> str:
    """Words in quotations changed too, and their closing marks lost."""
    changed = _other_words(text, chance, 1.0)
    changed = re.sub(
        r"“([^”]+)”", lambda found: f"“{found[1].replace(' a ', ' one ').replace(' we ', ' us ')}”", changed
    )
    parts = changed.split("”")
    torn = "".join(part if place % 2 else f"{part}”" for place, part in enumerate(parts[:-1])) + parts[-1]
    return _glued(torn, chance, 2)


SPINS: Mapping[str, Callable[[str, random.Random], str]] = {
    spin.__name__: spin for spin in (glued, lowered, shortened, shuffled, padded, misquoted)
}


def mashed(one: str, other: str, chance: random.Random) -> str:
    """The first half of one source and the second of another, each rewritten."""
    first, second = _paragraphs(one), _paragraphs(other)
    return lowered("\n\n".join(first[: len(first) * 2 // 3]), chance) + "\n\n" + glued("\n\n".join(second[4:]), chance)


def scanned(text: str, chance: random.Random) -> str:
    """Not rewritten: the same text as a poor scan has it."""
    return _doubled(_lowered(_glued(text, chance, 3), chance, 2), chance, 2)


# Two rewrites by hand, of the first and the fourth story, in which hardly a sentence was left as it was.
_BY_HAND = {
    0: """Two of the eleven pillars that hold up Merrow Bridge have cracks, so the port of Selby shut it for cars on
Tuesday, it was told.

The harm was seen by engineers in a normal check on the Monday night, according to director Helen varga. Below the line
of the water there are cracks with a length of 40 centimetres.

Varga told the journalists in the town hall that it is better to give explanation for a traffic jam than for funeral.

It was opened in 1968 and has 31,000 cars each day that go from old town to the container terminal. The trucks must use
the ring road in thenorth, 27 kilometres more of way.

For Mayor Colin dacre it was a big punch for the port. From Larkham he wants 12 million crowns for ferries that are
temporary.

A statement of transport ministry says its experts come on Thursday. The minister Petra Holub promises an report in a
period of six weeks.

The Norwick Line was not so patient and could take two services a week away to Eastmouth when the bridge is shut more
than September.

Since 2021 the people of Quayside have complaints of vibrations, “cups were dancing on their shelf, told Agnes Toll, a
teacher in retirement.

Vibrations were measured three times by authority and the the limits were kept. Publishing of measurements is on Friday.

In Varn, 14 people were killed in 2009 as the same design of bridge fell.""",
    3: """The prime minister Anton keller is going to resign when the month is over, because the coalition lost the vote
for the pension in Brannock's parliament.

With 102 against 98 the bill was a failure. Rural League, which is the little one of three parties, had six members that
went with the the opposition.

In speech on the steps of residence, Keller, aged 61, told he can not lead a government who is not following. “A captain
with no crew is the passenger.

The age of pension was to go up from 64 till 67 in 2035. In April 250,000 demonstrators were inBrannock.

President Sofia lindqvist has ten days under the constitution to ask an different person for a government. Six weeks
without success means elections.

Marek Dunn, opposition leader, wanted them immediately. 38 percent in polls are for his Labour Union, this is eleven
points above the Liberals of Keller.

Finance markets stayed in calm, the bonds of ten years had a yield of 3.9 percent, 8 basis points up.

He came into office in 2020 with promise of a balanced budget. To 5.4 percent has the deficit grown since that.

Thanks came from the Commission president in Brussels for the treaty of energy. Ostland hopes for the Vistrel pipeline
agreement to be kept.

Clara Voss, interior minister, and Jonas pell, the Haverstock mayor, are possible successors and did not comment it.""",
}

BY_HAND = {number: folded(text) for number, text in _BY_HAND.items()}
