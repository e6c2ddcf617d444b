import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import rewards_due

WAVES = pd.DataFrame({"customer_id": ["a", "b", "a", "a"], "answered": [True, False, True, True]})


def test_rewards():
    table = rewards_due(WAVES, per_answer=2, bonus={3: 10, 9: 99})
    assert table.to_numpy().tolist() == [["a", 3, 16.0, 0.0, 16.0], ["b", 0, 0.0, 0.0, 0.0]]


def test_what_was_paid_is_no_longer_due():
    paid = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "rewards": [2, 4.5, 3, None]})
    table = rewards_due(WAVES, per_answer=2, paid=paid).set_index("customer_id")
    assert table["due"].to_dict() == {"a": 0.0, "b": 0.0, "c": 0.0}
    assert table["paid"].to_dict() == {"a": 6.5, "b": 3.0, "c": 0.0}
    assert rewards_due(WAVES, per_answer=5, paid=paid)["due"].tolist() == [8.5, 0.0, 0.0]


def test_bad_payments_are_refused():
    with pytest.raises(InputError, match="less than nothing"):
        rewards_due(WAVES, per_answer=2, paid=pd.DataFrame({"customer_id": ["a"], "rewards": [-1]}))
    with pytest.raises(InputError, match="rewards"):
        rewards_due(WAVES, per_answer=2, paid=WAVES)
