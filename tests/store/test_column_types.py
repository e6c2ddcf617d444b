import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.report.chapters.sample.chapter import frame_table, make_frame
from workbench.report.chapters.sample.design import design_of
from workbench.sampling import allocate, draw, stratum_counts
from workbench.store import Wave
from workbench.store.column_types import OwnType, type_lines

ROWS = ["customer_id,region,spend,code,visits,store_id,mood,note"]
ROWS += [f"{i:03d},{'ns'[i % 2]},{i}.5,{i % 9:02d},{i},{i},{i % 5},{i if i else 'a'}" for i in range(60)]
CUSTOMERS = "\n".join(ROWS) + "\n"


def opened(make_wave, plan, customers=CUSTOMERS, types=""):
    text = WAVE.replace("raw/customers.csv}", f"raw/customers.csv{types}}}")
    return Wave.open(make_wave(text + plan, customers=customers))


def kinds(wave):
    return wave.read("customers").dtypes.astype(str).to_dict()


def lines(wave):
    report = next(r for r in wave.intake_reports() if r.table == "customers")
    return type_lines("customers", report.types)


def test_a_list_is_run_through_by_numbers_and_not_by_their_texts(make_wave):
    wave = opened(make_wave, "sample: {design: systematic, order_by: [spend], check_cycles: [visits], reserve: 0}\n")
    assert kinds(wave)["spend"] == "float64" and kinds(wave)["note"] not in ("float64", "int64")
    plan = wave.config.sample
    frame = make_frame(frame_table(wave), wave)
    sample = draw(frame, design_of(plan, allocate(stratum_counts(frame), 6), frame), salt="s")
    everybody = wave.read("customers").set_index("customer_id")["spend"]
    drawn = everybody[sample.table.sort_values("list_place")["customer_id"]]
    assert drawn.diff().dropna().tolist() == [10.0] * 5, "'10.5' comes after '9.5'"
    assert any(x.startswith("customers.visits: read as a number, as sample.check_cycles") for x in lines(wave))
    assert any(x.startswith("customers.spend: read as a number, as sample.order_by goes by it") for x in lines(wave))


def test_a_size_of_ones_own_draws(make_wave):
    wave = opened(make_wave, "sample: {design: proportional_to_size, size: spend}\n")
    frame = make_frame(frame_table(wave), wave)
    sample = draw(frame, design_of(wave.config.sample, allocate(stratum_counts(frame), 12), frame), salt="s")
    assert sample.n == 12
    sizes = wave.read("customers").set_index("customer_id")["spend"]
    chances = sample.table.set_index("customer_id")["inclusion_probability"]
    pd.testing.assert_series_equal(chances, 12 * sizes[chances.index] / sizes.sum(), check_names=False)


def test_tiers_features_and_conditions_use_numbers(make_wave):
    plan = (
        "tiers: [{name: A, label: {en: A, zh-CN: A}, minimum: {mood: 3}}, {name: B, label: {en: B, zh-CN: B}}]\n"
        "segments: {features: [spend]}\n"
        "population: {strata: [region], eligible: {'never here': 'visits >= 5'}}\n"
    )
    found = kinds(opened(make_wave, plan))
    assert [found[c] for c in ("mood", "spend", "visits")] == ["float64"] * 3
    assert found["code"] == found["store_id"] == found["customer_id"] != "float64"


def test_ids_codes_and_names_of_groups_stay_text(make_wave):
    wave = opened(
        make_wave,
        "population: {strata: [mood]}\nsample: {design: systematic, order_by: [mood, code, store_id, note]}\n",
    )
    found = kinds(wave)
    assert "float64" not in {found[c] for c in ("mood", "code", "store_id", "customer_id")}
    assert wave.read("customers")["code"].tolist()[:2] == ["00", "01"]
    assert found["note"] == "float64", "one of sixty is no number; it is missing and listed"
    assert any("60 values are codes that begin with 0" in x for x in lines(wave))
    assert any("(1 of 60 values are none and become missing)" in x for x in lines(wave))
    report = next(r for r in wave.intake_reports() if r.table == "customers")
    assert (report.cells, report.kept) == (1, 60)


def test_words_are_no_numbers(make_wave):
    words = CUSTOMERS.replace(".5,", " or so,")
    wave = opened(make_wave, "sample: {design: systematic, order_by: [spend]}\n", customers=words)
    assert kinds(wave)["spend"] not in ("float64", "int64")
    assert "read as text, though sample.order_by goes by it: 60 of 60 values are no numbers" in lines(wave)[0]


def test_the_file_decides_where_it_says_a_type(make_wave):
    plan = "sample: {design: systematic, order_by: [spend]}\n"
    wave = opened(make_wave, plan, types=", types: {spend: text, code: whole}")
    found = kinds(wave)
    assert found["spend"] not in ("float64", "int64") and found["code"] in ("int64", "Int64")
    assert "customers.spend: read as text, as tables.customers.types says" in lines(wave)


@pytest.mark.parametrize(
    ("types", "said"),
    [("{spent: number}", "no 'spent' in customers"), ("{customer_id: number}", "ids and the columns of a contract")],
)
def test_types_that_cannot_be(make_wave, types, said):
    with pytest.raises(InputError, match=said):
        opened(make_wave, "", types=f", types: {types}")


def test_types_survive_the_manifest(make_wave):
    folder = opened(make_wave, "sample: {design: systematic, order_by: [spend]}\n").folder
    report = next(r for r in Wave.open(folder).intake_reports() if r.table == "customers")
    assert report.types["spend"] == OwnType("number", "sample.order_by", 60, 60, 0)
