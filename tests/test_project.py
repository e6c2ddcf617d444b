"""Rules of the house that a reader could check by hand."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml


@pytest.fixture(scope="module")
def files(root) -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


def is_text(file: str) -> bool:
    """Tell whether a file is the project's own text: no picture, no font, none of the sample files of others."""
    return not file.endswith((".otf", ".png", ".webp", ".zip")) and not file.startswith("tests/reference/files/")


def requirements(root) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    return project["project"]["dependencies"] + project["dependency-groups"]["dev"]


def test_conda_and_pip_users_get_the_same(root):
    conda = yaml.safe_load((root / "environment.yml").read_text())["dependencies"]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    from_pip = next(entry for entry in conda if isinstance(entry, dict))["pip"]
    named = {*(entry for entry in conda if isinstance(entry, str)), *from_pip} - {"pip"}
    assert sorted(named) == sorted([*requirements(root), f"python{project['requires-python']}"])


def test_the_lock_pins_everything_with_hashes_and_without_addresses(root):
    text = (root / "requirements.lock").read_text()
    names = {re.split(r"[><=]", r)[0].lower().replace("_", "-") for r in requirements(root)}
    pinned = {m.lower() for m in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", text)}
    assert names <= pinned, f"not pinned: {sorted(names - pinned)}"
    assert "://" not in text and "index-url" not in text
    assert text.count("--hash=sha256:") > len(pinned)


def test_no_file_names_a_package_registry(root, files):
    assert not [f for f in files if re.search(r"(uv|poetry)\.lock$|package-lock\.json$|Pipfile\.lock$", f)]
    hosts = re.compile("(pypi|npmjs|anaconda|pythonhosted)" + r"\.(org|com)")
    named = [f for f in files if is_text(f) and hosts.search((root / f).read_text("utf-8"))]
    assert not named


def test_modules_are_short(root):
    long = {
        str(p.relative_to(root)): n
        for p in (root / "workbench").rglob("*.py")
        if (n := len(p.read_text("utf-8").splitlines())) > 350
    }
    assert not long


def test_every_module_has_its_test_file(root):
    missing = []
    for path in (root / "workbench").rglob("*.py"):
        place = path.relative_to(root / "workbench")
        if path.name.startswith("__") or (root / "tests" / place.parent / f"test_{place.name}").is_file():
            continue
        missing.append(str(place))
    # tested through the door they serve
    through = (
        {
            "cli/options.py",
            "core/names.py",
            "core/engine/dialect.py",
            "core/engine/duckdb.py",
            "store/contracts.py",
            "store/screening.py",
            "store/workbooks.py",
            "store/overview.py",
            "report/chapter.py",
            "report/run/zygote.py",
            "report/site/index.py",
            "report/steps.py",
            "report/run/demo_study.py",
            "store/demo/wave_file.py",
            "store/demo/phrases_en.py",
            "store/demo/phrases_zh.py",
        }
        | {f"{room}/columns.py" for room in (*ROOMS, "report/chapters")}
        | {f"store/config/{c}.py" for c in ("parts", "sample", "response", "segments", "value", "tiers", "summary")}
    )
    through |= {f"report/chapters/{c}.py" for c in ("sample/chapter", "sample/views", "response/chapter")}
    assert not set(missing) - through


def test_nothing_is_unfinished(root, files):
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        f
        for f in files
        if f.startswith(("workbench/", "notebooks/"))
        and not f.endswith(".otf")
        and marks.search((root / f).read_text("utf-8"))
    ]
    assert not found


def test_no_path_of_a_machine_is_committed(root, files):
    path = re.compile(r"(^|[^A-Za-z0-9_./])/(work|root|home)/[A-Za-z.]")
    found = [f for f in files if is_text(f) and path.search((root / f).read_text("utf-8"))]
    assert not found


