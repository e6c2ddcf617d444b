import pytest

from workbench.clustering.fields import field_of


@pytest.mark.parametrize(
    ("name", "field"),
    [("city", "geography"), ("age_band", "demography"), ("refund_share", "purchases"), ("interest", "attitudes")],
)
def test_fields_of_contract_columns(name, field):
    assert str(field_of(name)) == field
