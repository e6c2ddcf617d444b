import re

import pandas as pd
import pytest

from workbench.core.engine import as_table, collecting, require_few
from workbench.core.engine.collecting import VARIABLE, most_collected
from workbench.core.errors import EngineError

EVERYBODY = "SELECT v FROM {table} AS t"
# module → how many rows it may collect, and why that does not grow with the customers
STATED = {
    "clustering/sample.py": "a sample of `most`",
    "clv/checks/heuristics.py": "MOST_COMPARED customers drawn",
    "clv/models/gamma_gamma.py": "MOST_BUYERS customers, or amounts that differ",
    "clv/purchases/purchases.py": "HISTORIES_MOST distinct histories",
    "clv/value/terms.py": "distinct histories by terms",
    "core/bulk.py": "a list for people of `most`",
    "learning/kept_promises.py": "MOST customers drawn",
    "learning/labels.py": "MOST customers learnt from",
    "learning/list_effect.py": "a list",
    "learning/offers/offering.py": "a list of `most`",
    "learning/outlook_list.py": "a list of `most`",
    "report/chapters/loyalty/interactions.py": "CASES_MOST complaints, calls and posts",
    "report/chapters/loyalty/loop.py": "a list",
    "sampling/few_of_many.py": "a sample of `most`",
    "sampling/frame.py": "DRAWN_MOST rows of a sample",
}


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


def test_whoever_collects_more_is_listed_here_with_a_reason(root):
    package = root / "workbench"
    found = {
        str(p.relative_to(package)) for p in package.rglob("*.py") if re.search(r"with collecting\(", p.read_text())
    }
    assert found - {"core/engine/collecting.py"} == set(STATED)
