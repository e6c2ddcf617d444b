"""The text of a new ``wave.yaml``: the one of the wave before it with its own name, or a short first one."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.store.wave_file import FILE_NAME, read_wave_file

_FIRST = """\
# What this wave is. 'workbench schema' prints everything that may stand here.
study: {study}
wave: {wave}
title: {{en: "Wave {wave}", zh-CN: "{wave} 调查"}}
as_of: 2026-01-01            # last day the data cover
languages: [zh-CN, en]

tables:                      # leave out what you do not have
  customers: {{file: raw/customers.csv}}
  transactions: {{file: raw/transactions.csv}}
  contacts: {{file: raw/contacts.csv}}
  responses: {{file: raw/responses.csv}}
  # contracts: {{file: raw/contracts.csv}}  # customer_id, started_at, ended_at, kind, amount_per_month

population:
  strata: [region]

privacy:                     # what the people in the data are promised
  # purpose: "{wave} satisfaction"
  # ground: contract         # or consent, and then consent_date counts
  # keep_days: 180           # then 'workbench expire' lets go of raw files and lists
  minimum_cell: 10           # fewer people than this are shown as "< 10"

questions:
  satisfaction: {{label: {{en: Satisfaction, zh-CN: 总体满意度}}, low: 1, high: 5, top_box: 4}}
"""


def new_wave_text(folder: Path, after: Path | None) -> str:
    """Return the text of a new wave's ``wave.yaml``.

    Parameters
    ----------
    folder
        The new wave's folder; its name is the wave's, its parent's the study's.
    after
        The wave before it, whose file is taken over: names and ``previous`` change, ``as_of`` is left to be edited.

    Raises
    ------
    ConfigError
        If the wave before it has no valid ``wave.yaml``.
    """
    place = folder.absolute()
    if after is None:
        return _FIRST.format(study=wave_name(place.parent.name), wave=wave_name(place.name))
    before = read_wave_file(after)
    text = (after / FILE_NAME).read_text(encoding="utf-8-sig")
    text = re.sub(r"(?m)^previous:.*\n", "", text)
    text = re.sub(r"(?m)^wave:.*$", f'wave: "{wave_name(place.name)}"\nprevious: "{before.wave}"', text, count=1)
    return re.sub(r"(?m)^as_of:.*$", f"as_of: {before.as_of}   # EDIT: last day of the new wave's data", text, count=1)


def wave_name(text: str) -> str:
    """Return the name of a folder as studies and waves are called: lower case, digits, hyphens.

    Examples
    --------
    >>> wave_name("Acme GmbH")
    'acme-gmbh'
    """
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-") or "study"
