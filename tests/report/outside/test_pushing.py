from __future__ import annotations

import csv

import pytest

from tests.connect.fakes.people import people
from tests.report.outside.conftest import keep, reported
from workbench.core.errors import ConfigError
from workbench.privacy.access_log import read_log
from workbench.privacy.keys import study_key
from workbench.report.outside.pushing import done, push_wave, said

PUSH = """\
tables: {customers: {file: raw/customers.csv}}
push:
  tiers: {to: hub, kind: contacts, key: customer_id, fields: {tier: tier, recommend: nps}}
  lists: {to: hub, kind: contacts, key: customer_id}
  tasks: {to: hub, key: customer_id, fields: {customer: workbench_customer}}
"""
IDS = [f"{i:08d}" for i in range(1, 251)]


@pytest.fixture
def shop(outside):
    fake = outside.add("hub", "hubspot", faults=0.05)
    made = people(250)
    for p in made:
        p["opt_out"] = "false"
    fake.load(made)
    folder = outside.wave(PUSH)
    reported(folder, IDS)
    return outside, fake, folder


def pushed(shop, what, **more):
    outside, _, folder = shop
    return list(push_wave(folder, to="hub", what=what, line=outside.line, **more))


def writes(fake):
    return [s for s in fake.journal if s.method == "PUT" or s.path.endswith(("upsert", "update", "create"))]


def test_a_dry_run_writes_nothing_and_the_second_push_sends_nothing(shop):
    _, fake, folder = shop
    fake.refused = {IDS[7], IDS[90]}
    (dry,) = pushed(shop, "tiers")
    assert not writes(fake) and not dry.sent and dry.calls == 3
    _, done_ = pushed(shop, "tiers", send=True)
    assert dict(done_.sent) == {"updated": 247, "refused": 2} and len(done_.refused) == 3
    with done_.refused_file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {r["customer_id"] for r in rows} == {IDS[4], IDS[7], IDS[90]} and all(
        r["reason_zh-CN"] and r["reason_en"] for r in rows
    )
    sent = len(writes(fake))
    planned, second = pushed(shop, "tiers", send=True)
    assert len(writes(fake)) == sent and not second.sent
    assert planned.plan.counts == {"same": 247} and len(second.refused) == 3
    line = next(x for x in read_log(folder.parent) if x["verb"] == "pushed")
    assert (line["verb"], line["rows"], line["for"]) == ("pushed", 249, "HubSpot (hub)")
    assert line["columns"] == ["nps", "tier"] and line["refused"] == 2
    assert '"0000' not in (folder / "push" / "hub-tiers.jsonl").read_text()


def test_some_can_be_tried_first_and_what_changed_follows(shop):
    _, fake, _ = shop
    _, first = pushed(shop, "tiers", send=True, only=10)
    assert dict(first.sent) == {"updated": 10}
    _, rest = pushed(shop, "tiers", send=True)
    assert rest.sent["updated"] == 239
    number = next(n for n, r in fake.objects["contacts"].items() if r["properties"]["customer_id"] == IDS[0])
    assert fake.objects["contacts"][number]["properties"]["tier"] == "gold"


def test_lists_are_made_once_and_follow_by_difference(shop):
    _, fake, folder = shop
    pushed(shop, "lists", send=True)
    members = {x["name"]: len(x["members"]) for x in fake.lists.values()}
    assert members == {"shop w1 basic": 83, "shop w1 gold": 84, "shop w1 silver": 82}
    wave = reported(folder, IDS)
    grades = wave.read("tiers")
    grades.loc[0, "tier"] = "silver"
    keep(wave, {"tiers": grades})
    before = len(writes(fake))
    _, second = pushed(shop, "lists", send=True)
    assert dict(second.sent) == {"added": 1, "removed": 1} and len(fake.lists) == 3
    assert {x["name"]: len(x["members"]) for x in fake.lists.values()}["shop w1 gold"] == 83
    assert len([s for s in writes(fake)[before:] if not s.fault]) == 2


def test_calls_become_tasks_once_with_owner_due_day_and_reason(shop):
    outside, fake, _ = shop
    pushed(shop, "tasks", send=True)
    outside.clock.sleep(86400)
    _, second = pushed(shop, "tasks", send=True)
    assert not second.sent and len(fake.objects["tasks"]) == 3
    task = next(iter(fake.objects["tasks"].values()))
    assert task["properties"]["hs_task_type"] == "CALL" and task["properties"]["workbench_customer"] == IDS[0]
    assert task["associations"][0]["types"][0]["associationTypeId"] == 204


def test_it_says_in_both_languages_what_it_would_do_and_did(shop):
    planned, sent = pushed(shop, "tiers", send=True)
    told = [m.text("en") for m in said(planned)]
    assert told[0] == "tiers to HubSpot (hub), contacts: 249 new, 0 changed, 0 the same, 1 refused"
    assert any("of a day's 250,000" in t for t in told) and any("refused 1" in t for t in told)
    assert next(done(sent)).text("en") == "249 written"
    assert next(said(planned)).text("zh-CN") != told[0]


def test_what_wave_yaml_does_not_say_is_not_guessed(shop):
    with pytest.raises(ConfigError, match="nothing for nps to hub; there is tiers to hub"):
        pushed(shop, "nps")


def test_the_list_of_those_refused_is_encrypted_where_the_study_says_so(shop, monkeypatch):
    _, _, folder = shop
    monkeypatch.setenv("WORKBENCH_LIST_PASSWORD", "a long enough password")
    (folder / "wave.yaml").write_text(
        (folder / "wave.yaml").read_text(encoding="utf-8") + "privacy: {encrypt_lists: xlsx}\n", encoding="utf-8"
    )
    (dry,) = pushed(shop, "tiers")
    assert dry.refused_file.suffix == ".xlsx" and IDS[4].encode() not in dry.refused_file.read_bytes()
    assert not list((folder / "push").glob("*.csv"))


def test_whoever_was_erased_stands_in_no_list(shop):
    _, _, folder = shop
    key = study_key(folder.parent)
    (folder.parent / "erased.txt").write_text(key.name("tombstone", IDS[9]) + "\n")
    (dry,) = pushed(shop, "tiers")
    assert IDS[9] in dry.refused and IDS[9] not in dry.refused_file.read_text(encoding="utf-8-sig")
