from __future__ import annotations

import pandas as pd

from tests.clv.made import END, contracts, faithful, monthly
from tests.report.chapters.value.test_chapter import from_orders
from tests.report.chapters.value.test_words import ids
from workbench.clv import RenewalCheck, contract_renewals, contract_spells
from workbench.report.chapters.value import contract_words, staying


def test_contracts_that_end_sooner_are_told_where_it_is_clear():
    alike = contract_spells(contracts(900, seed=2), observed_until=END)
    stays = staying.contract_stays(alike, None, (), 0.95)
    assert ids(contract_words.contract_findings(stays, {})) == ["contracts.after_12"]
    sooner = contracts(900, kinds="x", alpha=4.0)
    both = pd.concat([contracts(900, kinds="y"), sooner.assign(customer_id="s" + sooner["customer_id"])])
    stays = staying.contract_stays(contract_spells(both, observed_until=END), None, (), 0.95)
    assert "contracts.differs:kind" in ids(contract_words.contract_findings(stays, {}))
    none = contracts(90).assign(ended_at=pd.NaT)
    stays = staying.contract_stays(contract_spells(none, observed_until=END), None, (), 0.95)
    assert ids(contract_words.contract_findings(stays, {})) == []


def test_the_check_of_renewals_is_judged():
    good, bad = (contract_words.renewal_finding(RenewalCheck(6.0, 900, told, 100)) for told in (109.0, 150.0))
    assert (good.tone, bad.tone) == ("good", "bad")
    renewals = contract_renewals(contract_spells(contracts(4000), observed_until=END))
    assert len(contract_words.renewal_notes({"": renewals})) == len(renewals.notes) + 1


def test_regular_buyers_are_told_as_ones():
    regular, runs = from_orders(monthly())[1], from_orders(monthly(), "mbg_nbd")[1]
    assert contract_words.regular_findings(from_orders(faithful())[1]) == []
    assert ids(contract_words.regular_findings(regular)) == ["value.regular", "value.regular_check"]
    assert ids(contract_words.regular_findings(runs)) == ["value.regular", "contracts.check"]
