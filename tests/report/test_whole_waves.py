"""A study's two whole waves on every engine: the same numbers in every artefact, the same words on every page.

It takes minutes and an engine, and runs in ``make test-engines``. ``WORKBENCH_WHOLE_STUDY`` names other studies, between
colons; what a run refuses of them, every engine has to refuse in the same words.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from workbench.store import Wave, read_wave_file
from workbench.store.fetching import fetch

CUSTOMERS = "2000"
STUDIES = [Path(p).resolve() for p in os.environ.get("WORKBENCH_WHOLE_STUDY", "").split(os.pathsep) if p] or ["demo"]
ENGINES = {
    "postgresql": "WORKBENCH_POSTGRESQL",
    "spark": "WORKBENCH_SPARK",
    "connect": "WORKBENCH_CONNECT",
    "datafusion": "",
}
pytestmark = pytest.mark.skipif("WORKBENCH_WHOLE" not in os.environ, reason="make test-engines compares whole waves")
TOLD = re.compile(r"left out|not run|could not|FAILED|\bfault|[Ee]rror|\b(found|fix): ")
FRACTION = re.compile(r"-?\b\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)\b")
# what a run says of itself: when it ran, how long, with what
OWN = re.compile(
    r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b|\b[\d.,]+ (s|seconds|秒|MB|CPU s)\b|\b[0-9a-f]{12,64}\b|\b[0-9a-f]{4}( [0-9a-f]{4}){2,}\b"
)


def workbench(*arguments):
    command = [sys.executable, "-m", "workbench.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=7200)


@pytest.fixture(params=STUDIES, ids=lambda s: Path(s).name, scope="session")
def raw(request, tmp_path_factory):
    """The study's files, without anything made of them."""
    if request.param != "demo":
        return request.param
    place = tmp_path_factory.mktemp("raw") / "demo"
    done = workbench("demo", "--folder", place, "--customers", CUSTOMERS)
    assert done.returncode == 0, done.stderr[-3000:]
    return place


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Return a function that runs a study on an engine, once, and returns the folder of the run and what it said."""
    done = {}

    def on(raw, name, url):
        if (raw, name) not in done:
            place = tmp_path_factory.mktemp(name)
            shutil.copytree(raw, place / raw.name)
            for file in (place / raw.name).glob("*/wave.yaml"):
                text = re.sub(r"(?m)^engine:.*\n", "", file.read_text(encoding="utf-8"))
                file.write_text(f'{text}\nengine: "{url}"\n', encoding="utf-8")
            ran = workbench("report", place / raw.name, "--reports", place / "reports", "--workers", "1")
            said = [re.sub(r"^[-\d]+ [:\d]+ ", "", line) for line in ran.stderr.splitlines() if TOLD.search(line)]
            told = sorted(OWN.sub("…", line).replace(str(place), "") for line in said)
            if raw.name == "demo":
                assert ran.returncode == 0, ran.stderr[-3000:]
                assert not any(re.search("FAILED|could not|Error", line) for line in told), told
            done[raw, name] = place / raw.name, [f"exit {ran.returncode}", *told]
        return done[raw, name]

    return on


@pytest.fixture(params=list(ENGINES), scope="session")
def runs(request, run, raw):
    """Return the runs of the study on DuckDB and on another engine."""
    url = os.environ.get(ENGINES[request.param])
    if request.param == "datafusion":  # it lives in the process itself
        pytest.importorskip("datafusion", reason="datafusion is not installed")
        url = "datafusion://"
    if url is None:
        pytest.skip(f"{ENGINES[request.param]} names no engine")
    return run(raw, "duckdb", "duckdb://"), run(raw, request.param, url)


@pytest.fixture
def pair(runs):
    """Return the folders of the study of two runs."""
    return tuple(folder for folder, _ in runs)


def test_the_same_is_refused_and_left_out(runs):
    assert runs[1][1] == runs[0][1]


def kept(wave, name):
    """Return an artefact as a table whose rows lie in an order of their own."""
    path = wave.path(name)
    table = fetch(name, path, wave.engine, most=10**7)
    exact = [c for c in table.schema.names if pa.types.is_decimal(table.schema.field(c).type)]
    table = table.to_pandas().astype(dict.fromkeys(exact, float))  # as a wave reads them
    keys = [c for c in table.columns if not pd.api.types.is_float_dtype(table[c])]
    return table.sort_values(keys, key=lambda s: s.astype(str), ignore_index=True) if "customer_id" in table else table


def alike(one, two):
    """Tell whether two values are written alike; fractions inside a text may differ as other fractions may."""
    one, two = str(one), str(two)
    if one == two:
        return True
    if FRACTION.sub("…", one) != FRACTION.sub("…", two):
        return False
    x, y = (np.array(FRACTION.findall(text), dtype=float) for text in (one, two))
    return bool(np.isclose(x, y, rtol=1e-9, atol=1e-9).all())


def test_fractions_in_texts_are_compared_as_numbers():
    assert alike('{"share": 0.6584738074015035}', '{"share": 0.6584738074013552}')
    assert not alike('{"share": 0.65847}', '{"share": 0.65848}') and not alike("7 of 0.5", "8 of 0.5")


def differences(one, two):
    """Yield what differs between two tables."""
    if list(one.columns) != list(two.columns) or len(one) != len(two):
        yield f"{len(one)} rows of {list(one.columns)}, {len(two)} rows of {list(two.columns)}"
        return
    for c in one.columns:
        a, b = one[c], two[c]
        if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
            x, y = a.to_numpy(dtype=float, na_value=np.nan), b.to_numpy(dtype=float, na_value=np.nan)
            whole = pd.api.types.is_integer_dtype(a) and pd.api.types.is_integer_dtype(b)
            same = (x == y) if whole else np.isclose(x, y, rtol=1e-9, atol=1e-9)
            same |= np.isnan(x) & np.isnan(y)
        else:
            same = (a.isna() & b.isna()).to_numpy() | np.array([alike(*pair) for pair in zip(a, b, strict=True)], bool)
        if not same.all():
            at = int(np.flatnonzero(~same)[0])
            yield f"{c}: {int((~same).sum())} of {len(one)}, such as {a[at]!r} and {b[at]!r}"


def opened(folder):
    """Return a wave as it was left. PySpark has sessions of one kind in a process: what one wrote, a cluster's reads."""
    config, cluster = read_wave_file(folder), os.environ.get("WORKBENCH_SPARK")
    if config.engine.startswith("sc://") and cluster is not None:
        config = config.model_copy(update={"engine": cluster})
    return Wave(folder, config, {})


