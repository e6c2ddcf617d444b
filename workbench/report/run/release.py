"""Sending a drawn sample into the field: lists without customer ids, and all of it frozen as it went."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from workbench.core.errors import ConfigError
from workbench.core.language import LANGUAGES, message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.privacy.files import private_folder, write_private
from workbench.privacy.gate import Passed
from workbench.privacy.keys import study_key
from workbench.report.export.people import remove_list, write_people
from workbench.sampling import CallLists, call_lists, invitation_ids
from workbench.store import Wave
from workbench.store.invitations import KEY
from workbench.store.people import gate_of, log
from workbench.store.scratch import kept_for_good
from workbench.store.wave import LISTS

RELEASED = "released_sample"
ASSUMED = "released_assumptions"
FROZEN = {
    "sample": RELEASED,
    "sample_assumptions": ASSUMED,
    "sampling_statement": "released_statement",
    "panel_members": "released_panel",
    "panel_strata": "released_panel_strata",
    "spot_check": "released_spot_check",
}
OLD_KEY_FILE = "key.csv"  # led from invitations to customers before they were computed
SHOWN = ("region", "city", "channel")
PANEL_SHOWN = ("invited_on", "joined_wave", "rotation_group", "status")


@kept_for_good("release")
def release_sample(wave: Wave, *, released_on: dt.date | None = None) -> Path:
    """Write what fieldwork needs, and freeze the sample for the rest of the wave.

    Parameters
    ----------
    wave
        A wave whose sample has been drawn.
    released_on
        Day that the sampling statement names; today by default.

    Returns
    -------
    Path
        The folder of the lists, inside the wave's folder: call list and reserve list, one list per interviewer or mode
        where ``fieldwork: split_by`` asks for it, the lists of panel and spot check where there are, and the sampling
        statement in every language. Nothing in it leads from an invitation to a customer.

    Notes
    -----
    Who refuses contact, or has not consented to it, is in the sample and on no list. Lists are XLSX and CSV (UTF-8 with
    byte order mark), or encrypted where the study says so. No cell can start a formula: workbooks hold text as text, in
    CSV an apostrophe stands before it. A sample that was released stays as it went out, even if the customer list
    changes while answers come in; ``workbench sample --redraw`` replaces it before fieldwork.
    """
    folder = private_folder(wave.folder / LISTS)
    key = study_key(wave.folder.parent).of("invitation")
    gate = gate_of(wave, "survey")
    asked = gate.let_through(wave.read("sample"))
    lists = _lists(wave, asked.table, key)
    written = {"call_list": (lists.calls, asked), "reserve_list": (lists.reserve, asked)}
    for name, table, columns in _further(wave):
        passed = gate.let_through(table)
        listed = passed.table[columns].copy()
        listed.insert(0, INVITATION_ID, invitation_ids(passed.table[CUSTOMER_ID], wave=wave.config.wave, key=key))
        written[name] = (listed, passed)
    for old in {"panel_list", "spot_check_list"} - written.keys():
        remove_list(folder, old)
    for name, (table, passed) in written.items():
        write_list(wave, table, name, passed, folder)
    _split(wave, lists, asked, folder)
    _write_statement(wave, folder, released_on or dt.date.today(), asked)
    frozen = {f: wave.read(name) if wave.has(name) else None for name, f in FROZEN.items()}
    wave.replace({KEY: None, **frozen}, made_by="release")
    log(wave, "released", "sample", rows=len(asked.table), recipient="fieldwork")
    (folder / OLD_KEY_FILE).unlink(missing_ok=True)
    return folder


@kept_for_good("release")
def recall_sample(wave: Wave, *, discard: int | None = None) -> None:
    """Take back what was frozen, so that the next draw is made anew; it stands again if that draw does not come.

    Parameters
    ----------
    wave
        The wave; whoever calls this holds its lock.
    discard
        How many answers, or attempts where there are no answers, a person knows to become worthless.

    Raises
    ------
    ConfigError
        If fieldwork has begun and `discard` does not say how much of it is lost.
    """
    if wave.has(RELEASED):
        lost = {t: len(wave.read(t, columns=wave.columns(t)[:1])) for t in ("responses", "contacts") if wave.has(t)}
        worthless = lost.get("responses") or lost.get("contacts") or 0
        if worthless and discard != worthless:
            told = " and ".join(f"{n} {'answers' if t == 'responses' else 'attempts'}" for t, n in lost.items() if n)
            raise ConfigError(
                "A sample that is in the field is drawn anew only by who knows what is lost.",
                found=f"{told} of the released sample are in"
                + ("" if discard is None else f", and --discard says {discard}"),
                fix=f"Keep the sample; or, if all of it is to be thrown away: --redraw --discard {worthless}",
                where=str(wave.folder),
            )
    wave.recall([*FROZEN.values(), KEY])


def _lists(wave: Wave, sample: pd.DataFrame, key: str) -> CallLists:
    plan = wave.config.fieldwork
    columns = [c for c in dict.fromkeys([*SHOWN, *plan.columns]) if c in sample]
    modes = pd.Series(plan.mode, index=sample[CUSTOMER_ID].to_numpy())
    for column, values in plan.modes.items():
        found = sample[column].astype(str).map(values) if column in sample else pd.Series(dtype=str)
        found.index = modes.index[: len(found)]
        modes = found.fillna(modes) if len(found) else modes
    return call_lists(
        sample, wave=wave.config.wave, key=key, columns=columns, interviewers=plan.interviewers, mode=modes
    )


def _further(wave: Wave) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Yield name, rows and shown columns of the lists beside the sample's."""
    if wave.has("panel_members"):
        members = wave.read("panel_members")
        members = members[members["status"].isin(["stays", "recruited"])].reset_index(drop=True)
        if wave.has("panel_rewards"):
            members = members.merge(wave.read("panel_rewards"), on=CUSTOMER_ID, how="left")
        yield "panel_list", *_with_contacts(wave, members, [*PANEL_SHOWN, "answers", "earned", "paid", "due"])
    if wave.has("spot_check"):
        checked = wave.read("spot_check").round({"base_weight": 4})
        yield "spot_check_list", *_with_contacts(wave, checked, ["risk_score", "base_weight"])


