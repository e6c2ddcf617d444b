"""Over the finished editions: no small count is published, and none can be computed back from what is."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from tests.pages.conftest import ROOT, name_of, published
from workbench.privacy.linked_tables import FEW, _same, _sums, hidden_in
from workbench.privacy.small_cells import exposed
from workbench.report.site.protection import _counted
from workbench.report.site.render import read_page
from workbench.store import Wave, read_wave_file

EDITIONS = sorted({p.parent for p in published() if p.name == "index.html" and (p.parent / "downloads").is_dir()})
COUNTS = {
    *("n", "customers", "respondents", "asked", "reached", "answered", "complaints", "mentions", "population", "drawn"),
    *("entrants", "leavers", "rose_into", "fell_into", "entered", "left_n", "right_n", "called", "stays", "recruited"),
    *("n_previous", "repeat_customers", "shared", "members", "still_open", "rotated_out", "invited"),
}
DATA = Path(os.environ.get("WORKBENCH_DATA", ROOT / "data" / "demo"))
WAVES = sorted(p.parent.parent for p in DATA.glob("*/artefacts/manifest"))

pytestmark = pytest.mark.skipif(not EDITIONS, reason="nothing is published here; run make pages-test")


def tables(edition):
    for file in sorted((edition / "downloads").glob("*.csv")):
        head, *rows = csv.reader(file.read_text("utf-8-sig").splitlines())
        yield file.stem, head, rows


def number(text):
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None


@pytest.mark.parametrize("edition", EDITIONS, ids=name_of)
def test_no_group_of_few_is_published(edition):
    small = []
    for name, head, rows in tables(edition):
        for column in COUNTS & set(head):
            values = [number(r[head.index(column)]) for r in rows]
            # the whole of a wave is told, in a table of one row or the same for every row
            if len(rows) > 1 and "wave" not in head and len(set(values)) > 1:
                small += [(name, column, v) for v in values if v and v < 10 and v == int(v)]
    assert not small


@pytest.mark.parametrize("folder", WAVES, ids=lambda f: f.name)
def test_no_hidden_count_is_determined_or_bounded_within_two_by_the_sums_of_its_edition(folder):
    wave = Wave(folder, read_wave_file(folder), {})
    shown = {
        c: read_page(wave.artefacts / run.notebook, "en", run.sections) for c, run in wave.manifest.chapters.items()
    }
    tables = [_counted(c, n, page) for c, page in shown.items() for n in page.people if n in page.tables]
    places, counts, relations = linked(tables)
    hidden = hidden_in(tables)
    few = {i for i, p in enumerate(places) if hidden.get(p) == FEW}
    # what is only said to be hidden may be anything, and stands where all around it is hidden
    other = {i for i, p in enumerate(places) if hidden.get(p) not in (None, FEW)}
    assert few or not any(0 < c < 10 for c in counts) or other
    assert not [places[i] for i in exposed(counts, relations, few, other) if i in few]


def linked(tables):
    """Return every count, and the sums and equalities of all tables: what publication was decided by."""
    places = [(t.name, c, r) for t in tables for c, v in t.counts.items() for r, x in enumerate(v) if x is not None]
    counts = [t.counts[c][r] for t in tables for c, v in t.counts.items() for r, x in enumerate(v) if x is not None]
    cells = {p: i for i, p in enumerate(places)}
    sums = [*_same(tables, cells, counts), *(r for t in tables for r in _sums(t, cells))]
    return places, counts, sums
