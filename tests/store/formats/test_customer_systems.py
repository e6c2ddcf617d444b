from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("file", "said"),
    [("hubspot_contacts.csv", "HubSpot"), ("hubspot_deals.csv", "HubSpot"), ("zoho_contacts.csv", "Zoho")],
)
def test_exports_are_known_by_their_ids(take, file, said):
    taken = take(
        file,
        table="customers",
        columns={
            "customer_id": "Record Id" if "zoho" in file else f"Record ID - {'Deal' if 'deals' in file else 'Contact'}"
        },
    )
    assert said in taken.said[0]
    assert taken.report.kept == 43
    assert "respondent_id" not in taken.rows
    if "zoho" in file:
        assert taken.rows["customer_id"].str.startswith("zcrm_").all()


def test_salesforce_is_known_by_its_eighteen_characters(take):
    taken = take(
        b"Id,Name,Tier__c\n0015g00000XyZabAAF,Acme,A\n0015g00000XyZacAAF,Bolt,B\n",
        table="customers",
        columns={"customer_id": "Id"},
    )
    assert "Salesforce" in taken.said[0]
    assert taken.rows["customer_id"].tolist() == ["0015g00000XyZabAAF", "0015g00000XyZacAAF"]
