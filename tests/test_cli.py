from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import WAVE
from workbench.cli import waves_of
from workbench.core.errors import ConfigError


def run(*arguments, cwd):
    command = [sys.executable, "-m", "workbench.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1200)


def test_check_shows_what_was_kept_and_refused(make_wave, root):
    folder = make_wave(transactions="customer_id,ordered_at,amount\n1,2026-13-01,5\n2,2026-01-01,5\n")
    done = run("check", folder, cwd=root)
    assert done.returncode == 0, done.stderr
    assert "transactions.ordered_at: 1 rows" in done.stdout


def test_errors_are_one_message_and_an_exit_code(make_wave, root, tmp_path):
    done = run("check", tmp_path / "nowhere", cwd=root)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and "fix:" in done.stderr and "Traceback" not in done.stderr
    done = run("check", make_wave(customers=b""), cwd=root)
    assert done.returncode == 2 and "empty file" in done.stderr


@pytest.mark.parametrize("typed", [["report", "--nosuch", "x"], ["report"], ["nosuch"]])
def test_mistyped_commands_get_a_hint_and_no_traceback(typed, root):
    done = run(*typed, cwd=root)
    assert done.returncode == 2
    assert "--help" in done.stderr and "Error: " in done.stderr and "Traceback" not in done.stderr


def test_new_starts_a_wave_that_can_be_checked(root, tmp_path):
    done = run("new", tmp_path / "acme" / "2026q1", cwd=root)
    assert done.returncode == 0, done.stderr
    done = run("check", tmp_path / "acme", cwd=root)
    assert done.returncode == 2 and "customers.csv is not there" in done.stderr  # the files come later
    again = run("new", tmp_path / "acme" / "2026q1", cwd=root)
    assert again.returncode == 2 and "is there already" in again.stderr


def test_the_schema_is_printed(root):
    done = run("schema", cwd=root)
    assert done.stdout.startswith("{") and done.returncode == 0


def test_commands_are_listed(root):
    done = run("--help", cwd=root)
    assert all(c in done.stdout for c in ("report", "sample", "demo", "check", "new", "export"))


def test_an_export_before_the_report_says_what_to_do(make_wave, root):
    done = run("export", make_wave(), "--to", "spss", cwd=root)
    assert done.returncode == 2 and "workbench report" in done.stderr and "Traceback" not in done.stderr


def test_waves_come_after_those_they_follow(make_wave, tmp_path):
    text = WAVE.replace("wave: w1", "wave: {0}\n{1}")
    for name, before in (("a", "previous: c\n"), ("b", ""), ("c", "previous: b\n")):
        make_wave(folder=name, wave_yaml=text.replace("{0}\n{1}", f"{name}\n{before}".rstrip("\n")))
    assert [p.name for p in waves_of(tmp_path)] == ["b", "c", "a"]
    make_wave(folder="b", wave_yaml=text.replace("{0}\n{1}", "b\nprevious: a"))
    with pytest.raises(ConfigError, match="circle"):
        waves_of(tmp_path)


def test_new_proposes_a_wave_from_files(root, tmp_path):
    place = tmp_path / "study" / "w1"
    file = root / "tests" / "reference" / "files" / "qualtrics_nps.csv"
    said = run("new", place, "--from", file, cwd=root).stdout
    assert "responses; Qualtrics" in said and "workbench report" in said
    assert (place / "raw" / file.name).is_file() and "recommend: Q1" in (place / "wave.yaml").read_text(
        encoding="utf-8"
    )


def test_check_prints_json_and_knows_files_nobody_described(make_wave, root):
    done = run("check", make_wave(), "--json", cwd=root)
    assert done.returncode == 0 and json.loads(done.stdout)["shop/w1"]["tables"][0]["kept"] == 3
    said = run("check", root / "tests" / "reference" / "files" / "wjx_codes.csv", cwd=root).stdout
    assert "responses" in said and "Wenjuanxing" in said
