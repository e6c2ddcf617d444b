import numpy as np
import pytest

from workbench.core.scales import beyond_scale, scale_meant, shown_counts, starts_at_one


def counts(values):
    found, n = np.unique(values, return_counts=True)
    return {float(v): int(c) for v, c in zip(found, n, strict=True)}


rng = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("answers", "meant"),
    [
        (rng.integers(1, 6, 300), (1, 5)),
        (rng.integers(1, 5, 300), (1, 4)),
        (rng.integers(1, 8, 300), (1, 7)),
        (rng.integers(0, 2, 300), (0, 1)),
        (rng.integers(0, 10, 300), (0, 9)),
        (rng.choice([-100, 0, 100], 300), (-100, 100)),
        (rng.integers(-100, 101, 300), (-100, 100)),
        (rng.integers(0, 101, 300), (0, 100)),
        (np.append(rng.integers(1, 6, 300), [98, 99, -1]), (1, 5)),
        ([5] * 40, (1, 5)),
    ],
)
def test_another_scale_is_noticed(answers, meant):
    low, high = scale_meant(counts(answers))
    assert (low, high) == meant or (abs(low - meant[0]) <= 1 and abs(high - meant[1]) <= 1 and high > 10)


@pytest.mark.parametrize(
    "answers",
    [
        rng.integers(0, 11, 300),
        rng.choice([9, 10], 60),
        [10] * 60,
        [8] * 200,
        [9] * 200,
        [5] * 15 + [9] * 30,
        [1, 2, 3, 5, 4],
        [3] * 19,
        np.append(rng.integers(0, 11, 300), [98] * 80),
        np.append(rng.integers(0, 11, 300), [11] * 20),
        rng.choice([0, 2, 6, 7, 8, 9, 10], 500, p=[0.01, 0.02, 0.1, 0.17, 0.3, 0.2, 0.2]),
        rng.choice([2, 6, 7, 8, 9, 10], 40),
        [0, 0, 6, 9],
        [],
    ],
)
def test_what_may_well_be_the_scale_from_0_to_10_is_believed(answers):
    assert scale_meant(counts(answers)) is None


def test_false_alarms_are_rare_at_the_least_favourable_counts():
    """One in five gives 8 to 10 and the rest up to 5: 20 answers without one of them are chance in 1 % of waves."""
    alarms = sum(
        scale_meant(counts(rng.choice([0, 2, 4, 5, 8, 9, 10], 20, p=[0.2] * 4 + [0.1, 0.05, 0.05]))) is not None
        for _ in range(2000)
    )
    assert alarms / 2000 < 0.02


def test_a_scale_from_1_to_10_has_the_same_classes_and_is_told():
    one_to_ten = counts(rng.integers(1, 11, 300))
    assert scale_meant(one_to_ten) is None and starts_at_one(one_to_ten)
    assert not starts_at_one(counts(rng.integers(0, 11, 300)))
    assert not starts_at_one(counts([1] * 10 + [10] * 90)), "few ones prove nothing"


def test_codes_are_no_scale():
    assert beyond_scale({1: 20, 5: 20, 6: 9, 7: 9, 10: 9}, 1, 5)
    assert not beyond_scale({1: 20, 5: 20, 0: 30, 6: 30}, 1, 5), "two numbers outside are codes"
    assert not beyond_scale({1: 20, 5: 20, 97: 30, 98: 30, 99: 30}, 1, 5)
    assert not beyond_scale({1: 900, 5: 900, 6: 1, 7: 1, 8: 1}, 1, 5), "a few slips are no scale"
    assert shown_counts(dict.fromkeys(range(20), 1)).endswith("and 8 more")
