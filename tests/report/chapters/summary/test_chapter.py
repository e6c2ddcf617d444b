from __future__ import annotations

import pandas as pd
import pytest

from workbench.report.chapters.summary.chapter import (
    MOST_FINDINGS,
    call_table,
    fault_table,
    intake_table,
    results_of,
    summary_cards,
    summary_findings,
    summary_table,
)
from workbench.store import Wave


@pytest.fixture
def found():
    changes = pd.DataFrame(
        {
            "breakdown": "region",
            "group": ["n", "s", "w"],
            "estimate": [20.0, -9.0, 1.0],
            "ci_low": [10.0, -15.0, -5.0],
            "ci_high": [30.0, -3.0, 7.0],
            "p_adjusted": [0.001, 0.01, 0.9],
            "verdict": ["up", "down", "no clear change"],
        }
    )
    return {
        "loyalty": pd.DataFrame(
            [
                {
                    "measure": "nps",
                    "estimate": 30.0,
                    "ci_low": 25.0,
                    "ci_high": 35.0,
                    "n": 900,
                    "change": 5.0,
                    "change_low": 1.0,
                    "change_high": 9.0,
                    "p_value": 0.01,
                    "verdict": "up",
                }
            ]
        ),
        "nps_changes": changes,
        "value_summary": pd.DataFrame(
            [{"clv": 1e6, "ci_low": 9e5, "ci_high": 1.1e6, "level": 0.9, "horizon_months": 12, "top_10_share": 0.5}]
        ),
        "segment_sizes": pd.DataFrame({"segment": [1, 2], "share": [0.3, 0.7], "value_share": [0.8, 0.2]}),
        "segment_names": pd.DataFrame({"segment": [1, 2], "en": ["Big", "Small"], "zh": ["大", "小"]}),
        "tier_sizes": pd.DataFrame(
            [{"tier": "A", "customers": 10, "share": 0.1, "value_share": 0.6, "en": "A (High)", "zh": "A（高）"}]
        ),
        "tier_moves": pd.DataFrame({"move": ["rose", "stayed", "fell"], "customers": [3, 90, 7]}),
        "call_counts": pd.DataFrame([{"reason": "fallen", "en": "Fell", "zh": "下降", "customers": 7, "value": 500.0}]),
    }


def test_the_things_that_matter_come_first_and_are_few(found):
    told = [f.text.text("en") for f in summary_findings(found)]
    assert len(told) <= MOST_FINDINGS
    assert "The NPS has risen" in told[0] and told[1].startswith("n:") and told[2].startswith("s:")
    assert any("7 customers must be called" in t for t in told)
    assert not any(t.startswith("w:") for t in told)
    assert len(summary_cards(found)) == 4


def test_each_part_may_be_missing(found):
    for name in found:
        rest = {k: v for k, v in found.items() if k != name and (name, k) != ("segment_names", "segment_sizes")}
        summary_cards(rest), summary_findings(rest), summary_table(rest)
    assert summary_findings({}) == [] and len(summary_table({})) == 0


def test_data_and_faults_are_counted(make_wave):
    wave = Wave.open(
        make_wave(transactions="customer_id,ordered_at,amount\n1,2026-13-01,5\n2,2026-01-01,5\n3,2026-01-01,5\n")
    )
    intake = intake_table(wave)
    assert (intake["read"] == intake["kept"] + intake["quarantined"] + intake["left_out"]).all()
    faults = fault_table(wave)
    assert faults["rows"].tolist() == [1] and "日期" in faults["rule"].iloc[0].text("zh-CN")


def test_reasons_to_call_read_in_both_languages(found):
    assert call_table(found["call_counts"])["reason"].iloc[0].text("zh-CN") == "下降"


def test_results_of_chapters_that_were_left_out_do_not_count(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("value_summary", pd.DataFrame({"clv": [1.0]}), made_by="40_value")
    assert results_of(wave) == {}
