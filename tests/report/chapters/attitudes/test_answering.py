from __future__ import annotations

import numpy as np
import pytest

from workbench.core import InputError
from workbench.report.chapters.attitudes.answering import answering, batteries_table, features_of, no_batteries

MONEY = "segments: {batteries: {money: [price, fees]}}\n"


def test_by_default_all_ratings_count_that_were_asked_and_tell_people_apart(answered):
    wave = answered(stock=4.0)  # everybody says the same; nobody answered `satisfaction`
    assert features_of(wave) == (["staff", "price", "fees"], [])
    assert features_of(answered(MONEY))[0] == ["money", "staff", "stock"]


def test_what_wave_yaml_names_counts_alone(answered):
    wave = answered("segments: {features: [price, recommend], categories: [region], method: kprototypes}\n")
    assert features_of(wave) == (["price", "recommend"], ["region"])
    found = answering(wave, *features_of(wave))
    assert set(found.scales) == {"price"} and not found.batteries and not found.notes


def test_a_battery_is_one_score_and_its_ratings_are_told(answered):
    wave = answered(MONEY)
    found = answering(wave, *features_of(wave))
    rows = found.people.to_frame().sort_values("customer_id")
    np.testing.assert_allclose(rows["money"], rows[["price", "fees"]].mean(axis=1))
    assert found.scales["money"] == (1.0, 5.0)
    told = batteries_table(found)
    assert told["item"].tolist() == ["price", "fees"] and (told["alpha"] > 0.8).all()
    assert no_batteries(wave) is None and no_batteries(answered()) is not None


def test_who_answered_none_of_the_ratings_is_in_no_segment_and_counted(answered):
    silent = np.arange(600) < 6
    wave = answered(
        **{q: np.where(silent, np.nan, 3 + np.arange(600) % 2) for q in ("staff", "price", "fees", "stock")}
    )
    found = answering(wave, ["staff", "price"])
    assert found.unanswered == 6 and len(found.people.to_frame()) == 594
    assert "6 respondents" in found.notes[0].message.text("en")


def test_columns_of_orders_come_along_and_unknown_ones_are_refused(answered):
    wave = answered("segments: {features: [price, recency_days]}\n", orders=True)
    assert "recency_days" in answering(wave, *features_of(wave)).people.columns
    wave = answered("segments: {features: [price, recenci_days]}\n", orders=True, folder="w2")
    with pytest.raises(InputError, match="recency_days"):
        answering(wave, *features_of(wave))
