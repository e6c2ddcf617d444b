from __future__ import annotations

import pytest
from pydantic import ValidationError

from workbench.store.config.notify import NotifyPlan


def test_an_address_is_no_part_of_the_file():
    assert NotifyPlan(webhook="env:HOOK").on == ["published", "failed", "alert"]
    assert NotifyPlan.model_validate({True: ["failed"]}).on == ["failed"]
    with pytest.raises(ValidationError, match="env:WORKBENCH_WEBHOOK"):
        NotifyPlan(webhook="https://hooks.example/secret")


def test_a_file_lies_in_the_waves_folder_and_words_are_known():
    with pytest.raises(ValidationError, match="leads out"):
        NotifyPlan(file="../told.jsonl")
    with pytest.raises(ValidationError):
        NotifyPlan(on=["always"])
    with pytest.raises(ValidationError):
        NotifyPlan(response_at_least=25)
