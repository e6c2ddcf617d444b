"""What a stranger adds: a chapter, a language, an SQL engine, a sampling design: a file and a line each, nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import WAVE

CHAPTER = """\
from workbench.core.language import message
from workbench.report.chapter import Chapter, ChapterParameters, Section

CHAPTER = Chapter(
    name="70_mood",
    title=message("Mood"),
    parameters=ChapterParameters,
    reads=("responses",),
    makes=("mood",),
    after=(),
    left_out=lambda _: None,
    sections=(Section("words", message("Words of the day")),),
)
"""
CELLS = """\
from workbench.core.language import message
from workbench.report.site.blocks import findings
from workbench.store import Wave
wave = Wave.open(wave_folder)
_ = wave.keep("mood", wave.read("responses"), made_by="70_mood")
findings([message("{n:int} answers and {amount:money}, on {day:date}",
                  n=len(wave.read("mood")), amount=2.5e6, day=wave.config.as_of)])
"""
LANGUAGE = '        Speech("ja", "日本語", "lang-ja", ".ja", "yyyy年M月d日", ((1e8, "億"), (1e4, "万")), "、"),\n'
CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Mood"
msgstr "気分"

msgid "{n:int} answers and {amount:money}, on {day:date}"
msgstr "{day:date}、回答{n:int}件、{amount:money}"
"""
ENGINE = """\
from workbench.core.engine.duckdb import DuckDBEngine


class ToyEngine(DuckDBEngine):
    pass
"""
DESIGN = """\
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from workbench.core.language import message
from workbench.sampling.design import DesignSettings, SamplingDesign, VarianceRule
from workbench.sampling.drawing import select_smallest


class LotterySettings(DesignSettings):
    winners: int = Field(ge=1, description="Customers of each stratum who win.")


@dataclass(frozen=True)
class Lottery(SamplingDesign):
    sizes: dict

    label: ClassVar = message("Lottery")
    name: ClassVar = "lottery"
    Settings: ClassVar = LotterySettings

    def select(self, drawing):
        return select_smallest(drawing, self.sizes, self.reserve)

    @classmethod
    def of_plan(cls, plan):
        return cls({s: plan.settings.winners for s in plan.allocation.table["stratum"]})

    @classmethod
    def variance(cls, settings):
        return VarianceRule(populations=("stratum_population",))

    def sentences(self, strata):
        yield message("Winners were drawn from a hat.")
"""
SAMPLED = """\
import sys
from pathlib import Path

import pandas as pd

class Quiet:
    started = ended = lambda self, *_: None

from workbench.estimation import estimate_mean
from workbench.report.chapters.response.design import survey_design
from workbench.report.run.chain import run_chain
from workbench.report.run.kernels import kernel_room
from workbench.report.steps import CHAPTERS, find_notebooks
from workbench.store import Wave
wave = Wave.open("shop/w2")
asked = wave.read("sample").query("~reserve")
asked[["customer_id"]].assign(recommend=[0, 5, 8, 9, 10] * 4).to_csv("shop/w2/raw/responses.csv", index=False)
text = Path("shop/w2/wave.yaml").read_text()
Path("shop/w2/wave.yaml").write_text(text.replace("tables: {", "tables: {responses: {file: raw/responses.csv}, "))
wave = Wave.open("shop/w2")
chapters = [c for c in CHAPTERS if c.name in ("10_sample", "20_response")]
with kernel_room("plain"):
    outcomes = run_chain(wave, chapters, find_notebooks(), Quiet())
assert {o.state for o in outcomes.values()} <= {"ran", "unchanged"}, outcomes
found = estimate_mean(wave.read("respondents"), "recommend", survey_design(wave)).table.iloc[0]
print(round(found["estimate"], 6), round(found["std_error"], 6), sep="\\n")
"""
DRIVER = """\
import sys
from pathlib import Path

class Quiet:
    started = ended = lambda self, *_: None

from workbench.report.run.chain import run_chain
from workbench.report.run.kernels import kernel_room
from workbench.report.site.index import write_index
from workbench.report.site.publish import publish
from workbench.report.steps import CHAPTERS, find_notebooks
from workbench.store import Wave
wave = Wave.open("shop/w1")
chapters = [c for c in CHAPTERS if c.name == "70_mood"]
with kernel_room("plain"):
    outcomes = run_chain(wave, chapters, find_notebooks(), Quiet())
assert outcomes["70_mood"].state == "ran", outcomes
publish(wave, chapters, outcomes, Path("reports"))
write_index(Path("reports"))
print(type(wave.engine).__name__, wave.config.title.text("ja"), wave.config.questions["satisfaction"].label.text("ja"))
"""


def add_line(path: Path, before: str, line: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, line + before), encoding="utf-8")


