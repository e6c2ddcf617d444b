import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, Poisson, ProportionalToSize, draw, permanent_random_number
from workbench.sampling.order_sampling import inclusion_probabilities, ranking_numbers, take_all_threshold

SURVEY = Path(__file__).resolve().parents[2] / "reference" / "survey"
SHOPS = pd.DataFrame(
    {
        "customer_id": [f"k{i:03d}" for i in range(300)],
        "region": ["n", "s", "w"] * 100,
        "amount": (np.arange(300) ** 2 % 997 + 1) * 1.25,
    }
)
FRAME = Frame(SHOPS, stratum="region", size="amount")


def by_hand(part, n, salt, method):
    sizes = np.floor(part["amount"].to_numpy() * 10_000 + 0.5).astype(np.int64)
    pi = inclusion_probabilities(sizes, n)
    _, left, total = take_all_threshold(sizes, n)
    places = permanent_random_number(part["customer_id"], salt).to_numpy()
    rank = np.where(pi == 1, -1, ranking_numbers(places, sizes, max(left, 1), max(total, 1), method))
    return part["customer_id"].iloc[np.argsort(rank, kind="stable")[:n]].tolist(), dict(
        zip(part["customer_id"], pi, strict=True)
    )


@pytest.mark.parametrize("method", ["pareto", "sequential_poisson"])
@pytest.mark.parametrize("n", [{"n": 20, "s": 5, "w": 90}, 150])
def test_the_engine_draws_what_numpy_draws(method, n):
    sample = draw(FRAME, ProportionalToSize(n, method=method, reserve=0.1), salt="s")
    for stratum, size in ({"all": n} if isinstance(n, int) else n).items():
        part = SHOPS if stratum == "all" else SHOPS[SHOPS["region"] == stratum]
        ids, pi = by_hand(part, size, "s", method)
        rows = sample.table[sample.table["stratum"] == stratum]
        assert sorted(rows["customer_id"]) == sorted(ids)
        assert rows["inclusion_probability"].tolist() == [pi[i] for i in rows["customer_id"]]
    assert not set(sample.reserve["customer_id"]) & set(sample.table["customer_id"])


def test_take_all_units_are_found_iteratively_in_the_engine():
    path = SURVEY / "cases" / "mu284_sampling_pkg.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    case = {r["name"]: r for r in json.loads(path.read_text(encoding="utf-8"))["results"]}
    data = pd.read_csv(SURVEY / "data" / "mu284_population.csv")
    frame = Frame(data, id="LABEL", size="P75")
    for n in (20, 60, 150):
        reference = case[f"inclusionprobabilities_P75_n{n}"]
        sample = draw(frame, ProportionalToSize(n), salt="s")
        pik = dict(zip(data["LABEL"], reference["pik"], strict=True))
        assert sample.n == n
        assert sample.strata["certain"][0] == reference["n_certainty"]
        assert sample.table["inclusion_probability"].to_numpy() == pytest.approx(
            [pik[i] for i in sample.table["LABEL"]]
        )


@pytest.mark.parametrize("u", [0.05, 0.371, 0.92])
def test_systematic_with_a_given_start(monkeypatch, u):
    path = SURVEY / "cases" / "mu284_sampling_pkg.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    case = {r["name"]: r for r in json.loads(path.read_text(encoding="utf-8"))["results"]}
    data = pd.read_csv(SURVEY / "data" / "mu284_population.csv")
    # counted from the other end, since the reference subtracts its start
    monkeypatch.setattr(
        "workbench.sampling.designs.proportional_to_size.random_start", lambda d, s, space: int((1 - u) * space)
    )
    sample = draw(Frame(data, id="LABEL", size="P75", order_by="LABEL"), ProportionalToSize(20, "systematic"), salt="s")
    assert sorted(sample.table["LABEL"]) == case[f"UPsystematic_u{u}"]["labels"]


