"""The chapter on the case of docs/how-to-sample.md, on a company small enough for a test."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from workbench.core.language import LANGUAGES
from workbench.report.chapters.sample import chapter as chapter
from workbench.report.run.chain import run_chain
from workbench.report.run.release import release_sample
from workbench.report.site.blocks import MIME
from workbench.report.steps import find_notebooks
from workbench.store import Wave
from workbench.store.demo import make_company
from workbench.store.demo.wave_file import wave_yaml

pytestmark = pytest.mark.slow
CUSTOMERS = 12_000
CHAIN = (chapter.CHAPTER,)


def in_small(text, **numbers):
    for key, value in numbers.items():
        text = re.sub(rf"(?m)^(  {key}:) [^#\n]*", rf"\1 {value} ", text, count=1)
    return text


@pytest.fixture(scope="module")
def study(root, tmp_path_factory, kernels):
    """Waves 2026q2 and 2026q3 of a small company, sampled and released, and 2026q4 as the how-to plans it."""
    folder = tmp_path_factory.mktemp("case") / "demo"
    make_company(folder, customers=CUSTOMERS, language="en")
    case = re.search(r"```yaml\n(.*?)```", (root / "docs/how-to-sample.md").read_text("utf-8"), re.S)[1]
    plans = {
        w: in_small(wave_yaml(w, "en", panel=60), margin=20, domain_margins="{region: 70}")
        for w in ("2026q2", "2026q3")
    }
    plans["2026q4"] = in_small(case, margin=12, domain_margins="{region: 60}", members=80)
    waves = {}
    for name, text in plans.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "wave.yaml").write_text(text, encoding="utf-8")
        waves[name] = Wave.open(folder / name, source=folder / "2026q3" if name == "2026q4" else None)
        run_chain(waves[name], CHAIN, find_notebooks(), Silent())
        release_sample(waves[name])
    return waves


class Silent:
    def started(self, chapter):
        pass

    def ended(self, chapter, outcome):
        pass

    def failed(self, chapter):
        pass


@pytest.fixture(scope="module")
def blocks(study):
    wave = study["2026q4"]
    path = wave.artefacts / wave.manifest.chapters["10_sample"].notebook
    cells = json.loads(path.read_text("utf-8"))["cells"]
    data = [o["data"] for c in cells for o in c.get("outputs", []) if "data" in o]
    return [SimpleNamespace(**d[MIME]) for d in data if MIME in d]


def test_nobody_of_the_last_two_waves_is_asked_again(study):
    ids = {w: set(s.read("sample").query("not reserve")["customer_id"]) for w, s in study.items()}
    assert not ids["2026q4"] & (ids["2026q2"] | ids["2026q3"])
    # the wave before spares by its start, which at these sizes comes to the same
    assert not ids["2026q3"] & ids["2026q2"]


def test_weights_speak_for_every_eligible_customer(study):
    sample = study["2026q4"].read("sample")
    strata = study["2026q4"].read("frame_strata")
    drawn = sample[~sample["reserve"]]
    assert drawn["base_weight"].sum() == pytest.approx(strata["population"].sum())
    by = drawn.groupby("stratum")["base_weight"].sum()
    assert by.to_numpy() == pytest.approx(strata.set_index("stratum")["population"].loc[by.index].to_numpy())
    assert set(strata.columns) >= {"region", "amount_class", "frequency_class"}


def test_margins_are_kept(study):
    sample, plan = study["2026q4"].read("sample"), study["2026q4"].config.sample
    drawn = sample[~sample["reserve"]]
    for part, margin in [(drawn, plan.margin), *((d, 60) for _, d in drawn.groupby("region"))]:
        strata = part.groupby("stratum").agg(n=("order", "size"), N=("stratum_population", "first"))
        share = strata["N"] / strata["N"].sum()
        answers = strata["n"] * plan.response_rate
        # nothing is known of last wave's answers here: half promoters, half detractors
        half = 1.96 * 100 * ((share**2 * (1 / answers - 1 / strata["N"])).clip(lower=0).sum()) ** 0.5
        assert half <= margin * 1.01


def test_lists_panel_and_statement_are_there(study):
    folder = study["2026q4"].folder / "fieldwork"
    names = {f.name for f in folder.rglob("*") if f.is_file()}
    assert {
        "call_list.csv",
        "call_list.xlsx",
        "reserve_list.csv",
        "panel_list.csv",
        "spot_check_list.csv",
        "sampling_statement.en.txt",
        "sampling_statement.zh-CN.txt",
        "call_list_Li.xlsx",
    } <= names
    assert len(pd.read_csv(folder / "panel_list.csv")) == 80
    text = (folder / "sampling_statement.en.txt").read_text("utf-8-sig")
    for part in ("amount_12m > 1000", 'salt "demo"', "rest because they were asked before", "md5-52/v1"):
        assert part in text
    assert "frame_" not in text  # no name of a table that only this run knew


def test_the_page_shows_everything_in_both_languages_and_no_customer(blocks):
    names = [b.name for b in blocks]
    wanted = [
        "frame-waterfall",
        "strata-map",
        "size-curve",
        "allocations",
        "allocation",
        "precision",
        "overlap",
        "sparing",
        "sample-differences",
        "sample-likeness",
        "panel",
        "panel-likeness",
        "panel-rewards",
        "spot-check",
        "statement",
    ]
    assert [n for n in names if n in wanted] == wanted
    for block in blocks:
        assert set(block.html) == set(LANGUAGES)
        assert not re.search(r"C\d{9}", block.html["en"] + block.csv)
    chinese = "".join(b.html["zh-CN"] for b in blocks if b.kind != "figure")
    assert "标准化差异" in chinese and "按比例：每位客户机会均等" in chinese


def test_drawing_again_after_release_gives_the_same(study):
    wave = study["2026q4"]
    before = wave.read("sample")
    assert run_chain(wave, CHAIN, find_notebooks(), Silent())["10_sample"].state == "ran"  # a released sample is new
    pd.testing.assert_frame_equal(wave.read("sample"), before)
    assert run_chain(wave, CHAIN, find_notebooks(), Silent())["10_sample"].state == "unchanged"


def test_the_note_on_redrawing_counts_what_changed():
    drawn = pd.DataFrame({"customer_id": ["a", "b"], "reserve": False})
    assert "not been released" in chapter.redraw_note(drawn, None).message.text("en")
    assert "is the one" in chapter.redraw_note(drawn, drawn).message.text("en")
    changed = chapter.redraw_note(drawn, drawn.assign(customer_id=["a", "c"]))
    assert changed.severity == "caution" and "1 of 2" in changed.message.text("en")
