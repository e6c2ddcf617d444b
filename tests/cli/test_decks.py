from __future__ import annotations


def test_a_deck_before_the_report_says_what_to_do(make_wave, root, run_command):
    done = run_command("deck", make_wave(), cwd=root)
    assert done.returncode == 2 and "workbench report" in done.stderr and "Traceback" not in done.stderr


def test_an_update_is_of_one_wave(make_wave, root, run_command):
    place = make_wave()
    text = (place / "wave.yaml").read_text(encoding="utf-8")
    make_wave(wave_yaml=text.replace("wave: w1", "wave: w2"), folder="w2")
    done = run_command("deck", place.parent, "--update", "last.pptx", cwd=root)
    assert done.returncode == 2 and "one wave" in done.stderr
