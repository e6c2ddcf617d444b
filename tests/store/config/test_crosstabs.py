from __future__ import annotations

import pytest
from pydantic import ValidationError

from workbench.store.config.crosstabs import BannerPlan, CrosstabsPlan, TablePlan


def test_every_default_is_there():
    plan = CrosstabsPlan.model_validate({"banner": {"region": {}}, "tables": [{"question": "brand", "page": True}]})
    assert plan.levels == (0.95, 0.90) and plan.correction == "bh" and plan.tables[0].page
    assert plan.banner["region"] == BannerPlan()


@pytest.mark.parametrize(
    ("model", "content"),
    [
        (TablePlan, {}),
        (TablePlan, {"question": "a", "multiple": {"x": "y"}}),
        (BannerPlan, {"groups": {"a": "b"}, "nested": ["c"]}),
        (CrosstabsPlan, {"levels": [0.4]}),
        (CrosstabsPlan, {"tabels": []}),
    ],
)
def test_what_makes_no_table_is_refused(model, content):
    with pytest.raises(ValidationError):
        model.model_validate(content)
