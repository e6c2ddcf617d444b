import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import driver_worth, key_drivers


def ratings(n=600, seed=2):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=n)
    data = pd.DataFrame({name: base * 0.5 + rng.normal(size=n) for name in ("staff", "price", "stock")})
    data["noise"] = rng.normal(size=n)
    data["recommend"] = 2 * data["staff"] + data["price"] + 0.3 * data["stock"] + rng.normal(0, 2, n)
    return data


DRIVERS = ["noise", "stock", "price", "staff"]


def test_order_shares_and_noise():
    found = key_drivers(ratings(), "recommend", DRIVERS, bootstrap=100, seed=1)
    table = found.table
    assert table["driver"].tolist()[:2] == ["staff", "price"] and table["driver"].iloc[-1] == "noise"
    assert table["share"].sum() == pytest.approx(1)
    assert table["importance"].sum() == pytest.approx(found.r_squared)
    assert (table["ci_low"] <= table["share"]).all() and (table["share"] <= table["ci_high"]).all()
    assert table.set_index("driver")["clear"].to_dict()["noise"] == False  # noqa: E712
    assert table["clear"].iloc[0]
    assert any("shuffled" in n.message.text("en") for n in found.notes)
    assert found.plot("zh-CN").axes and "关键驱动因素" in found.to_html("zh-CN")


def test_relaimpo_bootstrap_shares(reference):
    expected = reference.numbers("drivers")["sfo2017_netpro_8"]
    data = reference.data("sfo_2017")
    columns = list(expected["lmg_raw"])
    data[columns] = data[columns].where(data[columns].apply(lambda s: s.between(1, 5)))
    found = key_drivers(data, "NETPRO", columns, bootstrap=400, seed=4)
    table = found.table.set_index("driver").loc[columns]
    np.testing.assert_allclose(table["share"], list(expected["lmg_share"].values()), rtol=1e-8)
    interval = expected["lmg_share_boot95"]
    np.testing.assert_allclose(table["ci_low"], list(interval["lower"].values()), atol=0.012)
    assert (table["n"] == 1205).all()
    assert any("1,205" in n.message.text("en") for n in found.notes)


