import datetime as dt

import pandas as pd

from workbench.core.engine import as_table
from workbench.tiers.actions_sql import complaints_sql, listed, people_sql, rank_sql, waiting_sql


def test_names_are_quoted_and_ranked():
    literal = as_table(pd.DataFrame({"a": [1]})).engine.dialect.literal
    assert listed(["A", "o'b"], literal) == "'A', 'o''b'"
    assert rank_sql(["A", "B"], literal).format(tier="p.tier") == "CASE p.tier WHEN 'A' THEN 0 WHEN 'B' THEN 1 END"


def test_the_longest_open_complaint_of_a_customer_counts():
    cases = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c"],
            "opened_at": pd.to_datetime(["2026-06-01", "2026-06-20", "2026-06-10", "2026-07-20"]),
            "closed_at": pd.to_datetime([None, None, "2026-07-01", None]),
        }
    )
    table = as_table(cases)
    found = table.engine.rows(complaints_sql(table, dt.date(2026, 6, 30), ["complaint"]) + " ORDER BY 1")
    # closed after today is open today; opened after today is not yet there
    assert found["customer_id"].tolist() == ["a", "b"] and found["open_days"].tolist() == [29, 20]


def test_everybody_heard_could_be_on_a_list_without_tiers():
    answers = pd.DataFrame({"customer_id": ["a", "b"], "recommend": [1, 2]})
    worth = pd.DataFrame({"customer_id": ["b"], "amount_12m": [5.0]})
    engine = as_table(answers).engine
    rows = engine.rows(people_sql(None, answers, None, worth, "amount_12m", engine) + " ORDER BY 1")
    assert rows["customer_id"].tolist() == ["a", "b"] and rows["tier"].isna().all()
    assert rows["value"].isna().tolist() == [True, False]


def test_without_complaints_none_waits():
    assert waiting_sql(None) == "0 AS within, 0 AS elsewhere"
