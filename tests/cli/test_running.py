from __future__ import annotations

from tests.conftest import WAVE


def test_a_sample_without_a_customer_list_says_what_is_needed(make_wave, root, run_command):
    answers_only = "".join(
        line for line in WAVE.splitlines(keepends=True) if "customers:" not in line and "transactions:" not in line
    )
    folder = make_wave(wave_yaml=answers_only)
    done = run_command("sample", folder, cwd=root)
    assert done.returncode == 2 and "customer list" in done.stderr and "Traceback" not in done.stderr
