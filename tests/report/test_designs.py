"""Every design that ``wave.yaml`` can name, from the customer list to weighted answers."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.report.conftest import Listener
from workbench.estimation import estimate_mean
from workbench.privacy.keys import open_key
from workbench.report.chapters.response.design import survey_design
from workbench.report.run.chain import run_chain
from workbench.report.run.release import RELEASED, release_sample
from workbench.report.steps import CHAPTERS
from workbench.store import Wave
from workbench.store.demo import make_company, open_company, simulate_fieldwork
from workbench.store.demo.wave_file import wave_yaml

pytestmark = pytest.mark.xdist_group("designs")
WAVE = "2026q2"
FIRST = tuple(c for c in CHAPTERS if c.name in ("10_sample", "20_response"))
DESIGNS = {
    "systematic": "design: systematic\n  order_by: [signup_date]",
    "proportional_to_size": "design: proportional_to_size\n  size: amount_12m",
    "poisson by size": "design: poisson\n  size: amount_12m",
    "cluster": "design: cluster\n  psu: primary_unit\n  psu_chance: equal\n  intraclass_correlation: 0.02",
    "two_stage": "design: two_stage\n  psu: primary_unit\n  per_psu: 12",
    "two_stage, equal": "design: two_stage\n  psu: primary_unit\n  per_psu: 12\n  psu_chance: equal",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    make_company(folder, customers=3000, seed=5, language="zh-CN")
    open_key(folder, "a secret that anybody may know")
    return folder


@pytest.fixture(scope="module")
def answered(company, tmp_path_factory, root, kernels):
    """The company's first wave, answered and weighted by classes."""
    study = tmp_path_factory.mktemp("answered") / "study"
    shutil.copytree(company, study)
    asked_and_weighted(study, wave_yaml(WAVE, "zh-CN", panel=40), root, Listener())
    return study


def asked_and_weighted(study, text, root, listener):
    """Draw, release, let customers answer, and weigh."""
    (study / WAVE / "wave.yaml").write_text(text, encoding="utf-8")
    wave = Wave.open(study / WAVE)
    run_chain(wave, FIRST[:1], root / "notebooks", listener)
    release_sample(wave)
    simulate_fieldwork(study, WAVE, wave.read(RELEASED))
    return weighted(study, root, listener)


def weighted(study, root, listener):
    wave = Wave.open(study / WAVE)
    run_chain(wave, FIRST[1:], root / "notebooks", listener)
    return wave


def score(wave, design):
    points = wave.read("respondents")["recommend"].map(lambda s: 100.0 * ((s >= 9) - (s <= 6)))
    return estimate_mean(wave.read("respondents").assign(nps=points), "nps", design).table.iloc[0]


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_gives_weights_that_speak_for_everybody(name, company, tmp_path, root, kernels, listener):
    study = tmp_path / "study"
    shutil.copytree(company, study)
    text = wave_yaml(WAVE, "zh-CN", panel=40)
    text = re.sub(r"strata: .*", "strata: [region]", text)
    text = text.replace("  target: nps\n", f"  {DESIGNS[name]}\n  target: nps\n")
    text = re.sub(r"  domain_margins: .*|  spare_waves: .*|  minimum_per_stratum: .*", "", text)
    wave = asked_and_weighted(study, text, root, listener)
    eligible = int(wave.read("frame_strata")["population"].sum())
    respondents, design = wave.read("respondents"), survey_design(wave)
    assert respondents["weight"].sum() == pytest.approx(eligible, rel=0.12 if "size" in name else 1e-6)
    found = score(wave, design)
    truth = open_company(company).truth[WAVE]["eligible"]
    assert abs(found["estimate"] - truth["nps"]) < 4 * found["std_error"]
    assert ("psu_population" in respondents) == (design.psu is not None)


@pytest.mark.parametrize(
    "plan",
    [
        "method: raking, adjust_by: [region, channel]",
        "method: raking, adjust_by: [region, channel], trim: 1.5",
        "method: propensity, adjust_by: [region, channel]",
    ],
)
def test_a_weighting_method_reaches_the_estimators(plan, company, answered, root, kernels, listener):
    text = wave_yaml(WAVE, "zh-CN", panel=40).replace("tiers:", f"response: {{{plan}}}\ntiers:", 1)
    (answered / WAVE / "wave.yaml").write_text(text, encoding="utf-8")
    wave = weighted(answered, root, listener)
    design = survey_design(wave)
    found = score(wave, design)
    assert (design.calibration is not None) == (plan == "method: raking, adjust_by: [region, channel]")
    if design.calibration is not None:
        respondents, frame = wave.read("respondents"), wave.read("frame", columns=["channel", "region"])
        np.testing.assert_allclose(design.calibration.weights, respondents["weight"], rtol=1e-6)
        assert found["std_error"] != score(wave, replace(design, calibration=None))["std_error"]
        assert set(respondents["channel"]) <= set(frame["channel"])
    truth = open_company(company).truth[WAVE]["eligible"]
    assert abs(found["estimate"] - truth["nps"]) < 4 * found["std_error"]
