import pytest
from pydantic import ValidationError

from workbench.sampling import sample_size
from workbench.store.config.sample import SamplePlan


def test_the_margin_without_a_word_is_in_the_unit_of_the_target():
    assert SamplePlan().margin == 5
    plan = SamplePlan(target="proportion")
    assert plan.margin == 0.05
    assert sample_size(plan.margin, target=plan.target).completes == 385


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "proportion", "margin": 5}, "margin: 5 is no share"),
        ({"target": "proportion", "domain_margins": {"region": 8}}, "domain_margins.region: 8 is no share"),
        ({"target": "proportion", "domain_margins": {"region": {"n": 0.1, "s": 8}}}, "8 is no share"),
        ({"margin": 0.05}, "0.05 is not from 0.1 to 100 points of NPS"),
        ({"domain_margins": {"region": {"n": 0.06}}}, "target: proportion"),
        ({"margin": 500}, "500 is not from 0.1 to 100 points"),
    ],
)
def test_margins_in_another_unit_are_refused(options, said):
    with pytest.raises(ValidationError, match=said):
        SamplePlan(**options)


def test_margins_in_their_unit_stand():
    assert SamplePlan(target="proportion", margin=0.2, domain_margins={"region": 0.3}).margin == 0.2
    assert SamplePlan(margin=100, domain_margins={"region": {"n": 6}}).margin == 100
