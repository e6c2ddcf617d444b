from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.findings import said
from workbench.nps import callback_status
from workbench.report.chapters.loyalty import loop as closing
from workbench.report.chapters.loyalty.interactions import interactions_of
from workbench.store import Wave

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


def listed(wave):
    low = responses().loc[lambda t: t["recommend"] <= 6, ["customer_id", "recommend"]]
    wave.keep("actions", low.assign(action="call", reasons="detractor"))


def test_the_loop_closes_over_two_waves(waves):
    first, second = waves
    listed(first)
    people = closing.last_list(second)
    assert set(people["reason"]) == {"detractor"}
    status = callback_status(
        people,
        interactions_of(second),
        closing.answered(second),
        since=first.config.as_of,
        as_of=second.config.as_of,
        call_kinds=("回访",),
        complaint_kinds=("complaint",),
    )
    told = {f.id: f for f in said(closing.loop_findings(status, 30))}
    assert told["loop.called"].message.values["called"] == 35 and "loop.recovered" in told
    steps = closing.steps_of(status)
    assert steps["value"].tolist()[:2] == [len(people), 35.0]
    effect = closing.effect_of(second, status)
    assert len(effect.table) and closing.reach_note(status).text("zh-CN")


def test_a_list_without_calls_is_none(waves):
    first, second = waves
    assert closing.last_list(second) is None
    first.keep("actions", pd.DataFrame({"customer_id": ["a"], "action": ["write"], "reasons": ["fallen"]}))
    assert closing.last_list(second) is None


def test_open_complaints_go_to_the_department_that_owns_their_theme(waves):
    first, _ = waves
    lists = closing.department_lists(first)
    assert list(lists) == ["商品部"]
    assert lists["商品部"][["customer_id", "theme"]].to_numpy().tolist() == [["c001", "价格"], ["c002", "价格"]]
    closing.write_departments(first)
    assert (first.lists / "complaints_by_department.xlsx").is_file()


def test_complaints_of_who_refuses_contact_reach_no_department(make_wave):
    customers = "customer_id,do_not_contact\nc001,yes\nc002,no\n"
    wave = Wave.open(make_wave(wave_yaml=TABLES, interactions=cases([]), customers=customers))
    closing.write_departments(wave)
    book = pd.read_excel(wave.lists / "complaints_by_department.xlsx", sheet_name=None, dtype=str, engine="calamine")
    assert book["商品部"]["customer_id"].tolist() == ["c002"] and "1 位客户" in book["说明"].iloc[0, 0]
