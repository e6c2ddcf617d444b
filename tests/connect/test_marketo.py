from __future__ import annotations

import datetime as dt

import pytest

from tests.connect.fakes.people import people
from workbench.connect import Connection, Order, Row
from workbench.connect.caller import OutsideError, UnclearError
from workbench.connect.marketo import Marketo
from workbench.core.errors import ConfigError

COLUMNS = {"customer_id": "workbenchId", "name": "lastName", "note": "note", "phone": "phone", "amount": "amount"}


def kept(rows):
    return {r["workbenchId"]: (r["lastName"], r["note"] or "", r["phone"], r["amount"]) for r in rows}


def told(crm):
    return {
        x["workbenchId"]: (x["lastName"], x["note"] or "", x["phone"], x["amount"]) for x in crm.fake.leads.values()
    }


def iso(seconds):
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def test_all_leads_come_exactly_through_windows_whatever_goes_wrong(met):
    crm = met("marketo", seed=4, faults=0.1)
    crm.fake.load(people(1500))
    pulled = crm.pull("leads", COLUMNS)
    rows = crm.rows(pulled)
    assert len(rows) == 1500 and kept(rows) == told(crm)
    assert pulled.receipt["do_not_contact"] == ["unsubscribed", "doNotCall"]
    assert crm.fake.most_in(20) <= 50
    assert not [s for s in crm.fake.journal if "fake0" in str(s.query)]


def test_a_pull_killed_inside_a_file_goes_on_inside_it(met, monkeypatch):
    monkeypatch.setattr("workbench.connect.bulk.CHUNK", 100)
    crm = met("marketo")
    crm.fake.load(people(450), modified=crm.clock.now - 86400)
    pages = 0
    append = "workbench.connect.cursor.PullLog.append"
    from workbench.connect.cursor import PullLog

    whole = PullLog.append

    def die(log, page):
        nonlocal pages
        pages += 1
        if pages == 3:
            raise KeyboardInterrupt
        whole(log, page)

    with monkeypatch.context() as patched:
        patched.setattr(append, die)
        with pytest.raises(KeyboardInterrupt):
            crm.pull("leads", COLUMNS)
    jobs = len(crm.fake.jobs)
    pulled = crm.again().pull("leads", COLUMNS)
    assert pulled.resumed and kept(crm.rows(pulled)) == told(crm) and pulled.receipt["doubled"] == 0
    assert sum("create.json" in s.path for s in crm.fake.journal) == len(crm.fake.jobs) > jobs


@pytest.mark.parametrize("allowed", [True, False])
def test_changes_over_more_than_a_window_and_what_is_gone(met, allowed):
    crm = met("marketo")
    crm.fake.no_updated_at = not allowed
    crm.fake.load(people(300), modified=crm.clock.now - 100 * 86400)
    ids = sorted(crm.fake.leads)
    start = crm.clock.now - 70 * 86400
    crm.fake.change(ids[0], {"lastName": "新"})
    crm.fake.delete(ids[1])
    rows = crm.rows(crm.pull("leads", COLUMNS, since=iso(start), changed=True))
    assert [(r["id"], r["_change"]) for r in rows] == [(str(ids[0]), None), (str(ids[1]), "deleted")]
    assert rows[0]["lastName"] == "新"


def test_a_file_that_is_never_what_its_checksum_says_is_not_read(met):
    crm = met("marketo")
    crm.fake.load(people(20))
    handle = crm.fake.handle

    def spoiled(seen):
        made = handle(seen)
        if seen.path.endswith("file.json"):
            made.body = made.body.replace(b"0", b"1")
        return made

    crm.fake.handle = spoiled
    with pytest.raises(OutsideError, match="checksum"):
        crm.pull("leads", COLUMNS)


def test_the_megabytes_of_the_day_and_the_queue_are_told_apart(met):
    crm = met("marketo")
    crm.fake.load(people(5))
    crm.fake.export_mb = 0
    with pytest.raises(OutsideError, match=r"(?s)megabytes of the day.*Central"):
        crm.pull("leads", COLUMNS)


def test_verdicts_in_order_and_numbers_as_numbers(met):
    crm = met("marketo", faults=0.05)
    made = people(250)
    crm.fake.load(made)
    crm.fake.refused = {"00000004"}
    rows = [Row(p["customer_id"], {"tier": "gold", "nps": "9"}) for p in made]
    verdicts = crm.system.push(Order("upsert", "leads", "workbenchId"), rows)
    assert [i for i, v in enumerate(verdicts) if v.status == "refused"] == [3]
    assert "1008" in verdicts[3].reason.text("zh-CN")
    assert sum(x.get("nps") == 9 for x in crm.fake.leads.values()) == 249


def test_long_questions_go_into_the_body(met):
    crm = met("marketo")
    made = people(600)
    crm.fake.load(made)
    keys = [p["email"] for p in made]
    assert len(crm.system.find("leads", "email", keys, ["unsubscribed"])) == 600
    assert not [s for s in crm.fake.journal if s.status == 414]


def test_lists_by_difference_and_a_campaign_only_once(met):
    crm = met("marketo")
    crm.fake.load(people(3))
    a, b, _ = sorted(crm.fake.leads)
    add = Order("add", "leads", "id", "1001")
    assert [v.status for v in crm.system.push(add, [Row("a", id=str(a)), Row("b", id=str(b)), Row("x", id="5")])] == [
        "added",
        "added",
        "refused",
    ]
    crm.system.push(Order("remove", "leads", "id", "1001"), [Row("b", id=str(b))])
    assert crm.system.members("1001") == {str(a)}
    assert len(crm.rows(crm.pull("list:1001", COLUMNS))) == 1
    crm.fake.script = ["reset_after"]
    with pytest.raises(UnclearError):
        crm.system.push(Order("trigger", "leads", "id", "77"), [Row("a", id=str(a))])
    assert crm.fake.campaigns["77"] == [a]


def test_other_kinds_and_no_address_are_refused(met):
    with pytest.raises(OutsideError, match="no opportunities"):
        met("marketo").pull("opportunities", COLUMNS, table="transactions")
    with pytest.raises(ConfigError, match="Munchkin"):
        Marketo.base(Connection("m", "marketo", "M"))
    assert Marketo.base(Connection("m", "marketo", "M", options={"account": "1-A-2"})) == "https://1-A-2.mktorest.com"


def test_the_calls_of_the_day_and_a_wrong_client(met):
    crm = met("marketo")
    crm.fake.load(people(5))
    crm.fake.quota = 3
    with pytest.raises(OutsideError, match=r"(?s)calls of the day.*Central"):
        crm.pull("leads", COLUMNS)
    other = met("marketo")
    other.fake.SECRETS = {"CLIENT_ID": "x", "CLIENT_SECRET": "y"}
    other.clock.sleep(9999)
    with pytest.raises(OutsideError, match="unauthorized"):
        other.pull("leads", COLUMNS)
