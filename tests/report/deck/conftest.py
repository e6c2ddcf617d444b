"""Finished pages of a wave, made of blocks as its notebooks show them."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from workbench.core import charts
from workbench.core.language import LANGUAGES, Language, message, use_language
from workbench.core.names import Column
from workbench.report.chapters.tables.views import shown_table, shown_trend
from workbench.report.deck.story import Tile, slides_of
from workbench.report.site.panels import Action, Statement, action_cards, headline, panel, plain_facts
from workbench.report.site.render import Item, Page
from workbench.store import Wave
from workbench.tabulation import WaveAnswers, tabulate, trend

SIGNED = {c: Column(message("NPS"), "signed1") for c in ("estimate", "change", "change_low", "change_high")}
NPS = {**SIGNED, "n": Column(message("Base"), "base")}


def picture(language):
    return charts.draw_figure(lambda ax: charts.bar_rows(ax, ["a"], [4.0], style="int", language=language))


def page_of(blocks, language: Language) -> Page:
    shown = [b for b in blocks if b.kind != "headline"]
    head = next((b for b in blocks if b.kind == "headline"), None)
    return Page(
        items=tuple(Item("panel" if b.kind == "panel" else "block", b.html[language]) for b in shown),
        headings=(),
        tables={b.name: b.csv for b in shown if b.csv},
        figures={},
        title=head.title[language] if head else "",
        head=head.html[language] if head else "",
        people={b.name: json.loads(json.dumps(b.people)) for b in shown if b.people},
    )


def trend_panel(now: float = 41.0, *, waves: int = 2, title: str = "Willingness to recommend: not clearly changed"):
    rows = pd.DataFrame(
        {
            "wave": ["w0", "w1"],
            "estimate": [35.0, now],
            "ci_low": [30.0, now - 5],
            "ci_high": [40.0, now + 5],
            "change": [np.nan, now - 35],
            "change_low": [np.nan, now - 41],
            "change_high": [np.nan, now - 29],
            "n": [400, 410],
        }
    ).tail(waves)
    measure = message("NPS: share giving 9–10 less share giving 0–6; bar = {level:pct} interval", level=0.95)
    return panel(
        "nps-trend", title=message(title), measure=measure, draw=picture, numbers=rows, columns=NPS, level=0.95
    )


def groups_panel():
    rows = pd.DataFrame(
        {
            "name": ["North", "South", "Tiny"],
            "estimate": [50.0, 20.0, np.nan],
            "ci_low": [44.0, 12.0, np.nan],
            "ci_high": [56.0, 28.0, np.nan],
            "change": [4.0, -12.0, np.nan],
            "n": [200, 190, 4],
        }
    )
    title = message("South scores 30 points below all others.")
    columns = {**NPS, "name": Column(message("Region"))}
    return panel("groups", title=title, measure=message("NPS"), draw=picture, numbers=rows, columns=columns, level=0.95)


def bridge_panel():
    rows = pd.DataFrame({"step": ["Last wave", "Gone", "New", "Now"], "value": [100.0, -30.0, 45.0, 115.0]})
    title = message("The base is worth more only because it grew")
    return panel("value-bridge", title=title, measure=message("Value"), draw=picture, numbers=rows)


def crosstab(seed: int = 1):
    rng = np.random.default_rng(seed)
    shop = np.repeat(["north", "south"], 150)
    brand = np.where(rng.random(300) < np.where(shop == "south", 0.8, 0.3), "Alba", "Brio")
    return tabulate(pd.DataFrame({"brand": brand, "shop": shop, "weight": 1.0}), rows="brand", columns="shop")


def over_waves():
    rng = np.random.default_rng(6)
    waves = []
    for name, share in (("w0", 0.3), ("w1", 0.35), ("w2", 0.6)):
        brand = np.where(rng.random(300) < share, "Alba", "Brio")
        data = pd.DataFrame({"brand": brand, "shop": np.repeat(["north", "south"], 150), "weight": 1.0})
        waves.append(WaveAnswers(name, data))
    return trend(waves, rows="brand", columns="shop", id=None)


def summary_blocks(**told):
    said = [
        Statement(message("NPS is +41."), message("It has not clearly changed.")),
        Statement(message("Value rose.")),
    ]
    facts = [(message("Who answered"), [message("{n:int} answers.", n=410)], ("20_response", message("Response")))]
    doing = Action(
        message("Call {n:int} customers", n=40),
        message("They are angry."),
        [(message("Owner"), message("Anna Lee"), False)],
    )
    return [
        headline(message("Loyalty has not clearly changed"), said),
        action_cards([doing]),
        trend_panel(**told),
        bridge_panel(),
        groups_panel(),
        plain_facts(facts),
    ]


@cache
def made_pages(language: Language, **told) -> dict[str, Page]:
    with use_language(language):
        return {
            "90_summary": page_of(summary_blocks(**told), language),
            "55_tables": page_of(
                [shown_table(crosstab(), "brand", 1), *shown_trend(over_waves(), "brand", 1)], language
            ),
        }


@pytest.fixture
def wave(make_wave) -> Wave:
    return Wave.open(make_wave())


@pytest.fixture(params=LANGUAGES)
def language(request) -> Language:
    return request.param


@pytest.fixture
def story(wave):
    """Return a function that tells the slides of the wave."""

    def tell(language: Language = "en", **told):
        tiles = (Tile("nps", "NPS", "+41.0", "95 % interval +36 to +46"),)
        with use_language(language):
            return slides_of(wave, made_pages(language, **told), language, tiles=tiles, fingerprint="abc123")

    return tell
