from __future__ import annotations

import pytest

from tests.connect.fakes.hubspot import iso
from tests.connect.fakes.people import people
from workbench.connect import Order, Row
from workbench.connect.caller import OutsideError

COLUMNS = {"customer_id": "customer_id", "region": "region", "note": "note", "phone": "phone", "amount": "amount"}


def kept(rows):
    return {r["customer_id"]: {k: r[k] for k in COLUMNS.values()} for r in rows}


def told(made):
    return {p["customer_id"]: {k: p[k] for k in COLUMNS.values()} for p in made}


def test_all_contacts_come_exactly_whatever_goes_wrong(met):
    hub = met("hubspot", seed=3, faults=0.3)
    made = people(1234)
    hub.fake.load(made)
    pulled = hub.pull("contacts", COLUMNS)
    rows = hub.rows(pulled)
    assert len(rows) == 1234 and kept(rows) == told(made)
    assert pulled.receipt["rows"] == 1234 and pulled.receipt["do_not_contact"] == ["hs_email_optout"]
    assert sum(s.fault != "" for s in hub.fake.journal) > 3


def test_a_pull_that_is_killed_goes_on_and_reads_one_page_twice_at_most(met):
    hub = met("hubspot")
    hub.fake.load(people(950))
    asked = 0

    def die(request):
        nonlocal asked
        asked += 1
        if asked == 6:
            raise KeyboardInterrupt

    hub.wire.before = die
    with pytest.raises(KeyboardInterrupt):
        hub.pull("contacts", COLUMNS)
    pulled = hub.again().pull("contacts", COLUMNS)
    assert pulled.resumed and len(hub.rows(pulled)) == 950
    pages = [s.query.get("after") for s in hub.fake.journal if s.path.startswith("/crm/objects/")]
    assert len(pages) - len(set(pages)) <= 1


def test_twelve_thousand_records_of_one_time_come_through_the_search(met):
    hub = met("hubspot")
    hub.fake.load(people(12_000), modified=hub.clock.now - 600)
    since = iso(hub.clock.now - 600)
    rows = hub.rows(hub.pull("contacts", COLUMNS, since=since, changed=True))
    assert len({r["id"] for r in rows}) == len(rows) == 12_000
    assert hub.fake.most_in(1, lambda s: s.path.endswith("/search")) <= 4


def test_changes_deletions_and_merges_are_found(met):
    hub = met("hubspot")
    hub.fake.load(people(30))
    ids = sorted(hub.fake.objects["contacts"])
    first = hub.pull("contacts", COLUMNS)
    started = hub.clock.now
    hub.clock.sleep(100)
    hub.fake.change("contacts", ids[3], {"region": "东北"})
    hub.fake.delete("contacts", ids[4])
    hub.fake.merge(ids[5], ids[6])
    hub.clock.sleep(60)
    rows = hub.rows(hub.pull("contacts", COLUMNS, since=iso(started - hub.system.overlap), changed=True))
    said = {r["id"]: (r["_change"], r["_into"]) for r in rows}
    assert said == {ids[3]: (None, None), ids[4]: ("deleted", ""), ids[5]: ("merged", ids[6]), ids[6]: (None, None)}
    assert next(r["region"] for r in rows if r["id"] == ids[3]) == "东北" and first.receipt["rows"] == 30


def test_every_row_of_a_batch_has_its_verdict_and_the_right_one(met):
    hub = met("hubspot", faults=0.05)
    made = people(100)
    hub.fake.load(made)
    hub.fake.refused = {made[7]["customer_id"], made[60]["customer_id"]}
    order = Order("upsert", "contacts", "customer_id")
    verdicts = hub.system.push(order, [Row(p["customer_id"], {"tier": "gold"}) for p in made])
    assert [v.key for v in verdicts if v.status == "refused"] == sorted(hub.fake.refused)
    assert sum(v.status == "updated" for v in verdicts) == 98
    assert "refused by a rule" in next(v for v in verdicts if v.status == "refused").reason.text("en")


def test_the_calls_of_the_day_stop_a_pull_and_it_goes_on_tomorrow(met):
    hub = met("hubspot")
    hub.fake.load(people(900))
    hub.fake.quota = 5
    with pytest.raises(OutsideError, match=r"(?s)calls of the day are used up.*midnight"):
        hub.pull("contacts", COLUMNS)
    hub.fake.quota, hub.fake.used = None, 0
    pulled = hub.again().pull("contacts", COLUMNS)
    assert pulled.resumed and len(hub.rows(pulled)) == 900


def test_never_more_calls_than_allowed(met):
    hub = met("hubspot")
    hub.wire.took = 0.0
    hub.fake.load(people(8_000))
    hub.pull("contacts", COLUMNS)
    assert hub.fake.most_in(10) <= 100 and not [s for s in hub.fake.journal if s.status == 429]


def test_a_list_is_made_found_and_changed_by_difference(met):
    hub = met("hubspot")
    hub.fake.load(people(3))
    a, b, _ = sorted(hub.fake.objects["contacts"])
    assert hub.system.find_list("shop w1 gold") is None
    number = hub.system.make_list("shop w1 gold")
    assert hub.system.find_list("shop w1 gold") == number
    rows = [Row("a", id=a), Row("b", id=b), Row("x", id="404")]
    verdicts = hub.system.push(Order("add", "contacts", "id", number), rows)
    assert [v.status for v in verdicts] == ["added", "added", "refused"]
    hub.system.push(Order("remove", "contacts", "id", number), [Row("b", id=b)])
    assert hub.system.members(number) == {a}


def test_a_list_of_archived_records_that_holds_living_ones_deletes_nobody(met):
    hub = met("hubspot")
    hub.fake.load(people(5))
    living = hub.fake._list
    hub.fake._list = lambda kind, query: living(kind, {k: v for k, v in query.items() if k != "archived"})
    pulled = hub.pull("contacts", COLUMNS, since=iso(hub.clock.now - 7200), changed=True)
    assert pulled.receipt["deleted"] == 0 and pulled.receipt["rows"] == 5
