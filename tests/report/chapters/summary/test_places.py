from __future__ import annotations

import pandas as pd

from workbench.core.findings import Evidence, Finding
from workbench.core.language import message
from workbench.report.chapters.summary import places
from workbench.report.chapters.summary.chapter import Found
from workbench.store import Wave


def test_regions_are_titled_by_what_their_test_says(make_wave):
    wave = Wave.open(make_wave())
    rows = pd.DataFrame(
        {
            "breakdown": "region",
            "group": ["n", "s"],
            "nps": [40.0, 10.0],
            "ci_low": [30.0, 0.0],
            "ci_high": [50.0, 20.0],
            "n": [100, 100],
            "stands": ["", ""],
        }
    )
    found = Found(tables={"nps_groups": rows}, findings=[])
    assert "<h3>NPS by Region</h3>" in places.where_panels(wave, found)[0].html["en"]
    proof = Evidence(source="nps_groups", estimate=30.0, p_value=0.001, n=100)
    said = Finding(id="nps.stands:region=n", message=message("City"), evidence=proof, claim="difference")
    shown = places.where_panels(wave, Found(tables={"nps_groups": rows}, findings=[said]))[0]
    assert "<h3>City</h3>" in shown.html["en"]


def test_the_panel_shows_the_groups_the_pages_sentence_speaks_of(make_wave):
    wave = Wave.open(make_wave())
    rows = pd.DataFrame(
        {
            "breakdown": ["region", "region", "kind", "kind"],
            "group": ["n", "s", "x", "y"],
            "nps": [40.0, 10.0, 30.0, 20.0],
            "ci_low": 0.0,
            "ci_high": 50.0,
            "n": 100,
            "stands": "",
        }
    )
    proof = Evidence(source="nps_groups", estimate=30.0, p_value=0.001, n=100)
    said = Finding(id="nps.moved:kind=x", message=message("City"), evidence=proof, claim="difference")
    shown = places.where_panels(wave, Found(tables={"nps_groups": rows}, findings=[said]))[0]
    assert "<h3>City</h3>" in shown.html["en"] and "+30.0" in shown.html["en"] and "+40.0" not in shown.html["en"]
