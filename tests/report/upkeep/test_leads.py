from tests.report.upkeep.conftest import CUSTOMER, MAIL, PHONE, SHARED, WORDS
from workbench.core.invitations import invitation_ids
from workbench.privacy.keys import study_key
from workbench.report.upkeep.leads import leads_to


def test_ids_of_all_waves_contacts_and_words_lead_to_a_customer(study):
    sought = leads_to(study, [study / "w1", study / "w2"], CUSTOMER)
    key = study_key(study)
    invited = {invitation_ids([CUSTOMER], wave=w, key=key.of("invitation"))[0] for w in ("w1", "w2")}
    assert {CUSTOMER, key.name("crm", CUSTOMER), *invited} < sought.ids and len(sought.ids) == 5
    assert {PHONE, MAIL, WORDS} <= sought.traces
    # what another customer has, too, leads to nobody; and what all of them have is no trace
    assert SHARED not in sought.traces and not {"区1", "satisfaction", "detractor"} & sought.traces


def test_names_of_columns_come_from_wave_yaml(study):
    for name in ("w1", "w2"):
        file = study / name / "wave.yaml"
        file.write_text(
            file.read_text().replace("raw/contacts.csv", "raw/contacts.csv, columns: {customer_id: CustNo}")
        )
    assert "custno" in leads_to(study, [study / "w1"], CUSTOMER).id_columns
