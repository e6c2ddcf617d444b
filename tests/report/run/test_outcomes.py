from __future__ import annotations

import pytest

from workbench.core.errors import ChapterError
from workbench.report.run.execute import FailedChapterError
from workbench.report.run.outcomes import Outcome, raise_for_faults
from workbench.store.manifest import SectionRun

REFUSED, FAULT = SectionRun(state="refused", rule="R."), SectionRun(state="fault", found="ValueError: no")


def test_refusals_are_no_faults():
    outcome = Outcome("ran", sections={"one": REFUSED, "two": SectionRun(), "three": SectionRun(state="left out")})
    assert outcome.not_computed == 1
    assert outcome.lacks("one") and outcome.lacks("three") and not outcome.lacks("two") and not outcome.lacks("four")
    raise_for_faults({"10_a": outcome, "20_b": Outcome("left out")})


def test_a_chapter_that_refuses_its_data_costs_itself_unless_it_is_all_there_is():
    error = FailedChapterError("R.", found="cell 3: no", fix="X")
    error.failure = REFUSED
    outcomes = {"10_a": Outcome("failed", error=error)}
    raise_for_faults(outcomes)
    with pytest.raises(ChapterError):
        raise_for_faults(outcomes, needed=True)


def test_faults_and_failures_are_told_in_the_end():
    error = FailedChapterError("R.", found="cell 3: no", fix="X")
    outcomes = {"w1/10_a": Outcome("ran", sections={"one": FAULT}), "w1/20_b": Outcome("failed", error=error)}
    with pytest.raises(ChapterError) as caught:
        raise_for_faults(outcomes)
    assert caught.value.exit_code == 4
    assert "w1/10_a, section one: ValueError: no" in caught.value.found and "w1/20_b: cell 3: no" in caught.value.found
