from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.report.chapters.value.terms import terms_of
from workbench.store import Wave

TIERS = """tiers:
  - {name: A, label: {en: a, zh-CN: a}, minimum: {amount_12m: 10}, cost: 25}
  - {name: B, label: {en: b, zh-CN: b}, minimum: {amount_12m: 5}}
  - {name: C, label: {en: c, zh-CN: c}}
"""
NEXT = WAVE.replace("wave: w1", "wave: w2\nprevious: w1") + TIERS


@pytest.fixture
def study(make_wave):
    first = Wave.open(make_wave(wave_yaml=WAVE + TIERS))
    first.keep("tiers", pd.DataFrame({"customer_id": ["001", "002"], "tier": ["A", "C"]}))
    return first, lambda value: Wave.open(make_wave(wave_yaml=NEXT + f"value: {{{value}}}\n", folder="w2"))


def test_the_same_for_everybody(make_wave):
    terms = terms_of(Wave.open(make_wave(wave_yaml=WAVE + "value: {margin: 0.4, service_cost: 3}\n")))
    assert (terms.margin, terms.service_cost, terms.differ, terms.groups) == (0.4, 3.0, False, None)


def test_a_tiers_cost_is_what_its_customers_cost(study):
    first, second = study
    assert terms_of(first).note is not None and not terms_of(first).differ
    terms = terms_of(second("margin: 0.5, service_cost: 2"))
    assert terms.column == "tier" and terms.differ
    assert terms.service_cost == {"A": 25.0, "B": 2.0, "C": 2.0, "–": 2.0}
    assert terms.margin == 0.5
    assert terms.arguments == {"margin": 0.5, "service_cost": terms.service_cost, "terms_by": terms.groups}


def test_terms_that_are_given_come_first(study):
    terms = terms_of(study[1]("terms_by: tier, margin: 0.5, margins: {A: 0.2, –: 0.9}, service_costs: {A: 1}"))
    assert terms.margin == {"A": 0.2, "B": 0.5, "C": 0.5, "–": 0.9}
    assert terms.service_cost["A"] == 1.0


def test_terms_by_a_column_of_the_customers(make_wave):
    def opened(value):
        return Wave.open(make_wave(wave_yaml=WAVE + f"value: {{{value}}}\n"))

    terms = terms_of(opened("terms_by: region, margin: 0.5, margins: {north: 0.3}"))
    assert terms.margin == {"north": 0.3, "south": 0.5, "–": 0.5} and terms.service_cost == 0.0
    with pytest.raises(InputError, match="did you mean 'north'"):
        terms_of(opened("terms_by: region, margins: {nort: 0.3}"))
    with pytest.raises(InputError, match="terms_by"):
        terms_of(opened("terms_by: regoin, margins: {north: 0.3}"))


def test_costs_of_a_tier_that_there_is_not_are_refused(study):
    with pytest.raises(InputError, match="service_costs of D"):
        terms_of(study[1]("terms_by: tier, service_costs: {D: 3}"))
