from __future__ import annotations

import pytest

from tests.connect.fakes.people import people
from tests.report.outside.conftest import reported
from workbench.core.errors import ConfigError
from workbench.report.outside.pushing import push_wave

IDS = [f"{i:08d}" for i in range(1, 13)]


def push(outside, system, entry):
    fake = outside.add("crm", system)
    made = people(12)
    for p in made:
        p["opt_out"] = "false"
    fake.load(made)
    folder = outside.wave(f"tables: {{customers: {{file: raw/customers.csv}}}}\npush:\n  tasks: {{to: crm, {entry}}}\n")
    reported(folder, IDS)
    return fake, lambda **more: list(push_wave(folder, to="crm", what="tasks", send=True, line=outside.line, **more))


def test_tasks_in_zoho(outside):
    fake, run = push(outside, "zoho", "key: Workbench_Id, owners: {客服部: 77}, fields: {customer: Workbench_Customer}")
    run()
    task = next(iter(fake.modules["Tasks"].values()))
    assert task["Who_Id"]["id"] in fake.modules["Contacts"] and task["Owner"] == {"id": "77"}
    assert task["Priority"] == "High" and task["Workbench_Customer"] == IDS[0] and fake.triggered == 0
    assert not run()[1].sent and len(fake.modules["Tasks"]) == 3


def test_tasks_in_fxiaoke_go_into_the_fields_that_are_named(outside):
    fields = "fields: {subject: name, body: content__c, due: end_time, customer: customer__c}"
    fake, run = push(outside, "fxiaoke", f"kind: ScheduleObj, people: AccountObj, key: workbench_id__c, {fields}")
    run()
    task = next(iter(fake.objects["ScheduleObj"].values()))
    assert task["customer__c"] == IDS[0] and isinstance(task["end_time"], int) and fake.started_flows == 0


def test_without_a_field_for_our_key_there_is_no_task(outside):
    _, run = push(outside, "fxiaoke", "kind: ScheduleObj, people: AccountObj, key: workbench_id__c")
    with pytest.raises(ConfigError, match="does not say which field that is"):
        run()


def test_marketo_is_asked_for_a_campaign_once(outside):
    fake, run = push(outside, "marketo", "kind: leads, people: leads, key: workbenchId, campaign: 77")
    fake.leads[1_000_001]["doNotCall"] = True  # changed after the customers were read
    _, done = run()
    assert len(fake.campaigns["77"]) == 2 and done.sent == {"created": 2}
    assert not run(again=True)[1].sent


def test_a_customer_who_is_not_there_gets_no_task(outside):
    fake, run = push(outside, "zoho", "key: Workbench_Id")
    first = next(n for n, r in fake.modules["Contacts"].items() if r["Workbench_Id"] == IDS[0])
    fake.delete("Contacts", first)
    _, done = run()
    assert done.refused[IDS[0]].text("en") == "is not in the system" and done.sent == {"created": 2}
