from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError
from workbench.report.outside.opening import connection_of, opened
from workbench.store import read_wave_file


def test_a_connection_brings_its_options_and_its_secrets(outside):
    outside.add("hub", "hubspot")
    config = read_wave_file(outside.wave("tables: {}\n"))
    assert connection_of(config, "hub").prefix == "HUB"
    with opened(config, "hub", outside.line) as system:
        assert "firstname" in system.describe("contacts") and "pat-" not in repr(system.caller)
    with pytest.raises(ConfigError, match="did you mean 'hub'"):
        connection_of(config, "hubb")


def test_without_its_secrets_nothing_is_opened(outside):
    fake = outside.add("hub", "hubspot")
    config = read_wave_file(outside.wave("tables: {}\n"))
    outside.environ.clear()
    with pytest.raises(ConfigError, match="WORKBENCH_HUB_TOKEN"), opened(config, "hub", outside.line):
        pass
    assert not fake.journal
