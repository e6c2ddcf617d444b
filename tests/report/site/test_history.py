from workbench.report.site.history import (
    draw_history,
    history_digest,
    history_html,
    measure_words,
    measures_over_waves,
)


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
    assert "w06 +20.0 (+16.0 – +24.0)" in history_html("s", waves, "en")
    assert "各波次核心指标" in history_html("s", waves, "zh-CN")


def test_the_digest_changes_with_what_is_drawn_and_nothing_else():
    waves = [edition("w03", 10.0), edition("w06", 20.0)]
    assert history_digest(waves) == history_digest([{**w, "made": "later"} for w in waves[::-1]])
    assert history_digest(waves) != history_digest([waves[0], edition("w06", 20.1)])


def test_the_title_names_the_level_only_where_all_waves_have_it():
    waves = [edition("w03", 10.0), edition("w06", 20.0)]
    assert "with the interval of each wave" in history_html("s", waves, "en")
    for one, level in zip(waves, (0.8, 0.8), strict=True):
        one["measures"][0]["level"] = level
    assert "with 80 % intervals" in history_html("s", waves, "en")
    waves[0]["measures"][0]["level"] = 0.95
    assert "with the interval of each wave" in history_html("s", waves, "en")


def test_every_number_of_the_index_is_written_as_on_its_page():
    assert measure_words("nps", 38.72, 33.5, 43.9, "en") == ("+38.7", "+33.5 – +43.9")
    assert measure_words("satisfied", 0.7181, 0.687, 0.747, "zh-CN") == ("71.8%", "68.7% – 74.7%")
    assert measure_words("nps", 38.72, None, None, "en") == ("+38.7", "")


def test_twelve_waves_have_room_for_their_names():
    waves = [edition(f"w{m:02d}", 10.0 + m) for m in range(1, 13)]
    axis = draw_history(measures_over_waves(waves), "en").axes[0]
    named = [t.get_text() for t in axis.get_xticklabels()]
    assert named[0] == "w12" and len(named) <= 4
    assert len(axis.lines[0].get_xdata()) == 12
