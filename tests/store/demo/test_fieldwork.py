from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.store.demo import make_company, population_answers, simulate_fieldwork


def nps(recommend, weight=None):
    return np.average(100.0 * (recommend >= 9) - 100.0 * (recommend <= 6), weights=weight)


def test_weighting_by_region_and_spend_recovers_nps_and_nothing_less_does(company, read):
    for wave in company.waves:
        people = population_answers(company.folder, wave).set_index("customer_id")
        answers = read(company, wave, "responses")
        answers = answers[answers["recommend"] <= 10]
        joined = answers.join(people[["region", "spend_class"]], on="customer_id")
        keys = ["region", "spend_class"]
        weight = (people.groupby(keys).size() / joined.groupby(keys).size()).reindex(joined.set_index(keys).index)
        truth = nps(people["recommend"])
        error = 75 / np.sqrt(len(joined)) * 1.1
        assert abs(nps(joined["recommend"], weight.to_numpy()) - truth) < 2.5 * error
        assert nps(joined["recommend"]) - truth > 4 * error / 2
        facts = company.truth[wave]["all"]
        assert abs(facts["nonresponse_bias_nps_weighted_by_region_and_spend_class"]) <= 0.5
        assert facts["nonresponse_bias_nps_unweighted"] > 3


def test_responses_keep_the_contract_and_the_latent_answers(company, read):
    people = population_answers(company.folder, "2026q3").set_index("customer_id")
    answers = read(company, "2026q3", "responses").set_index("customer_id")
    assert answers.index.is_unique
    same = answers["recommend"] == people["recommend"].reindex(answers.index)
    assert set(answers.loc[~same, "recommend"]) == {99}
    assert (~same).mean() == pytest.approx(0.01, abs=0.006)
    assert (answers["satisfaction"] == people["satisfaction"].reindex(answers.index)).all()
    assert answers["submitted_at"].between("2026-10-01", "2026-10-31").all()
    assert 0.45 < answers["comment"].notna().mean() < 0.62
    assert 0.27 < len(answers) / len(people) < 0.37


def test_contacts_lead_to_the_responses(company, read):
    contacts, answers = (read(company, "2026q3", name) for name in ("contacts", "responses"))
    assert list(contacts) == ["customer_id", "attempted_at", "mode", "disposition", "incentive"]
    assert not contacts.duplicated(["customer_id", "attempted_at"]).any()
    final = contacts.drop_duplicates("customer_id", keep="last").set_index("customer_id")
    answered = final.index[final["disposition"].isin(["1.1", "1.2"])]
    assert set(answered) == set(answers["customer_id"])
    earlier = contacts[contacts.duplicated("customer_id", keep="last")]
    assert set(earlier["disposition"]) <= {"2.20", "2.21", "3.13", "3.19"}
    assert (final["disposition"] == "4.3").mean() == pytest.approx(0.02, abs=0.005)
    partial = answers.set_index("customer_id").loc[final.index[final["disposition"] == "1.2"]]
    assert partial[["effort", "service", "quality", "comment"]].isna().all(axis=None)


def test_ones_fate_does_not_depend_on_the_others(company, tmp_path, read):
    whole = read(company, "2026q2", "responses")
    made = make_company(tmp_path, customers=company.customers)
    few = whole["customer_id"].iloc[::40]
    simulate_fieldwork(tmp_path, "2026q2", few.to_frame())
    again = read(made, "2026q2", "responses")
    pd.testing.assert_frame_equal(
        again.sort_values("customer_id", ignore_index=True),
        whole[whole["customer_id"].isin(few)].sort_values("customer_id", ignore_index=True),
    )


def test_mode_order_and_reserve_are_obeyed(tmp_path, read):
    made = make_company(tmp_path, customers=600)
    people = read(made, "2026q2", "customers")[["customer_id"]].head(200)
    people["mode"] = "face_to_face"
    people["order"] = range(200)
    people["reserve"] = [i % 2 == 1 for i in range(200)]
    before = people.copy()
    simulate_fieldwork(tmp_path, "2026q2", people)
    contacts = read(made, "2026q2", "contacts")
    assert set(contacts["mode"]) == {"face_to_face"}
    assert set(contacts["customer_id"]) == set(people.loc[~people["reserve"], "customer_id"])
    assert contacts.groupby("customer_id")["attempted_at"].min().sort_index().is_monotonic_increasing
    pd.testing.assert_frame_equal(people, before)


@pytest.mark.parametrize(
    ("invited", "message"),
    [
        ({"customer": ["C000000001"]}, "customer_id"),
        ({"customer_id": ["C000000001", "C999999999"]}, "C999999999"),
        ({"customer_id": ["1"]}, "'1'"),
        ({"customer_id": ["C000000001"] * 2}, "repeated"),
        ({"customer_id": ["C000000001"], "mode": ["fone"]}, "phone"),
        ({"customer_id": ["C000012000"]}, "signed up later"),
        ({"customer_id": ["C000000001"], "reserve": [True]}, "no rows"),
    ],
)
def test_wrong_samples_are_refused(company, invited, message):
    with pytest.raises(InputError) as caught:
        simulate_fieldwork(company.folder, "2026q2", pd.DataFrame(invited))
    assert message in str(caught.value)
