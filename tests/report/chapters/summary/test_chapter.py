from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.findings import Evidence, Finding, findings_table
from workbench.core.language import message
from workbench.report.chapters.summary import chapter
from workbench.report.chapters.summary.chapter import CHAPTER, Found, results_of, summary_table
from workbench.store import Wave


def finding(name, p=0.01):
    proof = Evidence(source="x", estimate=1.0, p_value=p, n=100)
    return Finding(id=name, message=message("NPS"), evidence=proof, claim="difference")


def test_results_of_chapters_that_were_left_out_do_not_count(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("loyalty", pd.DataFrame({"measure": ["nps"], "estimate": [1.0]}), made_by="50_loyalty")
    wave.keep("findings_loyalty", findings_table([finding("a")]), made_by="50_loyalty")
    found = results_of(wave)
    # no chapter of this wave has run
    assert found.tables == {} and found.findings == []


def test_findings_are_found_by_id_and_by_kind():
    found = Found(tables={}, findings=[finding("nps.moved:region=n"), finding("driver.first")])
    assert found.finding("driver.first").id == "driver.first"
    assert found.finding("nps.moved").id == "nps.moved:region=n"
    assert found.finding("nps.change", "driver.first").id == "driver.first" and found.finding("x") is None


def test_headline_numbers_are_kept_for_the_history():
    rows = {"measure": ["nps"], "estimate": [30.0], "ci_low": [25.0], "ci_high": [35.0]}
    value = pd.DataFrame({"clv": [1e6], "ci_low": [9e5], "ci_high": [1.1e6], "level": [0.95]})
    kept = summary_table(Found(tables={"loyalty": pd.DataFrame(rows), "value_summary": value}, findings=[]), 0.9)
    assert kept["measure"].tolist() == ["nps", "clv"] and kept["estimate"].tolist() == [30.0, 1e6]
    assert kept["level"].tolist() == [0.9, 0.95]
    assert len(summary_table(Found(tables={}, findings=[]), 0.9)) == 0


@pytest.mark.parametrize("section", ["scores", "bridge", "value", "where", "stake", "risk", "movement", "segments"])
def test_a_wave_without_results_shows_none_of_its_panels(make_wave, section):
    wave = Wave.open(make_wave())
    one = next(s for s in CHAPTER.sections if s.id == section)
    assert one.left_out(wave) is not None


@pytest.mark.parametrize(
    ("name", "nothing", "something"),
    [
        ("topics", {"mentions": [0, 0]}, {"mentions": [0, 1]}),
        ("nps_groups", {"breakdown": ["region"]}, {"breakdown": ["region", "region"]}),
        ("drivers", {"driver": ["price"]}, {"driver": ["price", "staff"]}),
    ],
)
def test_where_and_why_stands_only_where_one_of_its_panels_does(make_wave, monkeypatch, name, nothing, something):
    monkeypatch.setattr(chapter, "made", lambda wave, n: wave.has(n))
    where = next(s for s in CHAPTER.sections if s.id == "where")
    wave = Wave.open(make_wave())
    for rows, stands in ((nothing, False), (something, True)):
        wave.keep(name, pd.DataFrame(rows))
        assert (where.left_out(wave) is None) == stands
