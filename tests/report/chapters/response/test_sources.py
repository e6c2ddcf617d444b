import pandas as pd
import pytest

from workbench.report.chapters.response import sources
from workbench.report.chapters.response.chapter import CHAPTER
from workbench.store import Wave

ALONE = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
tables:
  responses: {file: raw/responses.csv}
"""
LISTED = ALONE + "  customers: {file: raw/customers.csv}\n"


def test_answers_alone_count_once_each(make_wave):
    wave = Wave.open(make_wave(ALONE))
    own = sources.own_weights(wave, wave.read("responses"))
    assert list(own) == [sources.COUNTED_ONCE]
    assert own[sources.COUNTED_ONCE].weights.tolist() == [1.0, 1.0]
    wave.keep("respondents", wave.read("responses"))
    assert sources.counted_once(wave)
    assert "not for all customers" in sources.speaks_for(wave).text("en")


def test_weights_that_came_along_are_used_as_they_are(make_wave):
    answers = "customer_id,recommend,w\na,9,1.5\nb,3,0.5\n"
    wave = Wave.open(make_wave(ALONE + "response: {weight: w}\n", responses=answers))
    own = sources.own_weights(wave, wave.read("responses"))
    assert own["w"].weights.tolist() == [1.5, 0.5]
    wave.keep("respondents", wave.read("responses"))
    assert not sources.counted_once(wave)


@pytest.mark.parametrize(("drawn", "here"), [(["001", "003"], True), (["001", "002"], True), (["002"], False)])
def test_a_sample_counts_only_where_the_answers_come_from_it(make_wave, drawn, here):
    wave = Wave.open(make_wave(LISTED))
    wave.keep("sample", pd.DataFrame({"customer_id": drawn, "reserve": False}))
    assert sources.drawn_here(wave, wave.read("responses")) == here
    assert (sources.own_weights(wave, wave.read("responses")) is None) == here


def test_the_customer_list_brings_what_breakdowns_ask_for(make_wave):
    wave = Wave.open(make_wave(LISTED))
    assert sources.with_customer_columns(wave, wave.read("responses"))["region"].tolist() == ["north", "north"]


def test_answers_that_were_given_an_id_are_counted(make_wave):
    wave = Wave.open(make_wave(ALONE, responses="recommend\n9\n3\n"))
    assert sources.identity_note(wave).values["n"] == 2
    assert sources.identity_note(Wave.open(make_wave(ALONE, folder="w2"))) is None


@pytest.mark.parametrize(("strangers", "here"), [(0, True), (8, True), (40, False)])
def test_beside_a_sample_that_was_sent_out_others_may_have_answered(make_wave, strangers, here):
    rows = "".join(f"{i},9\n" for i in ["001", "003", *(f"x{k}" for k in range(strangers))])
    wave = Wave.open(make_wave(LISTED, responses="customer_id,recommend\n" + rows))
    wave.keep("sample", pd.DataFrame({"customer_id": ["001", "003"], "reserve": False}))
    wave.keep(sources.RELEASED, wave.read("sample"))
    assert sources.drawn_here(wave, wave.read("responses")) == here


def test_answers_that_lead_to_no_customer_are_told(make_wave):
    wave = Wave.open(make_wave(LISTED, responses="invitation_id,recommend\nabc,9\ndef,3\n"))
    note = sources.identity_note(wave)
    assert note.values["n"] == 2 and "no customer" in note.text("en")


def test_a_file_without_a_row_is_fieldwork_without_answers(make_wave):
    wave = Wave.open(make_wave(ALONE, responses="customer_id,recommend\n"))
    assert CHAPTER.left_out(wave).text("en") == "There are no answers."
