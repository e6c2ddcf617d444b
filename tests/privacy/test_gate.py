from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.privacy.gate import WHY, gate_for, held_back_notes
from workbench.privacy.keys import open_key
from workbench.privacy.tombstones import Tombstones, set_tombstone

DAY = dt.date(2026, 9, 30)
PEOPLE = pd.DataFrame(
    {
        "customer_id": list("abcdef"),
        "do_not_contact": [True, False, None, False, False, False],
        "consent_date": pd.to_datetime(["2026-01-01", None, "2026-09-30", "2026-10-01", "2025-01-01", "2025-01-01"]),
        "consent_for": ["all", None, "满意度调查、营销", "survey", "service", ""],
    }
)
LIST = pd.DataFrame({"customer_id": list("fedcba"), "n": range(6)})


def passed(use="survey", people=PEOPLE, **given):
    through = gate_for(people, use, as_of=DAY, **given).let_through(LIST)
    return "".join(through.table["customer_id"]), through.held_back


def test_whoever_refuses_is_held_back_from_every_list():
    people = PEOPLE[["customer_id", "do_not_contact"]]
    for use in ("survey", "service", "marketing"):
        assert passed(use, people) == ("fedcb", {"do_not_contact": 1})


def test_consent_covers_the_uses_it_names():
    assert passed("survey") == ("fdcb", {"do_not_contact": 1, "other_use": 1})
    assert passed("service") == ("feb", {"do_not_contact": 1, "other_use": 2})
    assert passed("marketing") == ("fcb", {"do_not_contact": 1, "other_use": 2})


def test_where_contact_rests_on_consent_its_day_counts():
    people = PEOPLE.drop(columns="consent_for")
    for ground in ("consent", " Consent ", "同意"):
        assert passed(people=people, ground=ground) == ("fec", {"do_not_contact": 1, "no_consent": 2})
    assert passed(people=people, ground="contract") == ("fedcb", {"do_not_contact": 1})
    # nothing said is no consent to anything
    assert passed(ground="consent") == ("c", {"do_not_contact": 1, "no_consent": 2, "other_use": 2})
    with pytest.raises(InputError, match="says when it was given"):
        passed(people=people.drop(columns="consent_date"), ground="consent")


def test_a_customer_counts_once_and_rows_keep_their_order():
    twice = pd.concat([LIST, LIST]).assign(row=range(12))
    through = gate_for(PEOPLE, "survey", as_of=DAY).let_through(twice)
    assert through.held_back == {"do_not_contact": 1, "other_use": 1}
    assert through.table["row"].is_monotonic_increasing and len(through.table) == 8
    assert list(twice.columns) == [*LIST.columns, "row"]


def test_erased_customers_pass_no_list_even_without_a_customer_list(tmp_path):
    open_key(tmp_path, "a key that all may know")
    set_tombstone(tmp_path, "b")
    for people in (None, PEOPLE[["customer_id"]]):
        through = gate_for(people, "service", as_of=DAY, tombstones=Tombstones.of(tmp_path)).let_through(LIST)
        assert "".join(through.table["customer_id"]) == "fedca" and through.held_back == {"erased": 1}


def test_without_a_word_all_pass_and_rows_of_nobody_too():
    assert passed(people=None) == ("fedcba", {}) and passed(people=PEOPLE[["customer_id"]]) == ("fedcba", {})
    unnamed = pd.DataFrame({"customer_id": ["a", None, "z"]})
    assert gate_for(PEOPLE, "survey", as_of=DAY).let_through(unnamed).table["customer_id"].tolist()[1:] == ["z"]
    empty = gate_for(PEOPLE, "survey", as_of=DAY).let_through(LIST.head(0))
    assert len(empty.table) == 0 and empty.held_back == {}


def test_the_list_must_say_who_is_on_it():
    with pytest.raises(InputError, match="customer_id"):
        gate_for(PEOPLE, "survey", as_of=DAY).let_through(pd.DataFrame({"id": ["a"]}))


def test_every_reason_is_said_in_both_languages():
    notes = held_back_notes(dict.fromkeys(WHY, 2))
    assert len({n.text("en") for n in notes}) == len({n.text("zh-CN") for n in notes}) == len(WHY)
    assert all("2 位客户" in n.text("zh-CN") for n in notes)
