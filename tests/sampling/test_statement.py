import datetime as dt

import pandas as pd
import pytest

from workbench.sampling import (
    Cluster,
    Frame,
    ProportionalToSize,
    SimpleRandom,
    Stratified,
    Systematic,
    coordinate,
    draw,
    frame_summary,
    limit_burden,
    sampling_statement,
)

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": [f"C{i:03d}" for i in range(60)],
        "region": ["n", "s"] * 30,
        "amount": range(1, 61),
        "store": ["x", "y", "z"] * 20,
    }
)
FRAME = Frame(CUSTOMERS, stratum="region", size="amount", psu="store", eligible={"spent little": "amount > 5"})
DAY = dt.date(2026, 7, 1)


def test_it_says_all_that_a_redraw_needs():
    sample = draw(FRAME, Stratified({"n": 4, "s": 3}, reserve=1.0), salt="acme-2026", start=0.25)
    statement = sampling_statement(sample, frame_summary(FRAME), wave="2026q3", drawn_on=DAY, frame_of=DAY)
    english, chinese = statement.text("en"), statement.text("zh-CN")
    for part in ("2026q3", "60", "55", "spent little", "amount > 5", "acme-2026", "md5-52/v1", "0.25", "n\t27\t4\t4"):
        assert part in english
        assert part in chinese
    assert "抽样" in chinese and "分层随机抽样" in chinese
    assert not any(i in english for i in CUSTOMERS["customer_id"])


@pytest.mark.parametrize("design", [SimpleRandom(5), Systematic(5), Cluster(2), ProportionalToSize(5)])
def test_every_design_has_a_statement(design):
    sample = draw(FRAME, design, salt="s")
    text = sampling_statement(sample, wave="q", drawn_on=DAY).text("en")
    assert design.label.text("en") in text


def test_starts_by_stratum_are_listed():
    first = draw(FRAME, Stratified({"n": 4, "s": 3}), salt="s")
    start = coordinate(FRAME, first, "spare", salt="s").start
    second = draw(FRAME, Stratified({"n": 4, "s": 3}), salt="s", start=start)
    assert repr(start["n"]) in sampling_statement(second, wave="q", drawn_on=DAY).text("en")


def test_who_rests_is_in_the_statement():
    burden = limit_burden(FRAME, CUSTOMERS.iloc[[10, 11, 12]], as_of=DAY, months=None)
    sample = draw(burden.frame, Stratified({"n": 4, "s": 3}), salt="s")
    text = sampling_statement(sample, wave="q", burden=burden).text("en")
    assert text.startswith("Wave q.\n") and "3 eligible customers rest" in text
