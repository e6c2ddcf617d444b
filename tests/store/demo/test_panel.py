from __future__ import annotations

from workbench.store.demo import population_answers
from workbench.store.demo.panel import panel_size


def test_one_group_leaves_and_one_joins(company, read):
    before, after = (read(company, wave, "panel") for wave in company.waves)
    size = panel_size(company.customers)
    assert len(before) == size
    assert set(before["rotation_group"]) == {"G1", "G2", "G3", "G4"}
    assert before["left_wave"].isna().all()
    assert after["customer_id"].is_unique
    assert set(after.loc[after["left_wave"] == "2026q3", "rotation_group"]) == {"G1"}
    assert set(after.loc[after["joined_wave"] == "2026q3", "rotation_group"]) == {"G5"}
    assert after["left_wave"].isna().sum() == size
    assert set(before["customer_id"]) <= set(after["customer_id"])


def test_members_are_eligible_when_drawn(company, read):
    people = population_answers(company.folder, "2026q2").set_index("customer_id")
    assert people.loc[read(company, "2026q3", "panel")["customer_id"], "eligible"].all()
