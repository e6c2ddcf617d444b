from __future__ import annotations

import pytest

from workbench.connect import SYSTEMS, Order, System, system_class
from workbench.core.errors import ConfigError


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_says_all_that_is_asked_of_it(name):
    kind = system_class(name)
    assert issubclass(kind, System) and kind.name == name and kind.title and kind.secrets
    assert kind.batch and all(n >= 1 for n in kind.batch.values())


def test_an_unknown_system_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'hubspot'"):
        system_class("hubspt")


def test_what_a_system_does_not_have_is_nothing(met):
    hub = met("hubspot").system
    assert (
        System.members(hub, "1") is None and System.find_list(hub, "x") is None and System.make_list(hub, "x") is None
    )
    assert System.task_values(hub, {}) == {} and System.quota(hub) == (None, None)
    assert hub.calls_for(Order("upsert", "contacts", "key"), 250) == 3
