"""Every metric against arithmetic done by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics import (
    Values,
    at_coverage,
    auroc,
    balanced_accuracy,
    contains,
    coverage_curve,
    difference,
    estimate,
    kappa,
    mean,
    normalise,
    percentile,
    precision,
    ranking,
    recall,
    token_f1,
)


def table(*rows: tuple[float, ...]) -> Values:
    return np.array(rows, dtype=np.float64)


def test_normalise_drops_case_articles_and_punctuation() -> None:
    assert normalise("The “treaty”, signed: a DAY later.") == "treaty signed day later"


def test_contains_wants_whole_words() -> None:
    assert contains("It happened in July 2000.", ["2000"]) is True
    assert contains("It cost 20000 roubles.", ["2000"]) is False
    assert contains("anything", []) is None
    assert contains("anything", ["the"]) is None, "nothing is left of the answer to look for"


def test_token_f1_counts_shared_words() -> None:
    # given: putin arrived in pyongyang (4), wanted: putin landed in pyongyang on tuesday (6), shared 3: 2·3/(4+6)
    assert token_f1("Putin arrived in Pyongyang.", ["Putin landed in Pyongyang on Tuesday"]) == pytest.approx(0.6)
    # A word that stands there once is shared once: 2·1/(2+1).
    assert token_f1("no no", ["no"]) == pytest.approx(2 / 3)
    assert token_f1("", ["Putin"]) == 0.0
    assert token_f1("Putin", []) is None
    assert token_f1("Putin left", ["Kim left", "Putin left"]) == 1.0, "the best of several references"


def test_precision_and_recall() -> None:
    assert precision([True, True, False]) == pytest.approx(2 / 3)
    assert precision([]) is None
    assert recall([True, False]) == 0.5
    assert recall([]) is None


def test_a_ranking_by_hand() -> None:
    # a and c are relevant, at ranks 1 and 3 of b, a, x, c counted from 0 -> ranks 2 and 4 from 1.
    graded = ranking(["b", "a", "x", "c"], {"a": 1, "c": 1})
    assert graded["hit@1"] == 0.0 and graded["hit@5"] == 1.0
    assert graded["recall@10"] == 1.0
    assert graded["MRR@10"] == pytest.approx(1 / 2)
    assert graded["MAP@5"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    gain, ideal = 1 / math.log2(3) + 1 / math.log2(5), 1 / math.log2(2) + 1 / math.log2(3)
    assert graded["nDCG@10"] == pytest.approx(gain / ideal)


def test_a_ranking_of_nothing_and_one_with_repeats() -> None:
    assert set(ranking([], {"a": 1}).values()) == {0.0}
    assert ranking(["b", "b", "a"], {"a": 1}) == ranking(["b", "a"], {"a": 1}), "an id counts where it stands first"


def test_ndcg_heeds_how_relevant_people_found_it() -> None:
    # Grades 1 and 3 at ranks 1 and 2; ideally 3 comes first.
    graded = ranking(["a", "c"], {"a": 1, "c": 3})
    assert graded["nDCG@10"] == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))
    assert graded["hit@1"] == graded["recall@10"] == 1.0


def test_ranks_below_the_depth_do_not_count() -> None:
    graded = ranking([str(rank) for rank in range(20)], {"10": 1})
    assert graded["hit@10"] == graded["recall@10"] == graded["nDCG@10"] == graded["MRR@10"] == 0.0


def test_auroc_counts_ties_half() -> None:
    # Positives 0.9 and 0.5 against negatives 0.5 and 0.1: 0.9 beats both (2), 0.5 ties one and beats one (1.5) of 4.
    assert auroc(table((0.9, 1), (0.5, 1), (0.5, 0), (0.1, 0))) == pytest.approx(3.5 / 4)
    assert auroc(table((0.9, 1))) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_what_counting_pairs_gives(rows: list[tuple[int, bool]]) -> None:
    above = [score for score, positive in rows if positive]
    below = [score for score, positive in rows if not positive]
    wins = [1.0 if one > other else 0.5 if one == other else 0.0 for one in above for other in below]
    found = auroc(table(*((float(score), float(positive)) for score, positive in rows)))
    assert found is None if not wins else found == pytest.approx(sum(wins) / len(wins))


def test_balanced_accuracy_and_kappa() -> None:
    # Of 4 positive 3 are told (.75), of 2 negative 1 (.5): .625. Agreement 4/6; 4 told positive, 4 are:
    # chance 4/6·4/6 + 2/6·2/6 = 20/36; kappa (24/36 - 20/36) / (16/36) = .25.
    rows = table((1, 1), (1, 1), (1, 1), (0, 1), (1, 0), (0, 0))
    assert balanced_accuracy(rows) == pytest.approx(0.625)
    assert kappa(rows) == pytest.approx(0.25)
    assert balanced_accuracy(table((1, 1))) is None and kappa(table((1, 1))) is None


def test_accuracy_at_coverage() -> None:
    rows = table((0.9, 1), (0.8, 0), (0.7, 1), (0.6, 1))
    assert at_coverage(0.25)(rows) == 1.0
    assert at_coverage(0.5)(rows) == 0.5
    assert at_coverage(1.0)(rows) == 0.75
    # Three tie for the second place: right 1, 0, 0, so the second counts 1/3: (1 + 1/3) / 2.
    tied = table((0.9, 1), (0.5, 1), (0.5, 0), (0.5, 0))
    assert at_coverage(0.5)(tied) == pytest.approx(2 / 3)
    shares, accuracies = zip(*coverage_curve(rows, points=4), strict=True)
    assert shares == (0.25, 0.5, 0.75, 1.0) and accuracies == pytest.approx((1.0, 0.5, 2 / 3, 0.75))
    assert coverage_curve(np.zeros((0, 2))) == ()


def test_percentiles_are_linear_between_neighbours() -> None:
    assert percentile(50)(table((1,), (2,), (4,), (8,))) == 3.0
    assert percentile(50)(np.zeros((0, 1))) is None


def test_an_estimate_counts_the_unscored_apart() -> None:
    figure = estimate(table((1,), (0,), (1,)), mean, unscored=2)
    assert figure.value == pytest.approx(2 / 3)
    assert (figure.n, figure.unscored) == (3, 2)
    assert 0.0 <= figure.low <= figure.value <= figure.high <= 1.0
    nothing = estimate(np.zeros((0, 1)), mean, unscored=4)
    assert math.isnan(nothing.value) and (nothing.n, nothing.unscored) == (0, 4)


def test_the_interval_of_a_mean_is_about_two_standard_errors() -> None:
    values = np.array([[0.0], [1.0]] * 100)
    figure = estimate(values, mean)
    assert figure.low == pytest.approx(0.5 - 1.96 * 0.5 / math.sqrt(200), abs=0.01)
    assert figure.high == pytest.approx(0.5 + 1.96 * 0.5 / math.sqrt(200), abs=0.01)


def test_a_difference_is_paired() -> None:
    # Every case falls by .1 while the cases differ by much more among themselves: only pairing can see that.
    before = np.linspace(0.2, 1.0, 30)[:, None]
    gap = difference(before, before - 0.1, mean)
    assert gap.value == pytest.approx(-0.1) and gap.high < -0.0999 and gap.n == 30
    same = difference(before, before, mean)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_one_flip_of_many_is_within_the_interval() -> None:
    before = np.ones((50, 1))
    after = before.copy()
    after[0] = 0.0
    gap = difference(before, after, mean)
    assert gap.value == pytest.approx(-0.02) and gap.high == 0.0


def test_a_difference_of_what_is_not_defined_is_nan() -> None:
    assert math.isnan(difference(table((0.9, 1)), table((0.8, 1)), auroc).value)
