from __future__ import annotations

import os
from dataclasses import replace

import pandas as pd
import pytest

from tests.conftest import CUSTOMERS, WAVE
from tests.core.engine.toy_engine import toy_scheme
from workbench.core.bulk import keep_rows, scratch_file
from workbench.core.engine import as_table
from workbench.core.engine.standin import stand_in
from workbench.core.errors import ConfigError, EngineError, InputError
from workbench.core.language import use_language
from workbench.store import Wave
from workbench.store.scratch import kept_for_good


def test_a_wave_shows_what_it_has_and_what_is_missing(make_wave):
    folder = make_wave()
    (folder / "raw" / "responses.csv").unlink()
    wave = Wave.open(folder)
    assert wave.has("customers", "transactions") and not wave.has("responses")
    html = wave._repr_html_()
    assert "responses.csv" in html and "2026-06-30" in html
    with use_language("zh-CN"):
        assert "缺失" in wave._repr_html_()
    assert "taken in" in repr(wave)
    with pytest.raises(InputError, match=r"responses\.csv is not there"):
        wave.read("responses")


def test_reading_again_reads_nothing_again(make_wave):
    folder = make_wave()
    before = Wave.open(folder).manifest
    assert Wave.open(folder).manifest == before
    raw = folder / "raw" / "customers.csv"
    os.utime(raw, ns=(1, 1))  # touched, not changed
    assert Wave.open(folder).manifest.tables["customers"].clean == before.tables["customers"].clean
    raw.write_text(CUSTOMERS + "009,west,2025-01-01\n")
    after = Wave.open(folder)
    assert len(after.read("customers")) == 4
    assert after.manifest.tables["transactions"] == before.tables["transactions"]


def test_raw_files_may_be_archived_once_taken_in(make_wave):
    folder = make_wave()
    Wave.open(folder)
    (folder / "raw" / "customers.csv").unlink()
    assert len(Wave.open(folder).read("customers")) == 3
    # but not if what is wanted of them has changed
    (folder / "wave.yaml").write_text(WAVE.replace("raw/customers.csv", "raw/customers.csv, missing: [x]"))
    assert not Wave.open(folder).has("customers")


def test_a_table_taken_out_of_wave_yaml_is_gone(make_wave):
    folder = make_wave()
    Wave.open(folder)
    (folder / "wave.yaml").write_text(WAVE.replace("  transactions: {file: raw/transactions.csv}\n", ""))
    assert not Wave.open(folder).has("transactions")


def test_source_names_another_folder(make_wave, tmp_path):
    folder = make_wave()
    (folder / "raw").rename(tmp_path / "raw")
    assert Wave.open(folder, source=tmp_path).has("customers")


def test_keeping_is_write_once_and_by_content(make_wave):
    wave = Wave.open(make_wave())
    frame = pd.DataFrame({"region": ["n", "s"], "n": [1, 2]})
    first = wave.keep("scores", frame)
    version = wave.manifest.version
    assert wave.keep("scores", frame.copy()) == first
    assert wave.manifest.version == version
    second = wave.keep("scores", frame.assign(n=3))
    assert second != first and first.is_file(), "a reader of the old file must not lose it"
    assert wave.read("scores")["n"].tolist() == [3, 3]
    wave.forget("scores")
    assert not wave.has("scores")


def test_engine_tables_are_kept_in_a_stated_order(make_wave):
    wave = Wave.open(make_wave())
    table = as_table(pd.DataFrame({"customer_id": ["b", "a"], "x": [1.5, 2.5]}))
    wave.keep("big", table, order_by="customer_id")
    assert wave.read("big")["customer_id"].tolist() == ["a", "b"]
    assert wave.read("big", only=pd.Series(["b"]))["x"].tolist() == [1.5]


@pytest.mark.parametrize("name", ["customers", "Scores", "a b", "../x"])
def test_artefacts_have_names_of_their_own(make_wave, name):
    with pytest.raises(InputError, match="name of its own"):
        Wave.open(make_wave()).keep(name, pd.DataFrame({"a": [1]}))


def test_unknown_names_are_met_with_the_nearest(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("loyalty", pd.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="did you mean 'loyalty'"):
        wave.read("loyalyt")
    with pytest.raises(ConfigError, match="there are waves in"):
        Wave.open(wave.folder.parent)


def test_previous_is_the_wave_beside(make_wave):
    make_wave(folder="w0", wave_yaml=WAVE.replace("wave: w1", "wave: w0"))
    wave = Wave.open(make_wave(wave_yaml=WAVE + "previous: w0\n"))
    assert wave.previous.config.wave == "w0"
    assert wave.previous.previous is None


def test_money_is_read_as_numbers(make_wave):
    assert Wave.open(make_wave()).read("transactions")["amount"].sum() == pytest.approx(109.0)


def test_a_folder_may_have_any_name(make_wave):
    wave = Wave.open(make_wave(folder="o'brien"))
    assert (
        len(wave.read("responses")) == 2
        and wave.table("customers").rows("SELECT count(*) AS n FROM {table}")["n"][0] == 3
    )


def test_what_is_kept_of_a_server_stays_there_and_is_called_by_its_content(make_wave):
    folder = make_wave(WAVE + "engine: toy://\n")
    with toy_scheme() as engine:
        wave = Wave.open(folder)
        people = wave.table("customers")
        table = replace(people, source=f"(SELECT customer_id, region FROM {people.source} AS c)", order="")
        with kept_for_good():
            path = wave.keep("frame", table, order_by="customer_id")
            entry = wave.manifest.artefacts["frame"]
            assert (entry.rows, entry.columns) == (3, ("customer_id", "region"))
            assert stand_in(path).rows == 3 and path.name.startswith("frame-")
            assert wave.keep("frame", table, order_by="customer_id") == path
            assert wave.manifest.artefacts["frame"] == entry, "the same content changes nothing"
            assert wave.read("frame", columns=["customer_id"])["customer_id"].tolist() == ["001", "002", "003"]
        # by hand it is gone with the process; a file that passes is kept for good as a table of its own
        wave.keep("seen", table)
        assert len(wave.read("seen")) == 3 and wave.manifest.artefacts["seen"].rows == 3
        passing = keep_rows(engine, f"SELECT customer_id FROM {people.source}", stem="ids")
        made = scratch_file("ids")
        engine.materialize(f"SELECT customer_id FROM {passing.source}", made)
        with kept_for_good():
            assert stand_in(wave.keep("ids", made)).rows == 3


def test_an_engine_that_cannot_serve_says_what_is_missing(make_wave):
    folder = make_wave(WAVE + "engine: toy://\n")
    with toy_scheme() as engine:
        engine.broken = True
        with pytest.raises(EngineError, match="it is broken"):
            Wave.open(folder)
        with kept_for_good():  # the run has asked, its chapters do not
            assert Wave.open(folder).has("customers")
    (folder / "wave.yaml").write_text(WAVE + "engine: oracle://host\n")
    with pytest.raises(EngineError, match="known scheme"):
        Wave.open(folder)
