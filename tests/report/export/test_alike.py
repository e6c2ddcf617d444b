from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.report.export.alike import Alike, nobody_apart
from workbench.report.export.answers import described
from workbench.store import Wave

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"p{i}" for i in range(12)],
        "region": ["n"] * 5 + ["s"] * 5 + ["e", "w"],
        "stratum": ["n1"] * 5 + ["s1"] * 5 + ["e1", "w1"],
        "size": [50] * 5 + [60] * 5 + [7, 9],
        "weight": [1.5] * 10 + [3.0, 4.0],
        "score": [9, 1] * 6,
    }
)


def test_what_tells_a_changed_column_over_again_is_left_empty_too_and_the_weight_stays():
    notes = []
    made = nobody_apart(PEOPLE, Alike(("region", "not there"), 5), "en", notes)
    # two alone are too few to be hidden in each other: the smallest group goes with them
    gone = [True] * 5 + [False] * 5 + [True] * 2
    assert made["region"].isna().tolist() == made["stratum"].isna().tolist() == made["size"].isna().tolist() == gone
    assert made["weight"].tolist() == PEOPLE["weight"].tolist()
    assert made["score"].tolist() == PEOPLE["score"].tolist() and made["customer_id"].tolist()[0] == "p0"
    said = [n.text("en") for n in notes]
    assert "size, stratum" in said[-2] and "at least 5 people" in said[-1]
    assert all(n.text("zh-CN") != n.text("en") for n in notes)


def test_merged_values_are_named_in_the_language_of_the_export():
    people = pd.concat([PEOPLE, PEOPLE.tail(2), PEOPLE.tail(2)], ignore_index=True)
    people["customer_id"] = [f"p{i}" for i in range(16)]
    made = nobody_apart(people, Alike(("region",), 5), "zh-CN", [])
    assert made["region"].tolist()[10:] == ["其他（合并）"] * 6


def test_without_columns_nothing_changes():
    notes = []
    assert nobody_apart(PEOPLE, Alike(), "en", notes) is PEOPLE and notes == []


@pytest.mark.parametrize("given", [None, Alike(("region",), 2)])
def test_what_wave_yaml_says_holds_for_every_export_with_pseudonyms(make_wave, given):
    rows = "".join(f"{i:03d},{'north' if i else 'south'},2025-01-01\n" for i in range(9))
    text = WAVE + "privacy: {quasi: [region], k: 3}\n"
    wave = Wave.open(make_wave(text, customers="customer_id,region,signup_date\n" + rows))
    table = wave.read("customers")
    assert Alike.of(wave) == Alike(("region",), 3)
    made = described(table, wave, alike=given)
    assert made.table["region"].isna().sum() == 9 and "at least 9 people" in made.notes[-1].text("en")
    assert described(table, wave, ids="customer").table["region"].notna().all()
