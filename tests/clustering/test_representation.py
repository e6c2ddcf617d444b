import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency
from statsmodels.stats.contingency_tables import Table as ContingencyTable
from statsmodels.stats.multitest import multipletests

from workbench.clustering import representation
from workbench.core import InputError
from workbench.core.engine import DuckDBEngine, as_table


def tables(seed, related):
    rng = np.random.default_rng(seed)
    engine, n = DuckDBEngine(), 900
    ids = [f"{i:04d}" for i in range(n)]
    segment = rng.integers(1, 4, n)
    city = np.where(rng.random(n) < (0.5 if related else 0), segment, rng.integers(1, 4, n))
    people = pd.DataFrame({"customer_id": ids, "city": np.array(list("?abc"))[city], "many": ids})
    return (
        as_table(pd.DataFrame({"customer_id": ids, "segment": segment}), engine),
        as_table(people, engine),
        segment,
        city,
    )


def test_residuals_and_p_values_agree_with_statsmodels():
    s, c, segment, city = tables(1, True)
    found = representation(s, c, ["city"])
    counts = pd.crosstab(segment, city)
    mine = found.table.pivot_table(index="segment", columns="level", values="z")
    np.testing.assert_allclose(mine, ContingencyTable(counts).standardized_resids, rtol=1e-9)
    order = found.table.sort_values(["segment", "level"])
    from scipy.stats import norm

    holm = multipletests(2 * norm.sf(np.abs(order["z"])), method="holm")[1]
    np.testing.assert_allclose(order["p_value"], holm, rtol=1e-9)
    assert (found.notable["index"] > 1).any() and found.plot().axes
    assert chi2_contingency(counts)[1] < 0.001


def test_nothing_is_notable_where_segments_and_cities_are_independent():
    notable = sum(len(representation(*tables(seed, False)[:2], ["city"]).notable) > 0 for seed in range(20))
    assert notable <= 4


def test_refuses():
    s, c, *_ = tables(1, False)
    with pytest.raises(InputError, match="at most 40 levels"):
        representation(s, c, ["many"])
    with pytest.raises(InputError, match="'town' is needed"):
        representation(s, c, ["town"])
    with pytest.raises(InputError, match="a segment and a level"):
        representation(s, c, [])
