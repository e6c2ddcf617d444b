from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.language import message
from workbench.report.chapters.sample import views as views
from workbench.sampling import Frame, Stratified, allocate, compare_with_frame, draw, frame_summary
from workbench.sampling.pictures import differences
from workbench.store.config.sample import SamplePlan

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"C{i:03d}" for i in range(400)],
        "region": ["n", "n", "s", None] * 100,
        "size": ["big", "small"] * 200,
    }
)
STRATA = ["region", "size"]
FRAME = Frame(PEOPLE, stratum=STRATA, carry=STRATA)
SUMMARY = frame_summary(FRAME)
ALLOCATION = allocate(SUMMARY.strata, 100)


@pytest.mark.parametrize("strata", [[], ["region"], STRATA])
def test_the_map_has_every_stratum(strata):
    summary = frame_summary(Frame(PEOPLE, stratum=strata))
    figure = views.strata_map(summary, strata, "zh-CN")
    texts = {t.get_text() for t in figure.axes[0].texts}
    assert {f"{n:,}" for n in summary.strata["population"]} <= texts


def test_expected_precision_beside_what_is_wanted():
    plan = SamplePlan(margin=40, domain_margins={"region": {"n": 50, "s": 5}}, response_rate=0.5)
    planned = SUMMARY.strata.assign(std_dev=100.0, response_rate=0.5)
    table = views.precision_table(ALLOCATION, planned, plan, STRATA, {})
    assert table["domain"].tolist()[1:] == ["(missing)", "n", "s", "big", "small"]
    assert table["wanted"].iloc[0] == 40 and table["wanted"].count() == 3
    found = views.precision_findings(table, plan)
    assert [f.tone for f in found] == ["bad"] and found[0].text.text("en").endswith("instead of ±5.0.")
    easy = SamplePlan(margin=40, response_rate=0.5)
    assert (
        views.precision_findings(views.precision_table(ALLOCATION, planned, easy, STRATA, {}), easy)[0].tone == "good"
    )


def test_margins_of_a_proportion_are_per_cent():
    assert views.margin_columns(SamplePlan(target="proportion", margin=0.05))["margin"].style == "pct1"
    assert views.margin_columns(SamplePlan())["margin"].style == "dec1"


def test_differences_name_variables_as_readers_know_them():
    sample = draw(FRAME, Stratified(ALLOCATION), salt="s")
    likeness = views.in_words(compare_with_frame(FRAME, sample.table, STRATA), {"size": message("Size")})
    assert [str(v) for v in likeness["variable"]] == ["Region"] * 3 + ["Size"] * 2
    figure = differences(likeness, "zh-CN")
    assert "地区: n" in [t.get_text() for t in figure.axes[0].get_yticklabels()]
