import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, collapse_strata, stratum_counts

rng = np.random.default_rng(8)
AMOUNTS = pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(2000)], "region": ["n", "s"] * 1000})
AMOUNTS["amount"] = rng.lognormal(5, 1.2, 2000).round(2)


def test_small_strata_join_the_nearest_sibling():
    rows = [("n", "a", 50), ("n", "b", 3), ("n", "c", 10), ("s", "a", 1), ("s", "b", 6), ("w", "a", 40)]
    customers = pd.DataFrame([(r, c) for r, c, n in rows for _ in range(n)], columns=["region", "kind"])
    customers["customer_id"] = [f"C{i:03d}" for i in range(len(customers))]
    frame = Frame(customers, stratum=["region", "kind"])
    result = collapse_strata(frame, 5)
    names = result.table.set_index("stratum")["collapsed_stratum"]
    assert names["n | b"] == names["n | c"] == "n | b + c"
    assert names["n | a"] == "n | a"
    assert names["s | a"] == names["s | b"]
    assert result.table["collapsed_population"].min() >= 5
    joined = stratum_counts(result.apply(frame)).set_index("stratum")["population"]
    assert joined.to_dict() == result.table.set_index("collapsed_stratum")["collapsed_population"].to_dict()
    assert collapse_strata(frame, 1).apply(frame) is frame
    with pytest.raises(InputError, match="as large as"):
        collapse_strata(frame, 1000)
