from __future__ import annotations

import pandas as pd

from workbench.core.forms import strip


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def groups(count, **more):
    return pd.DataFrame(
        {
            "name": [f"Region {i}" for i in range(count)],
            "estimate": [50.0 - i for i in range(count)],
            "ci_low": [40.0 - i for i in range(count)],
            "ci_high": [60.0 - i for i in range(count)],
            **{"n": 100, **more},
        }
    )


def test_every_group_has_a_row_and_one_to_watch_its_word():
    table = groups(3, previous=[45.0, 60.0, 40.0], change=[5.0, -11.0, 8.0], state=["chance", "watch", "clear"])
    said = texts(strip(table, "en", reference=45.0))
    assert {"Region 0", "Region 1", "Region 2", "−11 watch", "+8 up", "+5"} <= set(said)


def test_small_and_empty_groups_say_so_and_come_last():
    table = groups(3, n=[100, 20, 0])
    table.loc[2, ["estimate", "ci_low", "ci_high"]] = None
    said = texts(strip(table, "en"))
    assert "20 answers: too few to show" in said and "no answers" in said
    assert said.index("Region 0") < said.index("Region 1")


def test_of_many_groups_the_ends_and_those_that_stand_out_are_drawn():
    said = texts(strip(groups(40, stands=["", "", "", "", "", "higher"] + [""] * 34), "en"))
    assert "33 others" in said and "Region 5" in said and "Region 20" not in said
    assert len([t for t in said if t.startswith("Region")]) == 7


def test_nobody_with_enough_answers_still_draws():
    assert "5 answers: too few to show" in texts(strip(groups(2, n=5), "en"))
