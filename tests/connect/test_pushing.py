from __future__ import annotations

import pytest

from tests.connect.fakes.people import people
from workbench.connect import Order, Row
from workbench.connect.ledger import Ledger, values_hash
from workbench.connect.pushing import Sending, run_push


def ledger_of(met_, name="x"):
    return Ledger(met_.folder / f"{name}.jsonl", name=lambda key: key, clock=met_.clock)


def tasks(system, count, kind, **words):
    keys = [f"k{i}" for i in range(count)]
    subjects = {k: f"[shop w1 {k}] 回访" for k in keys}
    rows = [
        Row(
            k,
            system.task_values(
                {
                    "subject": subjects[k],
                    "body": "b",
                    "due": "2026-12-01",
                    "priority": "high",
                    "record": words["record"],
                }
            ),
        )
        for k in keys
    ]
    return Sending(Order("create", kind, "key"), rows, dict.fromkeys(keys, "h"), subjects, system.subject)


@pytest.mark.parametrize(("name", "kind"), [("hubspot", "tasks"), ("zoho", "Tasks")])
@pytest.mark.parametrize("lost", ["reset_after", "reset_before", "cut", "html502"])
def test_a_task_is_made_once_however_its_answer_is_lost(met, name, kind, lost):
    crm = met(name)
    crm.fake.load(people(1))
    store = crm.fake.objects["tasks"] if name == "hubspot" else crm.fake.modules["Tasks"]
    record = next(iter(crm.fake.objects["contacts"] if name == "hubspot" else crm.fake.modules["Contacts"]))
    sending = tasks(crm.system, 130, kind, record=record)
    crm.system.fields_of(kind)
    crm.fake.script = ["", lost]
    verdicts = list(run_push(crm.system, sending, ledger_of(crm)))
    assert {v.status for v in verdicts} == {"created"} and len(verdicts) == len(store) == 130


@pytest.mark.parametrize("moment", range(6))
def test_a_push_that_is_killed_makes_nothing_twice(met, moment, monkeypatch):
    crm = met("zoho")
    crm.fake.load(people(1))
    record = next(iter(crm.fake.modules["Contacts"]))
    crm.system.fields_of("Tasks")
    monkeypatch.setitem(type(crm.system).batch, "create", 10)
    sending = tasks(crm.system, 35, "Tasks", record=record)
    calls = 0

    def die(request):
        nonlocal calls
        calls += 1
        if calls == moment:
            crm.fake.answer(request.method, request.url.raw_path.decode(), dict(request.headers), request.read())
            raise KeyboardInterrupt

    crm.wire.before = die
    ledger = ledger_of(crm)
    try:
        list(run_push(crm.system, sending, ledger))
    except KeyboardInterrupt:
        crm = crm.again()
        left = [r for r in sending.rows if not ledger_of(crm).is_done(r.key, "h")]
        rest = Sending(sending.order, left, sending.hashes, sending.names, sending.subject)
        list(run_push(crm.system, rest, ledger_of(crm)))
    subjects = [t["Subject"] for t in crm.fake.modules["Tasks"].values()]
    assert len(subjects) == len(set(subjects)) == 35


def test_one_bad_row_does_not_cost_its_batch(met):
    hub = met("hubspot")
    made = people(64)
    hub.fake.load(made)
    rows = [Row(p["customer_id"], {"nps": "9"}) for p in made]
    rows[40] = Row(rows[40].key, {"no_such_property": "9"})
    sending = Sending(Order("upsert", "contacts", "customer_id"), rows, {r.key: "h" for r in rows})
    verdicts = list(run_push(hub.system, sending, ledger_of(hub)))
    assert [v.key for v in verdicts if v.status == "refused"] == [rows[40].key]
    assert sum(v.status == "updated" for v in verdicts) == 63
    assert len(hub.fake.journal) <= 1 + 2 * 7


def test_a_campaign_is_never_asked_for_twice_without_a_persons_word(met):
    crm = met("marketo")
    crm.fake.load(people(2))
    a, b = (str(n) for n in sorted(crm.fake.leads))
    rows = [Row("a", id=a), Row("b", id=b)]
    sending = Sending(Order("trigger", "leads", "id", "77"), rows, dict.fromkeys("ab", values_hash("t")))
    crm.fake.script = ["", "reset_after"]
    (first, _) = run_push(crm.system, sending, ledger_of(crm))
    assert first.status == "unclear" and "--again" in first.reason.text("en") and len(crm.fake.campaigns["77"]) == 2
    assert [v.status for v in run_push(crm.system, sending, ledger_of(crm))] == ["unclear"] * 2
    assert len(crm.fake.campaigns["77"]) == 2
    assert [v.status for v in run_push(crm.system, sending, ledger_of(crm), again=True)] == ["created"] * 2
    assert len(crm.fake.campaigns["77"]) == 4
