"""The whole chain on the generated company: what is true of it lies in what the report says."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from nbclient import NotebookClient

from workbench.core.engine.collecting import VARIABLE
from workbench.core.engine.memo import FOLDER, USED
from workbench.report.chapter import COMMON
from workbench.report.steps import CHAPTERS
from workbench.store import Wave
from workbench.store.demo import open_company, population_answers

pytestmark = pytest.mark.xdist_group("demo")
WAVES = ("2026q2", "2026q3")
# no chapter may collect a tenth of the customers at once; those who were asked are fewer
FEW = {VARIABLE: "5000"}


def workbench(*arguments, cwd, check=True):
    command = [sys.executable, "-m", "workbench.cli", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=6000, env=os.environ | FEW)
    assert done.returncode == 0 or not check, done.stderr[-5000:]
    return done


@pytest.fixture(scope="session")
def study(root, tmp_path_factory) -> Path:
    """A folder like the project's, with the default demo company and its report."""
    place = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "notebooks", place / "notebooks")
    for path in (place / "notebooks").glob("[1-9]*.ipynb"):
        watch_settings(path)
    workbench("demo", cwd=place)
    # one wave in each kind of kernel: every notebook runs alone in a plain one
    workbench("report", "data/demo/2026q2", cwd=place)
    workbench("report", "data/demo/2026q3", "--kernels", "plain", cwd=place)
    return place


WATCH = """\
import sys
from pathlib import Path
from workbench.store import WaveConfig
from workbench.store.config.parts import Part
from pydantic import BaseModel
from typing import get_args
note = Path({file!r})
parts = {{}}
for key, field in WaveConfig.model_fields.items():
    kinds = [k for k in (field.annotation, *get_args(field.annotation)) if isinstance(k, type) and issubclass(k, Part)]
    parts.update({{kind: key for kind in kinds}})
def look(self, name, plain=BaseModel.__getattribute__):
    kind = type(self)
    if name in kind.__pydantic_fields__ and not sys._getframe(1).f_globals["__name__"].startswith("workbench.store"):
        with note.open("a") as out:
            out.write(name if kind is WaveConfig else f"{{parts[kind]}}.{{name}}")
            out.write("\\n")
    return plain(self, name)
for kind in (WaveConfig, *parts):
    kind.__getattribute__ = look
"""


def watch_settings(path: Path) -> None:
    """Put a hidden cell into a notebook that notes which keys of ``wave.yaml`` its code reads."""
    notebook = nbformat.read(path, as_version=4)
    watch = WATCH.format(file=str(path.with_suffix(".read")))
    # in a namespace of its own, so that the notebook does not see its names
    cell = nbformat.v4.new_code_cell(f"exec({watch!r}, {{'__name__': 'watch'}})", metadata={"tags": ["hidden"]})
    place = next(i for i, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", []))
    notebook.cells.insert(place + 1, cell)
    nbformat.write(notebook, path)


@pytest.fixture(scope="session")
def waves(study) -> dict[str, Wave]:
    return {name: Wave.open(study / "data" / "demo" / name) for name in WAVES}


def test_every_chapter_is_there_in_both_languages(study):
    for wave in WAVES:
        pages = {p.name for p in (study / "reports" / "demo" / wave).glob("*.html")}
        for chapter in ("10_sample", "20_response", "30_segments", "40_value", "50_loyalty", "60_tiers", "index"):
            assert {f"{chapter}.html", f"{chapter}.en.html"} <= pages


@pytest.fixture(scope="session")
def by_hand(study) -> dict[str, Path]:
    """The chapters that the demo leaves out, executed by hand."""
    found = {}
    for name in ("35_attitudes", "55_tables"):
        notebook = nbformat.read(study / "notebooks" / f"{name}.ipynb", as_version=4)
        NotebookClient(notebook, kernel_name="python3", timeout=1200).execute(cwd=str(study), env=os.environ | FEW)
        found[name] = study / f"{name}.ipynb"
        nbformat.write(notebook, found[name])
    return found


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.name)
def test_a_chapter_reads_no_setting_that_it_does_not_declare(study, by_hand, chapter):
    read = set((study / "notebooks" / f"{chapter.name}.read").read_text().split())
    declared = {*COMMON, *chapter.settings}
    tops = {name.partition(".")[0] for name in declared}
    undeclared = {
        name
        for name in read
        if name not in declared and name.partition(".")[0] not in declared and not (name in tops and "." not in name)
    }
    assert not undeclared


