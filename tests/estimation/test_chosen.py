from __future__ import annotations

import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.estimation.chosen import checked_design, chosen_design, two_designs
from workbench.sampling import SimpleRandom

WEIGHTED = Design(weight="w")


def test_a_design_stays_and_none_counts_everybody_once():
    assert chosen_design(WEIGHTED) is WEIGHTED and checked_design(WEIGHTED) is WEIGHTED
    assert chosen_design(None, lonely_psu="certainty") == Design(lonely_psu="certainty")


@pytest.mark.parametrize("wrong", ["w", {}, [WEIGHTED], 0, SimpleRandom(10), Design])
def test_what_is_no_design_is_refused(wrong):
    for read in (chosen_design, checked_design):
        with pytest.raises(InputError, match="how the rows were drawn"):
            read(wrong)
    with pytest.raises(InputError, match="one design per wave"):
        two_designs(wrong)


def test_two_waves_have_one_design_or_one_each():
    other = Design(weight="v")
    assert two_designs(WEIGHTED) == (WEIGHTED, WEIGHTED)
    assert two_designs([other, WEIGHTED]) == (other, WEIGHTED)
    assert two_designs((None, WEIGHTED), lonely_psu="certainty") == (Design(lonely_psu="certainty"), WEIGHTED)
    assert two_designs(None) == (Design(), Design())
    with pytest.raises(InputError, match="Design, Design, Design"):
        two_designs((other, other, other))