def _with_contacts(wave: Wave, table: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, list[str]]:
    known = wave.columns("frame")
    contacts = [c for c in dict.fromkeys([*SHOWN, *wave.config.fieldwork.columns]) if c in known]
    found = wave.read("frame", columns=[CUSTOMER_ID, *contacts], only=table[CUSTOMER_ID])
    joined = table.drop(columns=contacts, errors="ignore").merge(found, on=CUSTOMER_ID, how="left")
    return joined, [c for c in [*columns, *contacts] if c in joined]


def _split(wave: Wave, lists: CallLists, asked: Passed, folder: Path) -> None:
    by = wave.config.fieldwork.split_by
    for old in ("by_interviewer", "by_mode"):
        shutil.rmtree(folder / old, ignore_errors=True)
    if by is None:
        return
    for name, part in lists.calls.groupby(by):
        write_list(wave, part, f"call_list_{safe_name(str(name))}", asked, folder / f"by_{by}")


def safe_name(text: str) -> str:
    """Return a name as part of a file's name, on every system.

    Examples
    --------
    >>> safe_name("王 芳 / B")
    '王_芳_B'
    """
    return re.sub(r"\W+", "_", text).strip("_") or "list"


def write_list(wave: Wave, table: pd.DataFrame, name: str, passed: Passed, folder: Path) -> None:
    """Write a list that passed the gate as a workbook and as CSV."""
    # in a workbook text stays text, so nobody needs to see the apostrophe
    plain = table.map(lambda v: v[1:] if isinstance(v, str) and v[:1] == "'" else v)
    held = passed.held_back
    write_people(wave, name, {"list": plain}, use="survey", held_back=held, lines=True, folder=folder)


def _write_statement(wave: Wave, folder: Path, day: dt.date, asked: Passed) -> None:
    if not wave.has("sampling_statement"):
        return
    texts = wave.read("sampling_statement").set_index("language")["text"]
    for language in LANGUAGES:
        released = message("Released to the field on {day:date}.", day=day).text(language)
        held = "".join(f"{note.text(language)}\n" for note in asked.notes)
        content = f"{released}\n{texts[language]}{held}"
        write_private(folder / f"sampling_statement.{language}.txt", content.encode("utf-8-sig"))
