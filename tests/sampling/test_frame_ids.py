import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, SimpleRandom, draw, duplicate_rows, store_random_numbers
from workbench.sampling.frame_ids import check_stored_numbers, count_duplicates, refuse_duplicates


def test_repeated_ids_are_counted_listed_and_refused():
    frame = Frame(pd.DataFrame({"customer_id": ["a", "b", "a", "c", "c", "c"]}))
    assert count_duplicates(frame) == (2, 5)
    assert duplicate_rows(frame)["occurrences"].tolist() == [3, 2]
    with pytest.raises(InputError) as error:
        draw(frame, SimpleRandom(1), salt="s")
    assert "2 ids occur more than once, in 5 rows" in str(error.value)
    refuse_duplicates(frame, 0, 0)


def test_stored_numbers_draw_the_same_sample(tmp_path):
    frame = Frame(pd.DataFrame({"customer_id": [f"C{i}" for i in range(500)]}))
    stored = store_random_numbers(frame, "s", tmp_path / "numbers.parquet")
    assert stored.prn == "prn"
    a, b = (draw(f, SimpleRandom(40), salt="s").table for f in (frame, stored))
    pd.testing.assert_frame_equal(a, b)


def test_stored_numbers_are_in_order_and_repeated_ids_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.sampling.frame_ids.PART_ROWS", 40)
    ids = [f"C{i}" for i in range(300)]
    stored = store_random_numbers(Frame(pd.DataFrame({"customer_id": ids})), "s", tmp_path / "numbers.parquet")
    assert pd.read_parquet(tmp_path / "numbers.parquet")["prn"].is_monotonic_increasing
    assert stored.rows("SELECT count(*) AS n FROM {table}")["n"][0] == 300
    twice = pd.DataFrame({"customer_id": [*ids, "C7", "C7", "C250"]})
    with pytest.raises(InputError, match="2 ids occur more than once, in 5 rows"):
        store_random_numbers(Frame(twice), "s", tmp_path / "twice.parquet")
    assert not (tmp_path / "twice.parquet").exists()


def test_numbers_of_another_salt_are_refused(tmp_path):
    frame = Frame(pd.DataFrame({"customer_id": ["a", "b"]}))
    stored = store_random_numbers(frame, "s", tmp_path / "numbers.parquet")
    check_stored_numbers(stored, "s")
    with pytest.raises(InputError, match="salt of this draw"):
        draw(stored, SimpleRandom(1), salt="t")
