from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.chapters.tables.views import shown_table
from workbench.report.chapters.tables.words import finding_of, trend_finding_of
from workbench.tabulation import WaveAnswers, nps, scale, single, tabulate, trend
from workbench.tabulation.standing_out import standing_out


def data(share=0.8):
    rng = np.random.default_rng(2)
    shop = np.repeat(["north", "south"], 200)
    south = shop == "south"
    return pd.DataFrame(
        {
            "brand": np.where(rng.random(400) < np.where(south, share, 0.3), "Alba", "Brio"),
            "q": np.clip(np.round(rng.normal(np.where(south, 4.4, 2.9), 0.9)), 1, 5),
            "recommend": np.clip(np.round(rng.normal(np.where(south, 9, 5), 1)), 0, 10),
            "shop": shop,
            "weight": 1.0,
        }
    )


@pytest.mark.parametrize(
    ("rows", "begins"),
    [
        (single("brand"), "brand, Alba, by shop: south ("),
        (scale("q"), "q, "),
        (nps(), "by shop: south (+"),
    ],
)
def test_the_clearest_comparison_is_said_with_both_numbers(rows, begins):
    table = tabulate(data(), rows=rows, columns="shop")
    found = standing_out(table)
    said = finding_of(table, found)
    assert said.is_said and said.state == "clear" and begins in str(said.message) and "above north" in str(said.message)
    assert said.evidence.p_value == found.p_value and said.evidence.family == found.family
    assert "高于" in said.message.text("zh-CN")


def test_where_nothing_differs_the_sentence_says_so_and_names_no_row():
    table = tabulate(data(share=0.3), rows="brand", columns="shop")
    html = shown_table(table, "brand", 1).html["en"]
    assert "no two columns clearly differ" in html and "data-row" not in html


def test_a_table_without_comparisons_has_no_sentence():
    html = shown_table(tabulate(data(), rows="brand"), "brand", 1).html["en"]
    assert "finding" not in html


def waves(*shares):
    rng = np.random.default_rng(8)
    made = [
        pd.DataFrame({"brand": np.where(rng.random(400) < s, "Alba", "Brio"), "weight": 1.0, "shop": "one"})
        for s in shares
    ]
    return trend([WaveAnswers(f"w{i}", d) for i, d in enumerate(made)], rows="brand", columns="shop", id=None)


@pytest.mark.parametrize(
    ("shares", "name", "said"),
    [
        ((0.3, 0.3, 0.5), "table.changed:brand", "points on the wave before"),
        ((0.3, 0.5, 0.5), "table.moved:brand", "has moved over the waves"),
        ((0.4, 0.4, 0.4), "table.unmoved:brand", "no clear movement over 3 waves"),
    ],
)
def test_a_trend_says_its_change_else_that_it_moved_else_that_it_did_not(shares, name, said):
    found = trend_finding_of(waves(*shares), "brand")
    assert found.id == name and said in str(found.message) and found.is_said and found.evidence.family == 2


def test_one_wave_says_nothing():
    assert trend_finding_of(waves(0.4), "brand") is None
