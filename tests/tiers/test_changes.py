import pandas as pd
import pytest

from workbench.core import InputError, use_language
from workbench.tiers import grade, migration, tier_changes


def test_everybody_who_moved_is_told_why(customers, rules):
    before = grade(customers.assign(amount_12m=customers["amount_12m"] * 1.6), rules)
    now = grade(customers, rules)
    found = tier_changes(now, before, language="en")
    moved = migration(before, now).movement.set_index("direction")["customers"]
    assert found.summary["customers"].tolist() == [moved["rose"], moved["fell"]]
    assert found.table["reason"].str.startswith("Tier ").all()
    assert (found.table["tier"] != found.table["previous_tier"]).all()
    with use_language("zh-CN"):
        assert "C0" not in found._repr_html_()


def test_same_bytes_and_other_tiers(customers, rules, tmp_path):
    now = grade(customers, rules)
    before = pd.DataFrame({"customer_id": customers["customer_id"], "tier": "C"})
    for name in "ab":
        tier_changes(now, before, language="zh-CN", path=tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    with pytest.raises(InputError, match="same tiers"):
        tier_changes(now, before.assign(tier="gold"), language="en")


def test_who_may_not_be_contacted_is_neither_listed_nor_counted(customers, rules):
    before, now = grade(customers.assign(amount_12m=customers["amount_12m"] * 1.6), rules), grade(customers, rules)
    found = tier_changes(now, before, language="en")
    refusing = found.table[["customer_id"]].head(3)
    rest = tier_changes(now, before, language="en", leave_out=refusing)
    assert rest.table["customer_id"].tolist() == found.table["customer_id"].tolist()[3:]
    assert rest.summary["customers"].sum() == found.summary["customers"].sum() - 3
