from __future__ import annotations

import numpy as np

from tests.report.chapters.segments.test_chapter import profiled
from workbench.clustering import build_features, choose_k, stability
from workbench.report.chapters.segments.chapter import sizes_table
from workbench.report.chapters.segments.words import (
    choice_findings,
    features_table,
    movement_of_sizes,
    profile_table,
    segment_cards,
    segment_findings,
    stability_findings,
)
from workbench.store.config.parts import Words


def names_of(profile):
    return {int(s): Words.model_validate({"en": f"n{s}", "zh-CN": f"n{s}"}) for s in profile.table["segment"]}


def test_findings_rest_on_the_sizes_the_choice_and_the_stability():
    data, model, profile = profiled()
    features = build_features(data, ["recency_days", "frequency", "monetary"])
    (shares,) = segment_findings(profile, names_of(profile))
    assert shares.id == "segments.shares" and shares.is_said
    assert shares.evidence.estimate == profile.table["share"].iloc[0]
    choice = choose_k(features, [2, 3], seed=1)
    (number,) = choice_findings(choice)
    assert (number.id, number.evidence.estimate) == ("segments.number", choice.k)
    solid = stability(features, model, replicates=3, resampled=200, seed=1)
    (sure,) = stability_findings(solid)
    assert sure.evidence.estimate == solid.table["jaccard"].min()


def test_tables_and_cards_carry_the_names():
    data, _, profile = profiled()
    assert profile_table(profile, names_of(profile))["name"].iloc[0].en == "n1"
    assert segment_cards(profile, names_of(profile))[0].label.text("en") == "n1"
    features = build_features(data, ["recency_days", "frequency", "monetary"])
    assert len(features_table(features)) == 3


def test_sizes_are_compared_with_the_previous_wave():
    _, _, profile = profiled()
    now = sizes_table(profile)
    names = {int(s): Words.model_validate({"en": str(s), "zh-CN": str(s)}) for s in now["segment"]}
    table = movement_of_sizes(now, now.assign(share=[0.2, 0.3, 0.5]), names)
    assert np.allclose(table["change"], (now["share"] - [0.2, 0.3, 0.5]) * 100)
    assert movement_of_sizes(now, None, names)["previous"].isna().all()
