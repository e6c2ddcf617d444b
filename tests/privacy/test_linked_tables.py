from __future__ import annotations

from workbench.privacy.linked_tables import FEW, SECONDARY, CountTable, hidden_in

REGIONS = [("North",), ("South",), ("West",), ("East",)]


def test_a_count_is_hidden_wherever_it_stands():
    one = CountTable("loyalty", REGIONS, {"n": [3, 40, 25, 60]})
    other = CountTable("response", [(f"Region {r[0]}",) for r in REGIONS], {"respondents": [3, 40, 25, 60]})
    found = hidden_in([one, other])
    assert {(t, r): how for (t, _, r), how in found.items()} == {
        ("loyalty", 0): FEW,
        ("loyalty", 2): SECONDARY,
        ("response", 0): FEW,
        ("response", 2): SECONDARY,
    }


def test_rows_and_columns_of_a_move_have_sums():
    labels = [(a, b) for a in "ABC" for b in "ABC"]
    moves = CountTable("moves", labels, {"customers": [300, 49, 4, 105, 431, 90, 30, 160, 900]})
    found = {r for (_, _, r) in hidden_in([moves])}
    # one in each row and column that has a hidden one
    for row in range(3):
        assert sum(r // 3 == row for r in found) != 1 and sum(r % 3 == row for r in found) != 1
    assert 2 in found


def test_columns_that_add_up_are_seen():
    table = CountTable(
        "panel", REGIONS, {"before": [50, 60, 70, 80], "stays": [46, 50, 40, 60], "left": [4, 10, 30, 20]}
    )
    found = hidden_in([table])
    assert found["panel", "left", 0] == FEW
    assert ("panel", "stays", 0) in found or ("panel", "before", 0) in found


def test_breakdowns_above_each_other_are_not_added_across():
    labels = [("Region", "none"), ("Region", "n"), ("Region", "s"), ("Age", "none"), ("Age", "old"), ("Age", "young")]
    table = CountTable("bias", labels, {"n": [7, 20, 60, 40, 50, 60]}, keys=("variable", "level"))
    assert {r for (_, _, r) in hidden_in([table])} == {0, 1}


def test_the_whole_is_told_however_small():
    assert hidden_in([CountTable("answers", [()], {"n": [7]})]) == {}
    waves = CountTable("trend", [("w1",), ("w2",)], {"n": [5, 7]}, keys=("wave",))
    same = CountTable("drivers", [("price",), ("service",)], {"n": [7, 7]}, bases=frozenset({"n"}))
    assert hidden_in([waves, same]) == {}
    assert len(hidden_in([CountTable("tenths", [("1",), ("2",), ("3",)], {"customers": [1, 1, 1]})])) == 3
    assert len(hidden_in([CountTable("groups", [("a",), ("b",)], {"n": [5, 5]}, bases=frozenset({"n"}))])) == 2
    overlap = CountTable("overlap", [("w1",)], {"n": [90], "shared": [3]}, keys=("wave",))
    assert list(hidden_in([overlap])) == [("overlap", "shared", 0)]
    sizes = CountTable("precision", [("All",), ("n",), ("s",), ("w",)], {"n": [9, 3, 3, 3]})
    assert ("precision", "n", 0) not in hidden_in([sizes])


def test_people_of_several_rows_have_no_sum_but_all_of_them():
    table = CountTable(
        "actions",
        [("call", "fell"), ("call", "unhappy"), ("call", "All")],
        {"n": [9, 50, 55]},
        overlapping=frozenset({"n"}),
    )
    assert hidden_in([table]) == {("actions", "n", 0): FEW, ("actions", "n", 1): SECONDARY}


def test_two_groups_of_few_are_only_said_to_be_hidden():
    # both read "< 10" would say of 12 that each is between 3 and 9
    found = hidden_in([CountTable("t", [("a",), ("b",)], {"n": [3, 12]})])
    assert set(found.values()) == {SECONDARY}


def test_without_small_counts_nothing_is_hidden():
    assert hidden_in([CountTable("t", REGIONS, {"n": [30, 40, None, 50]})]) == {}
