from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.report.chapters.response import chapter, samples, sources, weights
from workbench.report.chapters.response.design import TOGETHER, survey_design
from workbench.sampling import Frame
from workbench.store import Wave

N = 1200
PLAN = """\
population: {strata: [region]}
panel: {members: 120}
spot_check: {n: 60, risks: [{label: {en: a, zh-CN: a}, when: "1 = 1", points: 1}]}
"""


@pytest.fixture
def people():
    rng = np.random.default_rng(1)
    region = rng.choice(["north", "south"], N, p=[0.6, 0.4])
    return pd.DataFrame(
        {"customer_id": [f"C{i:04d}" for i in range(N)], "region": region, "risk": 1.0 + 3 * (rng.random(N) < 0.2)}
    )


def made(make_wave, people, more="", beside=True, folder="w1"):
    """A wave of 240 customers asked, a panel of 120 and a spot check of about 60; half of everybody answers."""
    rng = np.random.default_rng(2)
    populations = people.groupby("region")["customer_id"].transform("size")
    order = rng.permutation(N)
    main, panel = people.iloc[order[:240]], people.iloc[order[200:320]]  # 40 customers are in both
    chance = 60 * people["risk"] / people["risk"].sum()
    check = people[rng.random(N) < chance]
    asked = pd.concat([main, panel, check]) if beside else main
    ids = asked["customer_id"].unique()
    answered = ids[rng.random(len(ids)) < 0.5]
    answers = pd.DataFrame({"customer_id": answered, "recommend": rng.integers(0, 11, len(answered))})
    text = WAVE.replace("tables:\n", "tables:\n  contacts: {file: raw/contacts.csv}\n")
    contacts = pd.DataFrame({"customer_id": main["customer_id"]})
    contacts["disposition"] = np.where(contacts["customer_id"].isin(answered), "completed", "no answer")
    wave = Wave.open(
        make_wave(
            folder=folder,
            wave_yaml=text + PLAN + more,
            customers=people.to_csv(index=False),
            responses=answers.to_csv(index=False),
            contacts=contacts.to_csv(index=False),
        )
    )
    drawn = main.assign(stratum=main["region"], stratum_population=populations.loc[main.index], reserve=False, u=0.5)
    wave.keep("sample", drawn.reset_index(drop=True))
    members = panel.assign(stratum=panel["region"], status="stays")[["customer_id", "stratum", "status"]]
    wave.keep("panel_members", members.reset_index(drop=True))
    sizes = people.groupby("region").size()
    wave.keep("panel_strata", pd.DataFrame({"stratum": sizes.index, "population": sizes.to_numpy()}))
    drawn = check.assign(risk_score=check["risk"], inclusion_probability=chance.loc[check.index])
    wave.keep("spot_check", drawn[["customer_id", "risk_score", "inclusion_probability"]].reset_index(drop=True))
    return wave


def weighted(wave, people):
    """What the chapter does, with the frame that the sample was drawn from."""
    responses = wave.read("responses")
    found = weights.weighted_answers(wave, responses, 10)
    from dataclasses import replace

    found = replace(found, frame=Frame(people, stratum="region"))
    own = chapter.respondents_table(found.asked, found.steps["response"].weights)
    return found, own, weights.join_samples(found, own, wave.config.response)


def test_members_of_the_panel_enter_every_result(make_wave, people):
    wave = made(make_wave, people)
    assert sources.own_weights(wave, wave.read("responses")) is None
    found, own, joined = weighted(wave, people)
    answers = wave.read("responses")
    assert joined.kept
    assert set(joined.respondents["customer_id"]) == set(answers["customer_id"])
    assert joined.respondents["customer_id"].is_unique
    assert joined.respondents["weight"].sum() == pytest.approx(N)
    by_region = joined.respondents.groupby("region")["weight"].sum()
    assert by_region.to_dict() == pytest.approx(people["region"].value_counts().to_dict(), rel=1e-6)
    assert joined.together.shares.keys() == {"sample", "panel", "check"}
    assert not [n for n in found.notes if "not drawn" in str(n.message)]
    assert len(own) < len(joined.respondents)
    wave.keep("respondents", joined.respondents)
    weights.keep_totals(wave, joined)
    design = survey_design(wave)
    assert design.population is None and design.calibration is not None
    rows = samples.sample_table(found.asked, own, found.beside, joined.together, (joined.respondents, design))
    assert [str(s) for s in rows["sample"]] == ["Main sample", "Panel", "Spot check", "All together"]
    assert rows["share"].iloc[:-1].sum() == pytest.approx(1)
    widths = rows["ci_high"] - rows["ci_low"]
    assert widths.iloc[-1] == widths.min()
    assert rows["answered"].iloc[-1] == len(answers)
    ids = [f.id for f in samples.sample_findings(joined.together, joined.kept)]
    assert ids == ["response.panel", "response.check"]
    assert "Hartley" in str(samples.sample_notes(found.beside, joined.together, joined.kept)[0].message)


def test_each_sample_stands_for_all_customers(make_wave, people):
    found, _, joined = weighted(made(make_wave, people), people)
    for rows in found.beside.asked.values():
        assert rows["weight"].sum() == pytest.approx(N, rel=0.3)
        assert (rows.loc[~rows["responded"], "weight"] == 0).all()
    assert found.beside.asked["panel"]["weight"].sum() == pytest.approx(N)
    assert joined.respondents[TOGETHER].value_counts().index[0] == "sample"


def test_apart_they_stand_beside(make_wave, people):
    wave = made(make_wave, people, "response: {samples: apart}\n")
    found, own, joined = weighted(wave, people)
    assert not joined.kept
    assert joined.respondents is own
    assert joined.together is not None
    rows = samples.sample_table(found.asked, own, found.beside, joined.together)
    assert len(rows) == 4
    texts = [str(f.text) for f in samples.sample_findings(joined.together, joined.kept)]
    assert all("beside the sample" in t for t in texts)
    assert "main sample alone" in str(samples.sample_notes(found.beside, joined.together, joined.kept)[0].message)


def test_who_was_not_asked_besides_the_sample_changes_nothing(make_wave, people):
    wave = made(make_wave, people, beside=False)
    found, own, joined = weighted(wave, people)
    assert found.beside.asked == {}
    assert joined.respondents is own and joined.together is None
    assert "were not asked" in str(samples.nothing_beside(wave))
    assert samples.nothing_beside(made(make_wave, people, folder="w2")) is None
    plain = Wave.open(make_wave(folder="w3"))
    assert "neither" in str(samples.nothing_beside(plain))
    assert samples.members_beside(plain) == {}


def test_rates_are_told_of_the_sample(make_wave, people):
    wave = made(make_wave, people)
    assert len(chapter.sample_contacts(wave)) == 240
    few = samples.Beside({}, {"check": 3})
    assert "too few" in str(samples.sample_notes(few, None, True)[0].message)
