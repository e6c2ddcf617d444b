from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.report.outside.conftest import reported
from workbench.core.errors import ConfigError, InputError
from workbench.learning.reasons import AGAINST
from workbench.report.outside.rows import wanted_rows
from workbench.store.config.connections import PushPlan

TODAY = dt.date(2026, 7, 1)
IDS = [f"{i:04d}" for i in range(9)]


@pytest.fixture
def wave(outside):
    outside.add("hub", "hubspot")
    return reported(outside.wave("tables: {customers: {file: raw/customers.csv}}\n"), IDS)


def plan(**more):
    return PushPlan.model_validate({"to": "hub", "key": "customer_id", **more})


def test_columns_of_several_tables_and_only_values_that_are_there(wave):
    fields = {"tier": "tier", "recommend": "nps", "nps_group": "nps_class", "clv": "worth", "segment_name": "segment"}
    found = wanted_rows(wave, "tiers", plan(fields=fields), TODAY).values
    assert found["0000"] == {
        "tier": "gold",
        "recommend": "0",
        "nps_group": "detractor",
        "clv": "0",
        "segment_name": "Regulars",
    }
    assert found["0001"] == {"tier": "silver", "clv": "100.13", "segment_name": "Rare"}
    assert list(wanted_rows(wave, "nps", plan(fields={"nps": "nps"}), TODAY).values) == IDS[::2]
    assert wanted_rows(wave, "segments", plan(fields={"segment": "s"}), TODAY).values["0001"] == {"segment": "2"}


def test_those_to_call_are_pushed_with_the_reason_in_words_and_nobody_held_out(wave):
    listed = pd.DataFrame({"customer_id": IDS[:3], "arm": ["call", "holdout", "call"], "leaving": [0.5, 0.6, 0.7]})
    wave.keep("outlook_list", listed.assign(reason=["silence", "silence", "trend"], at_stake=[9.0, 8.0, 7.0]))
    found = wanted_rows(wave, "outlook", plan(fields={"leaving": "risk", "reason": "why"}), TODAY).values
    assert list(found) == [IDS[0], IDS[2]] and found[IDS[0]]["leaving"] == "0.5"
    assert found[IDS[0]]["reason"] == AGAINST["silence"].text(wave.config.languages[0])
    wave.keep("offers", pd.DataFrame({"customer_id": IDS[:1], "offer_1": ["tea"], "reason_1": ["goes with cup"]}))
    assert wanted_rows(wave, "offers", plan(fields={"offer_1": "next"}), TODAY).values == {IDS[0]: {"offer_1": "tea"}}


def test_audiences_are_made_by_tier_or_segment(wave):
    assert wanted_rows(wave, "lists", plan(), TODAY).groups["0002"] == "basic"
    assert wanted_rows(wave, "lists", plan(by="segment"), TODAY).groups["0001"] == "2"


def test_a_task_says_whom_why_and_until_when_and_its_subject_names_nobody(wave):
    tasks = wanted_rows(wave, "tasks", plan(due_days=3, owners={"客服部": "55"}), TODAY).tasks
    assert list(tasks) == IDS[:3]
    words = tasks["0000"].words
    assert words["due"] == "2026-07-04" and words["owner"] == "55" and words["priority"] == "high"
    assert tasks["0000"].key in words["subject"] and "Complaint open beyond its service time" in words["subject"]
    assert "0000" not in words["subject"].replace(tasks["0000"].key, "") and "Days open: 12" in words["body"]
    assert tasks["0001"].words["priority"] == "normal" and tasks["0000"].key != tasks["0001"].key


def test_unknown_columns_and_tables_that_are_not_there_are_said(wave):
    with pytest.raises(ConfigError, match="did you mean 'tier'"):
        wanted_rows(wave, "tiers", plan(fields={"teir": "tier"}), TODAY)
    with pytest.raises(ConfigError, match="no fields"):
        wanted_rows(wave, "tiers", plan(), TODAY)
    with pytest.raises(InputError, match="no probability_alive in clv"):
        wanted_rows(wave, "clv", plan(fields={"probability_alive": "p"}), TODAY)
