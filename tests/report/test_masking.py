from __future__ import annotations

from tests.conftest import WAVE
from workbench.report.masking import masker_of
from workbench.report.run.release import study_key
from workbench.store import Wave
from workbench.store.invitations import invited_of
from workbench.store.scratch import kept_for_good

CUSTOMERS = (
    "customer_id,region,signup_date,姓名,phone\nKD7001,north,2025-01-31,安之若,+86 138 0000 7001\n"
    "KD7002,south,2025-02-01,王静,010-62007002\n"
)
ANSWERS = "customer_id,submitted_at,recommend,satisfaction,comment\nKD7001,2026-06-10,9,5,fine\n"


def test_what_the_waves_tables_hold_is_masked(make_wave):
    text = WAVE + "fieldwork: {interviewers: [Orlando Vex]}\n"
    wave = Wave.open(make_wave(wave_yaml=text, customers=CUSTOMERS, responses=ANSWERS))
    texts = ["id kd 7001 here", "安之若很好", "13800007001", "orlando vex was kind", "fine", None]
    mask = masker_of(wave, texts)
    masked = [mask(t) for t in texts if t]
    assert masked == ["id [customer] here", "[customer]很好", "[customer]", "[customer] was kind", "fine"]


def test_invitations_are_known_where_the_key_is(make_wave):
    wave = Wave.open(make_wave(customers=CUSTOMERS, responses=ANSWERS))
    study_key(wave.folder.parent)

    @kept_for_good("test")
    def released():
        wave.keep("released_sample", wave.read("customers", columns=["customer_id"]))

    released()
    invited = invited_of(wave.manifest, wave.artefacts, "w1")
    assert invited is not None
    invitation = invited.pairs()["invitation_id"].iloc[0]
    assert masker_of(wave, [f"my code: {invitation}"])(f"my code: {invitation}") == "my code: [customer]"
