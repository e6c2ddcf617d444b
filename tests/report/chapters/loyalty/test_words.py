from __future__ import annotations

import pandas as pd
import pytest

from workbench.estimation import Design
from workbench.nps import net_promoter_score, nps_change
from workbench.report.chapters.loyalty.chapter import change_table, compare_methods, group_table, headline
from workbench.report.chapters.loyalty.words import change_words, loyalty_cards, loyalty_findings, nps_sentence


def answers(promoters, detractors, region="north", n=400):
    scores = [10] * promoters + [3] * detractors + [8] * (n - promoters - detractors)
    return pd.DataFrame({"recommend": scores, "region": region, "weight": 1.0})


def numbers(before, now):
    change = nps_change(before, now)
    return headline(net_promoter_score(now), None, change), change


@pytest.mark.parametrize(
    ("promoters", "word", "tone"),
    [(300, "has risen to", "good"), (80, "has fallen to", "bad"), (202, "within chance", "neutral")],
)
def test_the_sentence_follows_from_the_test(promoters, word, tone):
    table, change = numbers(answers(200, 100), answers(promoters, 100))
    finding = nps_sentence(table.iloc[0])
    assert word in finding.text.text("en") and finding.tone == tone
    verdict = change.table["verdict"].iloc[0]
    assert {"good": "up", "bad": "down", "neutral": "no clear change"}[tone] == verdict
    assert change_words(table.iloc[0])[1] == tone


def test_a_first_wave_has_no_change():
    table = headline(net_promoter_score(answers(200, 100)), None, None)
    assert "The NPS is +25.0" in nps_sentence(table.iloc[0]).text.text("en")
    assert change_words(table.iloc[0]) == (None, "neutral")
    assert len(loyalty_cards(table)) == 1


def test_regions_are_told_apart_only_if_their_intervals_do_not_overlap():
    far = pd.concat([answers(300, 20, "north"), answers(60, 200, "south")])
    near = pd.concat([answers(200, 100, "north"), answers(195, 100, "south")])
    table = headline(net_promoter_score(far), None, None)
    for data, told in ((far, 2), (near, 1)):
        scores = {"region": net_promoter_score(data, by="region")}
        assert len(loyalty_findings(table, scores, {})) == told


def test_only_clear_changes_are_told():
    before = pd.concat([answers(200, 100, "north"), answers(200, 100, "south")])
    now = pd.concat([answers(320, 20, "north"), answers(203, 100, "south")])
    table, _ = numbers(before, now)
    changes = {"region": nps_change(before, now, by="region")}
    told = [f.text.text("en") for f in loyalty_findings(table, {}, changes)]
    assert sum("north" in t for t in told) == 1 and not any("south" in t for t in told)
    kept = change_table(changes)
    assert kept.set_index("group").loc["north", "verdict"] == "up"
    assert group_table({"region": net_promoter_score(now, by="region")})["breakdown"].unique().tolist() == ["region"]


def test_three_ways_to_compute_a_change_stand_side_by_side():
    before, now = answers(200, 100), answers(240, 100)
    table = compare_methods(before, now, (Design(weight="weight"), Design(weight="weight")))
    assert len(table) == 3 and table["estimate"].max() - table["estimate"].min() < 1e-9


def test_a_real_airport_survey_is_not_as_clear_as_it_looks(shared_data):
    waves = []
    for year in (2017, 2018):
        data = pd.read_csv(shared_data / "sfo" / f"sfo_{year}.csv")
        data = data[data["NETPRO"].between(0, 10)].rename(columns={"NETPRO": "recommend", "WEIGHT": "weight"})
        alone = "alone" + data["RESPNUM"].astype(str)
        flight = data["RUNID"].astype("Int64").astype(str).where(data["RUNID"].notna(), alone)
        waves.append(data.assign(flight=flight, stratum=data["STRATA"].astype(str)))
    design = Design(weight="weight", stratum="stratum", psu="flight", psu_labels="within_stratum")
    table = compare_methods(waves[0], waves[1], (design, design))
    assert table["estimate"].round(1).tolist() == [-8.9, -5.3, -5.3]
    assert table["p_value"].iloc[0] < 1e-5
    assert table["p_value"].round(4).tolist()[1:] == [0.0136, 0.0497]
