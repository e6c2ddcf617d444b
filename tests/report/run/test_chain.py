from __future__ import annotations

import pandas as pd
import pytest
from filelock import FileLock

from tests.conftest import WAVE
from tests.report.conftest import keep, made_up
from workbench.core.errors import LockedError
from workbench.core.language import Message
from workbench.report.run.chain import run_chain, run_chains
from workbench.store import Wave


def chain():
    return [
        made_up("10_a", makes=["one"], reads=["customers"]),
        made_up("20_b", makes=["two"], reads=["one"], after=["10_a"]),
        made_up("30_c", after=["20_b"], left_out=lambda w: None if w.has("never") else Message("no input")),
    ]


def notebooks(write_notebook, value=1):
    folder = write_notebook("10_a", keep("one", "10_a", value))
    write_notebook("20_b", keep("two", "20_b"))
    write_notebook("30_c", "pass")
    return folder


def states(outcomes):
    return {n: o.state for n, o in outcomes.items()}


def test_only_what_changed_is_run_again(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    first = run_chain(Wave.open(folder), chain(), books, listener)
    assert states(first) == {"10_a": "ran", "20_b": "ran", "30_c": "left out"}
    assert first["30_c"].reason.text("en") == "no input"
    again = run_chain(Wave.open(folder), chain(), books, listener)
    assert states(again) == {"10_a": "unchanged", "20_b": "unchanged", "30_c": "left out"}
    write_notebook("20_b", keep("two", "20_b", 5))
    assert states(run_chain(Wave.open(folder), chain(), books, listener))["20_b"] == "ran"
    # the same content comes out of 10_a, so nothing after it runs
    raw = folder / "raw" / "customers.csv"
    raw.write_text(raw.read_text() + "004,west,2025-04-01\n")
    assert states(run_chain(Wave.open(folder), chain(), books, listener)) | {"30_c": ""} == {
        "10_a": "ran",
        "20_b": "unchanged",
        "30_c": "",
    }


def test_a_result_that_was_deleted_is_made_again(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    run_chain(Wave.open(folder), chain(), books, listener)
    wave = Wave.open(folder)
    wave.path("two").unlink()
    assert states(run_chain(wave, chain(), books, listener))["20_b"] == "ran"


def test_what_nobody_promised_goes_when_it_is_kept_no_longer(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    write_notebook("10_a", keep("one", "10_a"), keep("extra", "10_a"))
    run_chain(Wave.open(folder), chain(), books, listener)
    assert Wave.open(folder).has("extra")
    write_notebook("10_a", keep("one", "10_a"))
    run_chain(Wave.open(folder), chain(), books, listener)
    assert not Wave.open(folder).has("extra") and Wave.open(folder).has("one")


def test_what_somebody_else_wrote_is_not_believed(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    run_chain(Wave.open(folder), chain(), books, listener)
    wave = Wave.open(folder)
    wave.keep("two", pd.DataFrame({"a": [99]}), made_by="20_b")
    assert states(run_chain(wave, chain(), books, listener))["20_b"] == "ran"
    assert wave.read("two")["a"].tolist() == [1]
    wave.path("two").write_bytes(b"something else")
    assert states(run_chain(wave, chain(), books, listener))["20_b"] == "ran"
    assert wave.read("two")["a"].tolist() == [1]


def needs_one(wave):
    return None if wave.has("one") else Message("there is no 'one'")


def test_what_rests_on_a_failure_is_left_out_and_all_is_run_again(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    chapters = chain()
    chapters[1] = made_up("20_b", makes=["two"], reads=["one"], after=["10_a"], left_out=needs_one)
    chapters.append(made_up("40_d"))
    write_notebook("40_d", "pass")
    run_chain(Wave.open(folder), chapters, books, listener)
    write_notebook("10_a", "1 / 0")
    outcomes = run_chain(Wave.open(folder), chapters, books, listener)
    assert states(outcomes) == {"10_a": "failed", "20_b": "left out", "30_c": "left out", "40_d": "unchanged"}
    assert outcomes["20_b"].reason.values["section"] == Message("10_a")
    wave = Wave.open(folder)
    assert not wave.has("one"), "what a chapter made before it failed is used no longer"
    assert not wave.has("two"), "nor is what was made of it"
    assert wave.manifest.failures["10_a"].found == "ZeroDivisionError: division by zero"
    notebooks(write_notebook)
    again = states(run_chain(Wave.open(folder), chapters, books, listener))
    assert again == {"10_a": "ran", "20_b": "ran", "30_c": "left out", "40_d": "unchanged"}
    assert not wave.manifest.failures


def test_what_can_do_without_a_failed_chapter_runs_without_it(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    run_chain(Wave.open(folder), chain(), books, listener)
    write_notebook("10_a", "1 / 0")
    write_notebook(
        "20_b", "from workbench.store import Wave\nassert not Wave.open(wave_folder).has('one')", keep("two", "20_b")
    )
    assert states(run_chain(Wave.open(folder), chain(), books, listener))["20_b"] == "ran"


def test_a_chapter_that_is_left_out_leaves_nothing_behind(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    run_chain(Wave.open(folder), chain(), books, listener)
    chapters = [chain()[0], made_up("20_b", makes=["two"], left_out=lambda w: Message("not today"))]
    assert states(run_chain(Wave.open(folder), chapters, books, listener))["20_b"] == "left out"
    assert not Wave.open(folder).has("two")


def test_independent_chapters_run_side_by_side(kernels, make_wave, write_notebook, listener):
    # each waits for the other's mark: one after the other they would fail
    cell = (
        "import time, pathlib\nhere = pathlib.Path(wave_folder)\n(here / '{own}').touch()\n"
        "until = time.monotonic() + 20\n"
        "while not (here / '{other}').exists():\n    assert time.monotonic() < until\n    time.sleep(0.05)\n"
    )
    books = write_notebook("10_a", cell.format(own="a", other="b"))
    write_notebook("20_b", cell.format(own="b", other="a"))
    outcomes = run_chain(Wave.open(make_wave()), [made_up("10_a"), made_up("20_b")], books, listener, workers=2)
    assert set(states(outcomes).values()) == {"ran"}


def test_one_run_of_a_wave_at_a_time(make_wave, write_notebook, listener):
    wave = Wave.open(make_wave())
    books = notebooks(write_notebook)
    with FileLock(wave.artefacts / ".run.lock"), pytest.raises(LockedError, match="One run of a wave"):
        run_chain(wave, chain(), books, listener)


def test_a_later_wave_starts_while_an_earlier_one_still_runs(kernels, make_wave, write_notebook, listener):
    # the second chapter of the first wave waits for the first chapter of the second wave
    books = write_notebook("10_a", "import pathlib\n(pathlib.Path(wave_folder) / 'began').touch()")
    cell = (
        "import time, pathlib\nhere = pathlib.Path(wave_folder)\nuntil = time.monotonic() + 20\n"
        "while here.name == 'w1' and not (here.parent / 'w2' / 'began').exists():\n"
        "    assert time.monotonic() < until\n    time.sleep(0.05)\n"
    )
    write_notebook("20_b", cell)
    chain = [made_up("10_a"), made_up("20_b", after=["10_a"])]
    text = WAVE.replace("wave: w1", "wave: w2\nprevious: w1")
    waves = [Wave.open(make_wave()), Wave.open(make_wave(text, folder="w2"))]
    done = []
    outcomes = run_chains(waves, chain, books, listener, workers=2, finished=lambda w, o: done.append(w.config.wave))
    assert [set(states(o).values()) for o in outcomes] == [{"ran"}] * 2
    assert done == ["w1", "w2"]
    said = listener.said
    assert said.index("w1/10_a ran") < said.index("w2/10_a started"), "the same chapter of the wave before comes first"
    assert said.index("w1/20_b ran") < said.index("w2/20_b started")


def test_a_failure_in_an_earlier_wave_does_not_stop_the_later_one(kernels, make_wave, write_notebook, listener):
    books = write_notebook("10_a", "assert not wave_folder.endswith('w1')")
    text = WAVE.replace("wave: w1", "wave: w2\nprevious: w1")
    waves = [Wave.open(make_wave()), Wave.open(make_wave(text, folder="w2"))]
    done = []
    finished = lambda w, o: done.append(w.config.wave)  # noqa: E731
    outcomes = run_chains(waves, [made_up("10_a")], books, listener, finished=finished)
    assert [states(o) for o in outcomes] == [{"10_a": "failed"}, {"10_a": "ran"}]
    assert done == ["w1", "w2"], "both are published"


def test_pages_that_cannot_be_written_fail_the_run(kernels, make_wave, write_notebook, listener):
    def refuse(wave, outcomes):
        raise OSError("no space")

    books = write_notebook("10_a", "pass")
    with pytest.raises(OSError, match="no space"):
        run_chains([Wave.open(make_wave())], [made_up("10_a")], books, listener, finished=refuse)


def test_a_signature_runs_nothing_again(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    run_chain(Wave.open(folder), chain(), books, listener)
    signed = WAVE + 'signed: [{name: Li, date: 2026-07-01, numbers: "0123456789ab"}]\n'
    (folder / "wave.yaml").write_text(signed, encoding="utf-8")
    again = states(run_chain(Wave.open(folder), chain(), books, listener))
    assert again == {"10_a": "unchanged", "20_b": "unchanged", "30_c": "left out"}
