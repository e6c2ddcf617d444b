"""Commands that protect people: ``workbench log | encrypt | decrypt | erase | expire``."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.cli.options import Reports
from workbench.core.errors import ConfigError, InputError, WorkbenchError

commands = typer.Typer()

Unwritable = Literal["refuse", "delete"]
Study = Annotated[Path, typer.Argument(help="Folder of a study, in which its waves lie.")]


@commands.command()
def log(
    study: Study,
    verify: Annotated[bool, typer.Option("--verify", help="Read the chain of the lines again.")] = False,
    last: Annotated[int, typer.Option(min=1, help="How many lines to show.")] = 20,
) -> None:
    """Show who made, opened, exported, encrypted, pulled, pushed or erased what, for whom.

    With --verify it tells whether a line was changed, taken out or cut off (exit code 2), and prints the head of the
    chain: noted elsewhere, it shows later that nothing before it was changed. Example: workbench log data/acme --verify
    """
    from workbench.privacy.access_log import LOG, read_log, verify_log

    folder = study_of(study)
    if verify:
        state = verify_log(folder)
        torn = f"; torn by writers that were killed: {', '.join(map(str, state.torn))}" if state.torn else ""
        if state.broken is not None:
            raise InputError(
                "Every line of the access log follows from the line before.",
                found=f"line {state.broken} of {state.lines}: {state.found}",
                fix=f"Lines before {state.broken} are as they were written. Compare with a copy, and ask who had "
                "the folder.",
                where=str(folder / LOG),
            )
        print(f"{state.lines} lines, none changed{torn}. Head: {state.head}")
        return
    for line in read_log(folder)[-last:]:
        rest = {k: v for k, v in line.items() if k not in ("at", "user", "host", "verb", "what", "before", "columns")}
        more = " ".join(f"{k}={v if k != 'sha256' else str(v)[:12]}" for k, v in rest.items())
        print(f"{line['at']}  {line['user']}@{line['host']}  {line['verb']} {line['what']}  {more}")


@commands.command()
def encrypt(
    file: Annotated[Path, typer.Argument(help="A workbook, or with --to any file.")],
    to: Annotated[list[str] | None, typer.Option(help="Public key (age1…); may be given several times.")] = None,
    study: Annotated[Path | None, typer.Option(help="Study whose access log and recipients count.")] = None,
) -> None:
    """Encrypt a file with people in it: a workbook with a password, or any file to recipients with age.

    The plain file stays; remove it when the other has arrived. Example: workbench encrypt list.csv --to age1…
    """
    from workbench.privacy.access_log import note
    from workbench.privacy.encrypt import AGE, VARIABLE, list_password, lock_workbook, seal
    from workbench.privacy.files import write_private

    _require_file(file)
    if to:
        done = write_private(file.with_name(file.name + AGE), seal(file.read_bytes(), to))
    else:
        with shown_once() as new:
            done = file.with_name(f"{file.stem}.locked{file.suffix}")
            write_private(done, lock_workbook(file.read_bytes(), list_password()))
            if new:
                print(f"Password of {done.name}, shown once and kept nowhere ({VARIABLE} sets one): {new}")
    if study is not None:
        note(study_of(study), "encrypted", done.name, recipient=", ".join(to or ["password"]))
    print(done)


@commands.command()
def decrypt(
    file: Annotated[Path, typer.Argument(help="A workbook with a password, or a file sealed with age.")],
    into: Annotated[Path, typer.Option(help="The plain file to write; only you will be able to read it.")],
    identity: Annotated[Path | None, typer.Option(help="File with the secret key, for what is sealed.")] = None,
    study: Annotated[Path | None, typer.Option(help="Study whose access log is written.")] = None,
) -> None:
    """Open an encrypted file; a wrong password, another's key or a changed byte is refused.

    Example: workbench decrypt call_list.xlsx.age --identity key.txt --into call_list.xlsx
    """
    from workbench.privacy.access_log import note
    from workbench.privacy.encrypt import AGE, list_password, open_workbook, unseal
    from workbench.privacy.files import write_private

    _require_file(file)
    if file.suffix == AGE:
        if identity is None:
            raise ConfigError(
                "A sealed file is opened with a secret key.",
                found=f"{file.name} and no --identity",
                fix="Name the file that 'age-keygen' wrote: --identity key.txt",
            )
        plain = unseal(file.read_bytes(), identity)
    else:
        plain = open_workbook(file.read_bytes(), list_password())
    write_private(into, plain)
    if study is not None:
        note(study_of(study), "decrypted", file.name)
    print(into)


@commands.command()
def erase(
    study: Study,
    customer: Annotated[str, typer.Option(help="Id of the customer; - asks for it, so that it stands in no history.")],
    do: Annotated[bool, typer.Option("--do", help="Do it; without it the files are only listed.")] = False,
    unwritable: Annotated[
        Unwritable, typer.Option(help="Files that cannot be written again without the customer: refuse, or delete.")
    ] = "refuse",
    reports: Reports = Path("reports"),
) -> None:
    """Take a customer out of every file of a study and of its reports; a killed erasure is run again.

    Published numbers stay; what is run again rests on one answer less. A keyed memory keeps the next import from
    bringing the customer back. Exit code 2 says that something is left. Example: workbench erase data/acme --customer -
    """
    from workbench.report.upkeep.erasing import erase_customer, find_customer, is_unfinished

    folder = study_of(study)
    who = typer.prompt("Id of the customer", hide_input=True) if customer == "-" else customer
    if is_unfinished(folder):
        print("An erasure was begun and has not ended: run it again with the same customer and --do.")
    if do:
        found = erase_customer(folder, who, reports=reports, unwritable=unwritable)
    else:
        found = find_customer(folder, who, reports=reports)
    for place in found.places:
        counts = f"{place.rows} rows, {place.traces} traces" if place.rows or place.traces else "cannot be looked into"
        name = place.file.relative_to(folder) if place.file.is_relative_to(folder) else place.file
        print(f"{place.fate if do else 'would be ' + place.fate:28} {counts:24} {name}")
    for text in found.elsewhere:
        print(f"elsewhere: {text}")
    print(f"{len(found.places)} files, {found.rows} rows. " + ("Done." if do else "Nothing was changed: --do does it."))
    if found.left:
        raise InputError(
            "After an erasure nothing leads to the customer.",
            found="; ".join(found.left),
            fix="Take it out by hand, and run the command again.",
            where=str(folder),
        )


@commands.command()
def expire(
    study: Study,
    as_of: Annotated[str | None, typer.Option(help="The day that counts as today, such as 2027-01-31.")] = None,
    do: Annotated[bool, typer.Option("--do", help="Do it; without it the files are only listed.")] = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Tables and artefacts that name customers go, too; aggregates stay.")
    ] = False,
    reports: Reports = Path("reports"),
) -> None:
    """Let go of what is past the days that `privacy: keep_days` names, counted from `as_of` of each wave.

    Raw files, lists, exports, superseded artefacts, and old editions with customers' words go; a run that was killed
    is run again. Example: workbench expire data/acme --as-of 2027-06-30
    """
    from workbench.report.upkeep.expiring import let_go, past_their_days

    folder = study_of(study)
    try:
        day = dt.date.fromisoformat(as_of) if as_of else dt.date.today()
    except ValueError as error:
        raise ConfigError("A day is written as 2027-01-31.", found=str(as_of), fix="Correct --as-of.") from error
    if do:
        found = let_go(folder, reports=reports, day=day, tables=tables)
    else:
        found = past_their_days(folder, reports=reports, day=day, tables=tables)
    for past in found:
        name = past.path.relative_to(folder) if past.path.is_relative_to(folder) else past.path
        print(f"{past.wave}  {past.what:20} {name}")
    end = "Let go." if do else "Nothing was changed: --do lets them go."
    print(f"{len(found)} past their days on {day}. {end if found else ''}".rstrip())


def study_of(folder: Path) -> Path:
    """Return the folder of a study, named by itself or by one of its waves.

    Raises
    ------
    ConfigError
        If there are no waves.
    """
    from workbench.cli.folders import FILE_NAME, waves_of

    waves_of(folder)
    return folder.resolve().parent if (folder / FILE_NAME).is_file() else folder.resolve()


@contextmanager
def passwords_of_lists(places: Sequence[Path]) -> Iterator[None]:
    """Give lists that are written inside the ``with`` block a password, and show it once when files carry it.

    Parameters
    ----------
    places
        Folders of the waves.

    Raises
    ------
    ConfigError
        If a study locks its lists, no password is set, and there is no terminal to show a new one on.
    """
    from workbench.report.export.people import plain_lists
    from workbench.store import read_wave_file

    how: dict[Path, str] = {}
    for place in places:
        with suppress(WorkbenchError):  # whoever opens the wave says what is wrong
            how[place] = read_wave_file(place).privacy.encrypt_lists
    locking = [p for p, kind in how.items() if kind == "xlsx"]
    with _password_shown(locking) if locking else nullcontext():
        yield
    for place in (p for p, kind in how.items() if kind != "none"):
        plain = plain_lists(place)
        if plain:
            names = ", ".join(str(f.relative_to(place)) for f in plain)
            print(f"Plain from before in {place.name}: {names}. Remove them, or write them anew: workbench sample")


@contextmanager
def _password_shown(locking: Sequence[Path]) -> Iterator[None]:
    from workbench.privacy.access_log import read_log
    from workbench.privacy.encrypt import VARIABLE

    studies = {p.resolve().parent for p in locking}
    before = {s: len(read_log(s)) for s in studies}
    with shown_once() as new:
        try:
            yield
        finally:
            lines = [line for s in studies for line in read_log(s)[before[s] :]]
            files = [f"{line.get('wave')}/{line['what']}" for line in lines if line.get("for") == "password"]
            if new and files:
                print(f"Password of {', '.join(files)}, shown once and kept nowhere ({VARIABLE} sets one): {new}")


@contextmanager
def shown_once() -> Iterator[str]:
    """Set a new password of lists inside the ``with`` block, and yield it; an empty text where one is set already.

    Raises
    ------
    ConfigError
        If there is none and no terminal to show a new one on.
    """
    from workbench.privacy.encrypt import VARIABLE, new_password

    if os.environ.get(VARIABLE):
        yield ""
        return
    if not _has_terminal():
        raise ConfigError(
            "Lists that are workbooks with a password need one, which is shown on a terminal and kept nowhere.",
            found=f"no {VARIABLE}, and no terminal",
            fix=f"Set {VARIABLE}, or run the command in a terminal.",
        )
    os.environ[VARIABLE] = new_password()
    try:
        yield os.environ[VARIABLE]
    finally:
        del os.environ[VARIABLE]


def _has_terminal() -> bool:
    return sys.stdout.isatty()


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise ConfigError("A file is there to be read.", found=f"no file {file}", fix="Correct its name.")
