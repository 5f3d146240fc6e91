"""Words of direction with their opposites: two texts that share the rest and differ in one of these contradict."""

from functools import lru_cache

from rag.terms import fold, stem

# A line a group: what is left of the bar is one direction, what is right of it the other.
_GROUPS = """
rise rose risen rising increase increased grow grew grown growth gain climb jump soar surge expand up higher upward
 improve improved swell swelled rally rallied rebound raise raised lift lifted boost accelerate add added double doubled
 hike hiked widen | fall fell fallen falling drop decline decrease shrink shrank shrunk slip slump plunge tumble down
 lower downward dip slide slid reduce cut contract worsen worsened lose lost sink sank sunk ebb slow slowed slash
 slashed halve halved narrow plummet trim trimmed shed dwindle
more greater larger bigger above over exceed exceeded higher | less fewer smaller below under lower
majority | minority
many numerous | few
maximum ceiling | minimum floor
win won wins winning victory triumph | lose lost losing loss defeat
accept accepted agree agreed approve approved back backed endorse endorsed welcome welcomed adopt adopted embrace pass
 passed ratify ratified uphold upheld | reject rejected refuse refused veto vetoed oppose opposed dismiss dismissed
 decline declined overturn overturned spurn spurned block blocked quash quashed
support supported favour favoured favor back backed supporter proponent for pro | oppose opposed against opponent
 anti resist resisted criticise criticised criticize criticized
praise praised hail hailed welcome welcomed laud applaud | criticise criticised criticize criticized condemn condemned
 denounce denounced slam slammed blame blamed
allow allowed permit permitted legalise legalised legalize authorise authorised authorize enable enabled let |
 ban banned prohibit prohibited forbid forbade forbidden bar barred outlaw outlawed prevent prevented block blocked
before prior earlier ahead preceding | after following later since
early | late
first | last final
north northern northward northwards northerly | south southern southward southwards southerly
east eastern eastward eastwards easterly | west western westward westwards westerly
northeast northeastern | southwest southwestern
northwest northwestern | southeast southeastern
import imported imports importer | export exported exports exporter
buy bought purchase purchased acquire acquired buyer | sell sold sale seller
join joined enter entered | leave left quit withdraw withdrew withdrawn exit exited depart departed
open opened reopen reopened | close closed shut shutter shuttered closure
begin began begun start started launch launched commence commenced resume resumed | end ended stop stopped cease ceased
 halt halted finish finished conclude concluded suspend suspended
continue continued keep kept maintain maintained extend extended persist | stop stopped halt halted cease ceased
 suspend suspended abandon abandoned scrap scrapped cancel cancelled canceled discontinue discontinued shelve shelved
extend extended lengthen prolong prolonged | shorten shortened curtail curtailed
arrive arrived arrival | depart departed departure
strengthen strengthened stronger strong tighten tightened tighter toughen toughened harden | weaken weakened weaker weak
 ease eased loosen loosened relax relaxed looser soften softened
appoint appointed hire hired recruit recruited reinstate reinstated elect elected | dismiss dismissed sack sacked fire
 fired oust ousted resign resigned
succeed succeeded success successful | fail failed failure unsuccessful
confirm confirmed acknowledge acknowledged admit admitted concede conceded | deny denied dispute disputed refute refuted
 rebut contradict contradicted
convict convicted guilty conviction | acquit acquitted innocent acquittal clear cleared exonerate exonerated
survive survived alive survivor | die died dead killed death perish perished
arrest arrested detain detained jail jailed imprison imprisoned | release released free freed
better best improve improved good | worse worst worsen worsened bad deteriorate deteriorated
optimistic hopeful confident positive upbeat | pessimistic doubtful gloomy negative sceptical skeptical
safe safer secure | unsafe dangerous
cheap cheaper | expensive dearer costlier
hot hotter warm warmer | cold colder cool cooler
old older oldest | young younger youngest
fast faster quick quicker | slow slower
large largest big biggest | small smallest little
high highest | low lowest
long longest longer | short shortest shorter
rich richer wealthy | poor poorer
public | private
domestic internal local | foreign external overseas
legal lawful | illegal unlawful
possible | impossible
likely | unlikely
profit surplus profitable | loss deficit lossmaking unprofitable
advance advanced | retreat retreated
attack attacked offensive | defend defended defensive
create created build built construct constructed | destroy destroyed demolish demolished abolish abolished dismantle
add added include included | remove removed exclude excluded
lend lent lender | borrow borrowed borrower
men man male | women woman female
son brother father husband | daughter sister mother wife
ally allied friend | enemy foe adversary rival
peace peaceful | war hostile
permanent | temporary interim
voluntary | compulsory mandatory
reveal revealed disclose disclosed publish published | conceal concealed hide hid hidden withhold withheld
urban | rural
upstream | downstream
push pushed | pull pulled
encourage encouraged urge urged | discourage discouraged
morning | evening night
winter | summer
impose imposed introduce introduced | lift lifted remove removed scrap scrapped repeal repealed
rightly correct correctly true accurate | wrongly incorrect incorrectly false inaccurate
present | absent
remember remembered | forget forgot
full | empty
genuine real authentic | fake forged forgery bogus counterfeit
include included apply applied cover covered | exempt exempted exclude excluded
divided split | unanimous united
heavier heavy | lighter light
wide wider broad | narrow narrower
voluntary | forced
retain retained keep kept | remove removed scrap scrapped
married | divorced
ahead | behind
speed sped accelerate accelerated hasten | delay delayed postpone postponed slow slowed
send sent | receive received
deploy deployed | withdraw withdrew withdrawn
inside within | outside
top | bottom
left-wing | right-wing
"""
# Forms that the stemmer does not bring together.
_IRREGULAR = """
rise rose risen; fall fell fallen; grow grew grown; win won; lose lost; sell sold; buy bought; leave left; begin began
begun; give gave given; take took taken; make made; come came; go went gone; say said; tell told; meet met; hold held;
keep kept; pay paid; build built; send sent; spend spent; lead led; find found; think thought; bring brought; fight
fought; hit; strike struck; speak spoke spoken; write wrote written; see saw seen; know knew known; die dead death died
dying; kill killed; withdraw withdrew withdrawn; sink sank sunk; shrink shrank shrunk; shoot shot; steal stole stolen;
break broke broken; choose chose chosen; drive drove driven; flee fled; lend lent; lay laid; become became; run ran;
show
shown; throw threw thrown; draw drew drawn; catch caught; teach taught; seek sought; feel felt; forbid forbade
forbidden;
sign; slide slid; stand stood; swear swore sworn; tear tore torn; understand understood; wear wore worn; hide hid
hidden;
eat ate eaten; fly flew flown; get got gotten; hear heard; lie lain; mean meant; ride rode; ring rang rung; sing sang
sung; sit sat; sleep slept; swim swam swum; wake woke; overturn; uphold upheld; undergo underwent; overthrow overthrew
overthrown; child children; man men; woman women; person people; foot feet; life lives; wife wives; analyse analyze;
announce announcement; agree agreement; decide decision; explode explosion; invade invasion; arrive arrival; resign
resignation; elect election; destroy destruction; propose proposal; approve approval; refuse refusal; deny denial;
lose loss; grow growth; expand expansion; close closure; fail failure; sell sale; warn warning; collide collision;
injure
injury injuries; invest investor; evacuate evacuee; centre center; labour labor; defence defense; programme program;
favour favor; colour color; harbour harbor; neighbour neighbor; tonne ton; length long; width wide; height high;
depth deep; organise organize; authorise authorize;
criticise criticize; recognise recognize
"""


