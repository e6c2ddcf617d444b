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


def test_invitations_wait_for_the_sample_and_stop_nobody(make_wave):
    """Files that came back may lie there before `workbench sample` is run again on another machine."""
    invited = "invitation_id,recommend\nabc,9\ndef,3\n"
    text = ORDERS_ONLY + "  customers: {file: raw/customers.csv}\n  responses: {file: raw/responses.csv}\n"
    wave = Wave.open(make_wave(text, responses=invited))
    assert not wave.has("responses") and wave.has("customers")
    assert "workbench sample" in wave.absent["responses"].text("en")
