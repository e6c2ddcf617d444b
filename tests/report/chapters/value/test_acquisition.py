from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, csv, orders
from tests.conftest import WAVE
from tests.report.chapters.value.test_chapter import from_orders
from tests.report.chapters.value.test_words import ids
from workbench.core.errors import InputError
from workbench.report.chapters.value import acquisition
from workbench.report.chapters.value.terms import terms_of
from workbench.store import Wave

COSTS = "value: {{acquisition_cost: {costs}, acquisition_by: {by}}}\n"


@pytest.fixture(scope="module")
def told():
    frame = orders(500)
    return frame, *from_orders(frame)


def opened(make_wave, frame, costs="{shop: 1, ads: 9999}", by="channel", folder="w1"):
    people = pd.DataFrame({"customer_id": sorted(frame["customer_id"].unique())})
    people["channel"] = np.resize(["shop", "ads"], len(people))
    text = WAVE + (COSTS.format(costs=costs, by=by) if costs else "")
    return Wave.open(
        make_wave(wave_yaml=text, folder=folder, customers=people.to_csv(index=False), transactions=csv(frame))
    )


def test_a_channel_that_costs_more_than_it_brings_is_named(make_wave, told):
    frame, purchases, worth = told
    wave = opened(make_wave, frame)
    assert wave.config.as_of == END
    (found,) = acquisition.acquisitions(wave, worth, purchases.source, terms_of(wave), 0.9)
    said = acquisition.acquisition_findings(found, "channel", {"channel": {"ads": "Advertising"}})
    assert ids(said) == ["value.acquisition"]
    assert "Advertising costs 9,999" in str(said[0].text) and said[0].tone == "bad"
    good = found.__class__(table=found.table[found.table["group"] == "shop"], since=found.since, level=0.9)
    assert "pays everywhere" in str(acquisition.acquisition_findings(good, "channel", {})[0].text)
    few = found.__class__(table=found.table.assign(customers=5), since=found.since, level=0.9)
    assert acquisition.acquisition_findings(few, "channel", {}) == []


def test_without_costs_there_is_nothing_and_a_wrong_column_is_refused(make_wave, told):
    frame, purchases, worth = told
    wave = opened(make_wave, frame, costs="", folder="w2")
    assert acquisition.acquisitions(wave, worth, purchases.source, terms_of(wave), 0.9) == []
    wave = opened(make_wave, frame, by="chanel", folder="w3")
    assert acquisition.acquisitions(wave, None, purchases.source, terms_of(wave), 0.9) == []
    with pytest.raises(InputError, match="column of the customer list"):
        acquisition.acquisitions(wave, worth, purchases.source, terms_of(wave), 0.9)
