from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.estimation import Design
from workbench.report.chapters.loyalty import loop as closing
from workbench.store import Wave

DESIGN = Design(weight="weight")
TABLES = WAVE.replace("tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n")
NEXT = TABLES.replace("wave: w1", "wave: w2\nprevious: w1").replace("2026-06-30", "2026-09-30")


def cases(called):
    open_case = pd.DataFrame(
        {
            "customer_id": ["c001", "c002"],
            "opened_at": "2026-06-01",
            "closed_at": ["", "2026-07-05"],
            "kind": "complaint",
            "text": "价格太贵",
        }
    )
    calls = pd.DataFrame(
        {"customer_id": called, "opened_at": "2026-08-01", "closed_at": "", "kind": "回访", "text": ""}
    )
    posts = pd.DataFrame(
        {"customer_id": ["c010"], "opened_at": "2026-08-02", "closed_at": "", "kind": "referral", "text": ""}
    )
    late = open_case.assign(opened_at="2026-08-20", closed_at="2026-08-22")
    return pd.concat([open_case, calls, posts, late], ignore_index=True).to_csv(index=False)


def responses(shift=0, n=120):
    rng = np.random.default_rng(1)
    score = np.clip(rng.integers(0, 11, n) + shift, 0, 10)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03d}" for i in range(n)],
            "submitted_at": "2026-06-20",
            "recommend": score,
            "satisfaction": 4,
        }
    )


@pytest.fixture
def waves(make_wave):
    orders = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(120)], "ordered_at": "2026-08-01", "amount": 50})
    given = {"responses": responses().to_csv(index=False), "transactions": orders.to_csv(index=False)}
    first = Wave.open(make_wave(wave_yaml=TABLES, interactions=cases([]), **given))
    low = responses().loc[lambda t: t["recommend"] <= 6, "customer_id"]
    given["responses"] = responses(3).to_csv(index=False)
    second = Wave.open(make_wave(wave_yaml=NEXT, folder="w2", interactions=cases(low.head(35).tolist()), **given))
    return first, second


def test_the_loop_closes_over_two_waves(waves):
    first, second = waves
    earlier = closing.close_loop(first, responses().assign(weight=1.0), DESIGN)
    assert earlier.status is None and earlier.effect is None
    listed = earlier.calls.customers
    assert "c001" in set(listed["customer_id"])
    closing.keep_calls(first, earlier)
    assert (first.folder / "fieldwork" / "callback_list.xlsx").is_file()
    loop = closing.close_loop(second, responses(3).assign(weight=1.0), DESIGN)
    every = loop.status.table.iloc[-1]
    assert every["listed"] == len(listed) and every["called"] == pytest.approx(35 / len(listed))
    assert every["solved"] == 0.5 and closing.reach_note(loop) is None
    assert loop.effect is not None and [o.text("en") for o in loop.effect.table["outcome"]] == [
        "Score in this wave, 0–10",
        "Spending since the list",
    ]
    assert loop.effect.table["called"].iloc[1] == 50
    assert loop.themes.table["topic"].tolist()[0] == "price" and loop.themes.table["n"].iloc[0] == 2
    assert loop.mouth is not None
    said = " ".join(f.text.text("en") for f in closing.loop_findings(loop))
    assert "called back" in said and "on the last list" in said
    assert "customer_id" not in loop.calls.to_html("en")


def test_without_interactions_detractors_are_still_listed(make_wave):
    wave = Wave.open(make_wave(responses=responses().to_csv(index=False)))
    loop = closing.close_loop(wave, responses().assign(weight=1.0), DESIGN)
    assert loop.calls.table["reason"].tolist() == ["detractor"]
    assert loop.themes is None and loop.mouth is None and closing.reach_note(loop) is None


def test_open_complaints_go_to_the_department_that_owns_their_theme(waves):
    first, _ = waves
    lists = closing.department_lists(first)
    assert list(lists) == ["商品部"]
    assert lists["商品部"][["customer_id", "theme"]].to_numpy().tolist() == [["c001", "价格"], ["c002", "价格"]]
    closing.keep_calls(first, closing.close_loop(first, responses().assign(weight=1.0), DESIGN))
    assert (first.folder / "fieldwork" / "complaints_by_department.xlsx").is_file()
