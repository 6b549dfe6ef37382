"""The formulas of the comparison: held to scipy, to published tables, and to what has no answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neuron_studio.core.statistics import (
    confusion,
    cosine,
    f1,
    kendall,
    macro_f1,
    mcnemar,
    pearson,
    quantile,
    ranks,
    spearman,
    wilson,
)
from tests.support.oracle import stats

# Published tables.


def test_that_wilson_intervals_are_those_of_newcombe() -> None:
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
    # table I, method 3.
    table = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (successes, count), interval in table.items():
        assert wilson(successes, count) == pytest.approx(interval, abs=5e-5)


def test_that_the_correlations_are_those_of_the_textbook_example_of_iq_and_television() -> None:
    # The worked example of Spearman's coefficient in Wikipedia's article of that name: rho = -29/165.
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    assert spearman(iq, hours) == pytest.approx(-29 / 165)


def test_that_mcnemar_is_that_of_the_approval_ratings() -> None:
    # A. Agresti, "Categorical Data Analysis", table 10.1: 150 and 86 of 1600 changed their minds; the exact p is
    # that of the documentation of R's exact2x2.
    assert mcnemar(150, 86) == pytest.approx(3.716e-05, rel=1e-3)


def test_that_kendall_is_that_of_scipys_own_example() -> None:
    assert kendall([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]) == pytest.approx(-0.47140452079103173)


def test_that_pearson_is_that_of_anscombes_four_sets() -> None:
    # F. J. Anscombe, "Graphs in statistical analysis", The American Statistician 27, 1973: r = 0.816 in each.
    x = [10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    sets = (
        (x, [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]),
        (x, [9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74]),
        (x, [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]),
        ([8.0] * 7 + [19.0] + [8.0] * 3, [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89]),
    )
    for one, other in sets:
        assert pearson(one, other) == pytest.approx(0.816, abs=1e-3)


# scipy, on fixed and on random tables.


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 1), (0, 8), (3, 11), (25, 12), (121, 59), (700, 640)])
def test_that_mcnemar_is_the_two_sided_binomial_test(first: int, second: int) -> None:
    expected = stats.binomtest(first, first + second, 0.5).pvalue
    assert mcnemar(first, second) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(first, second) == mcnemar(second, first)


def test_that_wilson_intervals_are_those_of_scipy() -> None:
    rng = np.random.default_rng(11)
    for count in (1, 2, 9, 408, 10_000):
        for successes in {0, count, *rng.integers(0, count + 1, size=20).tolist()}:
            expected = stats.binomtest(successes, count).proportion_ci(0.95, method="wilson")
            assert wilson(successes, count) == pytest.approx(tuple(expected), abs=1e-12)


def test_that_correlations_are_those_of_scipy_with_ties_and_without() -> None:
    rng = np.random.default_rng(12)
    for count in (2, 3, 5, 17, 64, 257):
        for values in (2, 3, 10, 10**9):
            a = rng.integers(0, values, size=count).astype(float).tolist()
            b = [x + noise for x, noise in zip(a, rng.integers(-2, 3, size=count).tolist(), strict=True)]
            if len(set(a)) < 2 or len(set(b)) < 2:
                assert pearson(a, b) is spearman(a, b) is kendall(a, b) is None
                continue
            assert pearson(a, b) == pytest.approx(float(stats.pearsonr(a, b).statistic), abs=1e-12)
            assert spearman(a, b) == pytest.approx(float(stats.spearmanr(a, b).statistic), abs=1e-12)
            assert kendall(a, b) == pytest.approx(float(stats.kendalltau(a, b).statistic), abs=1e-12)


def test_that_equal_values_share_the_middle_of_their_ranks() -> None:
    assert ranks((3.0, 1.0, 3.0, 2.0, 3.0)) == (4.0, 1.0, 4.0, 2.0, 4.0)
    values = np.random.default_rng(13).integers(0, 9, size=100).astype(float).tolist()
    assert ranks(values) == tuple(stats.rankdata(values))


# Labels.


def test_that_confusion_has_the_expected_in_rows_and_the_decided_in_columns() -> None:
    assert confusion("aabbb", "abbba", "abc") == ((1, 1, 0), (1, 2, 0), (0, 0, 0))


def test_that_f1_is_two_hits_over_all_that_name_the_label() -> None:
    # TP 3, FP 1, FN 2 of the second label; TP 4 of the first.
    counts = ((4, 1), (2, 3))
    assert f1(counts, 1) == pytest.approx(6 / 9)
    assert f1(counts, 0) == pytest.approx(8 / 11)
    assert macro_f1(counts) == pytest.approx((6 / 9 + 8 / 11) / 2)


def test_that_a_label_which_nobody_named_has_no_f1_and_does_not_count() -> None:
    counts = ((4, 0, 0), (0, 4, 0), (0, 0, 0))
    assert f1(counts, 2) is None
    assert macro_f1(counts) == 1.0
    assert macro_f1(((0, 0), (0, 0))) is None
    assert f1(((0, 2), (1, 0)), 1) == 0.0


# What has no answer.


def test_that_nothing_is_made_of_nothing() -> None:
    assert wilson(0, 0) is None
    assert mcnemar(0, 0) is None
    for measure in (pearson, spearman, kendall):
        assert measure([], []) is None
        assert measure([1.0], [2.0]) is None
        assert measure([0.1, 0.1, 0.1], [1.0, 2.0, 3.0]) is None
        assert measure([1.0, 2.0, 3.0], [0.1, 0.1, 0.1]) is None


def test_that_ten_thousand_rows_with_ties_have_their_tau() -> None:
    rng = np.random.default_rng(14)
    a = rng.normal(size=10_000).round(2).tolist()
    b = [x + noise for x, noise in zip(a, rng.normal(size=10_000).round(2).tolist(), strict=True)]
    assert kendall(a, b) == pytest.approx(float(stats.kendalltau(a, b).statistic), abs=1e-12)


def test_that_quantiles_are_those_of_numpy() -> None:
    rng = np.random.default_rng(3)
    for count in (1, 2, 3, 7, 100, 101):
        values = sorted(rng.exponential(size=count).tolist())
        for share in (0.0, 0.25, 0.5, 0.99, 1.0):
            assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), rel=1e-12)


def test_that_the_cosine_of_nothing_is_not_divided_by_nothing() -> None:
    assert cosine((1.0, 0.0), (1.0, 1.0)) == pytest.approx(math.sqrt(0.5))
    assert cosine((0.0, 0.0), (0.0, 0.0)) == 1.0
    assert cosine((0.0, 0.0), (1.0, 0.0)) == 0.0
