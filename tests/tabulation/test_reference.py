"""Tables against the numbers of R's survey package: shares, means, errors, every pair, every letter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design
from workbench.tabulation import groups, tabulate
from workbench.tabulation.measured import Measured

FOLDER = Path(__file__).parents[1] / "reference" / "tables"
SURVEY = Path(__file__).parents[1] / "reference" / "survey"
SHARES = ("answer", "net")


@dataclass(frozen=True)
class Given:
    """A row that a test makes by itself; any class with these members can stand in a table."""

    name: str
    values: np.ndarray
    base: np.ndarray
    kind: str = "answer"
    people: np.ndarray | None = None
    label: None = None

    def measure(self, data, base):
        told = np.where(self.base > 0, np.nan_to_num(self.values), 0.0)[:, None]
        people = None if self.people is None else self.people.astype(float)[:, None]
        return Measured((self.name,), (self.kind,), told, self.base.astype(float)[:, None], people=people)


def read(file):
    for place in (FOLDER / "data" / file, SURVEY / "data" / file):
        if place.is_file():
            return pd.read_csv(place)
    raise FileNotFoundError(file)


def row(name, t, everybody=False, responses=False):
    """The row of a case by its name."""
    yes = np.ones(len(t), dtype=bool)
    if name in ("awards", "comp.imp", "sch.wide"):
        return Given(name, (t[name] == "Yes").to_numpy(float), t[name].notna().to_numpy())
    if name.startswith("growth:"):
        cuts = {"fell": (-np.inf, 0), "to25": (0, 25), "to50": (25, 50), "above50": (50, np.inf)}
        low, high = cuts[name.split(":")[1]]
        return Given(name, ((t["growth"] > low) & (t["growth"] <= high)).to_numpy(float), yes)
    if name.startswith("brand:") or name == "net:brand_A_or_B":
        wanted = ["A", "B"] if name.startswith("net") else [name.split(":")[1].split()[0]]
        told = t["brand"]
        return Given(name, told.isin(wanted).to_numpy(float), told.notna().to_numpy())
    ticked = [f"ch_{c}" for c in ("app", "web", "store", "phone", "chat")]
    asked = yes if everybody else t["ch_app"].notna().to_numpy() if "ch_app" in t else yes
    if name.startswith("channel:") or name in ("net:digital", "net:two_or_more", "mentions"):
        chosen = t[ticked].fillna(0)
        mentions = chosen.sum(axis=1).to_numpy(float)
        if name == "mentions":
            return Given(name, mentions, asked, "mean")
        if name == "net:two_or_more":
            return Given(name, (mentions >= 2).astype(float), asked)
        if name == "net:digital":
            return Given(name, chosen[["ch_app", "ch_web", "ch_chat"]].max(axis=1).to_numpy(float), asked)
        one = t[f"ch_{name.split(':')[1]}"].fillna(0).to_numpy(float)
        return Given(name, one, np.where(asked, mentions, 0), people=asked) if responses else Given(name, one, asked)
    sat = t.get("sat")
    if name.startswith("sat:") or name in ("net:top2", "net:bottom2"):
        wanted = {"net:top2": [4, 5], "sat:top2": [4, 5], "net:bottom2": [1, 2]}.get(name)
        wanted = wanted or [int(name.split(":")[1])]
        return Given(name, sat.isin(wanted).to_numpy(float), sat.notna().to_numpy())
    if name == "net:top2_minus_bottom2":
        value = sat.isin([4, 5]).to_numpy(float) - sat.isin([1, 2]).to_numpy(float)
        return Given(name, value, sat.notna().to_numpy(), "mean")
    if name == "nps":
        value = 100 * ((t["recommend"] >= 9).to_numpy(float) - (t["recommend"] <= 6).to_numpy(float))
        return Given(name, value, t["recommend"].notna().to_numpy(), "nps")
    column = t[name.removeprefix("mean:")]
    return Given(name, column.to_numpy(float), column.notna().to_numpy(), "mean")


def prepared(case):
    t = read(case["data"])
    if case["data"].startswith("api"):
        t["meals_band"] = pd.cut(t["meals"], [-1, 25, 50, 75, 100], labels=["0-25", "26-50", "51-75", "76-100"]).astype(
            str
        )
        stratum = case["design"].get("strata")
        return t, Design(weight="pw", stratum=stratum, psu=case["design"].get("ids"), population="fpc")
    for column in ("brand", "age", "tier"):
        t[column] = t[column].where(t[column].notna() & (t[column] != ""), None)
    design = Design(weight="w", stratum="region", psu="store", population=["stores_region", "customers_store"])
    return t, design


def banner(result, t):
    by = list(dict.fromkeys(result["column_group"][1:]))
    found = []
    for g in by:
        columns = [c for c, o in zip(result["columns"], result["column_group"], strict=True) if o == g]
        if g == "products":
            found.append(groups({c: f"uses_{c}" for c in columns}, name=g))
        else:
            if g == "micro":
                t["silent"] = 0
            found.append(groups({c: f"`{g}` = '{c}'" for c in columns}, name=g))
    return found


CASES = [
    (f.stem, r["name"])
    for f in sorted(FOLDER.glob("*.json"))
    for r in json.loads(f.read_text("utf-8"))["results"]
    if r.get("rows")
]


@pytest.fixture(scope="module")
def cases():
    return {f.stem: json.loads(f.read_text("utf-8")) for f in FOLDER.glob("*.json")}


@pytest.mark.parametrize(("stem", "name"), CASES, ids=lambda v: v)
def test_a_table_agrees_with_r_to_the_last_digits(cases, stem, name):
    case = cases[stem]
    result = next(r for r in case["results"] if r["name"] == name)
    t, design = prepared(case)
    if name == "brand_weights_only_taylor":
        design = Design(weight="w")
    rows = [
        row(r, t, everybody=name == "percent_of_all", responses=name == "percent_of_responses") for r in result["rows"]
    ]
    found = tabulate(
        t, design, rows=rows, columns=banner(result, t), minimum_base=case["minimum_base"],
        filter="visits >= 2" if name == "filtered_visits_2_or_more" else None,
    )  # fmt: skip
    cells = {
        (r["question"], "Total" if r["column"] == "total" else r["column"]): r for r in found.table.to_dict("records")
    }
    measures = {
        "estimate": "estimate",
        "se": "std_error",
        "n": "n",
        "weighted_base": "weighted_base",
        "n_effective_kish": "n_effective",
        "df": "degrees_of_freedom",
    }
    for r in result["rows"]:
        for c in result["columns"]:
            for key, ours in measures.items():
                theirs = (result[key].get(r) or {}).get(c)
                if theirs is None or (
                    key == "se" and (name == "percent_of_responses" or theirs == 0)
                ):  # no spread is no knowledge
                    continue
                assert cells[r, c][ours] == pytest.approx(theirs, rel=1e-8, abs=1e-10), (r, c, key)
    pairs = {(p["question"], p["first"], p["second"]): p for p in found.pairs.to_dict("records")}
    for theirs in result.get("pairs", []):
        if theirs["estimate"] is None:
            continue
        ours = pairs[theirs["row"], theirs["a"], theirs["b"]]
        where = (theirs["row"], theirs["a"], theirs["b"])
        assert ours["estimate"] == pytest.approx(theirs["estimate"], rel=1e-8, abs=1e-12), where
        if theirs["se"]:
            assert ours["std_error"] == pytest.approx(theirs["se"], rel=1e-8, abs=1e-12), where
        pooled = theirs.get("pooled_design")
        if pooled and theirs["tested"] and pooled["p"] is not None:
            assert ours["p_value"] == pytest.approx(pooled["p"], rel=1e-7), where
            assert ours["df"] == pooled["df"]
    for column, letters in zip(
        [c for c in result["columns"] if c != "Total"], found.columns_key["letter"][1:], strict=True
    ):
        told = result.get("letters", {}).get(column)
        assert told is None or told == letters or name == "x"
    if "above_default_95_90" in result and not any(r in ("nps",) or r.startswith("mean") for r in ()):
        for r in result["rows"]:
            if next(g for g in rows if g.name == r).kind not in SHARES or name == "percent_of_responses":
                continue
            for c, told in result["above_default_95_90"][r].items():
                assert cells[r, c]["letters"].replace(" ", "") == (told or "").replace(" ", ""), (r, c)
