from __future__ import annotations

import stat

import pytest

from tests.connect.fakes.people import people
from workbench.connect.caller import OutsideError

COLUMNS = {"customer_id": "customer_id", "note": "note"}


def test_the_receipt_says_what_the_file_is(met):
    hub = met("hubspot")
    hub.fake.load(people(3))
    pulled = hub.pull("contacts", COLUMNS)
    receipt = pulled.receipt
    assert pulled.file.name == receipt["file"] and receipt["mode"] == "full" and receipt["rows"] == 3
    assert receipt["fields"]["hs_email_optout"] == {"kind": "yes_no", "label": "Hs_Email_Optout"}
    assert receipt["first_modified"] == receipt["last_modified"] and len(receipt["sha256"]) == 64
    for file in (pulled.file, pulled.file.with_suffix(".json")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(p.suffix for p in pulled.file.parent.glob("customers*")) == [".json", ".parquet"]


def test_a_pulled_file_is_never_written_again(met):
    hub = met("hubspot")
    hub.fake.load(people(3))
    hub.wire.took = 0.001
    first, second = hub.pull("contacts", COLUMNS), hub.pull("contacts", COLUMNS)
    assert first.file != second.file and first.receipt["started"] == second.receipt["started"]


def test_a_pull_that_dies_after_its_last_word_is_done(met, monkeypatch):
    hub = met("hubspot")
    hub.fake.load(people(3))
    with monkeypatch.context() as patched:
        patched.setattr("workbench.connect.cursor.PullLog.remove", lambda log: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hub.pull("contacts", COLUMNS)
    done = hub.again().pull("contacts", COLUMNS)
    assert done.resumed and done.receipt["rows"] == 3 and len(list(hub.folder.glob("customers*.parquet"))) == 1


def test_rows_that_come_twice_count_once_and_the_newer_reading_counts(met):
    hub = met("hubspot")
    hub.fake.load(people(250))
    first = sorted(hub.fake.objects["contacts"])[150]
    hub.fake.script = ["", "", "doubled"]
    seen = 0

    def change(request):
        nonlocal seen
        seen += 1
        if seen == 4:
            hub.fake.change("contacts", first, {"note": "newer"})

    hub.wire.before = change
    pulled = hub.pull("contacts", COLUMNS)
    assert (pulled.receipt["read"], pulled.receipt["doubled"], pulled.receipt["rows"]) == (350, 100, 250)
    assert next(r["note"] for r in hub.rows(pulled) if r["id"] == first) == "newer"


def test_a_page_that_leads_to_itself_for_ever_is_an_error(met):
    hub = met("hubspot")
    hub.fake.load(people(250))
    hub.fake.script = ["", "", *["doubled"] * 40]
    with pytest.raises(OutsideError, match="same page again and again"):
        hub.pull("contacts", COLUMNS)


def test_half_a_sign_is_replaced_and_costs_nothing_else(met):
    hub = met("hubspot")
    hub.fake.load(people(2))
    numbers = list(hub.fake.objects["contacts"])
    hub.fake.change("contacts", numbers[0], {"note": "a\ud83d b"})
    hub.fake.change("contacts", numbers[1], {"note": "🙂"})
    assert [r["note"] for r in hub.rows(hub.pull("contacts", COLUMNS))] == ["a\ufffd b", "🙂"]
