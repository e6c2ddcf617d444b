import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.sampling import Frame, cluster_counts, cluster_effect


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), min_size=1, max_size=60))
def test_counts_agree_with_pandas(people):
    table = pd.DataFrame(people, columns=["store", "ok"]).assign(customer_id=lambda t: t.index.astype(str))
    table["region"] = table["store"].map(lambda s: "north" if s < "d" else "south")
    kept = table[table["ok"]]
    frame = Frame(table, stratum="region", psu="store", eligible="ok")
    if kept.empty:
        with pytest.raises(InputError, match="at least one eligible"):
            cluster_counts(frame)
        return
    found = cluster_counts(frame).set_index("stratum")
    for region, part in kept.groupby("region"):
        sizes = part["store"].value_counts()
        expected = [len(sizes), len(part), sizes.mean(), sizes.max()]
        assert found.loc[region].tolist() == pytest.approx(expected)


def test_what_is_no_cluster_is_refused():
    table = pd.DataFrame({"customer_id": list("abc"), "store": ["x", "x", None], "region": ["n", "s", "s"]})
    with pytest.raises(InputError, match="needs clusters"):
        cluster_counts(Frame(table))
    with pytest.raises(InputError, match="belongs to a cluster"):
        cluster_counts(Frame(table, psu="store"))
    with pytest.raises(InputError, match="lies in one stratum"):
        cluster_counts(Frame(table, psu="store", stratum="region", eligible="store IS NOT NULL"))


def test_the_effect_of_clusters():
    assert cluster_effect(0.5, 0.3) == 1
    assert cluster_effect(1, 1) == 1
    assert cluster_effect(11, 0.1) == pytest.approx(2)
    with pytest.raises(InputError, match="between 0 and 1"):
        cluster_effect(5, 1.5)
