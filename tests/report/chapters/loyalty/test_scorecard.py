from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import net_promoter_score
from workbench.report.chapters.loyalty import scorecard as regional
from workbench.report.site.blocks import table
from workbench.store import Wave

DESIGN = Design(weight="weight")
MORE = """\
tiers:
  - {name: A, label: {en: High, zh-CN: 高}, minimum: {amount_12m: 100}}
  - {name: B, label: {en: Low, zh-CN: 低}}
"""
TABLES = WAVE.replace(
    "tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n  regions: {file: raw/regions.csv}\n"
)
REGIONS = "region,staff,target_nps,competitor_nps\nnorth,12,-90,5\nsouth,9,90,\nwest,3,,\n"


def people(n=600):
    rng = np.random.default_rng(1)
    return pd.DataFrame({"customer_id": [f"{i:04d}" for i in range(n)], "region": rng.choice(["north", "south"], n)})


@pytest.fixture
def wave(make_wave):
    rng, who = np.random.default_rng(2), people()
    cases = pd.DataFrame(
        {
            "customer_id": who["customer_id"].head(200),
            "kind": "complaint",
            "opened_at": "2026-06-01",
            "closed_at": "2026-06-05",
        }
    )
    cases.loc[:19, "closed_at"] = ""
    cases.loc[150:, "opened_at"] = "2026-01-01"
    opened = Wave.open(
        make_wave(
            wave_yaml=TABLES + MORE,
            customers=who.to_csv(index=False),
            interactions=cases.to_csv(index=False),
            regions=REGIONS,
        )
    )
    tiers = who[["customer_id"]].assign(
        tier=rng.choice(["A", "B"], len(who)),
        amount_12m=rng.gamma(2, 50, len(who)),
        orders_12m=rng.integers(0, 4, len(who)),
    )
    opened.keep("tiers", tiers)
    opened.keep(
        "clv", who[["customer_id"]].assign(clv=rng.gamma(1, 80, len(who)), probability_alive=rng.random(len(who)))
    )
    return opened


def answers(seed=3):
    rng, who = np.random.default_rng(seed), people()
    return who.assign(
        recommend=np.where(who["region"] == "north", rng.integers(4, 11, len(who)), rng.integers(0, 9, len(who))),
        satisfaction=rng.integers(1, 6, len(who)),
        weight=1.0,
    )


def test_answers_customers_complaints_and_the_regions_table_come_together(wave):
    card = regional.make_scorecard(wave, answers(), DESIGN, None, id_column=None, days=90)
    assert list(card.measures) == [
        "nps",
        "satisfied",
        "active",
        "revenue",
        "clv",
        "churn",
        "top_tier",
        "complaints",
        "days_to_solve",
    ]
    nps = net_promoter_score(answers(), "recommend", DESIGN, by="region").table
    np.testing.assert_allclose(card.lines("nps")["estimate"], nps["nps"])
    tiers = wave.read("tiers").merge(people(), on="customer_id")
    revenue = card.lines("revenue").set_index("region")["estimate"]
    assert revenue["north"] == pytest.approx(tiers.loc[tiers["region"] == "north", "amount_12m"].sum())
    assert card.lines("days_to_solve")["estimate"].tolist() == [4.0, 4.0]
    assert card.lines("complaints")["estimate"].mean() == pytest.approx(150 / 600, abs=0.03)
    assert card.lines("nps")["target_verdict"].tolist() == ["met", "missed"]
    assert card.regions["staff"].tolist() == [12, 9]
    assert any("west" in n.message.text("en") for n in card.notes)


def test_pages_show_it_short_and_downloads_hold_all(wave):
    card = regional.make_scorecard(wave, answers(), DESIGN, None, id_column=None, days=90)
    tables = regional.wide_tables(card)
    assert [name for name, *_ in tables] == ["scorecard", "scorecard-2"]
    wide = tables[0][2]
    block = regional.with_all_lines(table(wide, "scorecard", columns=wide.labels()), wide)
    assert ("▲" in block.html["en"] and "每位客户" in block.html["zh-CN"]) or "人均" in block.html["zh-CN"]
    assert block.csv.count("\n") == len(card.table) + 1
    ranked = regional.rows_of(card, "nps")
    assert ranked.table["rank"].tolist() == [1, 2] and "north" in ranked.to_html("en")
    assert set(regional.standing_out(card).table["measure"]) >= {"nps"}
    assert [b.name for b in regional.rank_tables(card, {})][:2] == ["ranks", "targets"]
    assert "luck" in regional.spreads(card).to_html("en")
    assert len(regional.scorecard_kept(card)) == len(card.table)


def test_change_comes_from_the_wave_before(wave):
    card = regional.make_scorecard(wave, answers(3), DESIGN, (answers(4), DESIGN), id_column="customer_id", days=90)
    assert card.lines("nps")["change"].notna().all() and card.lines("clv")["change"].isna().all()
    moved = [t for name, _, t in regional.wide_tables(card) if "change" in name]
    assert len(moved) == 1 and moved[0].measures == ("nps", "satisfied")
    assert "…" in moved[0].shown_table("en")["nps"].iloc[0]


def test_without_regions_there_is_no_scorecard(wave):
    none = answers().drop(columns="region")
    with pytest.raises(InputError):
        regional.make_scorecard(wave, none, DESIGN, None, id_column=None, days=90)
    assert regional.with_satisfied(wave, none)["satisfied"].isin([0, 1]).all()
    assert regional.asked_rows(wave, 90) is None


def test_of_very_many_customers_some_are_drawn_and_stand_for_all(wave, monkeypatch):
    every = regional.make_scorecard(wave, answers(), DESIGN, None, id_column=None, days=90)
    assert not any("drawn at random" in n.message.text("en") for n in every.notes)
    monkeypatch.setattr(regional, "MOST_CUSTOMERS", 540)
    rows = regional.customer_rows(wave, 90)
    assert 500 < len(rows) < 580 and rows["weight"].sum() == pytest.approx(600)
    few = regional.make_scorecard(wave, answers(), DESIGN, None, id_column=None, days=90)
    assert any("drawn at random" in n.message.text("en") for n in few.notes)
    assert set(few.measures) == set(every.measures)
    pick = [c.table.set_index(["measure", "region"])["estimate"] for c in (every, few)]
    assert pick[1]["revenue"].sum() == pytest.approx(pick[0]["revenue"].sum(), rel=0.15)
    assert pick[1]["nps"].tolist() == pick[0]["nps"].tolist()
