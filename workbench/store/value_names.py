"""Names, merging and order of the values of a column, as ``values:`` of ``wave.yaml`` says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from workbench.core.column_names import show_column_names
from workbench.core.currency import show_currency
from workbench.core.people import show_people_from
from workbench.core.value_names import show_value_names
from workbench.store.config import WaveConfig
from workbench.store.config.parts import ValueName
from workbench.store.scratch import run_token


def value_names(config: WaveConfig, column: str) -> dict[str, ValueName]:
    """Return the named values of a column in the order in which pages show them: value → its name.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.
    column
        A column of any table. Values without a name are not in it; a page shows them as they are.

    Examples
    --------
    >>> given = {"region": {"华东": {"en": "East", "zh-CN": "华东"}}}
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
    >>> value_names(parse_wave({**head, "values": given}, where="wave.yaml"), "region")["华东"].text("en")
    'East'
    """
    return dict(config.values.get(column, {}))


def show_study_words(config: WaveConfig) -> None:
    """Show amounts in the study's currency, values and columns by the names it gives them, from now on.

    In a run it also keeps counts of few people from being told, as ``privacy: minimum_cell:`` says.

    Every notebook of a chapter calls it once; without it amounts have no currency, and values and columns stand as in
    the data. Values are named under ``values:``, columns under ``labels:``, and questions by their own labels.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> from workbench.core.value_names import show_value_names
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
    >>> given = {"region": {"华东": {"en": "East", "zh-CN": "华东"}}}
    >>> show_study_words(parse_wave({**head, "values": given}, where="wave.yaml"))
    >>> message("{group} leads", group="华东").text("en")
    'East leads'
    >>> show_value_names({})
    """
    show_currency(config.currency)
    show_value_names(config.values)
    asked = {name: rating.label for name, rating in config.questions.items()}
    show_column_names({**asked, **config.labels})
    show_people_from(config.privacy.minimum_cell if run_token() else 0)


def merged_values(config: WaveConfig, column: str) -> dict[str, str]:
    """Return spelling → the value it is counted as: those under `from`, and values of one name after the first.

    Examples
    --------
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
    >>> ma = {"en": "Massachusetts", "zh-CN": "马萨诸塞"}
    >>> config = parse_wave({**head, "values": {"state": {"MA": {**ma, "from": ["Mass."]}, "ma": ma}}}, where="")
    >>> merged_values(config, "state")
    {'Mass.': 'MA', 'ma': 'MA'}
    """
    first: dict[tuple[str, str], str] = {}
    merged: dict[str, str] = {}
    for value, name in config.values.get(column, {}).items():
        target = first.setdefault((name.en, name.zh_cn), value)
        merged |= {spelling: target for spelling in [value, *name.spellings] if spelling != target}
    return merged


def folded(value: str) -> str:
    """Return a value without the differences that spellings of one thing have: case, width, blanks, punctuation.

    Examples
    --------
    >>> folded(" ＭＡ ") == folded("ma") == folded("M.A.")
    True
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", value).casefold())


def spelled_alike(counts: Mapping[str, int]) -> list[dict[str, int]]:
    """Return the groups of values that only spelling tells apart, each with its counts, the most frequent first.

    Examples
    --------
    >>> spelled_alike({"MA": 40, "ma": 2, "NY": 9, "ＭＡ": 5})
    [{'MA': 40, 'ＭＡ': 5, 'ma': 2}]
    """
    groups: dict[str, dict[str, int]] = {}
    for value, count in counts.items():
        key = folded(value)
        if key:
            groups.setdefault(key, {})[value] = count
    found = [dict(sorted(g.items(), key=lambda item: (-item[1], item[0]))) for g in groups.values() if len(g) > 1]
    return sorted(found, key=lambda g: -sum(g.values()))
