from __future__ import annotations

import numpy as np
import pytest

from workbench.store.demo.parameters import PROFILE, REGION_SHARES, REGIONS
from workbench.store.demo.words import words


def test_shares_and_blanks_are_as_documented(company, read):
    people = read(company, "2026q3", "customers")
    shares = people["region"].value_counts(normalize=True)
    for code, share in zip(REGIONS, REGION_SHARES, strict=True):
        assert shares[words("zh-CN").regions[code]] == pytest.approx(share, abs=0.02)
    assert people["do_not_contact"].mean() == pytest.approx(PROFILE.do_not_contact, abs=0.01)
    assert people["occupation"].isna().mean() == pytest.approx(PROFILE.missing_occupation, abs=0.015)
    assert people.loc[people["do_not_contact"], "consent_date"].isna().all()
    assert people[["customer_id", "region", "city", "channel", "signup_date"]].notna().all(axis=None)


def test_units_and_cities_are_nested(company, read):
    people = read(company, "2026q3", "customers")
    assert (people.groupby("primary_unit")["city"].nunique() == 1).all()
    assert (people.groupby("city")["region"].nunique() == 1).all()


def test_numbers_rise_with_signup_and_signups_grow(company, read):
    people = read(company, "2026q3", "customers")
    assert people["signup_date"].is_monotonic_increasing
    months = people["signup_date"].str[:7].value_counts().sort_index()
    assert np.polyfit(np.arange(len(months)), months, 1)[0] > 0
    assert people["signup_date"].iloc[0] == "2024-07-01"
