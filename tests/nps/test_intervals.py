import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.nps import intervals


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


@settings(max_examples=60, deadline=None)
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