def test_no_chapter_reads_customers_into_memory(waves, by_hand):
    """Every engine of the run refused to hand over 8,000 rows at once: no section missed them, and none was refused."""
    for name, wave in waves.items():
        assert wave.table("customers").rows("SELECT count(*) AS n FROM {table} AS t")["n"][0] > 40_000
        runs = {f"{c}.{s}": run for c, told in wave.manifest.chapters.items() for s, run in told.sections.items()}
        refused = {place: run.found for place, run in runs.items() if run.is_missing}
        assert len(runs) > 30 and not refused, name


def test_the_true_scores_lie_in_the_reported_intervals(study, waves):
    company = open_company(study / "data" / "demo")
    for name, wave in waves.items():
        truth = company.truth[name]["eligible"]
        nps, satisfied = (
            wave.read(name).query("measure == @measure").iloc[0]
            for name, measure in (("loyalty", "nps"), ("ratings", "satisfied"))
        )
        assert nps["ci_low"] <= truth["nps"] <= nps["ci_high"]
        assert satisfied["ci_low"] <= truth["csat_top2_share"] <= satisfied["ci_high"]
        regions = wave.read("nps_groups").query("breakdown == 'region'").set_index("group")
        inside = [
            regions.loc[r, "ci_low"] <= t["nps"] <= regions.loc[r, "ci_high"] for r, t in truth["regions"].items()
        ]
        assert sum(inside) >= len(inside) - 1, "one region in seven may miss by chance"


def test_what_an_analyst_tries_by_hand_reaches_no_report(study, waves):
    """Somebody opens the loyalty chapter, keeps one region's answers only, runs all cells, and then runs the report."""
    wave = waves["2026q3"]
    before, lists = wave.read("loyalty"), [p for p in (wave.folder / "fieldwork").rglob("*") if p.is_file()]
    stamps = [p.stat().st_mtime_ns for p in lists]
    notebook = nbformat.read(study / "notebooks" / "50_loyalty.ipynb", as_version=4)
    parameters = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    parameters.source += (
        f"\nwave_folder = {str(wave.folder)!r}\n"
        "from workbench.store import Wave\n"
        "tried = Wave.open(wave_folder)\n"
        "answers = tried.read('respondents')\n"
        "tried.keep('respondents', answers[answers['region'] == answers['region'].iloc[0]])\n"
    )
    last = "read = Wave.open(wave_folder)\nprint(len(read.read('respondents')), 'loyalty' in read.by_hand)"
    notebook.cells.append(nbformat.v4.new_code_cell(last))
    NotebookClient(notebook, kernel_name="python3", timeout=600, allow_errors=True).execute(cwd=str(study))
    seen = notebook.cells[-1].outputs[0].text.split()
    assert 0 < int(seen[0]) < len(wave.read("respondents")) and seen[1] == "True"
    pd.testing.assert_frame_equal(wave.read("loyalty"), before)
    assert lists and [p.stat().st_mtime_ns for p in lists] == stamps
    done = workbench("report", "data/demo", cwd=study)
    assert done.stderr.count("unchanged") == 2 * 8 + 2, done.stderr


def test_weighting_removes_the_bias_of_the_answers(study, waves):
    population = population_answers(study / "data" / "demo", "2026q3")
    true = population[population["eligible"]].groupby(["region", "spend_class"]).size()
    true = (true / true.sum()).to_numpy()
    answers = waves["2026q3"].read("respondents")
    order = answers["amount_class"].map({"1000–3000": "middle", "> 3000": "high"})
    groups = answers.groupby([answers["region"], order])["weight"].agg(["size", "sum"])
    plain, weighted = (groups[c].to_numpy() / groups[c].sum() for c in ("size", "sum"))
    assert np.abs(plain - true).max() > 0.02, "the answers alone are visibly biased"
    # two classes of the smallest region are weighted as one, so they may trade a little between them
    assert np.abs(weighted - true).max() < 0.005
    truth = open_company(study / "data" / "demo").truth["2026q3"]["eligible"]
    assert abs(truth["nonresponse_bias_nps_weighted_by_region_and_spend_class"]) < 0.5
    assert abs(truth["nonresponse_bias_nps_unweighted"]) > 2


