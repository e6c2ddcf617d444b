from workbench.report.history import history_html, measures_over_waves


def edition(wave, nps, **more):
    row = {"measure": "nps", "estimate": nps, "ci_low": nps - 4, "ci_high": nps + 4}
    return {"study": "s", "wave": wave, "as_of": f"2026-{wave[1:]}-01", "measures": [row], **more}


def test_waves_stand_in_the_order_of_time():
    table = measures_over_waves([edition("w09", 30.0), edition("w06", 20.0), edition("w03", 10.0)])
    assert table["wave"].tolist() == ["w03", "w06", "w09"]
    assert table["estimate"].tolist() == [10.0, 20.0, 30.0]


def test_a_measure_of_one_wave_has_no_history():
    assert measures_over_waves([edition("w03", 10.0)]).empty
    assert history_html("s", [edition("w03", 10.0), edition("w06", 1.0, measures=[])], "en") == ""


def test_the_picture_says_its_numbers_in_both_languages():
    waves = [edition("w03", 10.0), edition("w06", 20.0)]
    assert "w06 +20 (+16 – +24)" in history_html("s", waves, "en")
    assert "各波次核心指标" in history_html("s", waves, "zh-CN")
