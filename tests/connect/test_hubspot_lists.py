from __future__ import annotations

import pytest

from workbench.connect.caller import OutsideError


def test_a_name_that_is_taken_is_an_error_and_not_a_second_list(met):
    hub = met("hubspot")
    hub.system.make_list("gold")
    with pytest.raises(OutsideError, match="of this name is there"):
        hub.system.make_list("gold")
    assert hub.system.find_list("gol") is None


def test_a_list_that_cannot_be_read_is_not_taken_for_an_empty_one(met):
    assert met("hubspot").system.members("77") is None


def test_an_application_renews_its_token_and_a_service_key_is_one(met):
    hub = met("hubspot")
    secrets = {"CLIENT_ID": "i", "CLIENT_SECRET": "s3cr3t", "REFRESH_TOKEN": "r"}
    asked = hub.system.ask_token(hub.system.connection, secrets)
    assert asked.url.endswith("/oauth/v1/token") and asked.form["refresh_token"] == "r" and "s3cr3t" not in repr(asked)
    assert hub.system.ask_token(hub.system.connection, {"TOKEN": "t"}) is None