def test_every_artefact_has_the_same_numbers(pair):
    wrong = []
    for folder in sorted(p.parent for p in pair[0].glob("*/wave.yaml")):
        waves = [opened(place / folder.name) for place in pair]
        names = [sorted([*w.manifest.artefacts, *w.manifest.tables]) for w in waves]
        assert names[0] == names[1]
        for name in names[0]:
            found = differences(*(kept(w, name) for w in waves))
            wrong += [f"{folder.name}/{name}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


class Words(HTMLParser):
    """The words of a page, without what is program."""

    def __init__(self):
        super().__init__()
        self.words, self.off = [], 0

    def handle_starttag(self, tag, attrs):
        self.off += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.off -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.off and data.strip():
            self.words.append(OWN.sub("…", data.strip()))


def words_of(page):
    parser = Words()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.words


def test_every_page_says_the_same(pair):
    wrong = []
    sites = [place.parent / "reports" for place in pair]
    pages = sorted(p.relative_to(sites[0]) for p in sites[0].glob("*/*/*.html"))
    for page in (p for p in pages if p.parts[0] != "editions"):
        one, two = (words_of(site / page) for site in sites)
        if one != two:
            at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
            wrong.append(f"{page}: {one[at : at + 3]} and {two[at : at + 3]}")
    assert not wrong, "\n".join(wrong)
