import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, Stratified, draw, frame_summary, limit_burden

CUSTOMERS = pd.DataFrame(
    {"customer_id": [f"C{i:03d}" for i in range(400)], "region": ["n", "s"] * 200, "opt_out": [True] + [False] * 399}
)
FRAME = Frame(CUSTOMERS, stratum="region")
DAY = dt.date(2026, 7, 1)


def _contacts(ids, date="2026-03-01", wave="2026q1"):
    return pd.DataFrame({"customer_id": ids, "attempted_at": pd.Timestamp(date), "wave": wave})


def test_the_resting_are_left_out_and_counted():
    burden = limit_burden(FRAME, _contacts(["C000", "C001", "C001", "C003"]), as_of=DAY, do_not_contact="opt_out")
    assert burden.table[["resting", "do_not_contact", "available"]].to_numpy().tolist() == [[0, 1, 199], [2, 0, 198]]
    sample = draw(burden.frame, Stratified({"n": 199, "s": 198}), salt="s")
    assert not {"C000", "C001", "C003"} & set(sample.table["customer_id"])
    table = frame_summary(burden.frame).table
    assert table["customers"].tolist() == [400, 1, 2, 397]
    assert "谢绝" in burden.to_html("zh-CN")
    assert "不再联系" in frame_summary(burden.frame).to_html("zh-CN")


def test_old_contacts_and_repeated_attempts_of_one_wave():
    old = _contacts(["C000"], "2025-06-01")
    assert limit_burden(FRAME, old, as_of=DAY).table["resting"].sum() == 0
    assert limit_burden(FRAME, old, as_of=DAY, months=14).table["resting"].sum() == 1
    twice = pd.concat([_contacts(["C000"]), _contacts(["C000"])])
    assert limit_burden(FRAME, twice, as_of=DAY, most=2).table["resting"].sum() == 0
    two_waves = pd.concat([_contacts(["C000"]), _contacts(["C000"], wave="2026q2")])
    assert limit_burden(FRAME, two_waves, as_of=DAY, most=2).table["resting"].sum() == 1


def test_unconditional_probabilities_are_the_true_ones():
    small = pd.DataFrame({"customer_id": [f"k{i}" for i in range(12)], "region": ["n"] * 8 + ["s"] * 4})
    frame = Frame(small, stratum="region")
    hits, rounds = pd.Series(0, index=small["customer_id"]), 40
    for i in range(rounds):
        first = draw(frame, Stratified({"n": 2, "s": 2}), salt=f"first{i}")
        burden = limit_burden(frame, _contacts(first.table["customer_id"].tolist()), as_of=DAY)
        second = burden.unconditional(draw(burden.frame, Stratified({"n": 3, "s": 1}), salt=f"second{i}"))
        hits[second.table["customer_id"]] += 1
        assert second.table.groupby("stratum")["base_weight"].sum().to_dict() == pytest.approx({"n": 8, "s": 4})
    pi = np.array([3 / 8] * 8 + [1 / 4] * 4)
    assert (np.abs(hits.to_numpy() / rounds - pi) < 4 * np.sqrt(pi * (1 - pi) / rounds)).all()


@pytest.mark.parametrize("arguments", [{"months": 0}, {"most": 0}, {"asked_at": "when"}, {"do_not_contact": "nope"}])
def test_bad_arguments(arguments):
    with pytest.raises(InputError):
        limit_burden(FRAME, _contacts(["C000"]), as_of=DAY, **arguments)


def test_contacts_without_a_date_are_refused():
    with pytest.raises(InputError, match="has a date"):
        limit_burden(FRAME, _contacts(["C000"]).assign(attempted_at="soon"), as_of=DAY)


def test_without_months_any_earlier_contact_counts_and_dates_are_not_needed():
    burden = limit_burden(FRAME, pd.DataFrame({"customer_id": ["C002", "C002", "C005"]}), as_of=DAY, months=None)
    assert burden.table["resting"].tolist() == [1, 1]
    assert "此前轮次" in frame_summary(burden.frame).to_html("zh-CN")


def test_nobody_left_is_refused_with_a_reason():
    with pytest.raises(InputError, match="Somebody may be asked"):
        limit_burden(FRAME, CUSTOMERS, as_of=DAY, months=None)
