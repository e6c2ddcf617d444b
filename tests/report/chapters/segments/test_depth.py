from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import WAVE
from workbench.clustering import (
    build_features,
    explain_segments,
    personas,
    profile_segments,
    rfm_cells,
    rfm_table,
    stability,
)
from workbench.core import InputError
from workbench.report.chapters.segments.chapter import (
    CHAPTER,
    drift_of,
    feature_options,
    frozen_model,
    given_names,
    model_table,
    names_table,
    new_model,
    segment_names,
    wave_model,
)
from workbench.report.chapters.segments.depth import (
    cells_picture,
    described_by,
    drift_table,
    model_features,
    notable_table,
    persona_table,
    rules_table,
    shown_choice,
    shown_drift,
    shown_notable,
    stability_table,
)
from workbench.report.chapters.segments.people import described_customers
from workbench.report.chapters.segments.words import choice_findings, drift_findings, model_note, profile_table
from workbench.store import Wave


def texts(seed=1, n=300):
    rng = np.random.default_rng(seed)
    people = "".join(f"{i:04d},{'north' if i % 3 else 'south'},2025-01-31\n" for i in range(n))
    rows = []
    for i in range(n):
        for _ in range(12 if i % 3 else 2):
            month = rng.integers(1, 7)
            rows.append(
                f"{i:04d},2026-{month:02d}-{rng.integers(1, 28):02d},{rng.gamma(4, 30 if i % 3 else 5):.2f},shop,tea"
            )
    return {
        "customers": "customer_id,region,signup_date\n" + people,
        "transactions": "customer_id,ordered_at,amount,channel,category\n" + "\n".join(rows) + "\n",
    }


def opened(make_wave, extra="segments: {ks: [2, 3]}\n", folder="w1", seed=1):
    wave = Wave.open(
        make_wave(wave_yaml=WAVE.replace("wave: w1", f"wave: {folder}") + extra, folder=folder, **texts(seed))
    )
    rfm = rfm_table(wave.table("transactions"), observed_until=wave.config.as_of)
    people = described_customers(wave, rfm)
    plan = wave.config.segments
    return wave, rfm, people, build_features(people, plan.features, **feature_options(wave, people))


def test_everything_the_chapter_tells_of_segments(make_wave):
    wave, rfm, people, features = opened(make_wave)
    model, choice = new_model(wave, features, 50_000)
    assert choice is not None and model.k in (2, 3)
    assigned = model.assign_table(people)
    profile = profile_segments(model, people, assigned)
    wave.keep("segment_names", names_table(profile, given_names(wave, False)))
    names = segment_names(wave)
    assert len(profile_table(profile, names)) == model.k
    assert rules_table(explain_segments(model, features), names)["n"].sum() == 300
    one, _ = new_model(wave, features, 50_000, 1)
    with pytest.raises(InputError, match="at least two segments"):
        explain_segments(one, features)
    wide, columns = persona_table(personas(model, features), names)
    assert len(wide) == model.k and set(wide.columns) <= set(columns)
    found = described_by(wave, assigned)
    assert len(notable_table(found, names)) > 0  # the south buys little
    assert shown_notable(found, names, 300).kind == "table"
    solid = stability(features, model, replicates=4, resampled=200, seed=1)
    assert stability_table(solid, names)["jaccard"].between(0, 1).all()
    assert cells_picture(rfm_cells(rfm))("zh-CN").axes


def test_the_frozen_model_is_kept_compared_and_named_as_before(make_wave):
    first, _, people, features = opened(make_wave)
    model, _ = new_model(first, features, 50_000, 2)
    first.keep("segment_model", model_table(model))
    profile = profile_segments(model, people, model.assign_table(people))
    first.keep("segment_names", names_table(profile, {}))
    second, _, _, later = opened(make_wave, extra="previous: w1\n", folder="w2", seed=2)
    frozen = frozen_model(second, later)
    assert frozen is not None and frozen.k == 2
    formed = wave_model(second, later, 50_000)
    assert formed.frozen and formed.choice is None and "previous wave" in model_note(formed).message.text("en")
    assert [b.name for b in shown_choice(formed)] == ["k"] and choice_findings(formed.choice) == []
    assert [n.en for n in given_names(second, True).values()] == first.read("segment_names")["en"].tolist()
    drift = drift_of(second, formed, later, 50_000)
    names = segment_names(first)
    assert drift_table(drift, names)["kept"].between(0, 1).all()
    assert [f.id for f in drift_findings(drift)] == ["segments.drift"] and len(shown_drift(drift, names, 300)) == 3
    assert drift_findings(None) == [] and [b.name for b in shown_drift(None, names, 300)] == ["drift-none"]
    assert model_features(frozen, later).rules == frozen.rules
    other, _, _, more = opened(
        make_wave, extra="previous: w1\nsegments: {features: [frequency, basket]}\n", folder="w3"
    )
    assert frozen_model(other, more) is None


def test_hand_made_segments_of_wave_yaml(make_wave):
    extra = (
        "segments:\n  rules:\n  - {when: \"region = 'south'\", label: {en: South, zh-CN: 南}}\n"
        "  - {label: {en: Rest, zh-CN: 其他}}\n"
    )
    wave, _, people, features = opened(make_wave, extra=extra)
    model, choice = new_model(wave, features, 50_000)
    assert choice is None and model.method == "rules"
    assert model.assign_table(people).to_frame()["segment"].value_counts().to_dict() == {1: 100, 2: 200}
    assert given_names(wave, False)[1].en == "South"
    formed = wave_model(wave, features, 50_000)
    assert not formed.frozen and drift_of(wave, formed, features, 100) is None
    assert "rules of wave.yaml" in model_note(formed).message.text("en")
    (by_hand,) = [x for x in CHAPTER.sections if x.id == "stability"]
    assert by_hand.left_out(wave) is not None and by_hand.left_out(opened(make_wave, folder="w5")[0]) is None


def test_mixed_features_and_unknown_columns(make_wave):
    extra = "segments: {method: kprototypes, features: [frequency, basket], categories: [region], k: 2}\n"
    wave, _, _, features = opened(make_wave, extra=extra)
    model, _ = new_model(wave, features, 50_000)
    assert model.method == "kprototypes" and features.names == ("frequency", "basket", "region")
    with pytest.raises(InputError) as error:
        opened(make_wave, extra="segments: {features: [frequancy]}\n", folder="w4")
    assert "did you mean 'frequency'" in error.value.found
