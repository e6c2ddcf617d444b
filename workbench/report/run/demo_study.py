"""The demo study from nothing: make the company, draw each wave's sample as its chapter does, let customers answer."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import InputError
from workbench.core.language import Language
from workbench.privacy.keys import AS_BEFORE, BEFORE, open_key
from workbench.report.chapters.sample.draw import draw_sample
from workbench.report.run.release import RELEASED, release_sample
from workbench.store import Wave
from workbench.store.demo import Company, make_company, open_company, simulate_fieldwork
from workbench.store.demo.panel import panel_size
from workbench.store.demo.parameters import wave_plans
from workbench.store.demo.wave_file import wave_yaml
from workbench.store.scratch import kept_for_good
from workbench.store.wave_file import FILE_NAME


@kept_for_good("demo")
def make_demo(folder: Path, *, customers: int, seed: int, language: Language, waves: int = 2) -> tuple[Company, bool]:
    """Make the demo study, unless the same one is there already.

    Parameters
    ----------
    folder
        Where to put it.
    customers, seed, language
        Size, seed and language of the company.
    waves
        How many waves; with more than two their samples are small.

    Returns
    -------
    tuple of Company and bool
        The company, and whether anything had to be made.
    """
    company = _standing(folder, customers, seed, language, waves)
    fresh = company is None
    if company is None:
        company = make_company(folder, customers=customers, seed=seed, language=language, waves=waves)
    made = fresh
    # a key anybody may know: nothing here is real, and lists come out the same every time
    if fresh:
        open_key(folder, f"demo company, seed {seed}")
    elif (folder / BEFORE).is_file():
        open_key(folder, f"{AS_BEFORE}demo company, seed {seed}")
    for plan in wave_plans(waves):
        place = folder / plan.name
        text = wave_yaml(plan.name, language, panel=panel_size(customers), waves=waves)
        if fresh or not (place / FILE_NAME).is_file():
            (place / FILE_NAME).write_text(text, encoding="utf-8")
        if not (place / "raw" / "responses.csv").is_file():
            wave = Wave.open(place)
            draw_sample(wave)
            release_sample(wave, released_on=plan.as_of)
            simulate_fieldwork(folder, plan.name, wave.read(RELEASED))
            made = True
        Wave.open(place)  # takes the answers in, so that the next wave's sample can build on them
    return company, made


def _standing(folder: Path, customers: int, seed: int, language: Language, waves: int) -> Company | None:
    if not (folder / "truth.json").is_file():
        return None
    try:
        company = open_company(folder)
    except InputError:  # a run that was killed left it unfinished
        return None
    known = (company.customers, company.seed, company.language, len(company.waves))
    same = known == (customers, seed, language, waves)
    return company if same else None
