"""Other people's segmenters, measured beside citedesk's: syntok, and pysbd and nupunkt where they are installed."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from itertools import pairwise

from syntok import segmenter
from syntok.tokenizer import Tokenizer

Segmenter = Callable[[str], list[str]]  # a paragraph -> its sentences, in order, which together hold all its words

_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)


def segmenters() -> Mapping[str, Segmenter]:
    """The segmenters that are here, by the names of their libraries, each set as for English text."""
    found: dict[str, Segmenter] = {"syntok": _syntok}
    if find_spec("pysbd"):
        found["pysbd"] = _pysbd()
    if find_spec("nupunkt"):
        found["nupunkt"] = _nupunkt()
    return found


def _syntok(paragraph: str) -> list[str]:
    starts = [tokens[0].offset for tokens in map(list, segmenter.segment(_TOKENIZER.tokenize(paragraph))) if tokens]
    cuts = [0, *starts[1:], len(paragraph)]
    return [paragraph[start:end] for start, end in pairwise(cuts)]


def _pysbd() -> Segmenter:
    import pysbd

    english = pysbd.Segmenter(language="en", clean=False)

    def parted(paragraph: str) -> list[str]:
        return list(english.segment(paragraph)) if paragraph.strip() else []

    return parted


def _nupunkt() -> Segmenter:
    import nupunkt

    def parted(paragraph: str) -> list[str]:
        return [str(sentence) for sentence in nupunkt.sent_tokenize(paragraph)]

    return parted
