from __future__ import annotations

from tests.connect.fakes.people import people
from workbench.report.outside.trying import try_connection

WAVE = """\
tables:
  customers: {pull: crm, kind: Contacts, columns: {customer_id: Workbench_Id, region: Mailing_Stat}}
push:
  tiers: {to: crm, kind: Contacts, key: Workbench_Id, fields: {tier: Tier, recommend: NSP}}
  tasks: {to: crm, kind: Tasks, people: Contacts, key: Workbench_Id}
"""


def tried(outside, text=WAVE):
    return list(try_connection(outside.wave(text), "crm", outside.line))


def test_every_name_is_looked_up_and_nothing_is_written(outside):
    crm = outside.add("crm", "zoho")
    crm.load(people(3))
    found = tried(outside)
    assert [t.error is None for t in found] == [True, False, True, False, True, True, True]
    assert "did you mean 'Mailing_State'" in str(found[1].error) and "did you mean 'NPS'" in str(found[3].error)
    assert {s.method for s in crm.journal if s.path != "/oauth/v2/token"} == {"GET"}
    assert found[-1].what.text("en") == "its clock is not known"


def test_a_token_that_is_refused_ends_it(outside):
    outside.add("crm", "zoho")
    outside.environ["WORKBENCH_CRM_REFRESH_TOKEN"] = "other"
    (only,) = tried(outside)
    assert "invalid_code" in str(only.error)


def test_quota_and_clock_are_said(outside):
    crm = outside.add("crm", "hubspot")
    crm.load(people(3))
    text = "tables:\n  customers: {pull: crm, kind: contacts, columns: {customer_id: customer_id}}\n"
    handle = crm.handle

    def dated(seen):
        made = handle(seen)
        made.headers["Date"] = "Mon, 21 Sep 2026 00:00:00 GMT"
        return made

    crm.handle = dated
    told = [t.what.text("en") for t in tried(outside, text)]
    assert told[-2].startswith("249,99") and "seconds apart" in told[-1]
