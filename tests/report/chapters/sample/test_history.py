from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import ConfigError, InputError
from workbench.report.chapters.sample import history as history
from workbench.report.run.release import RELEASED
from workbench.sampling import Frame, Stratified, draw
from workbench.store import Wave

PEOPLE = pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(200)], "region": ["n", "s"] * 100})
FRAME = Frame(PEOPLE, stratum="region")
SIZES = {"n": 20, "s": 20}


@pytest.fixture
def waves(make_wave):
    """Three waves; the first two were asked, the second with one reserve customer called in."""

    def make(plan="", days=("2026-01-31", "2026-04-30", "2026-07-31")):
        made = []
        for i, day in enumerate(days):
            before = f"previous: w{i}\n" if i else ""
            text = WAVE.replace("wave: w1", f"wave: w{i + 1}\n{before}".rstrip()).replace("2026-06-30", day)
            text += f"sample: {{{plan}}}\n" if i == 2 else ""
            made.append(Wave.open(make_wave(folder=f"w{i + 1}", wave_yaml=text)))
        first = draw(FRAME, Stratified(SIZES), salt="shop")
        second = draw(FRAME, Stratified(SIZES, reserve=0.5), salt="shop", start=0.3)
        made[0].keep(RELEASED, first.table.assign(reserve=False))
        both = pd.concat([second.table.assign(reserve=False), second.reserve.assign(reserve=True)])
        made[1].keep(RELEASED, both)
        return made, first, second

    return make


def asked(sparing, n=SIZES):
    sample = sparing.with_chances(draw(sparing.frame, Stratified(n), salt="shop", start=sparing.start))
    return sample, set(sample.table["customer_id"])


def test_earlier_waves_nearest_first(waves):
    made, first, second = waves()
    assert [w.config.wave for w in history.earlier_waves(made[2])] == ["w2", "w1"]
    table = history.asked_in(made[0])
    assert sorted(table["customer_id"]) == sorted(first.table["customer_id"])
    assert set(table["attempted_at"]) == {pd.Timestamp("2026-01-31")}
    assert not set(history.asked_in(made[1])["customer_id"]) & set(second.reserve["customer_id"])


def test_sparing_by_start_changes_no_chances(waves):
    made, _, second = waves("spare_waves: 1")
    sparing = history.spare_earlier(FRAME, made[2], "shop")
    sample, ids = asked(sparing)
    assert sparing.burden is None and sparing.available() is None
    assert not ids & set(second.table["customer_id"])
    assert set(sample.table["inclusion_probability"]) == {0.2}
    assert history.overlap_with(sample, sparing).table["wave"].tolist() == ["w2", "w1"]
    assert history.overlap_findings(history.overlap_with(sample, sparing), 40)[0].tone == "good"


def test_sparing_by_exclusion_never_asks_again_and_weights_speak_for_all(waves):
    made, first, second = waves("spare_waves: 2, spare_by: exclude")
    sparing = history.spare_earlier(FRAME, made[2], "shop")
    sample, ids = asked(sparing, dict(sparing.available()))
    assert not ids & (set(first.table["customer_id"]) | set(second.table["customer_id"]))
    assert sample.table["base_weight"].sum() == pytest.approx(200)
    assert sparing.burden.table["resting"].sum() == 200 - len(ids)
    assert history.with_plain_conditions(sample, FRAME).conditions == ()


def test_rest_months_count_waves_by_their_day(waves):
    made, first, second = waves("rest_months: 4")
    _, ids = asked(history.spare_earlier(FRAME, made[2], "shop"))
    assert not ids & set(second.table["customer_id"])
    assert ids & set(first.table["customer_id"])
    made, _, _ = waves("rest_months: 12, most_contacts: 2")
    both = set(first.table["customer_id"]) & set(second.table["customer_id"])
    burden = history.spare_earlier(FRAME, made[2], "shop").burden
    assert (burden.table["resting"].sum() if burden else 0) == len(both)


def test_those_who_refuse_are_never_asked_and_counted(waves):
    made, _, _ = waves()
    people = PEOPLE.assign(do_not_contact=[True] * 50 + [None] * 150)
    frame = Frame(people, stratum="region")
    sparing = history.spare_earlier(frame, made[2], "shop")
    _, ids = asked(sparing)
    assert sparing.burden.table["do_not_contact"].tolist() == [25, 25]
    assert not ids & set(people["customer_id"].head(50))
    assert history.contactable(frame).where.count("do_not_contact") == 1
    named = Frame(people, stratum="region", eligible={"refused": "do_not_contact IS NULL"})
    assert history.contactable(named) is named
    assert history.spare_earlier(named, made[2], "shop").burden is None


def test_nobody_left_to_ask_is_refused(waves):
    made, _, _ = waves("spare_waves: 2, spare_by: exclude")
    everybody = PEOPLE.assign(reserve=False)
    made[1].keep(RELEASED, everybody)
    with pytest.raises(InputError, match="Somebody may be asked"):
        history.spare_earlier(FRAME, made[2], "shop")


@pytest.mark.parametrize(("keep", "again"), [(1.0, 40), (0.75, 30), (0.0, 0)])
def test_the_main_sample_is_kept_and_rotated_as_the_plan_says(waves, keep, again):
    """By wave.yaml alone: so many are asked again, the others are new, and chances are those of a fresh draw."""
    made, _, second = waves(f"keep: {keep}")
    sparing = history.spare_earlier(FRAME, made[2], "shop")
    sample, ids = asked(sparing)
    assert len(ids & set(second.table["customer_id"])) == again
    assert set(sample.table["inclusion_probability"]) == {0.2}
    assert sparing.burden is None
    assert "asked again" in str(sparing.notes()[0].message)
    shared = history.overlap_with(sample, sparing)
    assert shared.table.set_index("wave").loc["w2", "shared"] == again
    blocks = history.sparing_blocks(shared, sparing, 40)
    assert len(blocks) == 3
    # in the long run: whoever rotated out stays out while the circle goes on
    gone = set(second.table["customer_id"]) - ids
    assert len(gone) == 40 - again
    assert not gone & ids


def test_keeping_and_sparing_exclude_each_other(waves):
    with pytest.raises(ConfigError, match="asked again, or spared"):
        waves("keep: 0.5, spare_waves: 1")
    with pytest.raises(ConfigError, match="does not move the draw"):
        waves("keep: 0.5, design: systematic")


def test_the_first_wave_has_nobody_to_keep(waves):
    made, _, _ = waves()
    alone = made[0].config.model_copy(update={"sample": made[0].config.sample.model_copy(update={"keep": 0.5})})
    assert alone.sample.keep == 0.5
    assert history.spare_earlier(FRAME, made[0], "shop").coordination is None
