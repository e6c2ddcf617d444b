from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.store import Wave
from workbench.store.scratch import OWN_VARIABLE, VARIABLE, kept_for_good, own_chapter, run_token, scratch_of

FRAME = pd.DataFrame({"customer_id": ["b", "a"], "n": [1, 2]})


def test_what_is_kept_by_hand_is_seen_by_this_process_and_nobody_else(make_wave):
    wave = Wave.open(make_wave())
    version = wave.manifest.version
    path = wave.keep("scores", FRAME)
    assert wave.read("scores")["n"].tolist() == [1, 2] and wave.columns("scores") == ("customer_id", "n")
    assert wave.table("scores").rows("SELECT sum(n) AS n FROM {table} AS t")["n"][0] == 3
    assert Wave.open(wave.folder).has("scores"), "opened again, in the same notebook"
    assert wave.artefacts not in path.parents and wave.manifest.version == version
    look = "import sys; from workbench.store import Wave; print(Wave.open(sys.argv[1]).has('scores'))"
    other = subprocess.run([sys.executable, "-c", look, str(wave.folder)], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "False"


def test_a_wave_says_what_was_kept_by_hand(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("scores", FRAME)
    assert wave.by_hand == ("scores",)
    assert "kept by hand" in repr(wave) and "kept by hand" in wave._repr_html_()


def test_keeping_by_hand_hides_what_a_run_made_and_does_not_touch_it(make_wave):
    wave = Wave.open(make_wave())
    with kept_for_good():
        good = wave.keep("scores", FRAME, made_by="50_x")
    wave.keep("scores", FRAME.assign(n=7))
    assert wave.read("scores")["n"].tolist() == [7, 7]
    with kept_for_good():
        assert wave.path("scores") == good and wave.read("scores")["n"].tolist() == [1, 2]
        assert wave.manifest.artefacts["scores"].run == "command" and wave.by_hand == ()


def test_forgetting_by_hand_is_for_this_process(make_wave):
    wave = Wave.open(make_wave())
    with kept_for_good():
        wave.keep("scores", FRAME)
    wave.forget("scores")
    assert not wave.has("scores")
    with kept_for_good():
        assert wave.has("scores")
    wave.keep("scores", FRAME)
    assert wave.has("scores")


def test_tables_of_an_engine_and_files_are_kept_aside_too(make_wave, tmp_path):
    wave = Wave.open(make_wave())
    wave.keep("big", as_table(FRAME), order_by="customer_id")
    assert wave.read("big")["customer_id"].tolist() == ["a", "b"]
    FRAME.to_parquet(tmp_path / "x.parquet")
    wave.keep("moved", tmp_path / "x.parquet")
    assert len(wave.read("moved")) == 2 and not (tmp_path / "x.parquet").exists()
    assert not list(wave.artefacts.glob("big-*")) and not list(wave.artefacts.glob("moved-*"))


def test_lists_with_customers_are_written_aside_too(make_wave):
    wave = Wave.open(make_wave())
    assert wave.folder not in wave.lists.parents
    with kept_for_good():
        assert wave.lists == wave.folder / "fieldwork"


def test_waves_are_kept_apart(make_wave):
    one, two = Wave.open(make_wave()), Wave.open(make_wave(WAVE.replace("wave: w1", "wave: w2"), folder="w2"))
    one.keep("scores", FRAME)
    assert not two.has("scores")
    assert scratch_of(one.artefacts) is not scratch_of(two.artefacts)


@pytest.mark.parametrize("token", ["", "abc"])
def test_a_run_marks_its_kernels(make_wave, token):
    wave = Wave.open(make_wave())
    code = (
        "import sys, json, pandas as pd\nfrom workbench.store import Wave\n"
        "wave = Wave.open(sys.argv[1])\nwave.keep('scores', pd.DataFrame({'a': [1]}))\n"
        "print(json.dumps(wave.by_hand))"
    )
    env = {**os.environ, VARIABLE: token}
    done = subprocess.run(
        [sys.executable, "-c", code, str(wave.folder)], capture_output=True, text=True, check=True, env=env
    )
    assert json.loads(done.stdout) == ([] if token else ["scores"])
    assert wave.has("scores") == bool(token)


def test_code_is_marked_only_inside_the_block():
    assert run_token() is None
    with kept_for_good("release"):
        assert run_token() == "release"
    assert run_token() is None


def test_an_own_chapter_takes_no_name_of_another(make_wave, monkeypatch):
    wave = Wave.open(make_wave())
    with kept_for_good():
        wave.keep("loyalty", pd.DataFrame({"x": [1]}), made_by="50_loyalty")
        monkeypatch.setenv(OWN_VARIABLE, "65_brands")
        assert own_chapter() == "65_brands"
        with pytest.raises(InputError, match="50_loyalty"):
            wave.keep("loyalty", pd.DataFrame({"x": [2]}))
        wave.keep("brands", pd.DataFrame({"x": [2]}))
    assert wave.manifest.artefacts["brands"].made_by == "65_brands"
    assert wave.read("loyalty")["x"].tolist() == [1]
