from __future__ import annotations

import pytest

from workbench.connect.mapping import chosen_fields, outside_options, require_writable
from workbench.connect.protocol import Field
from workbench.core.errors import ConfigError

KNOWN = {n: Field(n) for n in ("id", "Workbench_Id", "Mailing_State", "Email_Opt_Out", "Modified_Time", "A", "B")}


@pytest.fixture
def hub(met):
    return met("hubspot").system


def chosen(system, columns, known=KNOWN, table="customers"):
    return chosen_fields(system, "contacts", known, columns, table, where="tables.customers")


def test_a_name_that_is_not_there_is_refused_with_the_nearest(hub):
    with pytest.raises(ConfigError, match=r"(?s)Mailing_Stat;.*did you mean 'Mailing_State'"):
        chosen(hub, {"customer_id": "Workbench_Id", "region": "Mailing_Stat", "do_not_contact": "none"})


def test_fields_inside_expressions_are_read_too(hub):
    found = chosen(hub, {"customer_id": "Workbench_Id", "x": "= coalesce(A, B)", "do_not_contact": "none"})
    assert found.fields == ("id", "Workbench_Id", "A", "B", "lastmodifieddate") and found.flags == ()


def test_who_not_to_contact_is_read_without_being_asked_and_never_left_out_in_silence(hub):
    flagged = {**KNOWN, "hs_email_optout": Field("hs_email_optout")}
    assert chosen(hub, {"customer_id": "Workbench_Id"}, flagged).flags == ("hs_email_optout",)
    more = {**flagged, "hs_email_optout_77": Field("hs_email_optout_77")}
    assert chosen(hub, {"customer_id": "Workbench_Id"}, more).flags == ("hs_email_optout", "hs_email_optout_77")
    with pytest.raises(ConfigError, match="who is not to be contacted"):
        chosen(hub, {"customer_id": "Workbench_Id"})
    assert chosen(hub, {"customer_id": "Workbench_Id"}, table="interactions").flags == ()


def test_names_that_could_not_be_checked_are_said_and_all_fields_are_not_guessed(hub):
    found = chosen(hub, {"customer_id": "anything"}, {})
    assert "could not be checked" in found.said[0].text("en") and "anything" in found.fields
    with pytest.raises(ConfigError, match="Columns are named"):
        chosen(hub, {}, {})


def test_only_what_can_be_written_is_written():
    fields = {"Tier": Field("Tier", "choice", options=("A",)), "Sum": Field("Sum", writable=False)}
    require_writable(["Tier"], fields, where="push")
    with pytest.raises(ConfigError, match="fills it itself"):
        require_writable(["Sum"], fields, where="push")
    assert outside_options(fields["Tier"], ["A", "B", "B"]) == ["B"]
