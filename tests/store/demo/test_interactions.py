from __future__ import annotations

import pandas as pd

from workbench.store.demo import population_answers


def test_the_less_satisfied_complain_more(company, read):
    people = population_answers(company.folder, "2026q2")
    cases = read(company, "2026q2", "interactions")
    complained = people["customer_id"].isin(cases.loc[cases["kind"] == "complaint", "customer_id"])
    assert complained[people["recommend"] <= 6].mean() > 3 * complained[people["recommend"] >= 9].mean()
    assert set(cases["kind"]) == {"complaint", "enquiry", "visit", "post", "referral"}


def test_cases_close_between_the_waves_and_some_stay_open(company, read):
    first, second = (read(company, wave, "interactions") for wave in company.waves)
    keys = ["customer_id", "opened_at", "kind", "topic", "text"]
    both = first.merge(second, on=keys, suffixes=("_first", "_second"), how="left", indicator=True)
    assert (both["_merge"] == "both").all()
    was_open = both["closed_at_first"].isna()
    assert was_open.any()
    assert both.loc[was_open, "closed_at_second"].notna().any()
    assert both.loc[was_open, "closed_at_second"].isna().any()
    assert (both.loc[~was_open, "closed_at_first"] == both.loc[~was_open, "closed_at_second"]).all()
    closed = second.dropna(subset="closed_at")
    assert (pd.to_datetime(closed["closed_at"]) >= pd.to_datetime(closed["opened_at"])).all()
    assert second["text"].str.len().gt(0).all()
