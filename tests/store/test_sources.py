from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.report.steps import CHAPTERS, find_notebooks
from workbench.store import sources
from workbench.store.sources import hash_imports, reach


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the package that may be changed."""
    place = tmp_path / "workbench"
    shutil.copytree(sources.PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    monkeypatch.setattr(sources, "PACKAGE", place)
    monkeypatch.setattr(sources, "WORDS", place / "core" / "locale")
    forget()
    yield place
    forget()


def forget() -> None:
    sources._imports.cache_clear()
    sources._place.cache_clear()


def add_line(file: Path) -> None:
    file.write_text(file.read_text("utf-8") + "\n# changed\n", "utf-8")


LOYALTY = "from workbench.nps import net_promoter_score"


@pytest.mark.parametrize(
    "file",
    [
        "nps/score.py",
        "estimation/variance.py",
        "core/names.py",
        "nps/retail_zh.yaml",
        "core/locale/zh_CN/nps.po",
        "__init__.py",
    ],
)
def test_what_the_code_reaches_changes_its_hash(copy, file):
    before = hash_imports(LOYALTY)
    add_line(copy / file)
    forget()
    assert hash_imports(LOYALTY) != before


@pytest.mark.parametrize(
    "file", ["clv/models/model.py", "report/site/render.py", "report/site/templates/page.css", "store/wave.py"]
)
def test_what_the_code_does_not_reach_leaves_its_hash(copy, file):
    before = hash_imports(LOYALTY)
    add_line(copy / file)
    forget()
    assert hash_imports(LOYALTY) == before


def test_imports_inside_functions_and_whole_modules_count():
    code = "def f():\n    from workbench.core import charts\n    import workbench.tiers.policy\n"
    assert {"workbench.core.charts", "workbench.tiers.policy", "workbench.tiers", "workbench"} <= reach(code)
    assert reach("import pandas") == frozenset()
    assert "workbench.clv.models.model" in reach("", modules=["workbench.clv"])


def test_lines_tell_the_same_imports_as_the_parser_in_every_module_of_the_package():
    for file in sources.PACKAGE.rglob("*.py"):
        source = file.read_text("utf-8")
        assert sources._written(source) >= sources._named(ast.parse(source)), file


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.name)
def test_every_module_that_a_chapter_really_loads_is_reached(chapter):
    notebook = json.loads((find_notebooks() / f"{chapter.name}.ipynb").read_text("utf-8"))
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    imports = [ast.unparse(n) for n in ast.parse(code).body if isinstance(n, (ast.Import, ast.ImportFrom))]
    program = "\n".join([*imports, "import sys", "print(*[m for m in sys.modules if m.split('.')[0] == 'workbench'])"])
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) <= reach(code)


def test_code_that_cannot_be_read_counts_as_far_as_it_can():
    assert "workbench.nps" in reach("from workbench.nps import net_promoter_score\nx = (")
