import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.engine import as_table
from workbench.core.errors import InputError, UntrustedWarning
from workbench.sampling import Frame, SimpleRandom, Stratified, allocate, draw, permanent_random_number, stratum_counts

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": [f"C{i:04d}" for i in range(600)],
        "region": np.array(["north", "south", "东区"])[np.arange(600) % 3],
        "amount": np.arange(600) * 10.0,
        "phone": [f"+86{i}" for i in range(600)],
    }
)
FRAME = Frame(CUSTOMERS, stratum="region", eligible="amount > 1000", carry="phone")
SIZES = {"north": 30, "south": 20, "东区": 10}


def by_hand(customers, sizes, salt, start=0.0):
    """The recipe in pandas: smallest rotated number of each stratum, ties by id."""
    frame = customers.assign(k=permanent_random_number(customers["customer_id"], salt))
    frame["p"] = (frame["k"] - int(start * 2**52)) % 2**52
    frame = frame.sort_values(["p", "customer_id"])
    return {s: frame[frame["region"] == s].head(n)["customer_id"].tolist() for s, n in sizes.items()}


@pytest.mark.parametrize("start", [0.0, 0.3, 0.9999])
def test_the_engine_draws_what_pandas_draws(start):
    sample = draw(FRAME, Stratified(SIZES), salt="study", start=start)
    eligible = CUSTOMERS[CUSTOMERS["amount"] > 1000]
    for stratum, ids in by_hand(eligible, SIZES, "study", start).items():
        rows = sample.table[sample.table["stratum"] == stratum]
        assert rows["customer_id"].tolist() == ids
        assert rows["order"].tolist() == list(range(1, len(ids) + 1))


def test_columns_and_weights():
    sample = draw(FRAME, Stratified(SIZES, reserve=0.5), salt="study")
    assert list(sample.table.columns) == [
        "customer_id",
        "stratum",
        "psu",
        "u",
        "prn",
        "inclusion_probability",
        "base_weight",
        "stratum_population",
        "order",
        "phone",
    ]
    counts = stratum_counts(FRAME).set_index("stratum")["population"]
    totals = sample.table.groupby("stratum")["base_weight"].sum()
    assert totals.to_dict() == pytest.approx(counts.to_dict())
    assert (sample.table["psu"] == sample.table["customer_id"]).all()
    assert sample.table["u"].to_numpy() == pytest.approx((sample.table["prn"] + 0.5) / 2**52)
    assert sample.reserve["stratum"].value_counts().to_dict() == {"north": 15, "south": 10, "东区": 5}
    assert sample.reserve["inclusion_probability"].isna().all()
    assert not set(sample.reserve["customer_id"]) & set(sample.table["customer_id"])
    assert sample.reserve.groupby("stratum")["order"].min().to_dict() == {"north": 31, "south": 21, "东区": 11}
    assert sample.conditions == (("amount > 1000", "amount > 1000"),)
    assert (sample.salt, sample.start, sample.recipe) == ("study", 0.0, "md5-52/v1")


def test_simple_random_ignores_strata():
    sample = draw(FRAME, SimpleRandom(50, reserve=0.1), salt="x")
    eligible = CUSTOMERS[CUSTOMERS["amount"] > 1000].assign(region="all")
    assert sample.table["customer_id"].tolist() == by_hand(eligible, {"all": 50}, "x")["all"]
    assert sample.table["base_weight"].to_numpy() == pytest.approx(len(eligible) / 50)
    assert len(sample.reserve) == 5


def test_the_same_input_gives_the_same_bytes(tmp_path):
    shuffled = CUSTOMERS.sample(frac=1, random_state=3)
    path = tmp_path / "customers.parquet"
    shuffled.to_parquet(path)
    first = draw(FRAME, Stratified(SIZES), salt="s").table
    for table in (shuffled, as_table(shuffled), path):
        other = draw(
            Frame(table, stratum="region", eligible="amount > 1000", carry="phone"), Stratified(SIZES), salt="s"
        )
        pd.testing.assert_frame_equal(first, other.table)
        pd.testing.assert_frame_equal(
            draw(table, SimpleRandom(9), salt="s").table, draw(CUSTOMERS, SimpleRandom(9), salt="s").table
        )


