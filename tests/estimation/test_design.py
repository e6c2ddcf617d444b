import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design


def test_stages_and_populations():
    design = Design(weight="w", psu=["a", "b"], population=["N1", "N2", "N3"])
    assert design.stages == ("a", "b") and design.populations == ("N1", "N2", "N3")
    assert Design().stages == ()
    assert Design(psu="p", population="N").populations == ("N",)


def test_rules_are_checked_at_construction():
    with pytest.raises(InputError, match="lonely_psu is one of"):
        Design(lonely_psu="ignore")
    with pytest.raises(InputError, match="psu_labels is one of"):
        Design(psu_labels="nest")
    with pytest.raises(InputError, match="one population column per stage"):
        Design(population=["N1", "N2"])
    with pytest.raises(InputError, match="not raked.calibration"):
        Design(calibration=[1.0, 1.0])


def test_designs_are_frozen_and_comparable():
    assert Design(weight="w") == Design(weight="w")
    with pytest.raises(AttributeError):
        Design(weight="w").weight = "v"
