"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

os.environ.setdefault("WORKBENCH_MEMORY", "1GB")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("WORKBENCH_LANGUAGE", None)
settings.register_profile("workbench", deadline=None)  # no test depends on time
settings.load_profile("workbench")


def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file that share something dear on one worker: those marked with ``xdist_group``.

    The groups of xdist itself are written into the ids of tests, which no longer reach pytest 9.
    """
    from xdist.scheduler import LoadScopeScheduling

    if config.getvalue("dist") != "loadgroup":
        return None
    files = (ROOT / "tests").rglob("test_*.py")
    shared = {f.relative_to(ROOT).as_posix() for f in files if "mark.xdist_group(" in f.read_text(encoding="utf-8")}

    class SharedFiles(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in shared else nodeid

    return SharedFiles(config, log)


def pytest_collection_modifyitems(items):
    """Start tests of minutes before those of moments, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def keys_apart(tmp_path_factory):
    """Keep the keys of the tests' studies out of the home of who runs them."""
    os.environ["WORKBENCH_KEYS"] = str(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the project."""
    return ROOT


@pytest.fixture(autouse=True)
def _own_words():
    """What a test shows in the words of its study, it alone shows."""
    yield
    # imported here, so that what the environment says above comes before numpy
    from workbench.core.column_names import show_column_names
    from workbench.core.people import show_people_from
    from workbench.core.value_names import show_value_names

    show_people_from(0)
    show_value_names({})
    show_column_names({})


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data that is not part of the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder of shared real data is not here")
    return SHARED / "data"


WAVE = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
tables:
  customers: {file: raw/customers.csv}
  transactions: {file: raw/transactions.csv}
  responses: {file: raw/responses.csv, not_answered: {recommend: ["99"]}}
questions:
  satisfaction: {label: {en: Satisfaction, zh-CN: 满意度}, low: 1, high: 5, top_box: 4}
"""
CUSTOMERS = "customer_id,region,signup_date\n001,north,2025-01-31\n002,south,2025-02-01\n003,north,2025-03-01\n"
ORDERS = "customer_id,ordered_at,amount\n001,2026-01-05,12.50\n002,2026-02-01,99\n001,2026-03-01,-2.50\n"
ANSWERS = "customer_id,submitted_at,recommend,satisfaction,comment\n001,2026-06-10,9,5,fine\n003,2026-06-11,3,2,slow\n"


@pytest.fixture
def make_wave(tmp_path):
    """Return a function that writes a small wave's folder: texts replace the files of the same name."""

    def make(wave_yaml: str = WAVE, folder: str = "w1", **files: str | bytes) -> Path:
        place = tmp_path / folder
        (place / "raw").mkdir(parents=True, exist_ok=True)
        contents = {"customers": CUSTOMERS, "transactions": ORDERS, "responses": ANSWERS} | files
        for name, content in contents.items():
            data = content if isinstance(content, bytes) else content.encode()
            (place / "raw" / f"{name}.csv").write_bytes(data)
        (place / "wave.yaml").write_text(wave_yaml, encoding="utf-8")
        return place

    return make
