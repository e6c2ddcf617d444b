import json

import pytest

from workbench.core.errors import ConfigError
from workbench.sampling.designs import DESIGNS
from workbench.store.config.sample import SamplePlan
from workbench.store.wave_file import parse_wave, wave_schema

HEAD = {"study": "shop", "wave": "w1", "title": {"en": "Shop", "zh-CN": "商店"}, "as_of": "2026-06-30", "tables": {}}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"design": "cluster"}, "psu: design 'cluster' needs it"),
        ({"psu": "store"}, "psu: belongs to designs 'cluster' and 'two_stage', not to 'stratified'"),
        ({"design": "two_stage", "psu": "store"}, "per_psu: design 'two_stage' needs it"),
        ({"design": "two_stage", "psu": "store", "per_psu": 0}, "greater than or equal to 1"),
        ({"design": "proportional_to_size"}, "size: design 'proportional_to_size' needs it"),
        ({"size": "amount_12m"}, "belongs to design"),
        ({"order_by": ["region"]}, "order_by: belongs to design 'systematic'"),
        ({"design": "cluster", "psu": "store", "spare_waves": 1}, "spares by 'exclude'"),
        ({"design": "sistematic"}, "no such design; did you mean 'systematic'"),
        ({"design": "cluster", "psu": "store", "psu_chanse": "equal"}, "did you mean 'psu_chance'"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused(options, said):
    with pytest.raises(ConfigError) as refused:
        parse_wave({**HEAD, "sample": options}, where="wave.yaml")
    assert said in str(refused.value)


def test_the_file_knows_every_key_of_every_design():
    plan = json.loads(wave_schema())["$defs"]["SamplePlan"]["properties"]
    assert plan["design"]["enum"] == list(DESIGNS)
    for design in DESIGNS.values():
        for key, field in design.Settings.model_fields.items():
            assert plan[key]["description"] == field.description or key == "size"


def test_a_plan_says_what_is_its_designs():
    plan = SamplePlan(design="two_stage", psu="store", per_psu=3)
    assert plan.of_design == DESIGNS["two_stage"].Settings(psu="store", per_psu=3, psu_chance="size")
    assert plan.frame_columns == {"psu": "store"}
    assert SamplePlan().frame_columns == {}
    assert plan.model_copy(update={"design_effect": 2.0}).of_design == plan.of_design
