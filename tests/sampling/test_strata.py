import itertools

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, Stratified, allocate, bin_strata, draw, stratum_counts
from workbench.sampling.strata import class_labels, with_column

rng = np.random.default_rng(8)
AMOUNTS = pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(2000)], "region": ["n", "s"] * 1000})
AMOUNTS["amount"] = rng.lognormal(5, 1.2, 2000).round(2)


def test_quantiles_are_the_textbook_ones():
    cuts = bin_strata(AMOUNTS, "amount", 4, method="quantile")
    assert cuts.points == pytest.approx(np.quantile(AMOUNTS["amount"], [0.25, 0.5, 0.75]))
    assert cuts.table["population"].tolist() == [500, 500, 500, 500]


def test_class_statistics_are_right():
    cuts = bin_strata(AMOUNTS, "amount", 3)
    labels = np.searchsorted(cuts.points, AMOUNTS["amount"], side="right")
    by_hand = AMOUNTS["amount"].groupby(labels).agg(["size", "mean", "std"])
    assert cuts.table["population"].tolist() == by_hand["size"].tolist()
    assert cuts.table["mean"].to_numpy() == pytest.approx(by_hand["mean"].to_numpy())
    assert cuts.table["std_dev"].to_numpy() == pytest.approx(by_hand["std"].to_numpy(), rel=1e-6)


def test_better_methods_have_less_variance():
    def neyman(cuts):
        return float((cuts.table["population"] * cuts.table["std_dev"]).sum())

    quantile, root, least = (
        neyman(bin_strata(AMOUNTS, "amount", 4, method=m)) for m in ("quantile", "cum_root_f", "least_variance")
    )
    assert least <= root * 1.001 < quantile


def test_least_variance_is_the_best_of_all_cuts():
    few = AMOUNTS.head(24)
    x = np.sort(few["amount"].to_numpy())
    best = min(sum(len(p) * p.std() for p in np.split(x, list(cut))) for cut in itertools.combinations(range(1, 24), 2))
    points = bin_strata(few, "amount", 3, method="least_variance").points
    found = sum(len(p) * p.std() for p in np.split(x, np.searchsorted(x, points)))
    assert found == pytest.approx(best, rel=1e-9)


def test_classes_become_strata():
    frame = bin_strata(AMOUNTS, "amount", 3).apply(Frame(AMOUNTS, stratum="region"))
    frame = Frame(frame.source, stratum=["region", "amount_class"])
    counts = stratum_counts(frame)
    assert len(counts) == 6
    assert draw(frame, Stratified(allocate(counts, 60)), salt="s").n == 60


def test_missing_values_stay_a_stratum_of_their_own():
    holes = AMOUNTS.assign(amount=AMOUNTS["amount"].where(AMOUNTS.index > 9))
    frame = bin_strata(holes, "amount", 2).apply(Frame(holes), "band")
    counts = stratum_counts(Frame(frame.source, stratum="band")).set_index("stratum")["population"]
    assert counts["(missing)"] == 10


def test_shared_values_make_fewer_classes():
    few = pd.DataFrame({"customer_id": range(10), "amount": [1.0] * 9 + [2.0]})
    cuts = bin_strata(few, "amount", 4, method="least_variance")
    assert cuts.table["population"].tolist() == [9, 1]
    assert any("instead of" in n.message.text("en") for n in cuts.notes)
    with pytest.raises(InputError, match="two different values"):
        bin_strata(few.head(5), "amount", 2)
    with pytest.raises(InputError):
        bin_strata(few, "amount", 1)
    with pytest.raises(InputError):
        bin_strata(few, "amonut")


def test_labels_sort_as_classes():
    labels = class_labels([float(i) for i in range(12)])
    assert sorted(labels) == labels


def test_a_new_column_has_a_new_name():
    with pytest.raises(InputError, match="new name"):
        with_column(Frame(AMOUNTS), "amount", "1")
