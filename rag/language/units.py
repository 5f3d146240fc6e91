"""Units of measure and number words, as a text writes them."""

from dataclasses import dataclass

_DAY = 86_400.0
_YEAR = 365.25 * _DAY


@dataclass(frozen=True, slots=True)
class Unit:
    """What is measured ("length", "usd", "%"), and by what a number in this unit is multiplied to compare it with
    others of the same kind."""

    kind: str
    factor: float = 1.0


def _units(kind: str, factor: float, names: str) -> dict[str, Unit]:
    return dict.fromkeys(names.split(), Unit(kind, factor))


PERCENT = Unit("%")
TIMES = Unit("times")
ORDINAL = Unit("rank")
PLAIN = Unit("")
CLOCK = Unit("clock")
POINTS = Unit("percentage points")
YEARS = Unit("time", _YEAR)

# One word after the number. Distances in metres, weights in kilograms, areas in square metres, times in seconds.
UNITS = {
    **_units("%", 1.0, "% percent pct"),
    **_units("percentage points", 1.0, "pp pps"),
    **_units("length", 1.0, "metre metres meter meters"),
    **_units("length", 1000.0, "km kms kilometre kilometres kilometer kilometers"),
    **_units("length", 1609.344, "mile miles"),
    **_units("length", 1852.0, "nm"),
    **_units("length", 0.3048, "foot feet ft"),
    **_units("length", 0.0254, "inch inches"),
    **_units("length", 0.9144, "yard yards"),
    **_units("length", 0.01, "cm centimetre centimetres centimeter centimeters"),
    **_units("length", 0.001, "mm millimetre millimetres millimeter millimeters"),
    **_units("mass", 1000.0, "tonne tonnes ton tons"),
    **_units("mass", 1.0, "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes"),
    **_units("mass", 0.001, "g gram grams gramme grammes"),
    **_units("area", 1e4, "hectare hectares ha"),
    **_units("area", 4046.86, "acre acres"),
    **_units("time", 1.0, "second seconds"),
    **_units("time", 60.0, "minute minutes"),
    **_units("time", 3600.0, "hour hours"),
    **_units("time", _DAY, "day days"),
    **_units("time", 7 * _DAY, "week weeks"),
    **_units("time", 14 * _DAY, "fortnight fortnights"),
    **_units("time", _YEAR / 12, "month months"),
    **_units("time", _YEAR, "year years"),
    **_units("time", 10 * _YEAR, "decade decades"),
    **_units("time", 100 * _YEAR, "century centuries"),
    **_units("temperature", 1.0, "degree degrees celsius"),
    **_units("power", 1e3, "kw kilowatt kilowatts"),
    **_units("power", 1e6, "mw megawatt megawatts"),
    **_units("power", 1e9, "gw gigawatt gigawatts"),
    **_units("energy", 1e3, "kwh"),
    **_units("energy", 1e6, "mwh"),
    **_units("energy", 1e9, "gwh"),
    **_units("energy", 1e12, "twh"),
    **_units("volume", 1.0, "litre litres liter liters"),
    **_units("barrels", 1.0, "barrel barrels"),
    **_units("usd", 1.0, "$ us$ dollar dollars usd"),
    **_units("usd", 0.01, "cent cents"),
    **_units("eur", 1.0, "€ euro euros eur"),
    **_units("gbp", 1.0, "£ pound pounds gbp sterling"),
    **_units("gbp", 0.01, "pence"),
    **_units("jpy", 1.0, "¥ yen jpy"),
    **_units("cny", 1.0, "yuan renminbi cny"),
    **_units("inr", 1.0, "₹ rupee rupees inr"),
    **_units("rub", 1.0, "rouble roubles ruble rubles rub"),
    **_units("krw", 1.0, "₩ won krw"),
    **_units("try", 1.0, "lira"),
    **_units("crown", 1.0, "crown crowns krona kronor krone kroner"),
    **_units("franc", 1.0, "franc francs chf"),
    **_units("peso", 1.0, "peso pesos"),
    **_units("real", 1.0, "reais"),
    **_units("rand", 1.0, "rand"),
    **_units("shekel", 1.0, "shekel shekels"),
}
# Money that is no word of its own elsewhere must be told from it: "3 won", "5 real".
CURRENCIES = frozenset(
    unit.kind for name, unit in UNITS.items() if name in ["$", "€", "£", "¥", "₹", "₩", "yuan", "roubles", "lira"]
)
SYMBOLS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr", "₩": "krw"}

MAGNITUDES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "crore": 1e7,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "trn": 1e12,
    "dozen": 12.0,
}
PLURALS = {
    "tens": 10.0,
    "dozens": 12.0,
    "hundreds": 1e2,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
}

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
NUMBERS = {word: float(value) for value, word in enumerate(_SMALL.split())}
TENS = {
    word: 10.0 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
NUMBERS |= TENS

_RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
RANKS = {word: float(value) for value, word in enumerate(_RANKS.split(), 1)}
RANKS |= {"fifteenth": 15.0, "sixteenth": 16.0, "twentieth": 20.0, "thirtieth": 30.0, "hundredth": 100.0}
# A part of a whole by its plural or after "a" and "one": percent.
PARTS = {"half": 50.0, "halves": 50.0, "third": 100 / 3, "quarter": 25.0, "fourth": 25.0, "fifth": 20.0}
PARTS |= {"sixth": 100 / 6, "seventh": 100 / 7, "eighth": 12.5, "ninth": 100 / 9, "tenth": 10.0}
PARTS |= {f"{word}s": value for word, value in PARTS.items() if word not in ("half", "halves")}
MULTIPLES = {"double": 2.0, "doubled": 2.0, "doubling": 2.0, "doubles": 2.0, "twofold": 2.0, "twice": 2.0}
MULTIPLES |= {"triple": 3.0, "tripled": 3.0, "triples": 3.0, "tripling": 3.0, "threefold": 3.0, "thrice": 3.0}
MULTIPLES |= {"trebled": 3.0, "quadrupled": 4.0, "quadruple": 4.0, "fourfold": 4.0, "fivefold": 5.0, "tenfold": 10.0}
MULTIPLES |= {"halved": 0.5, "halving": 0.5}