def _bases() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _IRREGULAR.replace("\n", " ").split(";"):
        forms = line.split()
        for form in forms:
            found.setdefault(stem(form), stem(forms[0]))
    return found


_BASES = _bases()


@lru_cache(maxsize=100_000)
def base(word: str) -> str:
    """The stem of ``word``, the same one for irregular forms: "rose" and "rising" give one."""
    found = stem(fold(word))
    return _BASES.get(found, found)


def _sides() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    lines = _GROUPS.strip().replace("\n ", " ").replace("|\n", "| ").split("\n")
    for group, line in enumerate(lines, 1):
        for sign, words in zip((1, -1), line.split("|"), strict=True):
            for word in words.split():
                found.setdefault(base(word), set()).add(sign * group)
    return {word: frozenset(groups) for word, groups in found.items()}


_SIDES = _sides()
_NONE: frozenset[int] = frozenset()


def sides(word: str) -> frozenset[int]:
    """The groups of a ``base``, as numbers from 1: negative where it stands on the group's other side."""
    return _SIDES.get(word, _NONE)


def opposed(one: str, other: str) -> bool:
    """Do two bases point in opposite directions? Not where some sense of both points in one direction."""
    mine, yours = sides(one), sides(other)
    return one != other and not mine & yours and any(-group in yours for group in mine)


def alike(one: str, other: str) -> bool:
    """Do two bases point in one direction ("rise", "climb"), or are they the same?"""
    return one == other or bool(sides(one) & sides(other))
