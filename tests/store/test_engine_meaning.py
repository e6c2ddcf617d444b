from contextlib import nullcontext

import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.core.engine.toy_engine import toy_scheme
from tests.store.test_engine_intake import url_of
from workbench.core.engine import open_engine
from workbench.core.errors import InputError
from workbench.store import Wave
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.engine_meaning import understand_table

N = 60
GIVEN = pd.DataFrame(
    {
        "customer_id": [f"{i:03d}" for i in range(N)],
        "recommend": [("10 - extremely likely", "９", "8分", "7.0", " 6", "99", "5.5")[i % 7] for i in range(N)],
        "service": [("很满意", "满意", "一般", "不满意", "很不满意")[i % 5] for i in range(N)],
        "delivery": [str(1 + i % 5) for i in range(N)],
        "region": ["1" if i % 3 else "2" for i in range(N)],
        "branch": [("\u3000Ａ１", "B ", "ＡＢ (c)")[i % 3] for i in range(N)],
        "visited": [("是", "No", "ＹＥＳ", "perhaps")[i % 4] for i in range(N)],
        "comment": [f"words of {i}" for i in range(N)],
    }
)
BOOK = """\
columns:
  region: {kind: single, text: {en: Region, zh-CN: 地区}, choices: {1: {en: North, zh-CN: 北}, 2: {en: South, zh-CN: 南}}}
  delivery: {text: {en: How fast it came, zh-CN: 送货速度}}
"""
TABLES = """\
tables:
  responses: {ANSWERS, not_answered: {recommend: ['99']}}
questions:
  service: {label: {en: Service, zh-CN: 服务}, low: 1, high: 5, top_box: 4}
"""
TEXT = WAVE[: WAVE.index("tables:")] + TABLES
ENGINES = ["toy", *(pytest.param(n, marks=pytest.mark.engine(n)) for n in ("postgresql", "spark", "datafusion"))]


@pytest.mark.parametrize("name", ENGINES)
def test_answers_of_a_table_mean_what_a_file_of_them_means(name, make_wave):
    """Words that stand for numbers, labels of codebook.yaml and codes for no answer: all as from a file."""
    filed = make_wave(TEXT.replace("ANSWERS", "file: raw/responses.csv"), responses=GIVEN.to_csv(index=False))
    with toy_scheme() if name == "toy" else nullcontext() as toy:
        url = "toy://" if name == "toy" else url_of(name)
        rows = (toy or open_engine(url)).register(GIVEN)
        told = f'engine: "{url}"\n' + TEXT.replace("ANSWERS", f"query: SELECT * FROM {rows} AS t")
        there = make_wave(told, folder="there")
        for folder in (filed, there):
            (folder / "codebook.yaml").write_text(BOOK, encoding="utf-8")
        kept, here = Wave.open(there), Wave.open(filed)
        book, answers = kept.codebook(), kept.read("responses").sort_values("customer_id", ignore_index=True)
        (there / "codebook.yaml").write_text(BOOK.replace("South", "Far south"), encoding="utf-8")
        assert Wave.open(there).codebook().column("region").choices[1].labels["en"] == "Far south"
    assert book.to_yaml() == here.codebook().to_yaml()
    assert book.column("delivery").text["en"] == "How fast it came"
    assert kept.config.questions == here.config.questions
    assert answers["service"].tolist() == [5 - i % 5 for i in range(N)], "words stand for numbers"
    pd.testing.assert_frame_equal(answers[list(here.read("responses"))], here.read("responses"), check_dtype=False)
    assert answers["recommend"].fillna(-1).tolist()[:7] == [10, 9, 8, 7, 6, -1, -1]
    assert answers["branch"].tolist()[:3] == ["A1", "B", "AB (c)"]
    counts = [[(r.read, r.kept, r.cells, dict(r.not_answered)) for r in w.intake_reports()] for w in (here, kept)]
    assert counts[0] == counts[1] and counts[0][0][2] == N // 7, "5.5 is no answer of a scale from 0 to 10"
    assert not list((there / "artefacts").glob(".intake-*"))


def test_other_tables_are_not_looked_into(tmp_path):
    config = WaveConfig.model_validate(
        {"study": "s", "wave": "w", "title": {"en": "s", "zh-CN": "s"}, "as_of": "2026-06-30", "tables": {}}
    )
    with toy_scheme() as engine:
        item = engine.register(GIVEN)
        assert (
            understand_table("customers", item, Source(table="x"), config, engine, folder=tmp_path, scratch=tmp_path)
            is None
        )
        known = understand_table(
            "responses", item, Source(table="x"), config, engine, folder=tmp_path, scratch=tmp_path
        )
    assert known.book.column("service").kind == "scale" and known.columns == tuple(GIVEN)


@pytest.mark.parametrize("name", ENGINES)
def test_answers_on_another_scale_are_refused_as_in_a_file(name, make_wave):
    """A recommendation asked from 1 to 5, and ratings beyond their scale: the same words as for a file of them."""
    small = GIVEN.assign(recommend=[1 + i % 5 for i in range(N)])
    beyond = GIVEN.assign(service=[f"{i % 8}" for i in range(N)])
    with toy_scheme() if name == "toy" else nullcontext() as toy:
        url = "toy://" if name == "toy" else url_of(name)
        engine = toy or open_engine(url)
        for i, rows in enumerate((small, beyond)):
            said = []
            kept = f'engine: "{url}"\n' + TEXT.replace("ANSWERS", f"query: SELECT * FROM {engine.register(rows)} AS t")
            filed = TEXT.replace("ANSWERS", "file: raw/responses.csv")
            for text, place in ((kept, f"k{i}"), (filed, f"f{i}")):
                with pytest.raises(InputError) as refused:
                    Wave.open(make_wave(text, folder=place, responses=rows.to_csv(index=False)))
                said.append(str(refused.value))
            assert said[0] == said[1], said


def test_answers_have_an_order_of_their_own(make_wave):
    """A server hands rows over as it likes; what is drawn from answers must not change with that."""
    read = []
    with toy_scheme() as engine:
        for i, rows in enumerate((GIVEN, GIVEN.iloc[::-1])):
            told = "engine: toy://\n" + TEXT.replace("ANSWERS", f"query: SELECT * FROM {engine.register(rows)} AS t")
            read.append(Wave.open(make_wave(told, folder=f"w{i}")).read("responses"))
    pd.testing.assert_frame_equal(*read)
