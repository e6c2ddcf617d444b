"""Record each notebook's contract cell: headline numbers of the default demo that a test holds the next run against.

Run after a deliberate change of numbers: ``make contracts``. Everything else in the notebooks stays without outputs.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Make the default demo aside, run its report, and copy the contracts' outputs into the notebooks."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "notebooks", place / "notebooks")
        for arguments in (["demo"], ["report", "data/demo"]):
            subprocess.run([sys.executable, "-m", "workbench.cli", *arguments], cwd=place, check=True)
        executed = place / "data" / "demo" / "2026q3" / "artefacts" / "notebooks"
        for path in sorted((ROOT / "notebooks").glob("[1-9]*.ipynb")):
            record(path, ran(executed / path.name, place))


def ran(executed: Path, place: Path) -> Path:
    """Return a chapter's executed notebook; one that the demo leaves out is run by hand."""
    if executed.is_file():
        return executed
    notebook = nbformat.read(place / "notebooks" / executed.name, as_version=4)
    NotebookClient(notebook, kernel_name="python3", timeout=1200).execute(cwd=str(place))
    nbformat.write(notebook, place / executed.name)
    return place / executed.name


def record(path: Path, executed: Path) -> None:
    """Copy the output of the contract cell and strip every other one."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    ran = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"], cell["execution_count"] = [], None
        if "contract" in cell["metadata"].get("tags", []):
            texts = [o for o in ran[-1]["outputs"] if o.get("name") == "stdout"]
            joined = "".join("".join(o["text"]) for o in texts)
            cell["execution_count"] = 1  # a cell with outputs counts as run
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": joined.splitlines(keepends=True)}]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
