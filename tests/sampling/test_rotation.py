import pandas as pd

from workbench.sampling.rotation import in_natural_order, mark_rotated, wave_places, with_groups


def members(**columns):
    table = pd.DataFrame({"customer_id": list("abcdef"), "stratum": "n", "joined_wave": "w1", "status": "stays"})
    return table.assign(prn=range(6), rotation_group=["G1", "G2", "G1", "G2", "G1", "G2"], **columns)


def test_names_sort_as_people_do():
    names = ["2026q10", "G10", "G2", "2026q9", "w"]
    assert sorted(names, key=in_natural_order) == ["2026q9", "2026q10", "G2", "G10", "w"]


def test_unknown_waves_came_before_the_known():
    assert wave_places(["old10", "old9", "w2"], ["w2", "w1"]) == {"old9": 0, "old10": 1, "w2": 2, "w1": 3}


def test_the_group_of_the_earliest_members_leaves_as_a_whole():
    waves = {"w1": 0, "w2": 1}
    gone = mark_rotated(members(), {"n": 6}, 0.5, waves, "customer_id")
    assert gone.loc[gone["status"] == "rotated_out", "customer_id"].tolist() == ["a", "c", "e"]
    # somebody who took over the place of a drop-out leaves with the group
    late = mark_rotated(members(joined_wave=["w1", "w2", "w2", "w2", "w1", "w2"]), {"n": 6}, 0.5, waves, "customer_id")
    assert late.loc[late["status"] == "rotated_out", "customer_id"].tolist() == ["a", "c", "e"]


def test_places_of_drop_outs_are_filled_and_new_groups_get_new_names():
    before = members(status=["rotated_out", "stays", "rotated_out", "inactive", "rotated_out", "stays"])
    new = with_groups(pd.DataFrame({"stratum": ["n"] * 4}), before, ["G1", "G2"], 2)
    assert sorted(new["rotation_group"]) == ["G2", "G3", "G3", "G3"]
    assert with_groups(pd.DataFrame({"stratum": ["n"]}), before.iloc[:0], ["west"], 1)["rotation_group"].tolist() == [
        "2"
    ]
