from __future__ import annotations

import pandas as pd
import pytest

from tests.learning.offers.conftest import basket
from tests.report.chapters.outlook.conftest import YAML
from workbench.core.findings import said
from workbench.report.chapters.outlook import offers
from workbench.store import Wave


def wave_of(make_wave, orders, **more):
    text = orders.assign(ordered_at=orders["ordered_at"].dt.strftime("%Y-%m-%d")).to_csv(index=False)
    people = "customer_id,region,do_not_contact\n" + "".join(
        f"C{i:04d},n,{str(i % 4 == 0).lower()}\n" for i in range(700)
    )
    return Wave.open(
        make_wave(
            wave_yaml=YAML + "offers: {item: product, per_customer: 2}\n", transactions=text, customers=people, **more
        )
    )


@pytest.fixture
def check_of():
    return lambda wave: offers.checked_offers(wave, most=5000, level=0.95, seed=1)


def test_what_comes_true_is_sent_through_the_gate(make_wave, check_of):
    wave = wave_of(make_wave, basket(700))
    assert offers.no_items(wave) is None
    check = check_of(wave)
    found = offers.offered(wave, check, None)
    rows = offers.sent_offers(wave, found)
    again = pd.read_excel(wave.folder / "fieldwork" / "customers_to_offer.xlsx", dtype=str, engine="openpyxl")
    assert (
        again["customer_id"].tolist() == rows["customer_id"].tolist() and "offer_2" in again and "offer_3" not in again
    )
    assert not rows["customer_id"].str[1:].astype(int).mod(4).eq(0).any()
    assert again["reason_1"].str.contains("一起购买").all()
    assert [f.id for f in said(offers.offers_findings(check, found))] == ["offers.beats", "offers.sent"]


def test_what_does_not_beat_popularity_is_not_sent(make_wave, check_of):
    wave = wave_of(make_wave, basket(700, likes=False))
    check = check_of(wave)
    assert not check.beats
    found = offers.offered(wave, check, None)
    (wave.folder / "fieldwork").mkdir(exist_ok=True)
    (wave.folder / "fieldwork" / "customers_to_offer.xlsx").write_bytes(b"of an earlier run")
    assert found == [] and offers.sent_offers(wave, found).empty
    assert not (wave.folder / "fieldwork" / "customers_to_offer.xlsx").exists()
    assert [f.id for f in said(offers.offers_findings(check, found))] == ["offers.none"]


def test_orders_without_the_column_offer_nothing(make_wave):
    wave = wave_of(make_wave, basket(20).drop(columns="product"))
    assert "product" in str(offers.no_items(wave))
