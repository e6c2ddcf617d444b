"""How a wave shows itself: what there is, what was quarantined, what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape
from pathlib import Path

import pandas as pd

from workbench.core.language import Message, current_language, message
from workbench.core.names import TABLES, Column
from workbench.core.tables import html_table
from workbench.store.columns import CELLS, KEPT, LEFT_OUT, QUARANTINED, TABLE
from workbench.store.config import WaveConfig
from workbench.store.manifest import Manifest

COLUMNS = {
    "table": TABLE,
    "state": Column(message("State")),
    "rows": KEPT,
    "quarantined": QUARANTINED,
    "cells": CELLS,
    "left_out": LEFT_OUT,
}

KEPT_BY_HAND = message("kept by hand, in this notebook only; no report sees it")


def wave_table(
    config: WaveConfig, manifest: Manifest, absent: Mapping[str, Message], by_hand: Collection[str] = ()
) -> pd.DataFrame:
    """Return one row per contract table and artefact: table, state, rows, quarantined, cells, left_out."""
    rows: list[tuple[str, Message, int | None, int | None, int | None, int | None]] = []
    for name in TABLES:
        entry = manifest.tables.get(name)
        if entry is not None:
            report = entry.report
            counts = (report["quarantined"], report.get("cells", 0), report["left_out"])
            rows.append((name, message("taken in"), entry.clean.rows, *counts))
        elif name in absent:
            rows.append((name, message("missing: {reason}", reason=absent[name]), None, None, None, None))
        elif name not in config.tables:
            rows.append((name, message("not part of this wave"), None, None, None, None))
    for name, a in manifest.artefacts.items():
        state = KEPT_BY_HAND if name in by_hand else message("made by {chapter}", chapter=a.made_by)
        rows.append((name, state, a.rows, None, None, None))
    return pd.DataFrame(rows, columns=["table", "state", "rows", "quarantined", "cells", "left_out"])


def wave_html(
    folder: Path, config: WaveConfig, manifest: Manifest, absent: Mapping[str, Message], by_hand: Collection[str] = ()
) -> str:
    """Return the wave's overview as HTML."""
    language = current_language()
    table = wave_table(config, manifest, absent, by_hand)
    title = f"{config.title.text(language)} · {config.study}/{config.wave} · {config.as_of}"
    lead = f"<p><strong>{escape(title)}</strong><br><code>{escape(folder.name)}</code></p>"
    caption = message("What this wave has")
    return lead + html_table(table, caption=caption, columns=COLUMNS, language=language)


def wave_text(
    folder: Path, config: WaveConfig, manifest: Manifest, absent: Mapping[str, Message], by_hand: Collection[str] = ()
) -> str:
    """Return the wave's overview as text."""
    table = wave_table(config, manifest, absent, by_hand).assign(state=lambda t: t["state"].map(lambda m: m.text("en")))
    return (
        f"Wave {config.study}/{config.wave} as of {config.as_of} ({folder})\n{table.to_string(index=False, na_rep='')}"
    )
