"""Fieldwork on a drawn sample: who is reached, who answers, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Language
from workbench.store.demo import csv_files
from workbench.store.demo.answers import Answers, answers_of
from workbench.store.demo.blocks import BLOCK, Block, blocks, in_order
from workbench.store.demo.comments import comment_random, compose
from workbench.store.demo.customers import Codes, Flags, Floats, pick
from workbench.store.demo.parameters import (
    ATTRIBUTES,
    DONT_KNOW,
    FINAL_CODES,
    INCENTIVES,
    RESPONSE,
    WAITING_CODES,
    WavePlan,
)

MODES = tuple(mode for mode, _ in RESPONSE.modes)
COMPLETE, PARTIAL, OUT_OF_ORDER = "1.1", "1.2", "4.3"
DURATION_MEDIAN = {"phone": 420.0, "web": 260.0, "face_to_face": 600.0}
DAYS_BETWEEN = 3


def run_fieldwork(
    folder: Path,
    wave: WavePlan,
    invited: pd.DataFrame,
    *,
    customers: int,
    seed: int,
    language: Language,
    first_day: int = 0,
) -> None:
    """Write ``contacts.csv`` and ``responses.csv`` of a wave; see `simulate_fieldwork` for the meaning."""
    sample = _approached(invited, customers)
    contacts, responses = [], []
    for attempts, answers in _by_block(
        sample, wave, blocks(customers, seed=seed, first_day=first_day), language=language
    ):
        contacts.append(attempts)
        responses.append(answers)
    raw = folder / wave.name / "raw"
    _write(pd.concat(contacts), raw / "contacts.csv", "attempted_at", quoting="none")
    _write(pd.concat(responses), raw / "responses.csv", "submitted_at", quoting="needed")


def _approached(invited: pd.DataFrame, customers: int) -> pd.DataFrame:
    """Return number, mode and place in the queue of those to be approached; reserve rows are left alone."""
    where = "invited"
    require_columns(invited.columns, ["customer_id"], where=where)
    text = invited["customer_id"].astype("string")
    digits = text.str.extract(r"^C(\d{9})$", expand=False)
    number = pd.to_numeric(digits).fillna(0).astype("int64").to_numpy()
    strange = (number < 1) | (number > customers)
    if strange.any():
        raise InputError(
            "Everybody invited must be a customer of the demo company.",
            found=f"{int(strange.sum())} unknown, the first {text[strange].iloc[0]!r}",
            fix="Draw the sample from this company's customers.csv, ids read as text.",
            where=where,
        )
    if text.duplicated().any():
        raise InputError(
            "A customer is invited once.",
            found=f"{int(text.duplicated().sum())} repeated rows",
            fix="Keep one row per customer.",
            where=where,
        )
    sample = pd.DataFrame({"number": number})
    sample["mode"] = invited["mode"].astype("string").to_numpy() if "mode" in invited else pd.NA
    known = sample["mode"].isna() | sample["mode"].isin(MODES)
    if not known.all():
        odd = str(sample.loc[~known, "mode"].iloc[0])
        raise InputError(
            f"A mode is one of {', '.join(MODES)}.",
            found=f"{odd!r}{nearest(odd, MODES)}",
            fix="Correct the mode, or leave it empty to have one chosen.",
            where=where,
        )
    place = invited["order"].to_numpy(dtype=float) if "order" in invited else np.full(len(invited), np.nan)
    sample["queue"] = pd.Series(place).rank(pct=True, method="first").to_numpy()
    if "reserve" in invited:
        sample = sample[~invited["reserve"].astype(bool).to_numpy()]
    if sample.empty:
        raise InputError(
            "Somebody must be invited.", found="no rows to approach", fix="Pass the drawn sample.", where=where
        )
    return sample.sort_values("number", ignore_index=True)


def _by_block(
    sample: pd.DataFrame, wave: WavePlan, cut: Sequence[Block], *, language: Language
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    groups = dict(iter(sample.groupby((sample["number"] - 1) // BLOCK)))
    todo = [block for block in cut if block.number in groups]

    def make(block: Block) -> tuple[pd.DataFrame, pd.DataFrame]:
        return _field_block(answers_of(block, wave), groups[block.number], language)

    return in_order(make, todo)


def _field_block(answers: Answers, sample: pd.DataFrame, language: Language) -> tuple[pd.DataFrame, pd.DataFrame]:
    block, wave = answers.customers.block, answers.wave
    row = sample["number"].to_numpy() - 1 - block.start
    if not answers.present[row].all():
        raise InputError(
            f"Everybody invited to {wave.name} must have signed up by {wave.as_of}.",
            found=f"{int((~answers.present[row]).sum())} who signed up later",
            fix="Draw the sample from this wave's customers.csv.",
            where="invited",
        )
    # chances are drawn for the whole block, so nobody's fate depends on who else is invited
    random = block.random("fieldwork", wave.stream)
    own_mode = pick(random, block.size, tuple(share for _, share in RESPONSE.modes))[row]
    chance: Floats = random.random((block.size, 11))[row]
    steps = np.minimum(random.geometric(1 - RESPONSE.next_attempt, block.size), RESPONSE.max_attempts)[row]
    length = random.standard_normal(block.size)[row]
    mode = np.where(sample["mode"].isna(), np.array(MODES, dtype=object)[own_mode], sample["mode"].to_numpy(object))
    broken = chance[:, 0] < RESPONSE.out_of_order
    answered: Flags = ~broken & (chance[:, 1] < answers.propensity[row])
    partial = answered & (chance[:, 2] < RESPONSE.partial)
    final = _final_codes(mode, chance[:, 3])
    refused = np.char.startswith(final.astype(str), "2.1")
    final[answered], final[partial], final[broken] = COMPLETE, PARTIAL, OUT_OF_ORDER
    attempts = np.where(broken, 1, np.where(answered | refused, steps, np.maximum(steps, RESPONSE.max_attempts - 1)))
    queue = np.where(sample["queue"].isna(), chance[:, 4], sample["queue"])
    latest = RESPONSE.field_days - DAYS_BETWEEN * (RESPONSE.max_attempts - 1)
    first_day = 1 + np.floor(np.minimum(queue, 0.999) * latest).astype(np.int64)
    contacts = _contacts(sample["number"].to_numpy(), attempts, first_day, mode, final, chance[:, 5], wave)
    last_day = first_day + DAYS_BETWEEN * (attempts - 1)
    some = np.flatnonzero(answered)
    responses = _responses(answers, row, some, partial, last_day, mode, length, chance, language)
    return contacts, responses


def _final_codes(mode: np.ndarray, chance: Floats) -> np.ndarray:
    final = np.full(mode.size, "", dtype=object)
    for name, codes in FINAL_CODES.items():
        mine = mode == name
        steps = np.cumsum([share for _, share in codes])[:-1]
        final[mine] = np.array([code for code, _ in codes], dtype=object)[np.searchsorted(steps, chance[mine])]
    return final


def _contacts(
    number: Codes,
    attempts: Codes,
    first_day: Codes,
    mode: np.ndarray,
    final: np.ndarray,
    chance: Floats,
    wave: WavePlan,
) -> pd.DataFrame:
    row = np.repeat(np.arange(number.size), attempts)
    nth = np.arange(row.size) - (np.cumsum(attempts) - attempts)[row]
    last = nth == attempts[row] - 1
    waiting = np.array([WAITING_CODES[m][int(c > 0.5)] for m, c in zip(mode, chance, strict=True)], dtype=object)
    return pd.DataFrame(
        {
            "customer_id": csv_files.ids("C", number, 9).to_pandas().iloc[row].to_numpy(),
            "attempted_at": np.datetime64(wave.as_of) + (first_day[row] + DAYS_BETWEEN * nth),
            "mode": mode[row],
            "disposition": np.where(last, final[row], waiting[row]),
            "incentive": [INCENTIVES[m] for m in mode[row]],
        }
    )


def _responses(
    answers: Answers,
    row: Codes,
    some: Codes,
    partial: Flags,
    day: Codes,
    mode: np.ndarray,
    length: Floats,
    chance: Floats,
    language: Language,
) -> pd.DataFrame:
    who, number = row[some], answers.customers.number[row[some]]
    scores, ratings = answers.recommend[who], answers.ratings[who]
    whole = ~partial[some]
    median = np.array([DURATION_MEDIAN[m] for m in mode[some]])
    hurried = chance[some, 6] < RESPONSE.speeders
    seconds = np.where(hurried, 25 + 30 * chance[some, 7], median * np.exp(0.35 * length[some]))
    columns: dict[str, object] = {
        "customer_id": csv_files.ids("C", number, 9).to_pandas().to_numpy(),
        "submitted_at": np.datetime64(answers.wave.as_of) + day[some],
        "duration_seconds": np.rint(np.where(whole, seconds, 0.5 * seconds)).astype(np.int64),
        "recommend": np.where(chance[some, 8] < RESPONSE.dont_know, DONT_KNOW, scores),
        "satisfaction": answers.satisfaction[who],
        "effort": pd.Series(answers.effort[who], dtype="Int64").where(whole),
    }
    for k, attribute in enumerate(ATTRIBUTES):
        rated = whole & (chance[some, 9] >= RESPONSE.app_not_rated) if attribute == "app" else whole
        columns[attribute] = pd.Series(ratings[:, k], dtype="Int64").where(rated)
    speaks = whole & (chance[some, 10] < RESPONSE.comment)
    seed, wave = answers.customers.block.seed, answers.wave.name
    columns["comment"] = [
        compose(comment_random(seed, wave, int(n)), [int(v) for v in marks], int(score), language) if talks else None
        for n, marks, score, talks in zip(number, ratings, scores, speaks, strict=True)
    ]
    return pd.DataFrame(columns)


def _write(table: pd.DataFrame, path: Path, by: str, *, quoting: csv_files.Quoting) -> None:
    ordered = table.sort_values([by, "customer_id"], kind="stable", ignore_index=True)
    arrow = pa.Table.from_pandas(ordered, preserve_index=False)
    place = arrow.column_names.index(by)
    arrow = arrow.set_column(place, by, arrow.column(by).cast(pa.date32()))
    with csv_files.CsvFile(path, quoting=quoting) as out:
        out.write(arrow)
