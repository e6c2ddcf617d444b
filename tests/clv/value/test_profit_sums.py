import numpy as np
import pandas as pd
import pytest

from workbench.clv.value.profit_sums import Customers, ProfitSums
from workbench.core import InputError
from workbench.core.engine import as_table


def people(n=3000):
    rng = np.random.default_rng(4)
    revenue = np.round(rng.gamma(0.8, 120, n), 2)
    costs = {"goods": np.round(revenue * 0.6, 2), "service": np.round(rng.exponential(20, n), 2)}
    return pd.DataFrame({"revenue": revenue, **costs, "region": np.resize(["n", "s", None], n)})


def sums_of(data, by=("region",)):
    return ProfitSums.over(Customers.of(data, "revenue", ["goods", "service"], by), len(by))


def test_a_table_in_pieces_adds_up_to_what_a_frame_does(monkeypatch):
    data = people()
    table = as_table(data)
    given = table.engine.batches

    def in_pieces(sql):
        for batch in given(sql):
            yield from (batch.slice(i, 411) for i in range(0, batch.num_rows, 411))

    monkeypatch.setattr(table.engine, "batches", in_pieces)
    one, other = sums_of(data), sums_of(table)
    np.testing.assert_allclose(other.tenths, one.tenths, rtol=1e-9)
    np.testing.assert_allclose(other.drivers, one.drivers, rtol=1e-9)
    assert set(one.groups[0]) == set(other.groups[0]) == {"n", "s", "–"}
    for name, group in one.groups[0].items():
        assert other.groups[0][name].spread == pytest.approx(group.spread, rel=1e-9)
        np.testing.assert_allclose(other.groups[0][name].costs, group.costs, rtol=1e-9)


def test_a_group_of_one_has_no_spread():
    found = sums_of(people(1))
    assert np.isnan(found.groups[0]["n"].spread)


def test_a_column_of_an_engine_that_is_no_number_is_said():
    with pytest.raises(InputError, match="holds numbers"):
        Customers.of(as_table(people(3).assign(goods="much")), "revenue", ["goods"], [])
