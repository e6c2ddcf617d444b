import numpy as np
import pandas as pd
import pytest

from workbench.clv.value.grouped_histories import GroupedHistories
from workbench.clv.value.terms import Cells
from workbench.core import InputError


def people_of(purchases):
    ids = purchases.table["customer_id"]
    return pd.DataFrame({"customer_id": ids, "kind": np.where(ids.index % 3 == 0, None, "k"), "zone": "z"})


def test_pieces_add_up_to_the_cells_of_each_breakdown(cdnow, monkeypatch):
    people = people_of(cdnow)
    found = GroupedHistories.of(cdnow, [(people, "kind"), (people, "zone")])
    assert found.names == (["k", "–"], ["z"])
    whole = Cells.of(cdnow, (people, "kind"))
    sums = pd.DataFrame({"at": whole.at, "g": whole.group, "count": whole.count, "spent": whole.spent})
    pieces = [
        pd.DataFrame({"at": p.at, "g": p.codes[0], "zone": p.codes[1], "count": p.count, "spent": p.spent})
        for p in found.pieces(0, 1)
    ]
    told = pd.concat(pieces, ignore_index=True)
    assert told["at"].is_monotonic_increasing and (told["zone"] == 0).all()
    assert len(told) == found.cells(0) == len(sums)
    both = told.merge(sums, on=["at", "g"])
    assert both["count_x"].equals(both["count_y"])
    np.testing.assert_allclose(both["spent_x"], both["spent_y"])


def test_a_customer_is_listed_once(cdnow):
    twice = pd.concat([people_of(cdnow)] * 2)
    with pytest.raises(InputError, match="listed once"):
        GroupedHistories.of(cdnow, [(twice, "kind")])
