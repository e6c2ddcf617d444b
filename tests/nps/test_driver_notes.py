import pandas as pd

from workbench.nps.driver_notes import proportional_notes


def test_drivers_that_work_unlike_at_low_and_high_scores_are_named():
    table = pd.DataFrame({"driver": ["a", "b"], "p_adjusted": [0.01, 0.2]})
    notes = proportional_notes(table)
    assert [n.message.values["driver"] for n in notes] == ["a"]
