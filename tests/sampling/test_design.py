from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.sampling import Frame, SimpleRandom, allocate, draw, stratum_counts
from workbench.sampling.design import PlannedDraw, SamplingDesign, designs_in
from workbench.sampling.drawing import select_smallest

PEOPLE = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(200)], "region": ["n", "s", "s", "s"] * 50})


@dataclass(frozen=True)
class Toy(SamplingDesign):
    """The smallest design there can be: how it draws, and nothing else."""

    sizes: object
    label: ClassVar = message("Simple random sample")
    name: ClassVar = "toy"

    def select(self, drawing):
        return select_smallest(drawing, self.sizes, self.reserve)


def test_a_design_needs_nothing_but_how_it_draws():
    frame = Frame(PEOPLE, stratum="region")
    design = Toy.of_plan(PlannedDraw(allocate(stratum_counts(frame), 40), frame, Toy.Settings(), 0.5))
    sample = draw(frame, design, salt="s")
    assert sample.n == 40 and len(sample.reserve) == 20
    assert list(design.sentences(sample.strata)) == []
    assert Toy.design_effect(Toy.Settings(), frame, 0.3) == 1


def test_a_design_without_a_rule_gets_no_correction_and_says_so():
    rule = Toy.variance(Toy.Settings())
    assert rule.columns == () and rule.chances is None
    assert "too wide rather than too narrow" in rule.note.text("en")


def test_one_probability_for_all_who_were_asked_in_a_stratum():
    asked = pd.DataFrame(
        {"stratum": ["a"] * 3, "stratum_population": [9] * 3, "inclusion_probability": [0.2, 0.2, None]}
    )
    assert Toy.chances_of_asked(asked)["inclusion_probability"].tolist() == pytest.approx([1 / 3] * 3)
    unequal = asked.assign(inclusion_probability=[0.2, 0.3, 0.4])
    assert Toy.chances_of_asked(unequal)["inclusion_probability"].tolist() == [0.2, 0.3, 0.4]
    assert "stratum_population" not in Toy.chances_of_asked(unequal)


@pytest.mark.parametrize("reserve", [-0.1, 500])
def test_a_reserve_is_a_multiple(reserve):
    with pytest.raises(InputError, match="multiple"):
        SimpleRandom(10, reserve=reserve)


def test_something_else_is_no_design():
    with pytest.raises(InputError, match="Systematic"):
        draw(PEOPLE, "stratified", salt="s")


def test_names_are_unique():
    class Twin(Toy):
        pass

    assert designs_in({"Toy": Toy, "again": Toy, "x": 3}) == {"toy": Toy}
    with pytest.raises(TypeError, match="'toy'"):
        designs_in({"Toy": Toy, "Twin": Twin})
