import pandas as pd

from workbench.clv import GammaGamma
from workbench.clv.value.terms import Cells, Terms
from workbench.clv.value.value_sql import TermsSql, value_sql


def test_terms_of_everybody_need_no_join(cdnow):
    terms = TermsSql.of(cdnow, Cells.of(cdnow, None), Terms.of(0.25, 0.0), None, (1.0, 10.0))
    assert terms == TermsSql("0.25", "", "", "")
    frame = cdnow.patterns[["x", "t_x", "T"]].assign(alive=1.0, bought=2.0, worth=2.0, lost=0.0, low=0.0, high=4.0)
    rows = cdnow.source.engine.rows(value_sql(cdnow, frame, GammaGamma(p=6.0, q=4.0, gamma=15.0), terms))
    assert rows["customer_id"].tolist() == cdnow.table["customer_id"].tolist()
    pd.testing.assert_series_equal(rows["clv"], rows["expected_spend"] * 0.5, check_names=False)
    assert "lifetime_value" not in rows


def test_groups_become_cases(cdnow):
    people = cdnow.table[["customer_id"]].assign(tier="it's gold")
    cells = Cells.of(cdnow, (people, "tier"))
    terms = TermsSql.of(cdnow, cells, Terms.of({"it's gold": 0.5}, 2.0), (people, "tier"), (1.0, 10.0))
    assert "WHEN 'it''s gold' THEN 0.5" in terms.margin
    assert terms.service.endswith("* 1.0")
    assert terms.join.startswith("LEFT JOIN")
