from __future__ import annotations

import pytest

from workbench.clustering import rfm_table
from workbench.core import InputError
from workbench.core.engine import as_table
from workbench.report.chapters.segments.people import described_customers, with_named_columns
from workbench.store import Wave


def test_columns_of_orders_and_of_the_list_stand_beside_people(make_wave):
    wave = Wave.open(make_wave())
    ids = wave.table("customers").to_frame()[["customer_id"]]
    joined = with_named_columns(wave, as_table(ids, wave.engine), ["frequency", "region"], also=["nowhere"])
    assert {"customer_id", "frequency", "region"} <= set(joined.columns) and "nowhere" not in joined.columns
    with pytest.raises(InputError, match="region"):
        with_named_columns(wave, as_table(ids, wave.engine), ["regoin"])


def test_every_customer_with_a_purchase_is_described(make_wave):
    wave = Wave.open(make_wave())
    rfm = rfm_table(wave.table("transactions"), observed_until=wave.config.as_of)
    assert len(described_customers(wave, rfm).to_frame()) == len(rfm.source.to_frame())
