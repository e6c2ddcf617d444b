import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.nps import intervals
from workbench.nps.intervals import adjusted_wald, exact_coverage, score, wald


@pytest.mark.parametrize(
    ("cases", "confidence"), [("count_cases", 0.95), ("count_cases_90", 0.9), ("count_cases_99", 0.99)]
)
def test_count_cases(reference, cases, confidence):
    for case in reference.numbers("nps")[cases]:
        if "promoters" not in case:
            continue
        p, d, n = (case[k] for k in ("promoters", "detractors", "n"))
        for name, form, tolerance in (
            ("wald_z", intervals.wald, 1e-9),
            ("adjusted_wald_3", intervals.adjusted_wald, 1e-9),
            ("score_tango", intervals.score, 1e-7),
            ("exact_percentile_bootstrap", intervals.exact_bootstrap, 1e-9),
        ):
            expected = (case[name]["lo"], case[name]["hi"])
            assert tuple(map(float, form(p, d, n, confidence))) == pytest.approx(expected, abs=tolerance), (
                name,
                p,
                d,
                n,
            )


@settings(max_examples=60)
@given(st.integers(1, 40), st.data())
def test_score_interval_contains_the_estimate_and_mirrors(n, data):
    p = data.draw(st.integers(0, n))
    d = data.draw(st.integers(0, n - p))
    low, high = intervals.score(p, d, n, 0.95)
    assert -1 <= low <= (p - d) / n <= high <= 1
    assert high - low > 0
    mirrored = intervals.score(d, p, n, 0.95)
    assert (-mirrored[1], -mirrored[0]) == pytest.approx((float(low), float(high)), abs=1e-9)


def enumerated_coverage(form, n, p, d):
    counts = [(a, b) for a in range(n + 1) for b in range(n + 1 - a)]
    a, b = np.array(counts, dtype=float).T
    from scipy.special import gammaln

    log = gammaln(n + 1) - gammaln(a + 1) - gammaln(b + 1) - gammaln(n - a - b + 1)
    mass = np.exp(log + a * np.log(p) + b * np.log(d) + (n - a - b) * np.log(1 - p - d))
    low, high = form(a, b, np.full(len(a), float(n)), 0.95)
    return float(mass[(np.clip(low, -1, 1) <= p - d + 1e-12) & (p - d <= np.clip(high, -1, 1) + 1e-12)].sum())


def test_exact_coverage_at_a_small_base():
    coverage = {
        name: enumerated_coverage(getattr(intervals, name), 10, 0.9, 0.02)
        for name in ("wald", "adjusted_wald", "score")
    }
    assert coverage["wald"] == pytest.approx(0.65, abs=0.01)
    assert coverage["adjusted_wald"] == pytest.approx(0.93, abs=0.01)
    assert coverage["score"] == pytest.approx(0.96, abs=0.01)


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize(("p", "d"), [(0.4, 0.2), (0.6, 0.1), (0.3, 0.3)])
@pytest.mark.parametrize("name", ["adjusted_wald", "score"])
def test_exact_coverage(n, p, d, name):
    assert 0.935 <= enumerated_coverage(getattr(intervals, name), n, p, d) <= 0.965


TRUTHS = [(0.9, 0.02), (0.5, 0.2), (0.3, 0.4), (0.7, 0.05), (0.95, 0.05)]


@pytest.mark.parametrize("n", [10, 30, 100, 300])
def test_exact_coverage_of_the_intervals_that_survive_small_bases(n):
    found = {f.__name__: [exact_coverage(f, p, d, n) for p, d in TRUTHS] for f in (wald, adjusted_wald, score)}
    for name in ("adjusted_wald", "score"):
        assert min(found[name]) > (0.91 if n < 30 else 0.93), name
        assert 0.935 <= np.mean(found[name]) <= 0.975, name
    # the textbook interval collapses where nearly everybody promotes
    assert min(found["wald"]) < min(found["adjusted_wald"])
    assert (min(found["wald"]) < 0.66) == (n < 30)


def test_exact_coverage_agrees_with_a_simulation():
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(40, [0.6, 0.15, 0.25], 20_000).astype(float)
    low, high = adjusted_wald(drawn[:, 0], drawn[:, 1], np.full(20_000, 40.0), 0.95)
    seen = ((low <= 0.45) & (high >= 0.45)).mean()
    assert exact_coverage(adjusted_wald, 0.6, 0.15, 40) == pytest.approx(seen, abs=0.006)
