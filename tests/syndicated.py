"""Made-up news reports, as other houses print them: copies that say the same, and versions that say something else.

A report is sentences with places for its facts. A version is the same report with one fact (or two) changed, so what
differs is known without any reading of the text.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

_PLACES = ("Selby", "Norwick", "Tessen", "Larkham", "Dolna", "Varn", "Eastmouth", "Oria", "Halden", "Brask")
_NAMES = ("Helen Varga", "Colin Dacre", "Petra Holub", "Agnes Toll", "Marek Lind", "Ines Calder", "Oskar Brandt")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WORDS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_LEADS = (
    "At least {toll} people were killed when a {thing} {went} off {place} on {day}, the coastguard said.",
    "A {thing} {went} near {place} on {day} and {toll} people lost their lives, officials in the town said.",
)
_NEW_LEAD = "The death toll from the {thing} that {went} off {place} has climbed to {toll}, the coastguard said."
_BODY = (
    "It had left {place} with {aboard} passengers and a crew of {crew}, according to the harbour office.",
    "{boss}, who runs the line, {denied} that the {thing} had been carrying more people than it was licensed for.",
    "The {thing} was built in {year} and had passed its last inspection {inspected} months earlier.",
    "Rescuers in {boats} boats searched the water until the wind {wind} late in the evening.",
    "Shares of the company {moved} by {percent}% after the news, and trading was halted for an hour.",
    "The government in {capital} promised {money} {scale} crowns for the families, a spokeswoman told reporters.",
    "{minister}, the transport minister, said that all vessels of that kind would stay in port until further notice.",
    "The opposition {stance} the plan and asked for an inquiry by a judge from outside the region.",
    "A fisherman who reached the scene first said that he had heard a bang and then nothing for a long while.",
    "Schools in {place} will stay closed on {closed}, and flags are to be flown at half mast across the province.",
    "The last disaster of the kind on this coast, in {past}, cost {before} lives and led to stricter rules.",
    "Divers are to go down again at first light to look for the recorder, which lies {depth} metres below the surface.",
)
_FILLER = (
    "The ramp where relatives waited was quiet but for the gulls and the engines of the ambulances.",
    "Volunteers from the church brought soup, blankets and a radio that nobody turned on.",
    "Along the promenade people laid flowers against the railings and stood about in small groups.",
)


@dataclass(frozen=True, slots=True)
class Report:
    """The sentences of a report with places for its ``facts``, by their names."""

    sentences: tuple[str, ...]
    facts: dict[str, str]

    def paragraphs(self) -> list[str]:
        """The report's paragraphs, of two sentences each."""
        said = [sentence.format(**self.facts) for sentence in self.sentences]
        said = [sentence[0].upper() + sentence[1:] for sentence in said]
        return [" ".join(said[first : first + 2]) for first in range(0, len(said), 2)]


def report(rng: random.Random) -> Report:
    """A report with its own facts and most of the sentences, in some order behind the first one."""
    body = [*rng.sample(_BODY, rng.randint(9, 12)), *rng.sample(_FILLER, rng.randint(1, 3))]
    rng.shuffle(body)
    facts = {name: some(rng) for name, some in _FACTS.items()}
    return Report((rng.choice(_LEADS), *body), facts)


_Fact = Callable[[random.Random], str]
_FACTS: dict[str, _Fact] = {
    "toll": lambda rng: str(rng.randint(12, 90)),
    "thing": lambda rng: rng.choice(("ferry", "trawler", "barge", "launch")),
    "went": lambda rng: rng.choice(("sank", "capsized", "caught fire")),
    "place": lambda rng: rng.choice(_PLACES),
    "day": lambda rng: rng.choice(_DAYS),
    "aboard": lambda rng: str(rng.randint(100, 400)),
    "crew": lambda rng: rng.choice(_WORDS),
    "boss": lambda rng: rng.choice(_NAMES),
    "denied": lambda rng: rng.choice(("denied", "admitted", "did not deny")),
    "year": lambda rng: str(rng.randint(1960, 2015)),
    "inspected": lambda rng: rng.choice(_WORDS),
    "boats": lambda rng: rng.choice(_WORDS),
    "wind": lambda rng: rng.choice(("rose", "fell")),
    "moved": lambda rng: rng.choice(("rose", "fell")),
    "percent": lambda rng: f"{rng.randint(2, 9)}.{rng.randint(1, 9)}",
    "capital": lambda rng: rng.choice(_PLACES),
    "money": lambda rng: str(rng.randint(11, 80)),
    "scale": lambda rng: rng.choice(("million", "billion")),
    "minister": lambda rng: rng.choice(_NAMES),
    "stance": lambda rng: rng.choice(("backed", "opposed")),
    "closed": lambda rng: rng.choice(_DAYS),
    "past": lambda rng: str(rng.randint(1920, 1959)),
    "before": lambda rng: str(rng.randint(91, 200)),
    "depth": lambda rng: str(rng.randint(20, 80)),
}
CHANGED = tuple(name for name in _FACTS if name not in ("thing", "went"))
"""What a version may say otherwise."""


def version(of: Report, rng: random.Random, change: str) -> Report:
    """The report with another value for ``change``, one of CHANGED whose place is in it; "lead" puts a new first
    sentence with a higher toll, "toll and hurt" the new toll into the old one and a sentence of its own at the end."""
    if change == "lead":
        more = of.facts | {"toll": str(int(of.facts["toll"]) + rng.randint(1, 30))}
        return Report((_NEW_LEAD, *of.sentences[1:]), more)
    if change == "toll and hurt":
        hurt = f"Doctors at the hospital were treating {rng.randint(100, 200)} of those who had been pulled out alive."
        return Report((*of.sentences, hurt), of.facts | {"toll": str(int(of.facts["toll"]) + rng.randint(1, 30))})
    while (new := _FACTS[change](rng)) == of.facts[change]:
        pass
    return Report(of.sentences, of.facts | {change: new})


def changes(of: Report) -> list[str]:
    """The changes that ``version`` can make to this report."""
    return [
        "lead",
        "toll and hurt",
        *(name for name in CHANGED if any(f"{{{name}}}" in sentence for sentence in of.sentences)),
    ]


_House = Callable[[list[str], random.Random], list[str]]
HOUSES: dict[str, _House] = {
    "as it is": lambda parts, rng: list(parts),
    "cut": lambda parts, rng: parts[: max(4, len(parts) - rng.randint(1, 3))],
    "dateline": lambda parts, rng: [f"{rng.choice(_PLACES).upper()} (Norsk Wire) — {parts[0]}", *parts[1:]],
    "byline": lambda parts, rng: [f"By {rng.choice(_NAMES)}, Harbour Wire", "Published 4 June 2024, 10:15", *parts],
    "one paragraph": lambda parts, rng: [" ".join(parts)],
    "own line": lambda parts, rng: [*parts, f"Our own line: the {rng.choice(_WORDS)} helpers whom we met were tired."],
    "style": lambda parts, rng: [
        part.replace("did not", "didn’t").replace("%", " per cent").replace("At least ", "At least ") for part in parts
    ],
    "edited": lambda parts, rng: [
        part.replace(" late in the evening", "").replace(" for a long while", "").replace(" told reporters", " said")
        for part in parts
    ],
    "tag": lambda parts, rng: [*parts, f"(Reporting by {rng.choice(_NAMES)}; Editing by {rng.choice(_NAMES)})"],
}
"""How another house prints a report: nothing that it says is another thing."""
