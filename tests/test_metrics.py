"""Every metric against arithmetic done by hand."""

import math

import pytest

from evals.metrics import auroc, contains, mean, normalise, precision, recall


def test_normalise_drops_case_articles_and_punctuation() -> None:
    assert normalise("The “treaty”, signed: a DAY later.") == "treaty signed day later"


def test_contains_wants_whole_words() -> None:
    assert contains("It happened in July 2000.", ["2000"]) is True
    assert contains("It cost 20000 roubles.", ["2000"]) is False
    assert contains("anything", []) is None


def test_precision_and_recall() -> None:
    assert precision([True, True, False]) == pytest.approx(2 / 3)
    assert precision([]) is None
    assert recall([True, False]) == 0.5
    assert recall([]) is None


def test_mean_counts_the_unscored_apart() -> None:
    figure = mean([1.0, 0.0, None, 1.0, None])
    assert figure.value == pytest.approx(2 / 3)
    assert (figure.n, figure.unscored) == (3, 2)
    assert 0.0 <= figure.low <= figure.value <= figure.high <= 1.0
    assert math.isnan(mean([None]).value)


def test_auroc_counts_ties_half() -> None:
    # Positives 0.9 and 0.5 against negatives 0.5 and 0.1: 0.9 beats both (2), 0.5 ties one and beats one (1.5) of 4.
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert auroc([0.9], [True]) is None
