import numpy as np
import pandas as pd

from workbench.sampling import Frame, Systematic, draw
from workbench.sampling.drawing import Draw
from workbench.sampling.list_order import random_start

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"k{i:02d}" for i in range(77)],
        "place": range(77),
        "region": ["n", "s", "s", "s", "s", "s", "s"] * 11,
    }
)
FRAME = Frame(PEOPLE, stratum="region", order_by="place", carry="place")


def test_every_start_is_possible_and_equally_likely():
    hits = np.zeros(7)
    small = Frame(PEOPLE.head(7), order_by="place", carry="place")
    rounds, places = 2000, np.arange(7)
    for i in range(rounds):
        chosen = (places * 3 + random_start(Draw(small, f"s{i}"), "all", 7)) % 7 < 3
        hits += chosen
        if i < 10:
            assert sorted(draw(small, Systematic(3), salt=f"s{i}").table["place"]) == places[chosen].tolist()
    assert (np.abs(hits / rounds - 3 / 7) < 4 * np.sqrt(3 / 7 * 4 / 7 / rounds)).all()


def test_implicit_order_is_the_strata():
    frame = Frame(PEOPLE, stratum="region", carry="region")
    regions = draw(frame, Systematic(7), salt="s").table["region"].value_counts()
    assert regions.to_dict() == {"n": 1, "s": 6}


def test_ties_are_resolved_by_the_random_number_and_said():
    frame = Frame(PEOPLE.assign(same=1), order_by="same")
    notes = [n.message.text("en") for n in draw(frame, Systematic(5), salt="s").notes]
    assert any("same order value" in n for n in notes)
    assert any("not checked for cycles" in n for n in notes)
