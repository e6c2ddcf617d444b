from __future__ import annotations

import numpy as np
import pytest

from workbench.clustering import build_features, profile_segments
from workbench.core.errors import ConfigError
from workbench.report.chapters.attitudes import chapter, words
from workbench.report.chapters.attitudes.answering import answering, features_of
from workbench.report.chapters.response.design import survey_design
from workbench.report.chapters.segments import chapter as segments


def formed(wave):
    found = answering(wave, *features_of(wave))
    options = {**segments.feature_options(wave, found.people), "categories": found.categories, "scales": found.scales}
    features = build_features(found.people, found.features, **options)
    made = segments.wave_model(wave, features, 50_000, chapter.MODEL)
    assigned = made.model.assign_table(found.people)
    wave.keep("attitude_segments", assigned)
    wave.keep(chapter.MODEL, segments.model_table(made.model))
    profile = profile_segments(made.model, found.people, assigned, columns=found.features, weight="weight")
    wave.keep(chapter.NAMES, segments.names_table(profile, {}))
    return made, profile


def test_segments_of_known_attitudes_are_found_and_their_weighted_shares_have_intervals(answered):
    wave = answered("segments: {ks: [2, 3, 4]}\n")
    made, profile = formed(wave)
    assert made.model.k == 3 and made.choice.natural
    answers = chapter.with_segment(wave)
    kinds = answers.groupby("segment")["customer_id"].apply(lambda ids: (ids.str[1:].astype(int) % 3).mode()[0])
    right = answers["segment"].map(kinds) == answers["customer_id"].str[1:].astype(int) % 3
    assert right.mean() > 0.98
    sizes = chapter.sizes_table(profile, chapter.segment_shares(answers, survey_design(wave)))
    w = answers.groupby("segment")["weight"].sum() / answers["weight"].sum()
    np.testing.assert_allclose(sizes["share"], w.to_numpy())
    np.testing.assert_allclose(profile.table["share"], sizes["share"], rtol=1e-6)
    assert (sizes["ci_low"] < sizes["share"]).all() and (sizes["share"] < sizes["ci_high"]).all()
    names = segments.segment_names(wave, chapter.NAMES)
    assert [n.en for n in names.values()] == ["1 High throughout", "2 stock high, price low", "3 Low throughout"]
    told = words.size_findings(sizes, names)[0]
    assert told.id == "attitudes.shares" and "High throughout" in told.message.text("en")
    scores = chapter.segment_scores(answers, survey_design(wave), minimum_base=30)
    assert words.scores_shown(scores, names)["nps"].iloc[0] > words.scores_shown(scores, names)["nps"].iloc[2]
    assert len(words.size_cards(sizes, names)) == 3
    assert chapter.described_columns(wave) == ["region"]


def test_the_next_wave_keeps_the_segments(answered):
    formed(answered("segments: {k: 3}\n"))
    made, _ = formed(answered("previous: w1\nsegments: {k: 3}\n", folder="w2"))
    assert made.frozen and "previous wave" in words.model_note(made).message.text("en")


@pytest.mark.parametrize(
    ("extra", "orders", "why"),
    [
        ("", True, "how customers buy"),
        ("segments: {features: [price, stock]}\n", True, None),
        ("", False, None),
        ("segments: {features: [price]}\n", False, "Two rating questions"),
    ],
)
def test_it_is_left_out_where_there_is_nothing_for_it(answered, extra, orders, why):
    reason = chapter.CHAPTER.left_out(answered(extra, orders=orders))
    assert reason is None if why is None else why in reason.text("en")


def test_chapter_30_gives_way_to_attitudes(answered):
    by_answers = answered("segments: {features: [price, stock]}\n", orders=True)
    assert "attitudes" in segments.CHAPTER.left_out(by_answers).text("en")


def test_few_answers_are_not_divided(answered):
    wave = answered()
    wave.keep("respondents", wave.read("respondents").head(99))
    assert "99" in chapter.CHAPTER.left_out(wave).text("en")


@pytest.mark.parametrize(
    ("battery", "said"),
    [
        ("{money: [prices, fees]}", "did you mean|nearest|price"),
        ("{price: [fees, stock]}", "own"),
        ("{m: [fees]}", "two"),
    ],
)
def test_wrong_batteries_are_refused_in_the_words_of_wave_yaml(answered, battery, said):
    with pytest.raises(ConfigError, match=said):
        answered(f"segments: {{batteries: {battery}}}\n")