@pytest.mark.parametrize("rule", ["short cells", "no definitions", "one parameters cell", "clean", "both languages"])
def test_notebooks_narrate_and_the_package_computes(root, rule):
    for path in sorted(p for p in (root / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts):
        is_chapter = path.parent.name == "notebooks" and not path.name.startswith("00_")
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = [c for c in cells if c["cell_type"] == "code"]
        tags = [c["metadata"].get("tags", []) for c in cells]
        for cell in code:
            source = "".join(cell["source"])
            if rule == "short cells":
                assert len([line for line in source.splitlines() if line.strip()]) <= 15, (path.name, source)
            if rule == "no definitions":
                assert not re.search(r"(?m)^\s*(def|class) |SELECT ", source), (path.name, source)
            if rule == "clean" and "keep_output" not in cell["metadata"].get("tags", []):
                assert not cell["outputs"] and cell["execution_count"] is None, (path.name, source)
            assert not source.rstrip().endswith(";"), (path.name, source)
        if rule == "one parameters cell":
            assert sum("parameters" in t for t in tags) == 1, path.name
            if is_chapter:  # it ends with a contract
                assert "nbval-check-output" in tags[-1] and "keep_output" in tags[-1], path.name
        if rule == "both languages":
            prose = [t for c, t in zip(cells, tags, strict=True) if c["cell_type"] == "markdown"]
            assert [t for t in prose if "lang-en" in t or "lang-zh" in t] == prose, path.name
            assert sum("lang-en" in t for t in prose) == sum("lang-zh" in t for t in prose), path.name


def imported_by(path: Path, modules: Mapping[str, Path]) -> set[str]:
    """Return the modules of the project that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in modules | {"workbench": path}:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                found.add(inner if inner in modules else node.module)
    return found & set(modules)


def test_modules_import_in_no_circle(root):
    modules = {}
    for path in (root / "workbench").rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        modules[".".join(p for p in parts if p != "__init__")] = path
    graph = {name: imported_by(path, modules) - {name} for name, path in modules.items()}
    while ready := [name for name, needed in graph.items() if not needed & set(graph)]:
        for name in ready:
            del graph[name]
    # whatever is left imports something that is left: a circle, or what hangs on one
    assert not {name: sorted(needed & set(graph)) for name, needed in graph.items()}


def test_no_label_says_a_level_of_its_own(root):
    fixed = re.compile(r"Column\(message\(\s*\"[^\"]*\d\d(\.\d)? ?%")
    found = [
        str(path.relative_to(root))
        for path in (root / "workbench").rglob("*.py")
        for text in [path.read_text("utf-8")]
        if any("%" in m.group(0) and "interval" not in m.group(0) for m in fixed.finditer(text))
    ]
    assert not found


def test_no_quantile_of_a_level_is_written_out(root):
    number = re.compile(r"\b(1\.96|1\.9599\d*|1\.645|2\.576)\b")
    found = [
        str(p.relative_to(root)) for p in (root / "workbench").rglob("*.py") if number.search(p.read_text("utf-8"))
    ]
    assert not found


def test_chapters_arrange_and_rooms_compute(root):
    computes = re.compile(r"\bSELECT\b|^\s*(import|from) (numpy|scipy|statsmodels|sklearn)\b", re.M)
    chapters = root / "workbench" / "report" / "chapters"
    found = {
        p.relative_to(chapters).as_posix() for p in chapters.rglob("*.py") if computes.search(p.read_text("utf-8"))
    }
    assert not found


def shared_columns(folder: Path) -> Counter[tuple[str, str]]:
    """Count how often a column of a name and label is declared in the modules of a folder."""
    found: Counter[tuple[str, str]] = Counter()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Dict):
                continue
            for key, value in zip(node.keys, node.values, strict=True):
                told = re.match(r"Column\(message\((['\"])(.*?)\1", ast.unparse(value))
                if isinstance(key, ast.Constant) and told:
                    found[str(key.value), told.group(2)] += 1
    return found


ROOMS = ("sampling", "weighting", "estimation", "nps", "clv", "clustering", "tiers", "learning", "store", "report")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_declares_a_column_of_a_name_and_label_once(root, room):
    folder = root / "workbench" / room
    assert not [c for c, n in shared_columns(folder).items() if n > 1]


@pytest.mark.parametrize("room", ROOMS)
def test_shared_columns_are_shared(root, room):
    for path in (root / "workbench" / room).rglob("columns.py"):
        names = re.findall(r"(?m)^([A-Z_]+): Final", path.read_text("utf-8"))
        users = [p.read_text("utf-8") for p in path.parent.rglob("*.py") if p != path]
        assert names and not [n for n in names if sum(bool(re.search(rf"\b{n}\b", u)) for u in users) < 1]


def test_rooms_load_what_they_compute_with_when_they_compute(root):
    # counted, not timed: each of these takes longer to load than a room
    heavy = [
        "scipy.stats",
        "scipy.special",
        "scipy.sparse",
        "scipy.optimize",
        "sklearn",
        "statsmodels",
        "matplotlib",
        "IPython",
        "nbformat",
        "papermill",
    ]
    rooms = [
        "core",
        "sampling",
        "weighting",
        "estimation",
        "tabulation",
        "nps",
        "clv",
        "clustering",
        "tiers",
        "learning",
        "privacy",
        "store",
    ]
    program = (
        f"import sys, {', '.join(f'workbench.{r}' for r in rooms)}\nprint(*[h for h in {heavy} if h in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_needs_no_numbers(root):
    program = (
        "import sys, workbench.cli\nprint(*[m for m in ('numpy', 'pandas', 'duckdb', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