def test_the_true_change_lies_in_the_reported_interval(study, waves):
    truth = open_company(study / "data" / "demo").truth
    change = truth["2026q3"]["eligible"]["nps"] - truth["2026q2"]["eligible"]["nps"]
    said = waves["2026q3"].read("loyalty").set_index("measure").loc["nps"]
    assert said["change_low"] <= change <= said["change_high"]


def test_value_recovers_what_customers_are_worth(study, waves):
    """Orders after 2026-06-30 are known from the next wave: the earlier wave's forecast is held against them."""
    earlier, later = (waves[w] for w in WAVES)
    orders = later.read("transactions", columns=["customer_id", "ordered_at", "amount"])
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    known = earlier.read("clv")
    new = orders[(orders["ordered_at"] > "2026-06-30") & orders["customer_id"].isin(known["customer_id"])]
    bought = new.groupby("customer_id")["amount"].sum().reindex(known["customer_id"]).fillna(0).to_numpy()
    # a quarter of the horizon, before discounting and without the margin of 35 %
    forecast = known["clv"].to_numpy() / 0.35
    assert 0.24 < bought.sum() / forecast.sum() < 0.31
    best = forecast >= np.quantile(forecast, 0.9)
    assert 0.4 < bought[best].sum() / bought.sum() < 0.65
    assert bought[known["probability_alive"] < 0.1].mean() < 0.1 * bought.mean()


def test_the_sample_is_what_the_population_is(study, waves):
    wave = waves["2026q3"]
    sample, frame = wave.read("sample"), wave.read("frame")
    population = population_answers(study / "data" / "demo", "2026q3")
    eligible = set(population.loc[population["eligible"], "customer_id"])
    assert set(sample["customer_id"]) <= eligible
    assert len(frame) == len(population)
    merged = frame.merge(population, on="customer_id", suffixes=("", "_true"))
    assert np.allclose(merged["amount_12m"], merged["amount_12m_true"])
    drawn = sample[~sample["reserve"]]
    assert drawn["base_weight"].sum() == pytest.approx(len(eligible))


