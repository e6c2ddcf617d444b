from __future__ import annotations

from workbench.store.config.loyalty import LoyaltyPlan


def test_a_ready_code_frame_is_no_file():
    assert LoyaltyPlan().named_files() == ()
    assert LoyaltyPlan(code_frame="own/topics.yml").named_files() == (("code_frame", "own/topics.yml"),)
