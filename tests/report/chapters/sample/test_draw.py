from __future__ import annotations

import pandas as pd
import pytest

from workbench.report.chapters.sample.draw import draw_sample
from workbench.report.run.release import release_sample
from workbench.report.steps import CHAPTERS
from workbench.sampling import frame_summary
from workbench.store import Wave

PLAN = """
study: acme
wave: 2026q1
title: {en: First, zh-CN: 第一波}
as_of: 2026-03-31
tables: {customers: {file: raw/customers.csv}}
population: {strata: [region]}
sample: {target: proportion, margin: 0.2, response_rate: 0.6}
"""


@pytest.fixture
def wave(make_wave):
    rows = "".join(f"c{i:04d},{'north' if i % 3 else 'south'}\n" for i in range(600))
    return Wave.open(make_wave(PLAN, customers="customer_id,region\n" + rows))


def ids(table: pd.DataFrame) -> set[str]:
    return set(table["customer_id"])


def test_the_draw_keeps_what_the_chapter_promises(wave):
    drawn = draw_sample(wave)
    promised = next(c for c in CHAPTERS if c.name == "10_sample").makes
    assert wave.has(*(name for name in promised if name != "findings_sample"))  # which the notebook keeps
    kept = wave.read("sample")
    assert ids(kept[~kept["reserve"]]) == ids(drawn.sample.table)
    assert len(drawn.sample.table) == drawn.allocation.table["n"].sum()
    assert list(drawn.frame.stratum) == ["region"]
    assert not wave.has("panel_members") and drawn.panel is None and drawn.spot_check is None


def test_drawing_again_gives_the_same_sample_and_changes_no_artefact(wave):
    first = draw_sample(wave)
    files = {n: a.file for n, a in wave.manifest.artefacts.items()}
    again = draw_sample(wave)
    pd.testing.assert_frame_equal(first.sample.table, again.sample.table)
    assert {n: a.file for n, a in wave.manifest.artefacts.items()} == files


def test_a_released_sample_stays_the_waves_sample(wave, tmp_path):
    before = ids(draw_sample(wave).sample.table)
    release_sample(wave)
    (wave.folder / "wave.yaml").write_text(PLAN.replace("margin: 0.2", "margin: 0.1"), "utf-8")
    larger = Wave.open(wave.folder)
    drawn = draw_sample(larger)
    kept = larger.read("sample")
    assert len(drawn.sample.table) > len(before)
    assert ids(kept[~kept["reserve"]]) == before


def test_customers_who_refused_are_open_to_nobody(make_wave):
    rows = "".join(f"c{i:04d},north,{'true' if i % 2 else 'false'}\n" for i in range(200))
    wave = Wave.open(make_wave(PLAN, customers="customer_id,region,do_not_contact\n" + rows))
    drawn = draw_sample(wave)
    assert frame_summary(drawn.open_frame).eligible == 100
