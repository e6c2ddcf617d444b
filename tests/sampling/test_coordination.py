import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, SimpleRandom, Stratified, coordinate, draw
from workbench.sampling.coordination import asked_ids, look_up

CUSTOMERS = pd.DataFrame({"customer_id": [f"C{i:04d}" for i in range(1000)], "region": ["n", "n", "n", "s"] * 250})
FRAME = Frame(CUSTOMERS, stratum="region")
DESIGN = Stratified({"n": 60, "s": 80})


def _shared(a, b):
    return len(set(a.table["customer_id"]) & set(b.table["customer_id"]))


def test_spare_meets_nobody_asked_before_and_keep_everybody():
    first = draw(FRAME, DESIGN, salt="s", start=0.9)
    spare = coordinate(FRAME, first, "spare", salt="s")
    second = draw(FRAME, DESIGN, salt="s", start=spare.start)
    assert _shared(first, second) == 0
    third = draw(FRAME, DESIGN, salt="s", start=coordinate(FRAME, [first, second], "spare", salt="s").start)
    assert _shared(third, first) == _shared(third, second) == 0
    keep = coordinate(FRAME, first, "keep", salt="s")
    assert _shared(first, draw(FRAME, DESIGN, salt="s", start=keep.start)) == 140
    assert keep.expected_overlap(DESIGN.sizes)["overlap"].sum() == 140
    assert spare.expected_overlap(DESIGN.sizes)["overlap"].sum() == 0


@pytest.mark.parametrize("share", [0.0, 0.25, 0.8, 1.0])
def test_rotation_takes_out_exactly_the_share(share):
    first = draw(FRAME, DESIGN, salt="s")
    plan = coordinate(FRAME, first, "rotate", salt="s", share=share)
    second = draw(FRAME, DESIGN, salt="s", start=plan.start)
    assert _shared(first, second) == 140 - round(60 * share) - round(80 * share)
    assert plan.table["kept"].sum() == 140 - round(60 * share) - round(80 * share)


def test_too_little_room_is_told_in_advance():
    first = draw(FRAME, Stratified({"n": 700, "s": 10}), salt="s")
    plan = coordinate(FRAME, first, "spare", salt="s")
    second = draw(FRAME, Stratified({"n": 100, "s": 10}), salt="s", start=plan.start)
    expected = plan.expected_overlap({"n": 100, "s": 10}).set_index("stratum")["overlap"]
    assert expected["s"] == 0
    assert _shared(first, second) == pytest.approx(expected["n"], abs=15)


def test_joiners_take_part_and_leavers_are_counted():
    first = draw(FRAME, DESIGN, salt="s")
    gone = set(first.table["customer_id"].iloc[:5])
    later = pd.concat(
        [
            CUSTOMERS[~CUSTOMERS["customer_id"].isin(gone)],
            pd.DataFrame({"customer_id": [f"N{i}" for i in range(300)], "region": "n"}),
        ]
    )
    plan = coordinate(Frame(later, stratum="region"), first, "keep", salt="s")
    assert plan.gone == 5
    assert any("5 customers asked before" in n.message.text("en") for n in plan.notes)


def test_inclusion_probabilities_do_not_change():
    # over salts, a spared draw takes everybody equally often
    small = pd.DataFrame({"customer_id": [f"k{i}" for i in range(10)]})
    hits = pd.Series(0, index=small["customer_id"])
    for i in range(40):
        first = draw(small, SimpleRandom(2), salt=f"s{i}")
        start = coordinate(small, first, "spare", salt=f"s{i}").start
        hits[draw(small, SimpleRandom(3), salt=f"s{i}", start=start).table["customer_id"]] += 1
    assert (np.abs(hits / 40 - 0.3) < 4 * np.sqrt(0.21 / 40)).all()


def test_a_table_of_ids_is_a_history_too():
    first = draw(FRAME, DESIGN, salt="s")
    ids = pd.concat([first.table[["customer_id"]]] * 2)
    pd.testing.assert_frame_equal(coordinate(FRAME, ids, salt="s").table, coordinate(FRAME, first, salt="s").table)
    assert len(asked_ids(ids, "customer_id")) == 140
    assert look_up(FRAME, ids.head(0), "s").empty


def test_bad_arguments():
    first = draw(FRAME, DESIGN, salt="s")
    for arguments in ({"mode": "spere"}, {"share": 1.5}, {"salt": ""}):
        with pytest.raises(InputError):
            coordinate(FRAME, first, **{"salt": "s", **arguments})
    with pytest.raises(InputError):
        coordinate(FRAME, pd.DataFrame({"customer_id": [None]}), salt="s")
    with pytest.raises(InputError):
        coordinate(FRAME, pd.DataFrame({"id": ["a"]}), salt="s")
