"""The language of a text: English is told by its commonest words, any other by the byte sequences that are frequent in
it (Lui and Baldwin's langid, 2012)."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LOOKED_AT = 3000  # characters; more changes no verdict
_FIRST = 1000  # characters that settle it where the model is all but certain
_CERTAIN = 0.95
_LEAST = 40  # letters; a name or a table says nothing of a language
_SURE = 0.7  # of the probabilities that the model gives, which for a paragraph are above 0.9
_TWO_LETTERS = 2
_SAME = {"nn": "no", "nb": "no", "sh": "sr"}  # written forms that readers ask for under one name

# Words that make up some two fifths of any English prose. No other language has a quarter of them.
_COMMON = (
    "the and of to in that is was for on with as by at from which were been this have had has it an be are or not but "
    "their they who will would he his she her its we our you your there than more when what said into after also can "
    "could about"
)
_ENGLISH = frozenset(_COMMON.split())
_SHARE = 0.25  # of the words
_FEWEST = 20
_DIFFERENT = 8  # so that it is no list in which a few words come again and again
_LATIN = 1.1  # bytes a character in UTF-8: not between words of scripts that have no spaces


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``, None where its first 3,000 characters have fewer than 40 letters,
    or do not tell it.

    Plain English prose takes 0.05 ms. The first other text takes up to half a second and 100 MB for the model, a
    further one 0.5 ms, and three times as much where its first 1,000 characters leave a doubt.
    """
    start = text[:_LOOKED_AT]
    if _is_english(start):
        return "en"
    if sum(map(str.isalpha, start)) < _LEAST:
        return None
    found, probability = _model().classify(start[:_FIRST])
    if probability < _CERTAIN and len(start) > _FIRST:
        found, probability = _model().classify(start)
    code = _SAME.get(found, found)
    return code if probability >= _SURE and len(code) == _TWO_LETTERS else None


def _is_english(text: str) -> bool:
    """Whether it is beyond doubt; where it is false, the text may be English even so."""
    words = text.lower().split()
    known = list(filter(_ENGLISH.__contains__, words))
    return (
        len(known) >= max(_FEWEST, _SHARE * len(words))
        and len(set(known)) >= _DIFFERENT
        and len(text.encode("utf-8", "replace")) < _LATIN * len(text)
    )


@cache
def _model() -> "LanguageIdentifier":
    # Imported here, with numpy: many a library holds nothing but English.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
