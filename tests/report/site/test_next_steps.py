from __future__ import annotations

import re

import pytest

from tests.conftest import WAVE
from tests.core.engine.toy_engine import toy_scheme
from workbench.core.language import LANGUAGES
from workbench.report.site.next_steps import has_file, next_step
from workbench.store import Wave, read_wave_file

ANSWERED = {"facts": {"inputs": {"responses ← responses.csv": "a"}, "fingerprint": "0123456789ab"}}
SIGNED = 'signed: [{name: Li, date: 2026-07-01, numbers: "0123456789ab"}]\n'


@pytest.fixture
def step(make_wave):
    def told(wave_yaml=WAVE, edition=None, without=(), drawn=False):
        folder = make_wave(wave_yaml)
        for table in without:
            (folder / "raw" / f"{table}.csv").unlink()
        wave = Wave.open(folder)
        if drawn:
            wave.keep("released_sample", wave.read("customers"))
        return next_step(wave, edition or {}, "data/shop/w1")

    return told


def test_each_state_has_a_step_of_its_own(step):
    everything = ("customers", "transactions", "responses")
    said = [
        step(without=everything),
        step(without=everything[1:]),
        step(without=everything[1:], drawn=True),
        step(),
        step(edition={"facts": {"inputs": {"customers ← customers.csv": "a"}}}),
        step(edition=ANSWERED),
        step(WAVE + SIGNED, edition=ANSWERED),
    ]
    commands = [s.command.partition(" data")[0] for s in said]
    assert commands == [
        "workbench check",
        "workbench sample",
        "",
        "workbench report",
        "workbench report",
        "",
        "workbench new … --after",
    ]
    for language in LANGUAGES:
        assert len({s.text.text(language) for s in said}) == 7


def test_orders_alone_are_reported(step):
    assert step(without=("customers", "responses")).command == "workbench report data/shop/w1"


def test_a_file_is_there_by_its_name_or_pattern(make_wave):
    wave = Wave.open(make_wave(WAVE.replace("raw/customers.csv", "raw/cust*.csv")))
    assert has_file(wave.folder, wave.config, "customers") and not has_file(wave.folder, wave.config, "panel")


def test_tables_of_an_engine_are_there_already(make_wave):
    named = 'engine: "toy://"\n' + re.sub(r"file: raw/(\w+)\.csv", r"table: crm.\1", WAVE)
    unasked = "".join(line for line in named.splitlines(keepends=True) if "responses" not in line)
    with toy_scheme():
        for text, command in ((named, "report"), (unasked, "sample")):
            folder = make_wave(text)
            for file in folder.glob("raw/*"):
                file.unlink()
            seen = Wave(folder, read_wave_file(folder), {})
            assert next_step(seen, {}, "data/shop/w1").command == f"workbench {command} data/shop/w1"
