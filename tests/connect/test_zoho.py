from __future__ import annotations

import pytest

from tests.connect.fakes.people import people
from tests.connect.fakes.zoho import stamp
from workbench.connect import Order, Row
from workbench.connect.caller import OutsideError

COLUMNS = {"customer_id": "Workbench_Id", "name": "Last_Name", "note": "Description", "phone": "Phone"}


def kept(rows):
    return {r["Workbench_Id"]: (r["Last_Name"], r["Description"] or "", r["Phone"]) for r in rows}


def told(made):
    return {p["customer_id"]: (p["name"], p["note"], p["phone"]) for p in made}


def test_all_contacts_come_exactly_whatever_goes_wrong(met):
    crm = met("zoho", seed=5, faults=0.25)
    made = people(3000)  # more than ten pages
    crm.fake.load(made)
    pulled = crm.pull("Contacts", COLUMNS)
    rows = crm.rows(pulled)
    assert len(rows) == 3000 and kept(rows) == told(made)
    assert all(r["id"].startswith("55402300000012") and len(r["id"]) == 19 for r in rows)
    assert not [s for s in crm.fake.journal if "secret" in s.path + str(s.query)]
    assert len(crm.fake.asked) <= 4


def test_a_token_that_dies_half_way_is_renewed(met):
    crm = met("zoho")
    crm.fake.token_life = 200.0
    crm.wire.took = 15.0
    crm.fake.load(people(4000))
    assert len(crm.rows(crm.pull("Contacts", COLUMNS))) == 4000
    assert 1 < len(crm.fake.tokens) < 10


def test_beyond_the_records_of_a_token_a_query_goes_on(met, monkeypatch):
    crm = met("zoho")
    crm.fake.load(people(5000))
    monkeypatch.setattr("workbench.connect.zoho.BY_TOKEN", 1000)
    rows = crm.rows(crm.pull("Contacts", COLUMNS))
    assert len({r["id"] for r in rows}) == 5000
    assert sum(s.path.endswith("/coql") for s in crm.fake.journal) == 3


def test_a_page_token_of_yesterday_is_no_end(met):
    crm = met("zoho")
    crm.fake.load(people(1000))
    asked = 0

    def lose(request):
        nonlocal asked
        asked += 1
        if asked == 5:
            crm.fake.pages.clear()

    crm.wire.before = lose
    assert len({r["id"] for r in crm.rows(crm.pull("Contacts", COLUMNS))}) == 1000


def test_changes_and_deletions_are_found_and_nothing_is_nothing(met):
    crm = met("zoho")
    crm.fake.load(people(300))
    ids = sorted(crm.fake.modules["Contacts"])
    start = crm.clock.now
    crm.clock.sleep(50)
    empty = crm.pull("Contacts", COLUMNS, since=stamp(start), changed=True)
    assert empty.receipt["rows"] == 0
    crm.fake.change("Contacts", ids[0], {"Last_Name": "新"})
    crm.fake.delete("Contacts", ids[1])
    rows = crm.rows(crm.pull("Contacts", COLUMNS, since=stamp(start), changed=True))
    assert [(r["id"], r["_change"]) for r in rows] == [(ids[0], None), (ids[1], "deleted")]


def test_verdicts_in_order_numbers_as_numbers_and_no_workflow(met):
    crm = met("zoho", faults=0.05)
    made = people(100)
    crm.fake.load(made)
    crm.fake.refused = {made[3]["customer_id"]}
    rows = [Row(p["customer_id"], {"Tier": "gold", "NPS": "9"}) for p in made]
    rows[5] = Row(rows[5].key, {"Tier": "platinum"})
    verdicts = crm.system.push(Order("upsert", "Contacts", "Workbench_Id"), rows)
    assert [i for i, v in enumerate(verdicts) if v.status == "refused"] == [3, 5]
    assert "INVALID_DATA Tier" in verdicts[5].reason.text("en")
    assert sum(r.get("NPS") == 9 for r in crm.fake.modules["Contacts"].values()) == 98
    assert crm.fake.triggered == 0


def test_records_are_found_by_our_key(met):
    crm = met("zoho")
    made = people(120)
    crm.fake.load(made)
    found = crm.system.find("Contacts", "Workbench_Id", [p["customer_id"] for p in made] + ["it's"], ["Email_Opt_Out"])
    assert len(found) == 120 and found["00000001"]["Email_Opt_Out"] in ("true", "false")


def test_tags_are_added_and_taken_away(met):
    crm = met("zoho")
    crm.fake.load(people(2))
    a, _ = sorted(crm.fake.modules["Contacts"])
    order = Order("add", "Contacts", "id", "shop w1 gold")
    assert [v.status for v in crm.system.push(order, [Row("a", id=a), Row("x", id="1")])] == ["added", "refused"]
    assert crm.fake.modules["Contacts"][a]["Tag"] == [{"name": "shop w1 gold"}]
    crm.system.push(Order("remove", "Contacts", "id", "shop w1 gold"), [Row("a", id=a)])
    assert crm.fake.modules["Contacts"][a]["Tag"] == []


def test_credits_used_up_stop_after_some_patience(met):
    crm = met("zoho")
    crm.fake.load(people(900))
    crm.fake.quota = 3
    with pytest.raises(OutsideError, match=r"(?s)too many calls.*tomorrow"):
        crm.pull("Contacts", COLUMNS)
    assert crm.system.quota()[0] is None or crm.system.quota()[0] >= 0


def test_a_wrong_grant_answers_200_and_is_refused_all_the_same(met):
    crm = met("zoho")
    crm.fake.SECRETS = {**crm.fake.SECRETS, "REFRESH_TOKEN": "another"}
    with pytest.raises(OutsideError, match="invalid_code") as told_why:
        crm.pull("Contacts", COLUMNS)
    assert "fake-refresh" not in str(told_why.value)


def test_records_are_found_where_queries_are_not_allowed(met):
    crm = met("zoho")
    crm.fake.load(people(450))
    crm.fake.coql = False
    found = crm.system.find("Contacts", "Workbench_Id", ["00000001", "00000444", "x"], ["Tier"])
    assert set(found) == {"00000001", "00000444"}


def test_a_system_that_does_not_describe_itself_is_read_and_said_to_be_unchecked(met):
    crm = met("zoho")
    crm.fake.load(people(3))
    crm.fake._fields = lambda module: crm.fake.refuse(404, "INVALID_URL_PATTERN")
    pulled = crm.pull("Contacts", COLUMNS)
    assert pulled.receipt["rows"] == 3 and pulled.receipt["do_not_contact"] == ["Email_Opt_Out"]
