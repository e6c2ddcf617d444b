"""The reference: docstrings are whole, and the pages are built without a warning."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def reference(root):
    spec = importlib.util.spec_from_file_location("build_reference", root / "scripts" / "build_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_is_explained(reference):
    lacking = [problem for room in reference.ROOMS for problem in reference.room_problems(room)]
    assert not lacking, "\n".join(lacking)


def test_a_gap_is_found(reference):
    def lacking(table, *, limit: int = 1) -> int:
        """Do something.

        Parameters
        ----------
        table
            Rows.
        other
            Not there.
        """
        return limit

    assert sorted(reference.function_problems(lacking)) == [
        "no Returns",
        "no example",
        "parameter limit is not explained",
        "parameter other does not exist",
    ]


def test_formulas_are_drawn(reference):
    doc = ":math:`n_h` of\n\n.. math:: N =\n     \\sum_h N_h\n\nEnd."
    drawn = reference.formulas(doc)
    assert drawn.count("<math") == 2 and 'display="block"' in drawn and drawn.endswith("End.")
    assert "math::" not in drawn and ":math:" not in drawn


@pytest.mark.slow
def test_pages_are_built_and_need_no_network(reference, root, tmp_path):
    pytest.importorskip("pdoc")
    # In a process of its own: parsing sources while another thread of a test does so breaks in Python 3.11
    # (SystemError "AST constructor recursion depth mismatch", python/cpython#106905).
    script = [sys.executable, "scripts/build_reference.py", "--out", str(tmp_path)]
    built = subprocess.run(script, cwd=root, capture_output=True, text=True, timeout=1800)
    assert built.returncode == 0, built.stderr
    pages = {p.stem: p.read_text("utf-8") for p in (tmp_path / "workbench").glob("*.html")}
    assert set(pages) == set(reference.ROOMS)
    assert 'id="net_promoter_score"' in pages["nps"] and "<math" in pages["sampling"]
    for name, text in pages.items():
        assert not re.search(r'<(script|link|img)[^>]+(src|href)="https?:', text), name
        assert ":math:" not in text, name
