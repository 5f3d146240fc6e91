"""Names of months and weekdays in languages of the news: full names, the forms behind a day, clear abbreviations."""

_MONTHS = (
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari styczeń stycznia январь января "
    "січень січня",
    "february feb februar feber février févr fév febrero febbraio fevereiro fev februari luty lutego февраль февраля "
    "лютий лютого",
    "march mar märz mrz mars marzo março maart mrt marzec marca март марта березень березня",
    "april apr avril avr abril abr aprile kwiecień kwietnia апрель апреля квітень квітня",
    "may mai mayo maggio mag maio mei maj maja май мая травень травня",
    "june jun juni juin junio giugno giu junho czerwiec czerwca июнь июня червень червня",
    "july jul juli juillet juil julio luglio lug julho lipiec lipca июль июля липень липня",
    "august aug août aout agosto ago augustus sierpień sierpnia август августа серпень серпня",
    "september sept sep septembre septiembre setiembre settembre set setembro wrzesień września сентябрь сентября "
    "вересень вересня",
    "october oct oktober okt octobre octubre ottobre ott outubro out październik października октябрь октября жовтень "
    "жовтня",
    "november nov novembre noviembre novembro listopad listopada ноябрь ноября листопад листопада",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia декабрь декабря грудень "
    "грудня",
)
_WEEKDAYS = """
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi
vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì
sabato domenica segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota niedziela
понедельник вторник среда четверг пятница суббота воскресенье понеділок вівторок середа четвер п’ятниця субота неділя
"""
_NUMBERS = {name: number for number, row in enumerate(_MONTHS, 1) for name in row.split()}
_DAYS = frozenset(_WEEKDAYS.split())


def month_number(name: str) -> int:
    """The number of the month (1 to 12) that ``name`` names in English, German, French, Spanish, Italian, Portuguese,
    Dutch, Polish, Russian or Ukrainian; 0 when it names none. No name stands for two months in these."""
    return _NUMBERS.get(name.casefold(), 0)


def is_weekday(name: str) -> bool:
    """Whether ``name`` is that of a day of the week in one of these languages, English left out."""
    return name.casefold() in _DAYS
