import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, ProportionalToSize, draw, score_risk

rng = np.random.default_rng(9)
CUSTOMERS = pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(300)], "complaints": rng.poisson(0.3, 300)})
CUSTOMERS["change"] = rng.normal(0, 1, 300)
CUSTOMERS["last_score"] = pd.array(rng.integers(0, 11, 300), dtype="Int64")
CUSTOMERS.loc[:4, "last_score"] = pd.NA
RISKS = {"complained": ("complaints > 0", 4), "spends less": ("change < -1", 2), "low score": ("last_score <= 6", 3)}


def test_scores_and_probabilities():
    scored = score_risk(Frame(CUSTOMERS, eligible="change < 3"), RISKS)
    eligible = CUSTOMERS[CUSTOMERS["change"] < 3]
    low = (eligible["last_score"] <= 6).fillna(False)
    score = 1 + 4 * (eligible["complaints"] > 0) + 2 * (eligible["change"] < -1) + 3 * low
    assert scored.table["customers"].tolist() == [
        int((eligible["complaints"] > 0).sum()),
        int((eligible["change"] < -1).sum()),
        int(low.sum()),
    ]
    sample = draw(scored.frame, ProportionalToSize(40), salt="s")
    by_id = dict(zip(eligible["customer_id"], score.astype(float), strict=True))
    expected = np.array([by_id[i] for i in sample.table["customer_id"]]) * 40 / score.sum()
    assert sample.table["inclusion_probability"].to_numpy() == pytest.approx(expected.astype(float))


def test_weighted_estimates_stay_unbiased():
    scored = score_risk(Frame(CUSTOMERS), RISKS)
    truth = float((CUSTOMERS["complaints"] > 0).mean())
    raw, weighted = [], []
    for i in range(40):
        table = draw(scored.frame, ProportionalToSize(60), salt=f"s{i}").table.merge(CUSTOMERS, on="customer_id")
        hit = (table["complaints"] > 0).to_numpy()
        raw.append(hit.mean())
        weighted.append(np.average(hit, weights=table["base_weight"]))
    assert np.mean(raw) > truth + 0.1
    assert np.mean(weighted) == pytest.approx(truth, abs=4 * np.std(weighted) / np.sqrt(40) + 0.005)


@pytest.mark.parametrize(
    ("risks", "base"), [({}, 1), ({"x": ("complaints > 0", -1)}, 1), (RISKS, 0), ({"x": ("complants > 0", 1)}, 1)]
)
def test_bad_risks_are_refused(risks, base):
    with pytest.raises(InputError):
        score_risk(CUSTOMERS, risks, base=base)


def test_it_reads_in_both_languages():
    assert "风险" in score_risk(CUSTOMERS, RISKS).to_html("zh-CN")


def test_risks_are_counted_among_those_drawn():
    people = pd.DataFrame({"customer_id": [f"C{i}" for i in range(20)], "complaints": [1] * 5 + [0] * 15})
    scored = score_risk(people, {"complained": ("complaints > 0", 4)})
    row = scored.with_drawn(people.iloc[[0, 1, 7]]).table.iloc[0]
    assert (row["customers"], row["drawn"]) == (5, 2) and row["drawn_share"] == pytest.approx(2 / 3)
    assert "drawn" not in scored.table