@pytest.fixture
def house(root, tmp_path) -> Path:
    """A copy of the workbench with the three additions, and a small wave that uses them."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "workbench", tmp_path / "workbench", ignore=skip)
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    package = tmp_path / "workbench"
    place = package / "report" / "chapters" / "mood"
    place.mkdir()
    (place / "__init__.py").write_text("")
    (place / "chapter.py").write_text(CHAPTER)
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("How it was.", metadata={"tags": ["lang-en"]}),
        v4.new_code_cell('wave_folder = "x"', metadata={"tags": ["parameters"]}),
        v4.new_code_cell(CELLS),
        v4.new_code_cell("pass", metadata={"tags": ["section-words"]}),
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "notebooks" / "70_mood.ipynb")
    add_line(package / "report" / "steps.py", '    "summary",\n', '    "mood",\n')
    add_line(package / "core" / "speeches.py", '        Speech("en", "English"', LANGUAGE)
    (package / "core" / "locale" / "ja").mkdir()
    (package / "core" / "locale" / "ja" / "mood.po").write_text(CATALOGUE, encoding="utf-8")
    (package / "core" / "engine" / "toy.py").write_text(ENGINE)
    line = '    "toy": lambda url: __import__("workbench.core.engine.toy", fromlist=["x"]).ToyEngine(),\n'
    add_line(package / "core" / "engine" / "table.py", '    "duckdb": DuckDBEngine.from_url,\n', line)
    shop = tmp_path / "shop" / "w1"
    (shop / "raw").mkdir(parents=True)
    (shop / "raw" / "responses.csv").write_text("customer_id,recommend,satisfaction\n1,9,4\n2,3,5\n3,0,1\n4,10,5\n")
    lines = [x for x in WAVE.splitlines() if not x.strip().startswith(("customers:", "transactions:"))]
    text = "\n".join(lines).replace("zh-CN: 商店}", "zh-CN: 商店, ja: 店}")
    (shop / "wave.yaml").write_text(text + "\nlanguages: [en, ja]\nengine: 'toy://'\n", encoding="utf-8")
    return tmp_path


def add_design(package: Path) -> None:
    designs = package / "sampling" / "designs"
    (designs / "lottery.py").write_text(DESIGN)
    line = "from workbench.sampling.designs.lottery import Lottery as Lottery\n"
    add_line(designs / "__init__.py", "from workbench.sampling.designs.poisson", line)


def run(house: Path, *arguments: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(house)}
    done = subprocess.run([sys.executable, *arguments], cwd=house, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_a_sampling_design_costs_a_file_and_a_line(root, tmp_path):
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "workbench", tmp_path / "workbench", ignore=skip)
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    add_design(tmp_path / "workbench")
    shop = tmp_path / "shop" / "w2"
    (shop / "raw").mkdir(parents=True)
    rows = [f"c{i:03d},{'n' if i % 3 else 's'}" for i in range(300)]
    (shop / "raw" / "customers.csv").write_text("\n".join(["customer_id,region", *rows]) + "\n")
    (shop / "wave.yaml").write_text(
        "study: shop\nwave: w2\ntitle: {en: Shop, zh-CN: 商店}\nas_of: 2026-06-30\n"
        "tables: {customers: {file: raw/customers.csv}}\npopulation: {strata: [region]}\n"
        "sample: {design: lottery, winners: 10, n: 10, reserve: 0}\n",
        encoding="utf-8",
    )
    run(tmp_path, "-m", "workbench.cli", "sample", "shop/w2")
    statement = (shop / "fieldwork" / "sampling_statement.en.txt").read_text(encoding="utf-8")
    assert "Design: Lottery; 20 customers drawn in 2 strata" in statement and "from a hat" in statement
    estimate, error = map(float, run(tmp_path, "-c", SAMPLED).split())
    # by hand: 10 of 200 and 10 of 100, each twice the answers 0, 5, 8, 9, 10
    spread = 10 / 9 * 13.04
    assert estimate == pytest.approx(6.4)
    assert error == pytest.approx((spread / 10 * ((2 / 3) ** 2 * 0.95 + (1 / 3) ** 2 * 0.9)) ** 0.5, rel=1e-5)


@pytest.mark.slow
def test_a_chapter_a_language_and_an_engine_cost_a_file_and_a_line_each(house):
    env = {**os.environ, "PYTHONPATH": str(house)}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER], cwd=house, env=env, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["ToyEngine", "店", "Satisfaction"], "words that are not given read English"
    pages = house / "reports" / "shop" / "w1"
    japanese = (pages / "70_mood.ja.html").read_text(encoding="utf-8")
    assert "2026年6月30日、回答4件、250万" in japanese and "<h1>気分</h1>" in japanese and 'lang="ja"' in japanese
    assert "How it was." in japanese, "prose that nobody translated stays as it was written"
    assert "4 answers and 2.50 m, on 2026-06-30" in (pages / "70_mood.html").read_text(encoding="utf-8")
    assert "店" in (house / "reports" / "index.ja.html").read_text(encoding="utf-8")
