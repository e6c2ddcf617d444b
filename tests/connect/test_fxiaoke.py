from __future__ import annotations

import datetime as dt

import pytest

from tests.connect.fakes.people import people
from workbench.connect import Order, Row
from workbench.connect.caller import OutsideError, UnclearError
from workbench.core.errors import ConfigError

COLUMNS = {
    "customer_id": "workbench_id__c",
    "name": "name",
    "note": "remark",
    "phone": "tel",
    "amount": "amount__c",
    "do_not_contact": "no_contact__c",
}


def kept(rows):
    return {
        r["workbench_id__c"]: (r["name"], r["remark"] or "", r["tel"], r["amount__c"], r["no_contact__c"]) for r in rows
    }


def told(made):
    return {p["customer_id"]: (p["name"], p["note"], p["phone"], p["amount"], p["opt_out"]) for p in made}


def iso(seconds):
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def test_all_customers_come_exactly_although_every_answer_is_200(met):
    crm = met("fxiaoke", seed=2, faults=0.25)
    made = people(1550)
    crm.fake.load(made)
    rows = crm.rows(crm.pull("AccountObj", COLUMNS))
    assert len(rows) == 1550 and kept(rows) == told(made)
    assert len(crm.fake.traces) == len(set(crm.fake.traces))


def test_more_than_ten_thousand_of_one_time_and_never_an_offset(met):
    crm = met("fxiaoke")
    crm.fake.load(people(10_050), modified=crm.clock.now - 100)
    rows = crm.rows(crm.pull("AccountObj", COLUMNS, since=iso(crm.clock.now - 100)))
    assert len({r["_id"] for r in rows}) == 10_050
    assert crm.fake.most_in(20, lambda s: s.path.endswith("/query")) <= 100
    assert not [
        s for s in crm.fake.journal if s.path.endswith("/query") and s.json["data"]["search_query_info"]["offset"]
    ]


@pytest.mark.parametrize("sizes", ["long", "short"])
def test_a_page_that_is_too_long_or_too_short_is_not_the_end(met, sizes):
    crm = met("fxiaoke")
    crm.fake.load(people(350))
    if sizes == "long":
        crm.fake.script = ["", "", "", "doubled"]
    else:
        query = crm.fake._query
        crm.fake._query = lambda data: query({**data, "search_query_info": {**data["search_query_info"], "limit": 60}})
    assert len(crm.rows(crm.pull("AccountObj", COLUMNS))) == 350


def test_changes_and_what_is_no_longer_there(met):
    crm = met("fxiaoke")
    crm.fake.load(people(150))
    ids = sorted(crm.fake.objects["AccountObj"])
    start = crm.clock.now
    crm.clock.sleep(10)
    crm.fake.change("AccountObj", ids[0], {"name": "新"})
    crm.fake.delete("AccountObj", ids[1])
    pulled = crm.pull("AccountObj", COLUMNS, since=iso(start), changed=True, known=lambda: set(ids))
    assert {r["_id"]: r["_change"] for r in crm.rows(pulled)} == {ids[0]: None, ids[1]: "gone"}


def test_who_not_to_contact_must_be_said(met):
    crm = met("fxiaoke")
    with pytest.raises(ConfigError, match="who is not to be contacted"):
        crm.pull("AccountObj", {"customer_id": "workbench_id__c"})


def test_writing_keeps_approvals_quiet_and_gives_every_record_its_verdict(met):
    crm = met("fxiaoke", faults=0.1)
    made = people(60)
    crm.fake.load(made)
    found = crm.system.find("AccountObj", "workbench_id__c", [p["customer_id"] for p in made], ["tier__c"])
    crm.fake.refused = {found["00000007"]["id"]}
    rows = [Row(k, {"tier__c": "金", "nps__c": "9", "signup__c": "2026-01-05"}, r["id"]) for k, r in found.items()]
    verdicts = crm.system.push(Order("update", "AccountObj", "workbench_id__c"), rows)
    assert [v.key for v in verdicts if v.status == "refused"] == ["00000007"]
    assert "320002500" in next(v for v in verdicts if v.status == "refused").reason.text("zh-CN")
    assert sum(r.get("tier__c") == "gold" for r in crm.fake.objects["AccountObj"].values()) == 59
    assert crm.fake.started_flows == 0


def test_a_record_is_not_made_twice_when_its_answer_is_lost(met):
    crm = met("fxiaoke")
    crm.system.fields_of("ScheduleObj")
    crm.fake.script = ["reset_after"]
    with pytest.raises(UnclearError):
        crm.system.push(Order("create", "ScheduleObj", "name"), [Row("k", {"name": "[k] 回访"})])
    assert len(crm.fake.objects["ScheduleObj"]) == 1
    assert crm.system.find("ScheduleObj", "name", ["[k] 回访"], [])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda f: setattr(f, "package", False), "no package of calls"),
        (lambda f: setattr(f, "quota", 2), r"(?s)calls of the day are used up.*midnight, Beijing"),
        (lambda f: setattr(f, "SECRETS", {**f.SECRETS, "APP_SECRET": "other"}), "secret or permanent code"),
    ],
)
def test_what_only_an_administrator_can_mend_is_said(met, make, words):
    crm = met("fxiaoke")
    crm.fake.load(people(300))
    make(crm.fake)
    with pytest.raises(OutsideError, match=words):
        crm.pull("AccountObj", COLUMNS)


def test_one_token_serves_all_and_a_second_process(met):
    crm = met("fxiaoke")
    crm.fake.load(people(500))
    crm.pull("AccountObj", COLUMNS)
    crm.again().pull("AccountObj", COLUMNS)
    assert sum(s.path == "/oauth2.0/token" for s in crm.fake.journal) == 1
