from __future__ import annotations

import json


def test_status_tells_waves_as_text_and_json(make_wave, root, run_command, tmp_path):
    make_wave(folder="shop/w1")
    done = run_command("status", tmp_path / "shop", cwd=root)
    assert done.returncode == 0 and "shop" in done.stdout and "w1" in done.stdout
    told = json.loads(run_command("status", tmp_path / "shop", "--json", cwd=root).stdout)
    assert [w["wave"] for w in told["waves"]] == ["w1"]


def test_a_schedule_is_printed_or_written_and_names_no_wave(make_wave, root, run_command, tmp_path):
    make_wave(folder="shop/w1")
    done = run_command("schedule", "cron", tmp_path / "shop", cwd=root)
    assert done.returncode == 0 and "--newest" in done.stdout and "shop/w1" not in done.stdout
    done = run_command("schedule", "systemd", tmp_path / "shop", "--into", tmp_path / "units", cwd=root)
    assert done.returncode == 0, done.stderr
    assert {p.suffix for p in (tmp_path / "units").iterdir()} == {".service", ".timer"}


def test_pruning_lists_first(make_wave, root, run_command, tmp_path):
    place = make_wave(folder="shop/w1")
    left = place / "artefacts" / "failed" / "x.txt"
    left.parent.mkdir(parents=True)
    left.write_text("Traceback")
    done = run_command("prune", tmp_path / "shop", "--days", "0", "--reports", tmp_path / "r", cwd=root)
    assert done.returncode == 0 and "may go: failed" in done.stdout and left.exists()
    done = run_command("prune", tmp_path / "shop", "--days", "0", "--do", "--reports", tmp_path / "r", cwd=root)
    assert done.returncode == 0 and not left.exists()


def test_the_version_is_printed(root, run_command):
    done = run_command("--version", cwd=root)
    assert done.returncode == 0 and done.stdout.strip()[0].isdigit()
