import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import WAVE
from tests.core.engine.toy_engine import ToyEngine
from workbench.store.config.parts import Source
from workbench.store.contracts import CONTRACTS, Field
from workbench.store.engine_reading import EngineColumn
from workbench.store.engine_screening import count_broken, judged_rows, write_sample
from workbench.store.wave_file import parse_wave

ROWS = {
    "customer_id": ["a", "a", "b", None],
    "contract_id": ["1", "1", "2", "3"],
    "started_at": ["2026-01-05", "2026-01-05", "2026-03-01", "2026-03-01"],
    "ended_at": ["2026-02-01", "2026-02-01", "2026-01-01", "soon"],
    "amount_per_month": ["10", "free", "-1", "9"],
}


def test_rows_are_judged_by_every_rule_of_the_contract(tmp_path):
    engine = ToyEngine()
    d, contract = engine.dialect, CONTRACTS["contracts"]
    head = WAVE[: WAVE.index("tables:")]
    import yaml

    config = parse_wave({**yaml.safe_load(head), "tables": {}}, where="")
    columns = {n: EngineColumn(d.quote(n), pa.string()) for n in ROWS}
    fields = {n: contract.fields.get(n, Field("text")) for n in ROWS}
    source = Source(table="crm.contracts", not_answered={"amount_per_month": ["free"]})
    raw = f"(SELECT * FROM {engine.register(pd.DataFrame(ROWS))})"
    judged, rules = judged_rows(raw, columns, fields, contract, source, config, d)
    counts = count_broken(judged, rules, "1 = 0", source, columns, engine)
    broken = {(r.column, r.costs): counts[f"_broken{i}"] for i, r in enumerate(rules) if counts[f"_broken{i}"]}
    assert broken == {
        ("ended_at", "row"): 1,  # before it began, or no day
        ("contract_id", "row"): 1,
        ("customer_id", "row"): 1,
        ("amount_per_month", "value"): 1,  # what stands for no answer breaks nothing
    }
    assert counts["everything"] == 4 and counts["code0"] == 1
    write_sample(judged, rules, counts, source, tmp_path / "bad.parquet", engine)
    bad = pq.read_table(tmp_path / "bad.parquet").to_pandas()
    assert bad["line"].tolist() == list(range(1, len(bad) + 1)) and set(bad["file"]) == {"crm.contracts"}
    assert sorted(bad["value"].dropna()) == ["-1", "1", "2026-01-01", "soon"]
