from __future__ import annotations


def test_new_starts_a_wave_that_can_be_checked(root, tmp_path, run_command):
    done = run_command("new", tmp_path / "acme" / "2026q1", cwd=root)
    assert done.returncode == 0, done.stderr
    done = run_command("check", tmp_path / "acme", cwd=root)
    assert done.returncode == 2 and "customers.csv is not there" in done.stderr  # the files come later
    again = run_command("new", tmp_path / "acme" / "2026q1", cwd=root)
    assert again.returncode == 2 and "is there already" in again.stderr


def test_new_proposes_a_wave_from_files(root, tmp_path, run_command):
    place = tmp_path / "study" / "w1"
    file = root / "tests" / "reference" / "files" / "qualtrics_nps.csv"
    said = run_command("new", place, "--from", file, cwd=root).stdout
    assert "responses; Qualtrics" in said and "workbench report" in said
    assert (place / "raw" / file.name).is_file() and "recommend: Q1" in (place / "wave.yaml").read_text(
        encoding="utf-8"
    )


def test_a_chapter_of_ones_own_is_made_for_a_wave(make_wave, root, run_command):
    place = make_wave()
    done = run_command("new", place, "--chapter", "65_brands", cwd=root)
    assert done.returncode == 0 and (place.parent / "chapters" / "65_brands.ipynb").is_file()
    assert "workbench report" in done.stdout
    again = run_command("new", place, "--chapter", "65_brands", cwd=root)
    assert again.returncode == 2 and "there already" in again.stderr
