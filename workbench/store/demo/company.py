"""Make the demo company on disk, send a sample into the field, and ask for the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.core.errors import InputError, nearest
from workbench.core.language import LANGUAGES, Language
from workbench.store.demo import csv_files
from workbench.store.demo.answers import Answers, answers_of, make_answers
from workbench.store.demo.blocks import Block, blocks, in_order
from workbench.store.demo.customers import Codes, Floats, customers_table, make_customers
from workbench.store.demo.document import truth_document
from workbench.store.demo.fieldwork import run_fieldwork
from workbench.store.demo.interactions import interactions_table, make_interactions
from workbench.store.demo.orders import make_orders, transactions_table
from workbench.store.demo.panel import candidates, panel_tables
from workbench.store.demo.parameters import (
    ATTRIBUTES,
    MOST_WAVES,
    RECIPE,
    REGIONS,
    SPEND_CLASSES,
    WAVES,
    WavePlan,
    first_day,
    wave_plans,
)
from workbench.store.demo.truth import STATEMENT, Tally, block_sums, parameters_record
from workbench.store.demo.words import words

FEWEST, MOST = 200, 99_999_999
FIELD_FILES = ("contacts.csv", "responses.csv")


@dataclass(frozen=True)
class Company:
    """A generated company on disk.

    Attributes
    ----------
    folder
        Where it lies; ``folder/<wave>/raw`` holds the files of a wave.
    customers
        Number of customers at the last wave.
    seed, language
        What it was made with.
    waves
        Names of its waves, earliest first.
    truth
        What is true of it, as in ``truth.json``.
    """

    folder: Path
    customers: int
    seed: int
    language: Language
    waves: tuple[str, ...]
    truth: Mapping[str, Any]


def make_company(
    folder: Path,
    *,
    customers: int = 50_000,
    seed: int = 20260930,
    language: Language = "zh-CN",
    waves: int = 2,
) -> Company:
    """Make the demo company: a generated retailer with two consecutive waves, or more.

    Writes ``<wave>/raw/{customers,transactions,interactions,panel}.csv`` for 2026q2 (as of 2026-06-30) and 2026q3 (as
    of 2026-09-30), ``truth.json`` and ``truth.md``. Files are UTF-8 with BOM; transactions come by customer, then day.
    Fieldwork done in an earlier company of this folder is removed, because its customers are gone.

    Parameters
    ----------
    folder
        Where to put it. A folder with waves that are not the demo's is refused.
    customers
        Customers at the last wave, 200 to 99,999,999; about 85 % of them are there at the first.
    seed
        Same seed, same bytes.
    language
        Language of the words in the data.
    waves
        How many: 2 to 16, a quarter apart, the last of them 2026q3. With more than two the programme starts earlier.

    Raises
    ------
    InputError
        If an argument is out of range or the folder holds somebody else's waves.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     company = make_company(Path(place), customers=300, language="en")
    ...     sorted(p.name for p in (company.folder / "2026q3" / "raw").iterdir())
    ['customers.csv', 'interactions.csv', 'panel.csv', 'transactions.csv']
    """
    _check(folder, customers, seed, language, waves)
    plans = wave_plans(waves)
    record: dict[str, Any] = {
        "statement": STATEMENT,
        "recipe": RECIPE,
        "complete": False,
        "customers": customers,
        "seed": seed,
        "language": language,
        "waves": [plan.name for plan in plans],
    }
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / "truth.json", _json(record))
    for wave in plans:
        for name in FIELD_FILES:
            (folder / wave.name / "raw" / name).unlink(missing_ok=True)
    tally = _write_waves(folder, customers, seed, language, plans)
    record |= {"complete": True, "parameters": parameters_record(waves), "truth": tally.truth(language)}
    _put(folder / "truth.md", truth_document(record))
    _put(folder / "truth.json", _json(record))
    return open_company(folder)


def open_company(folder: Path) -> Company:
    """Return the company that lies in `folder`.

    Raises
    ------
    InputError
        If there is none, or it was not finished, or another version of the recipe made it.
    """
    path, fix = folder / "truth.json", "Make the demo company again."
    if not path.is_file():
        raise InputError("A demo company has a truth.json.", found=f"none in {folder}", fix=fix)
    record = json.loads(path.read_text(encoding="utf-8"))
    if record.get("recipe") != RECIPE:
        raise InputError(f"The demo company must be of recipe {RECIPE}.", found=f"{record.get('recipe')}", fix=fix)
    if not record.get("complete"):
        raise InputError("The demo company must be whole.", found="one whose making was interrupted", fix=fix)
    return Company(
        folder=folder,
        customers=record["customers"],
        seed=record["seed"],
        language=record["language"],
        waves=tuple(record.get("waves", [wave.name for wave in WAVES])),
        truth=record["truth"],
    )


def simulate_fieldwork(folder: Path, wave: str, invited: pd.DataFrame) -> None:
    """Send a drawn sample into the field: write the wave's ``contacts.csv`` and ``responses.csv``.

    What happens to a customer depends only on the company's seed, the wave and the customer, never on who else is
    invited. Two in a hundred addresses do not work (4.3); the others answer with the probability documented in
    ``truth.md``.

    Parameters
    ----------
    folder
        The company.
    wave
        ``2026q2`` or ``2026q3``.
    invited
        ``customer_id``; optionally ``mode`` (phone, web, face_to_face; chosen by chance where absent or empty),
        ``order`` (earlier places are approached earlier) and ``reserve`` (true rows are not approached).

    Raises
    ------
    InputError
        If a customer is unknown, repeated or not yet there at this wave, or a mode is unknown.
    """
    company = open_company(folder)
    run_fieldwork(
        folder,
        _plan(wave, len(company.waves)),
        invited,
        customers=company.customers,
        seed=company.seed,
        language=company.language,
        first_day=first_day(len(company.waves)),
    )


def population_answers(folder: Path, wave: str) -> pd.DataFrame:
    """Return what every customer present at a wave would answer, made again from the seed.

    Returns
    -------
    pandas.DataFrame
        One row per customer: customer_id, region, channel, do_not_contact, amount_12m, spend_class (low ≤ 1000 <
        middle ≤ 3000 < high), eligible (amount above 1000 and contactable), latent, recommend, satisfaction, effort,
        service, delivery, quality, price, app, response_propensity.
    """
    return pd.concat(population_batches(folder, wave), ignore_index=True)


def population_batches(folder: Path, wave: str) -> Iterator[pd.DataFrame]:
    """Yield `population_answers` a few thousand customers at a time."""
    company = open_company(folder)
    plan, start = _plan(wave, len(company.waves)), first_day(len(company.waves))
    cut = blocks(company.customers, seed=company.seed, first_day=start)
    for answers in in_order(lambda block: answers_of(block, plan), cut):
        if answers.present.any():
            yield _frame(answers, company.language)


def _frame(answers: Answers, language: Language) -> pd.DataFrame:
    customers, word = answers.customers, words(language)
    columns = {
        "customer_id": csv_files.ids("C", customers.number, 9).to_pandas(),
        "region": np.array([word.regions[code] for code in REGIONS], dtype=object)[customers.region],
        "channel": np.array(word.channels, dtype=object)[customers.channel],
        "do_not_contact": customers.do_not_contact,
        "amount_12m": answers.cents / 100,
        "spend_class": np.array(SPEND_CLASSES, dtype=object)[answers.spend_class],
        "eligible": answers.eligible,
        "latent": answers.latent,
        "recommend": answers.recommend,
        "satisfaction": answers.satisfaction,
        "effort": answers.effort,
        **{name: answers.ratings[:, k] for k, name in enumerate(ATTRIBUTES)},
        "response_propensity": answers.propensity,
    }
    return pd.DataFrame(columns)[answers.present]


@dataclass(frozen=True)
class _Made:
    """Everything of one block that is written or counted."""

    tables: tuple[tuple[str, str, pa.Table], ...]
    sums: tuple[tuple[str, Floats, int], ...]
    candidates: tuple[Codes, Floats]


def _make_block(block: Block, language: Language, plans: Sequence[WavePlan]) -> _Made:
    customers = make_customers(block)
    orders = make_orders(customers)
    every_order, days = transactions_table(orders, language)
    tables: list[tuple[str, str, pa.Table]] = []
    sums: list[tuple[str, Floats, int]] = []
    all_answers = [make_answers(orders, wave) for wave in plans]
    cases = [make_interactions(answers) for answers in all_answers]
    for which, (wave, answers) in enumerate(zip(plans, all_answers, strict=True)):
        tables.append((wave.name, "customers", customers_table(customers, wave, language)))
        tables.append((wave.name, "transactions", every_order.filter(pa.array(days <= wave.day))))
        known = [interactions_table(made, wave, language) for made in cases[: which + 1]]
        tables.append((wave.name, "interactions", pa.concat_tables(known)))
        sums.append((wave.name, block_sums(answers), int((orders.day <= wave.day).sum())))
    return _Made(tuple(tables), tuple(sums), candidates(all_answers[-len(WAVES)], customers=block.customers))


def _write_waves(folder: Path, customers: int, seed: int, language: Language, plans: Sequence[WavePlan]) -> Tally:
    tally, found = Tally(), []
    with ExitStack() as stack:
        files = {
            (wave.name, name): stack.enter_context(
                csv_files.CsvFile(folder / wave.name / "raw" / f"{name}.csv", quoting=quoting)
            )
            for wave in plans
            for name, quoting in _WRITTEN.items()
            if name != "panel" or wave in WAVES
        }
        cut = blocks(customers, seed=seed, first_day=first_day(len(plans)))
        for made in in_order(lambda block: _make_block(block, language, plans), cut):
            for wave_name, name, table in made.tables:
                files[wave_name, name].write(table)
            for wave_name, sums, orders in made.sums:
                tally.add(wave_name, sums, orders)
            found.append(made.candidates)
        for wave, table in zip(WAVES, panel_tables(found, customers=customers), strict=True):
            files[wave.name, "panel"].write(table)
    return tally


_WRITTEN: Mapping[str, csv_files.Quoting] = {
    "customers": "none",
    "transactions": "none",
    "interactions": "needed",
    "panel": "none",
}


def _check(folder: Path, customers: int, seed: int, language: Language, waves: int) -> None:
    if not FEWEST <= customers <= MOST:
        raise InputError(
            f"The demo company has {FEWEST} to {MOST:,} customers.", found=f"{customers:,}", fix="Choose another size."
        )
    if not len(WAVES) <= waves <= MOST_WAVES:
        raise InputError(
            f"The demo company has {len(WAVES)} to {MOST_WAVES} waves.", found=str(waves), fix="Choose another number."
        )
    if seed < 0:
        raise InputError("A seed is a whole number from 0.", found=str(seed), fix="Choose another seed.")
    if language not in LANGUAGES:
        raise InputError(
            f"The demo speaks {' or '.join(LANGUAGES)}.",
            found=f"{language!r}{nearest(language, LANGUAGES)}",
            fix="Choose one of them.",
        )
    taken = [wave.name for wave in wave_plans(waves) if (folder / wave.name).exists()]
    if taken and not (folder / "truth.json").is_file():
        raise InputError(
            "The demo company never overwrites somebody's waves.",
            found=f"{', '.join(taken)} in {folder}, without a truth.json",
            fix="Choose an empty folder.",
        )


def _plan(wave: str, waves: int) -> WavePlan:
    plans = {plan.name: plan for plan in wave_plans(waves)}
    if wave not in plans:
        raise InputError(
            f"The demo company has the waves {', '.join(plans)}.",
            found=f"{wave!r}{nearest(wave, plans)}",
            fix="Name one of them.",
        )
    return plans[wave]


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _put(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)
