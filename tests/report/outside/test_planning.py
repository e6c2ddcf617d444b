from __future__ import annotations

import pytest

from tests.connect.fakes.people import people
from tests.report.outside.conftest import reported
from workbench.core.errors import ConfigError
from workbench.report.outside.opening import opened
from workbench.report.outside.planning import plan_push

PUSH = """\
tables: {customers: {file: raw/customers.csv}}
push:
  tiers: {to: hub, kind: contacts, key: customer_id, fields: {tier: tier, recommend: nps}}
"""
IDS = [f"{i:08d}" for i in range(1, 13)]


@pytest.fixture
def planned(outside):
    def make(text=PUSH, known=10, ids=IDS):
        fake = outside.add("hub", "hubspot")
        made = people(known)
        for p in made:
            p["opt_out"] = "true" if p["customer_id"] == IDS[1] else "false"
        fake.load(made)
        wave = reported(outside.wave(text), ids)
        with opened(wave.config, "hub", outside.line) as system:
            return fake, plan_push(system, wave, "tiers", wave.config.push["tiers"][0])

    return make


def test_new_changed_and_refused_with_reasons_in_both_languages_and_nothing_written(planned):
    fake, plan = planned()
    assert plan.counts == {"new": 10}
    why = {c: (r.text("en"), r.text("zh-CN")) for c, r in plan.refused.items()}
    assert set(why) == {IDS[1], IDS[4]}
    assert "system itself" in why[IDS[1]][0] and why[IDS[1]][1] != why[IDS[1]][0]
    assert why[IDS[4]][0] == "asked not to be contacted"
    assert not [s for s in fake.journal if s.path.endswith(("upsert", "update", "create")) or s.method == "PUT"]
    row = plan.steps[0].sending.rows[0]
    assert row.key == IDS[0] and row.values == {"tier": "gold", "nps": "0"}


def test_whoever_is_not_there_is_made_or_refused_as_the_study_says(planned):
    _, plan = planned(PUSH.replace("fields:", "create: false, fields:"))
    gone = [c for c, r in plan.refused.items() if "not in the system" in r.text("en")]
    assert gone == IDS[10:] and plan.counts["new"] == 8


def test_a_study_may_write_to_those_too_but_not_silently(planned):
    _, plan = planned(PUSH.replace("fields:", "do_not_contact: write, fields:"))
    assert not plan.refused and plan.counts["new"] == 12


def test_what_the_system_has_already_is_the_same(outside):
    fake = outside.add("hub", "hubspot")
    fake.load(people(12))
    for record in fake.objects["contacts"].values():
        record["properties"] |= {"tier": "gold", "nps": "0.0", "hs_email_optout": "false"}
    wave = reported(outside.wave(PUSH), IDS)
    with opened(wave.config, "hub", outside.line) as system:
        plan = plan_push(system, wave, "tiers", wave.config.push["tiers"][0])
    # of the gold ones four are as they should be: a score that is written as 0.0 is 0
    assert plan.counts["same"] >= 2 and plan.counts["changed"] == 11 - plan.counts["same"]


def test_fields_are_checked_before_anything_else(planned):
    with pytest.raises(ConfigError, match="did you mean 'tier'"):
        planned(PUSH.replace("{tier: tier", "{tier: teir"))


def test_a_value_that_is_no_option_is_refused_before_it_is_sent(outside):
    fake = outside.add("hub", "hubspot")
    fake.load(people(12))
    fake.options = {"tier": ["gold", "silver"]}
    wave = reported(outside.wave(PUSH), IDS)
    with opened(wave.config, "hub", outside.line) as system:
        plan = plan_push(system, wave, "tiers", wave.config.push["tiers"][0])
    assert "basic is no option of tier" in {r.text("en") for r in plan.refused.values()}
    assert len(plan.only(3).steps[0].sending.rows) == 3 and plan.only(None) is plan
