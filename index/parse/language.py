"""The language of a text, told by the byte sequences that are frequent in it (Lui and Baldwin's langid, 2012)."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_LOOKED_AT = 3000  # characters; more changes no verdict
_LEAST = 40  # letters; a name or a table says nothing of a language
_SURE = 0.7  # of the probabilities that the model gives, which for a paragraph are above 0.9
_TWO_LETTERS = 2
_SAME = {"nn": "no", "nb": "no", "sh": "sr"}  # written forms that readers ask for under one name


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``, None where its first 3,000 characters have fewer than 40 letters,
    or do not tell it.

    The first call takes up to half a second and 100 MB for the model, a further one 0.3 ms.
    """
    start = text[:_LOOKED_AT]
    if sum(map(str.isalpha, start)) < _LEAST:
        return None
    found, probability = _model().classify(start)
    code = _SAME.get(found, found)
    return code if probability >= _SURE and len(code) == _TWO_LETTERS else None


@cache
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
