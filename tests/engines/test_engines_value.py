"""Customer values on every engine that is installed here."""

from __future__ import annotations

import pandas as pd

from tests.engines.company import END, HELD, agree, everywhere
from workbench.clv import (
    Characteristics,
    acquisition_return,
    check_forecast,
    check_holdout,
    check_regular,
    check_renewals,
    choose_models,
    contract_durations,
    contract_renewals,
    contract_spells,
    contract_stay,
    customer_costs,
    customer_profits,
    customers_to_keep,
    fit_characteristics,
    forecast_spend,
    group_means,
    group_values,
    histories_with,
    profit_contribution,
    purchase_rhythm,
    purchase_summary,
    renewals_by_kind,
    retention_curve,
    usage_gaps,
    value_by_characteristics,
    value_contracts,
    value_last_year,
    value_orders,
)
from workbench.clv.value.at_risk import risk_bands
from workbench.clv.value.bridge import value_bridge
from workbench.clv.value.costs import profit_by_group


def histories(c):
    return c.purchases


def histories_with_holdout(c):
    return c.held


def histories_in_weeks(c):
    kinds = ("drop", "as_is")
    return [purchase_summary(c["transactions"], observed_until=END, unit="week", refunds=r) for r in kinds]


def histories_by_region(c):
    return histories_with(c.purchases, c["customers"], ["region"])


def rhythm(c):
    found = purchase_rhythm(c["transactions"], observed_until=END)
    return found, found.contracts()


def regular_buyers(c):
    return check_regular(c["transactions"], observed_until=END, shape=2)


def models(c):
    return [choose_models(c.held, kind) for kind in ("best", "pareto_nbd")]


def values(c):
    return c.value


def values_on_own_terms(c):
    terms = {"margin": {"shop": 0.5, "App": 0.3}, "service_cost": {"shop": 2.0, "App": 1.0}}
    value = c.valued(**terms, terms_by=(c["customers"], "channel"))
    return value, group_values(value, c["customers"], ["region", "channel"])


def values_by_group(c):
    return (
        group_means(c.value.source, c["customers"], "region"),
        group_values(c.value, c["customers"], ["region", "channel"]),
    )


def values_by_characteristics(c):
    given = Characteristics(c["customers"], rate=("channel",))
    fit = fit_characteristics(c.purchases, "bg_nbd", given)
    return value_by_characteristics(c.purchases, fit, c.fits[1], given, annual_discount_rate=0.1, seed=1)


def values_of_last_year(c):
    return value_last_year(c["transactions"], observed_until=END)


def values_of_orders(c):
    found = purchase_rhythm(c["transactions"], observed_until=HELD)
    return value_orders(c["transactions"], c.held, c.models, found, annual_discount_rate=0.1, seed=1)


def forecast(c):
    return forecast_spend(c.purchases, *c.fits, days=90, seed=1)


def holdout(c):
    return check_holdout(c.held, *c.fits)


def kept_forecast(c):
    before = purchase_summary(c["transactions"], observed_until=HELD)
    made = c.valued(before).source.to_frame()
    return check_forecast(c["transactions"], made, *c.fits, made_on=HELD, until=END, seed=1)


def costs(c):
    common = {"since": HELD, "until": END, "contacts": c["interactions"], "contact_cost": 2.5}
    found = customer_costs(c["transactions"], margin="margin", **common)
    own = {"margin": {"shop": 0.5, "App": 0.3}, "terms_by": (c["customers"], "channel")}
    by_kind = customer_costs(c["transactions"], contact_costs={"visit": 4.0}, **common, **own)
    return found, by_kind, profit_by_group(found, c["customers"], "region")


def profits(c):
    contacts = (c["interactions"], "opened_at")
    common = {"since": HELD, "until": END, "contacts": contacts, "contact_cost": 1.0}
    found = customer_profits(c["transactions"], margin="margin", **common)
    return found, profit_contribution(found, revenue="revenue")


def risk(c):
    return risk_bands(c.value.source)


def keeping(c):
    groups = {"groups": c["customers"], "by": ["region"], "purchases": c.purchases.source}
    return customers_to_keep(c.value.source, leave_out=c["segments"], listed=30, **groups)


def bridge(c):
    before = c.valued(purchase_summary(c["transactions"], observed_until=HELD))
    return value_bridge(c.value.source, before.source)


def acquisition(c):
    brought = value_last_year(c["transactions"], observed_until=END).source
    parts = c.purchases.source, brought, c.value.source, (c["customers"], "channel")
    return acquisition_return(*parts, {"shop": 5.0, "App": 3.0}, since=HELD)


def usage(c):
    return usage_gaps(c["transactions"], "category", as_of=END, days=300, segments=c["segments"])


def retention(c):
    return retention_curve(c.purchases, model=c.fits[0], by=(c["customers"], "region"))


def contracts(c):
    spells = contract_spells(c["contracts"], observed_until=END)
    renewals = contract_renewals(spells)
    return (
        spells,
        contract_durations(spells, by=(c["customers"], "region")),
        contract_stay(spells, by="kind"),
        renewals,
        check_renewals(spells, renewals, 182),
        renewals_by_kind(spells),
    )


def values_of_contracts(c):
    spells = contract_spells(c["contracts"], observed_until=END)
    by = {"margin": {"shop": 0.5, "App": 0.3}, "service_cost": 2.0, "terms_by": (c["customers"], "channel")}
    return value_contracts(spells, contract_renewals(spells), annual_discount_rate=0.1, **by)


def snapshots(c):
    lines = c["contracts"].to_frame()
    months = [lines.assign(started_at=f"2026-0{m}-01").drop(columns=["ended_at", "contract_id"]) for m in range(1, 7)]
    table = pd.concat(months, ignore_index=True).drop_duplicates(["customer_id", "kind", "started_at"])
    table = table[(table.index % 7 != 3) | (table["started_at"] < "2026-04-01")]
    table["started_at"] = pd.to_datetime(table["started_at"])
    return contract_spells(c.table(table), observed_until=END, rows="snapshots")


QUESTIONS = [
    histories,
    histories_with_holdout,
    histories_in_weeks,
    histories_by_region,
    rhythm,
    regular_buyers,
    models,
    values,
    values_on_own_terms,
    values_by_group,
    values_by_characteristics,
    values_of_last_year,
    values_of_orders,
    forecast,
    holdout,
    kept_forecast,
    costs,
    profits,
    risk,
    keeping,
    bridge,
    acquisition,
    usage,
    retention,
    contracts,
    values_of_contracts,
    snapshots,
]


@everywhere(QUESTIONS)
def test_values_are_the_same_on_every_engine(question, name):
    agree(question, name)
