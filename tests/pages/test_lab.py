"""JupyterLab as an analyst has it: notebooks in one language, files picked, chapters run, names completed, figures."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.pages.conftest import ROOT

pytestmark = pytest.mark.xdist_group("lab")
DEMO = ROOT / "data" / "demo" / "2026q3"
# not in the demo: its answers hold no attitudes, and it asks for no tables
CHAPTERS = [p.stem for p in sorted((ROOT / "notebooks").glob("[1-9]*.ipynb")) if p.stem[:2] not in ("35", "55")]
STATE = """() => {
  const cells = [...jupyterapp.shell.currentWidget.content.widgets].filter(c => c.model.type === 'code');
  const outputs = cells.flatMap(c => c.model.outputs.toJSON());
  return {
    waiting: cells.filter(c => c.model.sharedModel.getSource().trim() && !c.model.executionCount).length,
    busy: jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status !== 'idle',
    errors: outputs.filter(o => o.output_type === 'error').map(o => `${o.ename}: ${o.evalue}`),
    pictures: outputs.filter(o => Object.keys(o.data ?? {}).some(k => k.startsWith('image/'))).length,
    pages: outputs.filter(o => o.data?.['text/html']).length,
  };
}"""

# what cells have shown; parts of a notebook far from the window are not in the page
SHOWN = """() => [...jupyterapp.shell.currentWidget.content.widgets].filter(c => c.model.type === 'code')
  .flatMap(c => c.model.outputs.toJSON()).map(o => [o.data?.['text/html']].flat().join('')).join('')"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> str:
    """A JupyterLab as ``make lab`` starts it, over copies of the notebooks; returns its address."""
    if not (DEMO / "artefacts" / "manifest").is_dir():
        pytest.skip("the demo has no report; run make report")
    place = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "notebooks", place / "notebooks")
    (place / "data").mkdir()
    (place / "data" / "demo").symlink_to((ROOT / "data" / "demo").resolve())
    (place / "reports").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [f"--ServerApp.root_dir={place}", f"--port={port}", "--no-browser", "--allow-root"]
    flags += ["--IdentityProvider.token=desk", "--LabApp.expose_app_in_browser=True"]
    python_path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    start = {"PYTHONSTARTUP": str(ROOT / "scripts" / "lab" / "start.py"), "PYTHONPATH": python_path}
    own = {"JUPYTER_CONFIG_DIR": str(place / "config"), "JUPYTER_DATA_DIR": str(place / "jupyter")}
    jupyter = next(
        p for p in (ROOT / ".venv" / "bin" / "jupyter", Path(sys.executable).with_name("jupyter")) if p.exists()
    )
    command = [jupyter, "lab", f"--config={ROOT / 'scripts' / 'lab' / 'config.py'}", *flags]
    with (place / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=place, env={**os.environ, **start, **own}, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api/status?token=desk", timeout=5).read()
                break
            except OSError:
                assert server.poll() is None, (place / "log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture
def open_notebook(desk, browser):
    """Return a function that opens a notebook in a browser of one language."""
    shown = []

    def opened(path: str, locale: str = "en-US"):
        page = browser.new_page(viewport={"width": 1360, "height": 1000}, locale=locale)
        shown.append(page)
        page.set_default_timeout(240_000)
        page.goto(f"{desk}/lab/tree/notebooks/{path}.ipynb?token=desk&reset")
        page.wait_for_selector("select.workbench-language")
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'", polling=200
        )
        return page

    yield opened
    for page in shown:
        page.evaluate("jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
        page.close()


def run_all(page) -> dict:
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    return ended(page)


def ended(page) -> dict:
    for _ in range(1200):
        state = page.evaluate(STATE)
        if state["errors"] or not (state["waiting"] or state["busy"]):
            return state
        page.wait_for_timeout(500)
    raise AssertionError("it did not end")


def add_cell(page, code: str) -> None:
    """Write a new cell at the end and leave the cursor in it."""
    page.evaluate(
        """code => {
          const content = jupyterapp.shell.currentWidget.content;
          content.activeCellIndex = content.widgets.length - 1;
          return jupyterapp.commands.execute('notebook:insert-cell-below');
        }"""
    )
    page.evaluate("jupyterapp.commands.execute('notebook:enter-edit-mode')")
    page.keyboard.type(code)


def is_completed(page, name: str) -> bool:
    """Press Tab until a name is offered; of several a list is shown, the only one is put in at once."""
    for _ in range(20):  # JupyterLab waits a second for the kernel and then shows what it has
        page.wait_for_timeout(500)
        page.keyboard.press("Tab")
        page.wait_for_timeout(2000)
        offered = page.locator(".jp-Completer:visible .jp-Completer-match").all_text_contents()
        if any(name in o for o in offered):
            return True
        if name in page.locator(".jp-Cell.jp-mod-active .cm-content").text_content():
            return True
        page.keyboard.press("Escape")
        page.evaluate("jupyterapp.commands.execute('notebook:enter-edit-mode')")
    return False


def headings(page) -> list[str]:
    return page.locator(".jp-MarkdownOutput:visible h1, .jp-MarkdownOutput:visible h2").all_text_contents()


def test_a_notebook_shows_one_language_at_a_time(open_notebook):
    page = open_notebook("00_start")
    assert "Start here" in headings(page)[0] and not any("开始" in h for h in headings(page))
    page.select_option("select.workbench-language", "zh-CN")
    assert "从这里开始" in headings(page)[0] and not any("Start" in h for h in headings(page))
    assert run_all(page)["errors"] == []
    assert "下一步" in page.evaluate(SHOWN), "tables speak the language that was chosen"
    page.select_option("select.workbench-language", "both")
    assert {"Start here", "从这里开始"} <= {h.strip("¶") for h in headings(page)}


def test_a_file_is_picked_and_becomes_a_report(open_notebook, tmp_path):
    rng = np.random.default_rng(3)
    score = rng.integers(0, 11, 90_000)
    # larger than what a socket of JupyterLab takes by itself
    long = pd.Series(rng.choice(["quick delivery and friendly staff " * 3, "the queue was long " * 6], len(score)))
    answers = pd.DataFrame({"customer_id": np.arange(len(score)), "recommend": score, "comment": long})
    answers.to_csv(tmp_path / "export.csv", index=False)
    assert (tmp_path / "export.csv").stat().st_size > 10_000_000
    page = open_notebook("00_start")
    assert run_all(page)["errors"] == []
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose files").click()
    asked.value.set_files(tmp_path / "export.csv")
    page.wait_for_selector("text=(1)")
    page.get_by_role("button", name="Start the wave").click()
    page.wait_for_selector("text=export.csv: responses")
    page.get_by_role("button", name="Make the report").click()
    page.wait_for_selector("a:has-text('Open the report')")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_from_its_first_cell_to_its_last(open_notebook, chapter):
    page = open_notebook(chapter)
    state = run_all(page)
    assert state["errors"] == [] and state["pages"] > 1
    assert page.locator(".jp-NotebookPanel").count() == 1


def test_names_complete_and_figures_are_drawn_again(open_notebook):
    page = open_notebook("00_start")
    assert run_all(page)["errors"] == []
    # another wave may be the newest here: one that was made of a picked file
    add_cell(page, 'from workbench.store import Wave; wave = Wave.open("data/demo/2026q3")')
    page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")
    assert ended(page)["errors"] == []
    wanted = {
        'Wave.open("data/de': "data/demo/2026q3",
        'wave.read("resp': "respondents",
        'wave.plot("recom': "recommend",
        "wave.nps(b": "by=",
    }
    for typed, completed in wanted.items():
        add_cell(page, typed)
        assert is_completed(page, completed)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.evaluate("jupyterapp.commands.execute('notebook:delete-cell')")
    drawn = []
    for by in ("region", "tier"):
        add_cell(page, f'wave.plot("recommend", by="{by}")')
        page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")
        state = ended(page)
        assert state["errors"] == []
        drawn.append(state["pictures"])
    assert drawn == [1, 2]