def test_sequential_poisson_reference_through_the_engine(monkeypatch):
    path = SURVEY / "cases" / "sps_prn.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    document = json.loads(path.read_text(encoding="utf-8"))
    case = {r["name"]: r for r in document["results"]}
    data = pd.read_csv(SURVEY / "data" / "sps_frame.csv")
    data["prn"] = (data["prn"] * 2**52).astype("int64")
    monkeypatch.setattr("workbench.sampling.selection.check_stored_numbers", lambda frame, salt: None)
    frame = Frame(data, id="id", stratum="stratum", size="size", prn="prn")
    sizes = document["design"]["allocation"]
    assert (
        sorted(draw(frame, ProportionalToSize(sizes, "sequential_poisson"), salt="s").table["id"]) == case["sps"]["id"]
    )
    assert sorted(draw(frame, ProportionalToSize(sizes), salt="s").table["id"]) == case["pareto"]["id"]
    assert sorted(draw(frame, Poisson(sizes), salt="s").table["id"]) == case["poisson"]["id"]
    larger = draw(frame, ProportionalToSize({**sizes, "a": 25}, "sequential_poisson"), salt="s").table["id"]
    assert sorted(larger) == case["sps_larger"]["id"]
    moved = draw(frame, ProportionalToSize(sizes, "sequential_poisson"), salt="s", start=0.5).table["id"]
    assert sorted(moved) == case["sps_shift_0.5"]["id"]


def _frequencies(n, method, rounds):
    small = pd.DataFrame({"customer_id": [f"k{i}" for i in range(10)], "amount": [1.0, 2, 2, 3, 4, 5, 6, 7, 30, 40]})
    hits = pd.Series(0, index=small["customer_id"])
    for i in range(rounds):
        ids, pi = by_hand(small, n, f"salt{i}", method)
        hits[ids] += 1
    return hits.to_numpy() / rounds, np.array(list(pi.values()))


@pytest.mark.parametrize("method", ["pareto", "sequential_poisson"])
def test_selection_frequencies_are_inclusion_probabilities(method):
    found, pi = _frequencies(5, method, 2000)
    # order sampling is proportional to size up to a small remainder in samples as tiny as this one
    assert (np.abs(found - pi) <= 4 * np.sqrt(pi * (1 - pi) / 2000) + 0.015).all()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize("design", [ProportionalToSize(3, "systematic"), Poisson(3), Poisson(rate=0.3)])
def test_frequencies_of_systematic_and_poisson(design):
    small = pd.DataFrame({"customer_id": [f"k{i}" for i in range(8)], "amount": [1, 2, 2, 3, 4, 5, 6, 30]})
    frame = Frame(small, size="amount", order_by="amount")
    hits, total = pd.Series(0, index=small["customer_id"]), 0.0
    seen = {}
    rounds = 80
    for i in range(rounds):
        table = draw(frame, design, salt=f"salt{i}").table
        hits[table["customer_id"]] += 1
        seen |= dict(zip(table["customer_id"], table["inclusion_probability"], strict=True))
        total += (
            small.set_index("customer_id")["amount"][table["customer_id"]].to_numpy() * table["base_weight"]
        ).sum()
    pi = np.array([seen.get(i, np.nan) for i in small["customer_id"]])
    assert (np.abs(hits.to_numpy() / rounds - pi) <= 4 * np.sqrt(pi * (1 - pi) / rounds) + 1e-12).all()
    assert total / rounds == pytest.approx(53, rel=0.25)


def test_arguments_that_do_not_fit():
    with pytest.raises(InputError, match="needs sizes"):
        draw(SHOPS, ProportionalToSize(1), salt="s")
    with pytest.raises(InputError, match="no reserve"):
        draw(FRAME, ProportionalToSize(3, "systematic", reserve=1), salt="s")
    with pytest.raises(InputError, match="not larger than its population"):
        draw(FRAME, ProportionalToSize(301), salt="s")


def test_taking_everybody_by_size():
    sample = draw(FRAME, ProportionalToSize(300), salt="s")
    assert sample.n == 300
    assert (sample.table["inclusion_probability"] == 1).all()
    with_note = [n.message.text("en") for n in sample.notes]
    assert any("taken for certain" in n for n in with_note)


def test_small_order_samples_say_so():
    notes = [n.message.text("en") for n in draw(FRAME, ProportionalToSize(5), salt="s").notes]
    assert any("only roughly proportional" in n for n in notes)
    exact = draw(FRAME, ProportionalToSize(5, "systematic"), salt="s").notes
    assert not any("only roughly proportional" in n.message.text("en") for n in exact)
