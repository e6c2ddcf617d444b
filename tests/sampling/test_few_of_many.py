import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.sampling.few_of_many import few_of_many

rng = np.random.default_rng(5)
PEOPLE = pd.DataFrame({"customer_id": [f"c{i:05d}" for i in range(8000)], "amount": rng.gamma(2, 50, 8000)})
PEOPLE["region"] = rng.choice(["n", "s", None], 8000, p=[0.6, 0.3, 0.1])


def test_everybody_is_read_where_there_are_few():
    read = few_of_many(as_table(PEOPLE), ["region", "amount"], stratum="region", most=8000)
    pd.testing.assert_frame_equal(read, PEOPLE[["customer_id", "region", "amount"]], check_dtype=False)


def test_those_drawn_stand_for_all_of_their_group():
    drawn = few_of_many(as_table(PEOPLE), ["region", "amount"], stratum="region", most=2000)
    assert 1800 < len(drawn) < 2200
    names = drawn["region"].astype(object).where(drawn["region"].notna(), "none")
    sizes = PEOPLE["region"].astype(object).where(PEOPLE["region"].notna(), "none").value_counts()
    pd.testing.assert_series_equal(
        drawn.groupby(names)["weight"].sum().round(6).sort_index(),
        sizes.sort_index().astype(float),
        check_names=False,
        check_index_type=False,
    )
    total = PEOPLE["amount"].sum()
    assert float((drawn["amount"] * drawn["weight"]).sum()) == pytest.approx(total, rel=0.05)


def test_the_same_customers_are_drawn_whatever_else_is_known_of_them():
    one = few_of_many(as_table(PEOPLE), ["region"], stratum="region", most=1000)
    other = few_of_many(as_table(PEOPLE.iloc[::-1].assign(amount=1.0)), ["region"], stratum="region", most=1000)
    fewer = few_of_many(as_table(PEOPLE), ["region"], stratum="region", most=500)
    assert one["customer_id"].tolist() == other["customer_id"].tolist()
    assert set(fewer["customer_id"]) < set(one["customer_id"])


def test_a_missing_column_is_refused():
    with pytest.raises(InputError, match="regoin"):
        few_of_many(as_table(PEOPLE), [], stratum="regoin", most=10)


def test_what_other_tables_know_comes_along():
    people = as_table(pd.DataFrame({"customer_id": list("abc"), "region": ["n", "s", "s"]}))
    known = as_table(pd.DataFrame({"customer_id": list("ca"), "tier": ["high", "low"]}))
    found = few_of_many(people, ["region"], stratum="region", most=10, along=[(known, ["tier"])])
    assert found.columns.tolist() == ["customer_id", "region", "tier"]
    assert found["tier"].fillna("–").tolist() == ["low", "–", "high"]
