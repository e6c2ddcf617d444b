import numpy as np
import pandas as pd
import pytest

from workbench.clv.value.terms import Cells, Terms
from workbench.core import InputError


def test_cells_count_everybody_once(cdnow):
    people = cdnow.table[["customer_id"]].assign(kind=np.resize(["a", "b", None], cdnow.customers))
    cells = Cells.of(cdnow, (people, "kind"))
    assert cells.names == ["a", "b", "–"]
    assert cells.count.sum() == cdnow.customers
    assert cells.spent.sum() == pytest.approx(cdnow.patterns["repeat_amount"].sum())
    back = np.bincount(cells.at, cells.count, len(cdnow.patterns))
    np.testing.assert_array_equal(back, cdnow.patterns["count"])
    whole = Cells.of(cdnow, None)
    assert whole.names == [""]
    np.testing.assert_array_equal(whole.count, cdnow.patterns["count"])


def test_people_who_are_not_customers_do_not_count(cdnow):
    people = pd.DataFrame({"customer_id": ["stranger"], "kind": ["a"]})
    cells = Cells.of(cdnow, (people, "kind"))
    assert cells.names == ["–"]


@pytest.mark.parametrize(
    ("margin", "cost", "rule"),
    [
        (0.0, 0.0, "share of the amount"),
        ({"a": 2.0}, 0.0, "share of the amount"),
        (0.5, -1.0, "0 or more"),
        (0.5, {"a": np.inf}, "0 or more"),
    ],
)
def test_refuses(margin, cost, rule):
    with pytest.raises(InputError, match=rule):
        Terms.of(margin, cost)


def test_every_group_has_terms():
    terms = Terms.of({"gold": 0.5}, 3.0)
    assert terms.by_group
    assert terms.costly
    with pytest.raises(InputError, match=r"did you mean 'gold'"):
        terms.for_groups(["golf"])
    assert [v.tolist() for v in terms.for_groups(["gold"])] == [[0.5], [3.0]]
