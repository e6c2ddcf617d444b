import pandas as pd
import pytest

from workbench.core.engine import as_table, collecting, require_few
from workbench.core.engine.collecting import VARIABLE, most_collected
from workbench.core.errors import EngineError

EVERYBODY = "SELECT v FROM {table} AS t"


@pytest.fixture
def customers():
    return as_table(pd.DataFrame({"v": range(2500)}))


@pytest.fixture
def reporting(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1000")


def test_by_hand_any_number_of_rows_may_leave(customers):
    assert len(customers.rows(EVERYBODY)) == 2500 and most_collected() is None


def test_a_report_collects_few_rows(customers, reporting):
    assert len(customers.rows(f"{EVERYBODY} WHERE v < 1000")) == 1000
    with pytest.raises(EngineError, match="At most 1,000 rows") as error:
        customers.to_frame()
    assert "batches" in str(error.value)


def test_a_bounded_number_is_told_beside_the_place(customers, reporting):
    with collecting(3000):
        assert len(customers.to_frame()) == 2500
        with collecting(10):  # a smaller one inside takes nothing away
            require_few(3000)
    with pytest.raises(EngineError):
        require_few(1001)


def test_batches_that_are_let_go_of_are_not_counted(customers, reporting):
    assert sum(batch.num_rows for batch in customers.batches()) == 2500