def test_seed_decides_everything():
    one, two = (key_drivers(ratings(), "recommend", DRIVERS, bootstrap=30, seed=7).table for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_missing_rules_are_named_and_reported():
    data = ratings()
    data.loc[:200, "price"] = np.nan
    complete = key_drivers(data, "recommend", DRIVERS, bootstrap=30, seed=1)
    pairwise = key_drivers(data, "recommend", DRIVERS, bootstrap=30, seed=1, missing="pairwise")
    assert complete.table["n"].iloc[0] == 399 and pairwise.table["n"].iloc[0] == 600
    assert any("price is missing most often" in n.message.text("en") for n in complete.notes)
    assert any("both of its answers" in n.message.text("en") for n in pairwise.notes)
    data.loc[:580, "price"] = np.nan
    with pytest.raises(InputError, match="ten complete rows per driver"):
        key_drivers(data, "recommend", DRIVERS, bootstrap=30, seed=1)


def test_clusters_widen_the_intervals():
    rng = np.random.default_rng(3)
    store = np.repeat(np.arange(30), 20)
    data = pd.DataFrame({"store": store, "a": rng.normal(size=30)[store], "b": rng.normal(size=600)})
    data["y"] = data["a"] + data["b"] + rng.normal(size=30)[store]
    widths = []
    for design in (None, Design(psu="store")):
        table = key_drivers(data, "y", ["a", "b"], design, bootstrap=200, seed=1).table
        widths.append(float((table["ci_high"] - table["ci_low"]).mean()))
    assert widths[1] > 1.5 * widths[0]


def test_copies_are_noted():
    rng = np.random.default_rng(4)
    data = ratings().assign(again=lambda d: d["staff"] + 0.1 * rng.normal(size=len(d)))
    found = key_drivers(data, "recommend", ["staff", "again", "price"], bootstrap=30, seed=1, method="johnson")
    assert any("nearly copies" in n.message.text("en") for n in found.notes)


def test_errors():
    data = ratings().assign(flat=1.0, word="x")
    for drivers, match in (
        (["staff", "flat"], "say something of their own"),
        (["staff", "word"], "holds numbers"),
        (["staff"], "at least two"),
        (["staff", "recommend"], "without the outcome"),
        (["staff", "staf"], "needed"),
    ):
        with pytest.raises(InputError, match=match):
            key_drivers(data, "recommend", drivers, bootstrap=30, seed=1)
    with pytest.raises(InputError, match="method is one of"):
        key_drivers(data, "recommend", DRIVERS, method="lasso", seed=1)


def test_an_ordinal_model_finds_the_same_order():
    data = ratings(1500)
    data["recommend"] = np.digitize(data["recommend"], [-4, -2, 0, 2, 4]).astype(float)
    found = key_drivers(data, "recommend", DRIVERS, method="ordinal", bootstrap=100, seed=1)
    assert found.table["driver"].tolist()[:2] == ["staff", "price"]
    assert found.table["importance"].sum() == pytest.approx(found.r_squared)
    assert not found.table.set_index("driver").loc["noise", "clear"]
    assert found.coefficients["driver"].tolist() == DRIVERS and (found.proportional_odds["df"] == 4).all()
    assert (found.coefficients["odds_low"] < found.coefficients["odds_ratio"]).all()
    with pytest.raises(InputError, match="without missing"):
        key_drivers(data, "recommend", DRIVERS, method="ordinal", missing="pairwise", seed=1)


@pytest.mark.parametrize("method", ["shapley", "johnson", "ordinal"])
def test_drivers_that_say_nothing_of_their_own_are_named_and_left_out(method):
    """A question twice, a mirrored one, a constant one and the outcome itself: the others keep their numbers."""
    data = ratings(800)
    data["recommend"] = np.digitize(data["recommend"], [-2, 0, 2]).astype(float)
    data = data.assign(again=data["staff"], mirror=6 - data["price"], flat=3.0, same=2 * data["recommend"] + 1)
    plain = key_drivers(data, "recommend", ["staff", "price"], method=method, bootstrap=30, seed=1)
    messy = ["staff", "again", "flat", "price", "mirror", "same"]
    found = key_drivers(data, "recommend", messy, method=method, bootstrap=30, seed=1)
    pd.testing.assert_frame_equal(found.table, plain.table)
    named = {str(n.message.values["driver"]) for n in found.notes if "driver" in n.message.values}
    assert named >= {"again", "flat", "mirror", "same"}


@pytest.mark.parametrize("method", ["shapley", "ordinal"])
def test_beyond_twenty_drivers_johnson_takes_over(method):
    rng = np.random.default_rng(6)
    data = pd.DataFrame(rng.normal(size=(900, 22)), columns=[f"q{i}" for i in range(22)])
    data["y"] = np.digitize(data["q3"] + rng.normal(size=900), [-1, 0, 1]).astype(float)
    items = list(data.columns[:-1])
    found = key_drivers(data, "y", items, method=method, bootstrap=20, seed=1)
    assert len(found.table) == 22 and found.table["driver"][0] == "q3"
    assert found.table["share"].sum() == pytest.approx(1)
    assert any("Johnson" in n.message.text("en") for n in found.notes)
    if method == "shapley":
        johnson = key_drivers(data, "y", items, method="johnson", bootstrap=20, seed=1)
        np.testing.assert_allclose(found.table["importance"], johnson.table["importance"])


def test_a_driver_that_decides_the_answer_leaves_the_ordinal_model():
    rng = np.random.default_rng(7)
    data = pd.DataFrame({"a": rng.integers(1, 6, 400), "b": rng.integers(1, 6, 400), "c": rng.integers(1, 6, 400)})
    data["recommend"] = data["a"].map({1: 0, 2: 4, 3: 7, 4: 8, 5: 10}).astype(float)
    found = key_drivers(data, "recommend", ["a", "b", "c"], method="ordinal", bootstrap=20, seed=1)
    assert set(found.table["driver"]) == {"b", "c"}
    assert any("decides the answer alone" in n.message.text("en") for n in found.notes)
    worth = driver_worth(data, "recommend", ["a", "b", "c"], bootstrap=20, seed=1)
    assert set(worth.table["driver"]) == {"b", "c"}
    linear = key_drivers(data, "recommend", ["a", "b", "c"], bootstrap=20, seed=1)
    assert linear.table["driver"][0] == "a"


@pytest.mark.parametrize("design", [Design(order="place"), Design(weight="w", without_replacement="hajek")])
def test_lists_and_samples_by_size_have_drivers_and_worth_too(design):
    """Resampling takes units at random, which is the more cautious way."""
    data = ratings(300).assign(place=range(300), w=np.linspace(1.5, 4, 300))
    plain = Design(weight=design.weight)
    found, expected = (key_drivers(data, "recommend", DRIVERS, d, bootstrap=60, seed=1) for d in (design, plain))
    pd.testing.assert_frame_equal(found.table, expected.table)
    rated = data.assign(**{c: data[c].rank(pct=True).mul(5).round().clip(1, 5) for c in DRIVERS})
    rated["recommend"] = (data["recommend"].rank(pct=True) * 10).round()
    assert len(driver_worth(rated, "recommend", DRIVERS, design, bootstrap=20, seed=1).table) == 4
