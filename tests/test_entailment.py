"""The entailment model: what it is shown of long evidence, and that it tells support from its opposite."""

import numpy as np
import pytest

from index.errors import EmbeddingError
from rag.checking.align import sources
from rag.checking.entailment import entailed, model, views
from rag.checking.support import Features
from rag.crossencoder import CrossEncoder, Weights
from rag.language.statement import parts
from tests.claim_pairs import pairs

SOURCE = "Exports rose 4 percent in the quarter, led by steel, the ministry said."


def shares(words: str, texts: list[str]) -> Features:
    wanted = set(words.lower().split())
    every = sources(texts, [parts(text) for text in texts])
    return np.array([len(wanted & set(each.part.statement.text.lower().split())) / len(wanted) for each in every])


def odds(claim: str, texts: list[str]) -> float:
    every = tuple(sources(texts, [parts(text) for text in texts]))
    return entailed(claim, texts, [""] * len(texts), every, shares(claim, texts))


def test_what_is_said_scores_above_what_is_not() -> None:
    true, changed, other = (
        odds(claim, [SOURCE])
        for claim in (
            "Exports grew by 4% in the quarter, with steel in the lead.",
            "Exports fell 9 percent, led by oil.",
            "The orchestra played in the park.",
        )
    )
    assert true > changed and true > other


def test_of_most_pairs_the_true_sentence_scores_above_the_false_one() -> None:
    """None of them was trained on; the model is one voice among several, and need not win every one."""
    right = [odds(pair.true, [pair.source]) > odds(pair.false, [pair.source]) for pair in pairs()]
    assert sum(right) / len(right) > 0.8, sum(right)


def test_long_evidence_is_read_in_parts_that_hold_the_best_sentences() -> None:
    filler = " ".join(f"On day {number} the committee met again without any result." for number in range(60))
    texts = [f"{filler} {SOURCE} {filler}", "Another paragraph tells of the weather."]
    every = tuple(sources(texts, [parts(text) for text in texts]))
    found = views(texts, ["", ""], every, shares(SOURCE, texts))
    assert 1 < len(found) <= 4 and all(len(view) <= 900 for view in found)
    assert SOURCE in found[0] and SOURCE in found[-1]
    assert odds("Exports grew by 4% in the quarter, with steel in the lead.", texts) == pytest.approx(
        odds("Exports grew by 4% in the quarter, with steel in the lead.", texts), abs=1e-6
    )


def test_scores_do_not_depend_on_what_else_is_scored() -> None:
    texts = [SOURCE, "Rain fell.", f"{SOURCE} " * 3]
    together = model().relevance("Exports rose.", texts)
    alone = [float(model().relevance("Exports rose.", [text])[0]) for text in texts]
    assert together == pytest.approx(alone, abs=0.6)  # int8 rounds by batch
    assert len(model().relevance("Exports rose.", [])) == 0


def test_a_file_that_is_missing_or_another_is_told() -> None:
    with pytest.raises(EmbeddingError, match="install citedesk again"):
        CrossEncoder(Weights("rag.checking", "nothing.onnx", ""))
    with pytest.raises(EmbeddingError, match="not the one of this version"):
        CrossEncoder(Weights("rag", "reader.onnx", "0" * 64))
