from __future__ import annotations

from workbench.store import Wave
from workbench.store.named_answers import named_answers

ALONE = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
tables:
  responses: {file: raw/responses.csv}
"""
LISTED = ALONE + "  customers: {file: raw/customers.csv}\n"


def test_whom_an_answer_names_can_be_called(make_wave):
    nameless = "recommend,satisfaction\n3,2\n9,5\n"
    assert named_answers(Wave.open(make_wave(ALONE, responses=nameless))) is None
    half = "customer_id,recommend,satisfaction\na,3,2\n,2,1\n"
    known = named_answers(Wave.open(make_wave(ALONE, folder="w2", responses=half)))
    assert known.to_frame()["customer_id"].tolist() == ["a"]
    # beside a customer list only its customers are known
    stranger = "customer_id,recommend,satisfaction\n001,3,2\n003,9,5\n002,5,3\n"
    listed = Wave.open(make_wave(LISTED, folder="w3", responses=stranger))
    assert sorted(named_answers(listed).to_frame()["customer_id"]) == ["001", "002", "003"]
