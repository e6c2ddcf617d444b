"""Reads a file as the answers of a wave, as taking in does."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from workbench.store.codebook import Codebook
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.intake import take_in

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"
HEAD = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}


@pytest.fixture
def take(tmp_path):
    """Return a function that takes in a sample file, or a text: its report, rows, codebook and quarantine."""

    def taken(file: str | bytes, table: str = "responses", questions: object = None, **source):
        path = FILES / file if isinstance(file, str) else tmp_path / "file.dat"
        if isinstance(file, bytes):
            path.write_bytes(file)
        wave = WaveConfig.model_validate({**HEAD, "questions": questions or {}})
        out = {part: tmp_path / f"{part}.parquet" for part in ("clean", "quarantine")}
        book = tmp_path / "book.yaml"
        entry = Source(file=path.name, **source)
        report = take_in(table, entry, [path], wave, **out, base=path.parent, wave=tmp_path, codebook=book)
        assert report.read == report.kept + report.quarantined + report.left_out
        told = Codebook.from_yaml(book.read_text(encoding="utf-8")) if book.is_file() else None
        bad = pd.read_parquet(out["quarantine"])
        return SimpleNamespace(
            report=report,
            rows=pd.read_parquet(out["clean"]),
            book=told,
            bad=bad,
            said=[m.text("en") for m in report.said],
        )

    return taken