def text_of(page: Path) -> str:
    body = re.sub(r"<(style|script|svg|pre)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def numbers_of(page: Path) -> list[str]:
    """The numbers of all tables as they are, before they are written in a language's habit."""
    return re.findall(r'<td class="number"(?: data-value="([^"]*)")?>', page.read_text(encoding="utf-8"))


def test_both_languages_carry_the_same_numbers(study):
    for wave in WAVES:
        folder = study / "reports" / "demo" / wave
        for page in folder.glob("*.en.html"):
            other = folder / page.name.replace(".en.html", ".html")
            zh, en = numbers_of(other), numbers_of(page)
            assert len(zh) == len(en) and len(en) + ("index" in page.name) > 0
            different = [(a, b) for a, b in zip(zh, en, strict=True) if a != b]
            assert not different, (page.name, different[:5])


def content_of(path: Path) -> str:
    if path.suffix == ".xlsx":
        sheets = openpyxl.load_workbook(path, read_only=True)
        return " ".join(str(v) for s in sheets for row in s.iter_rows(values_only=True) for v in row)
    return "" if path.suffix == ".png" else path.read_text(encoding="utf-8")


def test_no_customer_reaches_a_page_a_download_or_a_notebook(study):
    somebody = re.compile(r"C\d{9}|T\d{13}|1[3-9]\d{9}|[\w.]+@[\w.]+\.\w+")
    for wave in WAVES:
        folder = study / "reports" / "demo" / wave
        files = [*folder.glob("*.html"), *folder.glob("downloads/*")]
        files += (study / "data" / "demo" / wave / "artefacts" / "notebooks").glob("*.ipynb")
        assert files
        for path in files:
            text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", content_of(path))
            assert not somebody.search(text), (path.name, somebody.search(text))


def test_pages_are_whole_light_and_alone(study):
    for page in [*(study / "reports").glob("*.html"), *(study / "reports" / "demo").glob("*/*.html")]:
        text = page.read_text(encoding="utf-8")
        assert len(text.encode()) < 1_000_000
        assert not re.search(r'(src|href)="(https?:)?//', text)
        shown = re.sub(r"<pre.*?</pre>", "", text, flags=re.S)
        assert "<!--number-->" not in shown and "{n:" not in shown
        assert text.count("<figure") == text.count("</figure>")


def test_chinese_pages_speak_chinese(study):
    english = re.compile(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{2,} [a-z]{2,}")
    for page in (study / "reports" / "demo" / "2026q3").glob("*.html"):
        if ".en." not in page.name:
            assert not english.search(text_of(page)), (page.name, english.search(text_of(page)))


def test_english_pages_show_no_value_that_has_an_english_name(study):
    chinese = re.compile(r"[\u4e00-\u9fff]+")
    for page in (study / "reports" / "demo" / "2026q3").glob("*.en.html"):
        # what customers wrote stays as they wrote it
        text = re.sub(r'<figure id="quotes".*?</figure>', "", page.read_text(encoding="utf-8"), flags=re.S)
        found = set(chinese.findall(re.sub(r"<[^>]+>", " ", text))) - {"中文"}
        assert not found, (page.name, sorted(found)[:10])


def test_chapters_share_what_they_keep_on_their_way(waves):
    for wave in waves.values():
        kept = wave.artefacts / FOLDER
        used = {f.name.removesuffix(USED): f.read_text().split() for f in kept.glob(f"*{USED}")}
        days = {chapter: [n for n in names if n.startswith("days-")] for chapter, names in used.items()}
        together = [set(names) for names in days.values() if names]
        assert len(together) >= 4 and set.intersection(*together)
        assert {f.name for f in kept.glob("*.parquet")} <= {n for names in used.values() for n in names}


def test_running_again_changes_nothing(study):
    before = {p: p.stat().st_mtime_ns for p in study.rglob("*.parquet")}
    pages = (study / "reports" / "demo" / "2026q3").resolve()
    done = workbench("report", "data/demo", cwd=study)
    assert " s" not in re.sub(r".*(unchanged|started).*", "", done.stderr) or "ran" not in done.stderr
    assert "started" not in done.stderr
    assert "leaked" not in done.stderr
    assert {p: p.stat().st_mtime_ns for p in study.rglob("*.parquet")} == before
    assert (study / "reports" / "demo" / "2026q3").resolve() == pages
    assert "there already" in workbench("demo", cwd=study).stdout


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.name)
def test_a_chapters_contract_holds(study, waves, root, by_hand, chapter):
    """Every notebook, run alone in a plain kernel, prints the headline numbers it is committed with."""

    def told(path: Path) -> dict[str, object]:
        cells = nbformat.read(path, as_version=4).cells
        (contract,) = [c for c in cells if "contract" in c.metadata.get("tags", [])]
        content: dict[str, object] = json.loads(contract.outputs[0]["text"])
        return content

    executed = waves["2026q3"].artefacts / "notebooks" / f"{chapter.name}.ipynb"
    executed = by_hand.get(chapter.name, executed)
    assert told(executed) == told(root / "notebooks" / f"{chapter.name}.ipynb")


def test_the_other_notebooks_run_alone(study):
    others = [str(p) for p in (study / "notebooks").rglob("*.ipynb") if p.name[0] not in "123456789"]
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command += [f"--rootdir={study}", *others]
    done = subprocess.run(command, cwd=study, capture_output=True, text=True, timeout=6000)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_front_page_lists_both_waves(study):
    index = (study / "reports" / "index.html").read_text(encoding="utf-8")
    assert all(f'href="demo/{wave}/index.html"' in index for wave in WAVES)
    edition = json.loads((study / "reports" / "demo" / "2026q3" / "edition.json").read_text(encoding="utf-8"))
    assert edition["chapters"] == 8
