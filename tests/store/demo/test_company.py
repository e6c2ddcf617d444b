from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.store.demo import (
    blocks,
    make_company,
    open_company,
    population_answers,
    population_batches,
    simulate_fieldwork,
)

COLUMNS = {
    "customers": [
        "customer_id",
        "region",
        "city",
        "channel",
        "signup_date",
        "gender",
        "age_band",
        "occupation",
        "interests",
        "primary_unit",
        "do_not_contact",
        "consent_date",
    ],
    "transactions": ["order_id", "customer_id", "ordered_at", "amount", "margin", "category", "channel"],
    "interactions": ["customer_id", "opened_at", "closed_at", "kind", "channel", "topic", "text"],
    "panel": ["customer_id", "joined_wave", "left_wave", "rotation_group", "rewards"],
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_same_seed_same_bytes_whatever_is_worked_on_at_once(tmp_path, monkeypatch):
    for name, workers in (("a", 1), ("b", 3)):
        monkeypatch.setattr(blocks, "WORKERS", workers)
        made = make_company(tmp_path / name, customers=6_000, seed=3)
        people = population_answers(made.folder, "2026q3")
        simulate_fieldwork(made.folder, "2026q3", people.loc[::7, ["customer_id"]])
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_is_another_company(tmp_path):
    a, b = (make_company(tmp_path / str(seed), customers=300, seed=seed) for seed in (1, 2))
    name = "2026q2/raw/transactions.csv"
    assert (a.folder / name).read_bytes() != (b.folder / name).read_bytes()


@pytest.mark.parametrize("wave", ["2026q2", "2026q3"])
@pytest.mark.parametrize("name", list(COLUMNS))
def test_files_keep_the_contract(company, wave, name):
    path = company.folder / wave / "raw" / f"{name}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS[name]).encode() + b"\n")
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    assert table["customer_id"].str.fullmatch(r"C\d{9}").all()
    as_of = {"2026q2": "2026-06-30", "2026q3": "2026-09-30"}[wave]
    for column in {"signup_date", "consent_date", "ordered_at", "opened_at", "closed_at"} & set(table):
        days = table[column].dropna()
        assert days.str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()
        assert days.between("2024-07-01", as_of).all()


def test_customers_of_the_first_wave_are_still_there(company, read):
    first, second = (read(company, wave, "customers") for wave in company.waves)
    assert len(second) == company.customers == second["customer_id"].nunique()
    assert second.head(len(first)).equals(first)
    assert second["signup_date"].iloc[len(first) :].min() > "2026-06-30"


def test_truth_is_that_of_the_population(company):
    for wave in company.waves:
        people = population_answers(company.folder, wave)
        for which, members in (("all", people), ("eligible", people[people["eligible"]])):
            parts = 100.0 * (members["recommend"] >= 9) - 100.0 * (members["recommend"] <= 6)
            truth = company.truth[wave][which]
            assert truth["nps"] == pytest.approx(parts.mean(), abs=1e-3)
            assert truth["mean_satisfaction"] == pytest.approx(members["satisfaction"].mean(), abs=1e-4)
            for region, mean in parts.groupby(members["region"]).mean().items():
                assert truth["regions"][region]["nps"] == pytest.approx(mean, abs=1e-3)


def test_population_amounts_are_those_of_the_orders(company, read):
    people = population_answers(company.folder, "2026q2").set_index("customer_id")
    orders = read(company, "2026q2", "transactions")
    year = orders[orders["ordered_at"].between("2025-07-01", "2026-06-30")]
    amount = year.groupby("customer_id")["amount"].sum().reindex(people.index, fill_value=0.0)
    assert (amount - people["amount_12m"]).abs().max() < 1e-6
    assert (people["eligible"] == ((people["amount_12m"] > 1000) & ~people["do_not_contact"])).all()


def test_batches_are_the_population(company):
    batches = list(population_batches(company.folder, "2026q2"))
    assert len(batches) > 1
    whole = population_answers(company.folder, "2026q2")
    assert pd.concat(batches, ignore_index=True).equals(whole)


def test_english_company_speaks_english(tmp_path, read):
    made = make_company(tmp_path, customers=400, language="en")
    for wave in made.waves:
        assert (made.folder / wave / "raw" / "customers.csv").read_text("utf-8-sig").isascii()
    assert "Northeast" in made.truth["2026q3"]["all"]["regions"]


def test_an_unfinished_company_is_refused_and_made_again(tmp_path):
    made = make_company(tmp_path, customers=300)
    before = contents(tmp_path)
    record = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    (tmp_path / "truth.json").write_text(json.dumps(record | {"complete": False}), "utf-8")
    with pytest.raises(InputError, match="whole"):
        open_company(tmp_path)
    assert make_company(tmp_path, customers=300) == made
    assert contents(tmp_path) == before


def test_old_fieldwork_goes_with_its_company(tmp_path):
    made = make_company(tmp_path, customers=300)
    simulate_fieldwork(tmp_path, "2026q2", population_answers(tmp_path, "2026q2")[["customer_id"]])
    make_company(tmp_path, customers=300, seed=2)
    assert not (made.folder / "2026q2" / "raw" / "responses.csv").exists()


def test_somebody_elses_wave_is_never_overwritten(tmp_path):
    (tmp_path / "2026q2").mkdir()
    with pytest.raises(InputError, match="somebody"):
        make_company(tmp_path, customers=300)


@pytest.mark.parametrize("wrong", [{"customers": 10}, {"seed": -1}, {"language": "fr"}])
def test_arguments_out_of_range_are_refused(tmp_path, wrong):
    with pytest.raises(InputError):
        make_company(tmp_path / "x", **wrong)
    assert not (tmp_path / "x").exists()


def test_unknown_wave_and_missing_company_are_refused(company, tmp_path):
    with pytest.raises(InputError, match="2026q3"):
        population_answers(company.folder, "2026q4")
    with pytest.raises(InputError, match=r"truth\.json"):
        population_answers(tmp_path, "2026q2")


def test_a_company_of_four_waves(tmp_path):
    made = make_company(tmp_path, customers=400, language="en", waves=4)
    assert made.waves == ("2025q4", "2026q1", "2026q2", "2026q3") == open_company(tmp_path).waves
    # only the last two waves have a panel
    assert [(tmp_path / w / "raw" / "panel.csv").is_file() for w in made.waves] == [False, False, True, True]
    people = [len((tmp_path / w / "raw" / "customers.csv").read_text("utf-8").splitlines()) for w in made.waves]
    assert people == sorted(people) and people[0] > 100 and "2025q4" in (tmp_path / "truth.md").read_text("utf-8")
    assert len(population_answers(tmp_path, "2025q4")) == people[0] - 1
    with pytest.raises(InputError, match="16 waves"):
        make_company(tmp_path / "y", waves=17)
