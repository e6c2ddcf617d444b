"""Ordinary waves as people bring them: each gives a report with its main number, and says what it could not do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.store import Wave

pytestmark = pytest.mark.xdist_group("ordinary")
HEAD = """\
study: {study}
wave: w1
title: {{en: {study}, zh-CN: {study}}}
as_of: 2026-06-30
languages: [en]
chapters:
  50_loyalty: {{bootstrap: 20}}
  30_segments: {{replicates: 4, resampled: 200}}
  35_attitudes: {{replicates: 4, resampled: 200}}
"""
QUESTIONS = ("overall", "staff", "price", "stock")
RATED = "questions:\n" + "".join(
    f"  {q}: {{label: {{en: {q}, zh-CN: {q}}}, low: 1, high: 5, top_box: 4}}\n" for q in QUESTIONS
)
EIGHTY = RATED + "loyalty: {by: [region], confidence: 0.8, minimum_base: 20}\n"
ANSWERED = "tables:\n  responses: {file: raw/responses.csv}\n"
ORDERED = "tables:\n  transactions: {file: raw/transactions.csv}\n"


def answers(n=120, seed=1, groups=("north", "south", "east")) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)

    def rated() -> np.ndarray:
        return np.clip(np.round(3.4 + 0.8 * mood + 0.7 * rng.normal(size=n)), 1, 5).astype(int)

    return pd.DataFrame(
        {
            "customer_id": [f"k{i}" for i in range(n)],
            "recommend": np.clip(np.round(7 + 2 * mood + rng.normal(size=n)), 0, 10).astype(int),
            **{q: rated() for q in QUESTIONS},
            "region": rng.choice(groups, n),
            "comment": rng.choice(["too expensive", "friendly staff", "", "slow delivery"], n),
        }
    )


def orders(customers: Iterable[int], amounts: Iterable[float], days: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": customers, "amount": amounts, "ordered_at": days})


def survey(change=None, settings=RATED + "loyalty: {by: [region]}\n", **made):
    table = answers(**made)
    return ANSWERED + settings, {"responses": table if change is None else change(table)}


def blank_in(table: pd.DataFrame, column: str, rows: pd.Series | slice) -> pd.DataFrame:
    changed = table.astype({column: object})
    changed.loc[rows, column] = ""
    return changed


def waves() -> dict[str, tuple[str, dict[str, pd.DataFrame]]]:
    rng = np.random.default_rng(3)
    buyers = [f"c{i}" for i in range(7)]
    many = rng.integers(0, 40, 300)
    when = (pd.Timestamp("2024-07-01") + pd.to_timedelta(rng.integers(0, 729, 300), "D")).strftime("%Y-%m-%d")
    no_ids = ["customer_id"]
    scores = ["recommend"]
    return {
        "blank-region": survey(
            lambda t: blank_in(t.drop(columns=no_ids), "recommend", t["region"] == "east"),
        ),
        "one-row": survey(n=1),
        "hundred-groups-of-five": survey(lambda t: t.assign(region=np.arange(500) // 5, customer_id="same"), n=500),
        "all-equal": survey(lambda t: t.assign(recommend=8, **dict.fromkeys(QUESTIONS, 4))),
        "no-recommendation": survey(lambda t: t.drop(columns=scores)),
        "only-recommendation": survey(lambda t: t[["customer_id", "recommend"]], settings=""),
        "twins": survey(lambda t: t.assign(stock=6 - t["staff"], price=t["staff"])),
        "words": survey(
            lambda t: t.assign(
                recommend=t["recommend"].astype(str) + " - so likely",
                overall=t["overall"].map(dict(enumerate(["非常不满意", "不满意", "一般", "满意", "非常满意"], 1))),
            )
        ),
        "eighty-before": survey(settings=EIGHTY, seed=5, n=400),
        "eighty": survey(settings="previous: eighty-before\n" + EIGHTY, n=400),
        "seven-customers": (ORDERED, {"transactions": orders(buyers, np.linspace(5, 90, 7), ["2026-01-15"] * 7)}),
        "refunds-beyond-purchases": (
            ORDERED,
            {"transactions": orders([f"c{c}" for c in many], rng.normal(-5, 30, 300).round(2), when)},
        ),
    }


NAMES = tuple(waves())
SURVEYS = tuple(n for n, (_, files) in waves().items() if "responses" in files)


@pytest.fixture(scope="module")
def reported(root, tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Report every wave in one run, so that one warm process serves them all."""
    folder = tmp_path_factory.mktemp("ordinary")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    for name, (settings, files) in waves().items():
        place = folder / "data" / name
        (place / "raw").mkdir(parents=True)
        head = HEAD.format(study="ordinary").replace("wave: w1", f"wave: {name}")
        (place / "wave.yaml").write_text(head + settings, encoding="utf-8")
        for table, content in files.items():
            content.to_csv(place / "raw" / f"{table}.csv", index=False)
    command = [sys.executable, "-m", "workbench.cli", "report", "data"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1800)
    return folder, done


def test_every_wave_gives_a_report_without_a_fault(reported):
    folder, done = reported
    assert done.returncode == 0, done.stderr[-3000:]
    for name in NAMES:
        assert (folder / "reports" / "ordinary" / name / "index.html").is_file(), name


@pytest.mark.parametrize("name", [n for n in SURVEYS if n not in ("no-recommendation", "one-row")])
def test_the_score_is_that_of_the_answers_each_counted_once(reported, name):
    folder, _ = reported
    given = pd.to_numeric(
        waves()[name][1]["responses"]["recommend"].astype(str).str.extract(r"^(\d+)")[0], errors="coerce"
    ).dropna()
    expected = 100 * float((given >= 9).mean() - (given <= 6).mean())
    wave = Wave.open(folder / "data" / name)
    row = wave.read("loyalty").set_index("measure").loc["nps"]
    assert row["estimate"] == pytest.approx(expected) and row["n"] == len(given)
    assert (wave.read("respondents")["weight"] == 1).all()


def test_a_region_with_nobody_has_its_line_and_the_others_their_numbers(reported):
    folder, _ = reported
    groups = Wave.open(folder / "data" / "blank-region").read("nps_groups").set_index("group")
    assert groups.loc["east", "n"] == 0 and np.isnan(groups.loc["east", "nps"])
    given = waves()["blank-region"][1]["responses"]
    north = pd.to_numeric(given.loc[given["region"] == "north", "recommend"])
    expected = 100 * float((north >= 9).mean() - (north <= 6).mean())
    assert groups.loc["north", "nps"] == pytest.approx(expected)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in SURVEYS])
def test_orders_alone_give_customers_segments_and_tiers_or_say_why_not(reported, name):
    folder, _ = reported
    wave = Wave.open(folder / "data" / name)
    assert wave.has("customers", "sample")
    assert len(wave.read("customers")) == waves()[name][1]["transactions"]["customer_id"].nunique()


def test_pages_say_whom_the_numbers_speak_for(reported):
    folder, _ = reported
    page = folder / "reports" / "ordinary" / "blank-region" / "20_response.html"
    assert "not for all customers" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["50_loyalty.html", "index.html"])
def test_no_page_says_a_level_that_its_numbers_do_not_have(reported, page):
    folder, _ = reported
    text = (folder / "reports" / "ordinary" / "eighty" / page).read_text(encoding="utf-8").replace("\xa0", " ")
    assert "80 %" in text or "80%" in text
    assert "95 %" not in text
