import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clv import concentration
from workbench.core import InputError
from workbench.core.engine import as_table

amounts = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=60)


@given(amounts)
def test_gini_is_half_the_relative_mean_difference(values):
    v = np.array(values)
    differences = np.abs(v[:, None] - v[None, :]).mean()
    assert concentration(v).gini == pytest.approx(differences / (2 * v.mean()), abs=1e-9)


@given(amounts)
def test_shares_rise_and_order_and_scale_do_not_matter(values):
    one, other = concentration(values), concentration(np.array(values[::-1]) * 7.0)
    assert (np.diff(one.table["share"]) >= 0).all()
    np.testing.assert_allclose(one.table["share"], other.table["share"], rtol=1e-12)
    assert one.curve[0] == 0
    assert one.curve[-1] == pytest.approx(1)
    assert (one.table["share"] >= one.table["customers"] / len(values) - 1e-12).all()


def test_everybody_the_same_and_one_with_everything():
    assert concentration([5.0] * 10).gini == pytest.approx(0)
    assert concentration([0.0] * 99 + [1.0]).gini == pytest.approx(0.99)
    assert concentration([0.0] * 99 + [1.0]).plot().axes


def test_negative_values_are_said_and_nonsense_refused():
    assert "1 customer has a negative value" in str(concentration([5.0, -1.0]).notes[0].message)
    for bad in ([], [np.nan, 1.0], [-1.0, 0.5]):
        with pytest.raises(InputError, match="add up to more than zero"):
            concentration(bad)


def test_intervals_against_the_jackknife():
    rng = np.random.default_rng(1)
    values = rng.gamma(0.6, 100, 800)
    found = concentration(values)
    left_out = np.array([concentration(np.delete(values, i)).gini for i in range(0, 800)])
    error = np.sqrt(799 / 800 * ((left_out - left_out.mean()) ** 2).sum())
    assert (found.gini_high - found.gini_low) / 2 / 1.959964 == pytest.approx(error, rel=0.02)


def test_values_of_an_engine_are_told_alike_whatever_their_batches(monkeypatch):
    values = np.random.default_rng(2).gamma(0.6, 100, 5000) - 2
    whole = concentration(values)
    table = as_table(pd.DataFrame({"v": values}))
    given = table.engine.batches

    def in_pieces(sql):
        for batch in given(sql):
            yield from (batch.slice(i, 777) for i in range(0, batch.num_rows, 777))

    monkeypatch.setattr(table.engine, "batches", in_pieces)
    found = concentration((table, "v"))
    np.testing.assert_allclose(found.table, whole.table, rtol=1e-12)
    np.testing.assert_allclose(found.curve, whole.curve, rtol=1e-12, atol=1e-15)
    assert (found.gini, found.gini_low) == pytest.approx((whole.gini, whole.gini_low), rel=1e-12)
    assert found.notes == whole.notes
    with pytest.raises(InputError, match="add up to more than zero"):
        concentration((as_table(pd.DataFrame({"v": [np.nan, 1.0]})), "v"))
