import pytest

from workbench.core import InputError
from workbench.tiers import Tier


def test_tiers_are_frozen_and_do_not_share_the_given_mapping():
    given = {"amount_12m": 100.0}
    tier = Tier("A", given)
    given["amount_12m"] = 5.0
    assert tier.minimum["amount_12m"] == 100.0
    with pytest.raises(TypeError):
        tier.minimum["amount_12m"] = 1.0


def test_only_a_least_value_is_relative():
    assert "highest" in str(Tier("A", {"amount_12m": {"top": 0.1}}).requirement)
    with pytest.raises(InputError, match="least value is relative"):
        Tier("A", maximum={"days": {"top": 0.1}})
