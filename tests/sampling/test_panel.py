import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, permanent_random_number, plan_panel

CUSTOMERS = pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(200)], "region": ["n", "n", "n", "s"] * 50})
FRAME = Frame(CUSTOMERS, stratum="region")
SIZES = {"n": 12, "s": 8}


def _first():
    return plan_panel(FRAME, sizes=SIZES, salt="panel", wave="q1")


def test_first_recruitment_takes_the_smallest_numbers():
    plan = _first()
    numbers = permanent_random_number(CUSTOMERS["customer_id"], "panel")
    south = CUSTOMERS.assign(k=numbers)[CUSTOMERS["region"] == "s"].nsmallest(8, "k")
    assert set(plan.active.loc[plan.active["stratum"] == "s", "customer_id"]) == set(south["customer_id"])
    assert plan.table[["target", "recruited", "after", "short"]].to_numpy().tolist() == [[12, 12, 12, 0], [8, 8, 8, 0]]
    proportional = plan_panel(FRAME, sizes=20, salt="panel", wave="q1").table
    assert proportional["target"].tolist() == [15, 5]


def test_rotation_attrition_and_refreshment():
    first = _first()
    north = first.active[first.active["stratum"] == "n"]["customer_id"].tolist()
    later = Frame(CUSTOMERS[~CUSTOMERS["customer_id"].isin(north[:1])], stratum="region")
    answered = pd.DataFrame(
        [(i, w, i != north[1]) for w in ("q1", "q2") for i in first.active["customer_id"]],
        columns=["customer_id", "wave", "answered"],
    )
    second = plan_panel(later, first.members, sizes=SIZES, salt="panel", wave="q2", rotate=0.25, participation=answered)
    table = second.table.groupby("stratum").sum()
    assert table.loc["n", ["inactive", "rotated_out", "stays", "recruited", "after"]].tolist() == [1, 2, 8, 4, 12] or (
        table.loc["n", "after"] == 12
    )
    assert table.loc["s", ["rotated_out", "stays", "recruited"]].tolist() == [2, 6, 2]
    assert table["left_frame"].sum() == 1
    assert len(second.active) == 20
    gone = second.members[second.members["left_wave"] == "q2"]["customer_id"]
    assert set(gone) >= set(north[:2])
    third = plan_panel(later, second.members, sizes=SIZES, salt="panel", wave="q3", rotate=0.25)
    assert not set(third.active["customer_id"]) & set(gone)
    fourth = plan_panel(later, third.members, sizes=SIZES, salt="panel", wave="q4", rotate=0.25)
    assert not set(fourth.active["customer_id"]) & set(gone)


def test_the_longest_serving_rotate_out_first():
    first = _first()
    second = plan_panel(FRAME, first.members, sizes=SIZES, salt="panel", wave="q2", rotate=0.5)
    third = plan_panel(FRAME, second.members, sizes=SIZES, salt="panel", wave="q3", rotate=0.5)
    assert set(third.active["joined_wave"]) == {"q2", "q3"}


def test_a_smaller_target_lets_members_go():
    plan = plan_panel(FRAME, _first().members, sizes={"n": 5, "s": 8}, salt="panel", wave="q2")
    assert plan.table["after"].tolist() == [5, 8]


def test_empty_places_are_said():
    tiny = Frame(CUSTOMERS.head(8), stratum="region")
    plan = plan_panel(tiny, sizes={"n": 6, "s": 5}, salt="panel", wave="q1")
    assert plan.table["short"].tolist() == [0, 3]
    assert any("3 places stay empty" in n.message.text("en") for n in plan.notes)
    again = plan_panel(tiny, plan.members, sizes={"n": 6, "s": 2}, salt="panel", wave="q2")
    assert again.table["recruited"].sum() == 0


def test_input_is_not_changed_and_checked():
    members = _first().members
    before = members.copy()
    plan_panel(FRAME, members, sizes=SIZES, salt="panel", wave="q2", rotate=0.5)
    pd.testing.assert_frame_equal(members, before)
    with pytest.raises(InputError, match="once"):
        plan_panel(FRAME, pd.concat([members, members]), sizes=SIZES, salt="panel", wave="q2")
    with pytest.raises(InputError, match="between 0 and 1"):
        plan_panel(FRAME, members, sizes=SIZES, salt="panel", wave="q2", rotate=2)
    with pytest.raises(InputError, match="stratum of the frame"):
        plan_panel(FRAME, members, sizes={"x": 3}, salt="panel", wave="q2")
    with pytest.raises(InputError, match="joined_wave"):
        plan_panel(FRAME, members[["customer_id"]], sizes=SIZES, salt="panel", wave="q2")


def test_waves_have_an_order_of_their_own():
    """w9 came before w10, whatever their names are as texts; and a given order decides."""
    members = _first().members.assign(joined_wave=["w10" if i % 2 else "w9" for i in range(20)], rotation_group=None)
    for waves in ((), ("w9", "w10")):
        plan = plan_panel(FRAME, members, sizes=SIZES, salt="panel", wave="w11", rotate=0.25, waves=waves)
        gone = plan.members[plan.members["status"] == "rotated_out"]
        assert len(gone) == 5 and set(gone["joined_wave"]) == {"w9"}
    turned = plan_panel(FRAME, members, sizes=SIZES, salt="panel", wave="w11", rotate=0.25, waves=("w10", "w9"))
    assert set(turned.members.loc[turned.members["status"] == "rotated_out", "joined_wave"]) == {"w10"}


def test_members_of_a_rotation_group_leave_together():
    plan, served = plan_panel(FRAME, sizes=SIZES, salt="panel", wave="q1", rotate=0.25), {}
    assert plan.active.groupby("stratum")["rotation_group"].value_counts().tolist() == [3] * 4 + [2] * 4
    for i in range(2, 10):
        plan = plan_panel(FRAME, plan.members, sizes=SIZES, salt="panel", wave=f"q{i}", rotate=0.25)
        for group in plan.members.loc[plan.members["status"] == "rotated_out", "rotation_group"]:
            served.setdefault(group, set()).add(i)
        assert len(set(plan.active["rotation_group"])) == 4
    assert all(len(waves) == 1 for waves in served.values()), "a group leaves in one wave"
    assert list(served) == ["1", "2", "3", "4", "5", "6", "7", "8"]
    later = plan.members[plan.members["joined_wave"] == "q5"]
    assert len(set(later["rotation_group"])) == 1