def test_another_start_spares_the_sampled():
    first = draw(FRAME, Stratified(SIZES), salt="s").table
    second = draw(FRAME, Stratified(SIZES), salt="s", start=0.5).table
    assert not set(first["customer_id"]) & set(second["customer_id"])


def test_selection_frequencies_are_inclusion_probabilities():
    small = pd.DataFrame({"customer_id": [f"k{i}" for i in range(12)], "region": ["a"] * 8 + ["b"] * 4})
    hits = pd.Series(0, index=small["customer_id"])
    pi = small["region"].map({"a": 3 / 8, "b": 2 / 4}).to_numpy()
    for i in range(2000):
        for ids in by_hand(small, {"a": 3, "b": 2}, f"salt{i}").values():
            hits[ids] += 1
    assert (np.abs(hits.to_numpy() / 2000 - pi) < 4 * np.sqrt(pi * (1 - pi) / 2000)).all()
    frame = Frame(small, stratum="region")
    for i in range(20):
        expected = by_hand(small, {"a": 3, "b": 2}, f"salt{i}")
        drawn = draw(frame, Stratified({"a": 3, "b": 2}), salt=f"salt{i}").table
        assert drawn["customer_id"].tolist() == [*expected["a"], *expected["b"]]


@settings(max_examples=15)
@given(st.integers(1, 600), st.text("ab|'", min_size=1, max_size=5))
def test_weights_add_up_to_the_population(n, salt):
    sample = draw(CUSTOMERS, SimpleRandom(n), salt=salt)
    assert sample.n == n
    assert sample.table["base_weight"].sum() == pytest.approx(600)
    assert sample.table["customer_id"].is_unique


def test_an_allocation_goes_straight_in():
    allocation = allocate(stratum_counts(FRAME), 60)
    assert draw(FRAME, Stratified(allocation), salt="s").n == 60


def test_a_stratum_of_nobody_is_warned_of():
    with pytest.warns(UntrustedWarning, match="get nobody"):
        sample = draw(FRAME, Stratified({**SIZES, "东区": 0}), salt="s")
    assert set(sample.table["stratum"]) == {"north", "south"}
    assert sample.strata["n"].tolist() == [30, 20, 0]


def test_integer_ids():
    frame = pd.DataFrame({"customer_id": np.arange(100)})
    sample = draw(frame, SimpleRandom(5), salt="s")
    expected = permanent_random_number(range(100), "s").sort_values().index[:5]
    assert sample.table["customer_id"].tolist() == list(expected)


@pytest.mark.parametrize(
    ("frame", "design", "arguments", "words"),
    [
        (FRAME, SimpleRandom(601), {}, "not larger than its population"),
        (FRAME, Stratified({"north": 1}), {}, "without a size"),
        (CUSTOMERS, Stratified({"north": 1}), {}, "without stratum columns"),
        (FRAME, SimpleRandom(5), {"salt": ""}, "salt"),
        (FRAME, SimpleRandom(5), {"start": 1.0}, "circle"),
        (CUSTOMERS.assign(customer_id="x"), SimpleRandom(5), {}, "600 rows"),
        (CUSTOMERS.assign(customer_id=None), SimpleRandom(5), {}, "id"),
        (Frame(CUSTOMERS, eligible="amount < 0"), SimpleRandom(5), {}, "nobody fulfils"),
        (FRAME, "srs", {}, "one of those known"),
        (FRAME, SimpleRandom(5), {"start": {"north": 0.5}}, "has a start"),
    ],
)
def test_bad_input_is_refused(frame, design, arguments, words):
    with pytest.raises(InputError) as error:
        draw(frame, design, **{"salt": "s", **arguments})
    assert words in str(error.value)
