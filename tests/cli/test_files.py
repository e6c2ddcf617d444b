from __future__ import annotations

import json


def test_check_shows_what_was_kept_and_refused(make_wave, root, run_command):
    folder = make_wave(transactions="customer_id,ordered_at,amount\n1,2026-13-01,5\n2,2026-01-01,5\n")
    done = run_command("check", folder, cwd=root)
    assert done.returncode == 0, done.stderr
    assert "transactions.ordered_at: 1 rows" in done.stdout


def test_check_prints_json_and_knows_files_nobody_described(make_wave, root, run_command):
    done = run_command("check", make_wave(), "--json", cwd=root)
    assert done.returncode == 0 and json.loads(done.stdout)["shop/w1"]["tables"][0]["kept"] == 3
    said = run_command("check", root / "tests" / "reference" / "files" / "wjx_codes.csv", cwd=root).stdout
    assert "responses" in said and "Wenjuanxing" in said


def test_the_schema_is_printed(root, run_command):
    done = run_command("schema", cwd=root)
    assert done.stdout.startswith("{") and done.returncode == 0


def test_an_export_before_the_report_says_what_to_do(make_wave, root, run_command):
    done = run_command("export", make_wave(), "--to", "spss", cwd=root)
    assert done.returncode == 2 and "workbench report" in done.stderr and "Traceback" not in done.stderr


def test_for_others_columns_that_could_tell_people_apart_are_named(make_wave, root, run_command):
    place = make_wave()
    for more in (["--pseudonyms"], ["--k", "5"], ["--quasi", "region", "--ids", "customer"]):
        done = run_command("export", place, "--to", "parquet", *more, cwd=root)
        assert done.returncode == 2 and "quasi: [region, age_band]" in done.stderr
    done = run_command(
        "export",
        place,
        "--to",
        "parquet",
        "--tables",
        "customers",
        "--pseudonyms",
        "--k",
        "2",
        "--quasi",
        "region",
        cwd=root,
    )
    assert done.returncode == 0 and "at least 3 people" in done.stdout and "customers.parquet" in done.stdout
