import gzip
import zipfile

import pytest

from tests.conftest import CUSTOMERS, ORDERS, WAVE
from workbench.store import Wave

ORDERS_ONLY = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
tables:
  transactions: {file: raw/transactions.csv}
"""


def test_without_a_list_customers_are_those_who_ordered(make_wave):
    place = make_wave(ORDERS_ONLY)
    wave = Wave.open(place)
    assert wave.has("customers") and wave.columns("customers") == ("customer_id",)
    assert wave.read("customers")["customer_id"].tolist() == ["001", "002"]
    first = wave.manifest.tables["customers"].clean.file
    assert Wave.open(place).manifest.tables["customers"].clean.file == first
    orders = place / "raw" / "transactions.csv"
    orders.write_text(orders.read_text() + "009,2026-04-01,5\n")
    assert Wave.open(place).read("customers")["customer_id"].tolist() == ["001", "002", "009"]
    named = ORDERS_ONLY + "  customers: {file: raw/customers.csv}\n"
    (place / "wave.yaml").write_text(named, encoding="utf-8")
    assert len(Wave.open(place).read("customers")) == 3 and "region" in Wave.open(place).columns("customers")
    (place / "wave.yaml").write_text(ORDERS_ONLY.replace("transactions", "responses"), encoding="utf-8")
    assert not Wave.open(place).has("customers")


LISTED = "  customers: {file: raw/customers.csv}\n  responses: {file: raw/responses.csv}\n"
INVITED = "invitation_id,recommend\nabc,9\nDEF,3\n,8\n"


def test_answers_by_invitations_that_lead_nowhere_count_by_themselves(make_wave):
    """They may have been asked from elsewhere, or the secret is on another machine: they are answers all the same."""
    place = make_wave(ORDERS_ONLY + LISTED, responses=INVITED)
    wave = Wave.open(place)
    assert wave.read("responses")["customer_id"].tolist() == ["abc", "def", "w1 line 4"]
    report = next(r for r in wave.intake_reports() if r.table == "responses")
    assert (report.kept, report.unnamed, report.own_ids) == (3, 3, 1)


@pytest.mark.parametrize("ids", ["", "001", "same"])
def test_answers_of_whom_fewer_than_a_third_name_a_customer_of_their_own_all_count(make_wave, ids):
    rows = "".join(f"{ids},{9 - k}\n" for k in range(4))
    wave = Wave.open(make_wave(ORDERS_ONLY + LISTED, responses="customer_id,recommend\n" + rows))
    answers = wave.read("responses")
    assert len(answers) == 4 and answers["customer_id"].is_unique
    assert wave.quarantine("responses").empty


def test_contacts_wait_for_the_sample_and_stop_nobody(make_wave):
    """Files that came back may lie there before `workbench sample` is run again on another machine."""
    contacts = "invitation_id,disposition\nabc,1.1\n"
    wave = Wave.open(make_wave(ORDERS_ONLY + "  contacts: {file: raw/contacts.csv}\n", contacts=contacts))
    assert not wave.has("contacts") and wave.has("customers")
    assert "workbench sample" in wave.absent["contacts"].text("en")


def test_a_pattern_names_several_files_and_packed_ones_are_read(make_wave):
    yaml = WAVE.replace("raw/transactions.csv", '"raw/orders_*.csv.gz"').replace("raw/customers.csv", "raw/c.zip")
    folder = make_wave(yaml)
    rows = ORDERS.splitlines(keepends=True)
    for i, row in enumerate(rows[1:]):
        (folder / "raw" / f"orders_{i}.csv.gz").write_bytes(gzip.compress((rows[0] + row).encode()))
    with zipfile.ZipFile(folder / "raw" / "c.zip", "w") as packed:
        packed.writestr("c.csv", CUSTOMERS)
    wave = Wave.open(folder)
    assert len(wave.read("transactions")) == len(rows) - 1
    assert len(wave.read("customers")) == 3
    (folder / "raw" / "orders_9.csv.gz").write_bytes(gzip.compress((rows[0] + rows[1]).encode()))
    assert len(Wave.open(folder).read("transactions")) == len(rows)


def test_what_a_killed_intake_left_half_read_is_swept_by_the_next(make_wave):
    place = make_wave()
    left = place / "artefacts" / ".intake-abc"
    left.mkdir(parents=True)
    (left / "staged.parquet").write_bytes(b"PAR1")
    Wave.open(place)
    assert not left.exists() and not list((place / "artefacts").glob(".intake-*"))
