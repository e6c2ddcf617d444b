from __future__ import annotations

import pytest

from tests.clv.made import csv, orders
from tests.clv.value.test_characteristic_value import END, made
from tests.conftest import WAVE
from workbench.clv import choose_models, purchase_rhythm, purchase_summary, value_orders
from workbench.core.errors import ConfigError, InputError
from workbench.report.chapters.value import covariates
from workbench.store import Wave


def opened(make_wave, more, people, folder="w1"):
    text = WAVE + more
    frame = orders(20)
    return Wave.open(
        make_wave(wave_yaml=text, folder=folder, customers=people.to_csv(index=False), transactions=csv(frame))
    )


def test_characteristics_reach_values_from_wave_yaml(make_wave):
    frame, people = made(300)
    wave = opened(make_wave, "value: {covariates: {rate: [channel]}}\n", people)
    by = covariates.characteristics_of(wave)
    assert by.rate == ("channel",) and by.leaving == ()
    purchases, rhythm = purchase_summary(frame, observed_until=END), purchase_rhythm(frame, observed_until=END)
    models = choose_models(purchases, rhythm=rhythm)
    found = value_orders(frame, purchases, models, rhythm, annual_discount_rate=0.1, characteristics=by, seed=1)
    assert covariates.moved_tables(found) == [found.moved]
    assert "rest on these" in str(covariates.moved_notes(found)[0].message)
    plain = value_orders(frame, purchases, models, rhythm, annual_discount_rate=0.1, seed=1)
    assert covariates.moved_tables(plain) == [] and covariates.moved_notes(plain) == []


def test_what_is_not_there_is_refused(make_wave):
    _, people = made(30)
    assert covariates.characteristics_of(opened(make_wave, "", people, "w2")) is None
    with pytest.raises(InputError, match="columns of the customer list"):
        covariates.characteristics_of(opened(make_wave, "value: {covariates: {rate: [chanel]}}\n", people, "w3"))
    with pytest.raises(ConfigError, match="name columns"):
        opened(make_wave, "value: {covariates: {}}\n", people, "w4")
