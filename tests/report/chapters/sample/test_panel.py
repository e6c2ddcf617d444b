from __future__ import annotations

import datetime as dt

import pandas as pd

from tests.report.chapters.sample.made import FRAME, PEOPLE, PLAN, open_wave
from workbench.report.chapters.sample import panel as panels
from workbench.report.run.release import FROZEN
from workbench.sampling import Frame
from workbench.store import Wave


def test_a_first_panel_is_recruited_in_proportion_to_the_strata(make_wave):
    panel = panels.panel_of(open_wave(make_wave, "w1"), FRAME)
    assert panel.strata.set_index("stratum")["recruited"].to_dict() == {"n": 15, "s": 5}
    assert panels.panel_findings(panel, "w1")[0].text.text("en").startswith("The panel of w1 has 20 members")
    assert panels.panel_of(open_wave(make_wave, "w2", plan=""), FRAME) is None


def test_the_next_wave_rotates_and_a_released_panel_stands_still(make_wave):
    first = open_wave(make_wave, "w1")
    first.keep("panel_members", panels.panel_of(first, FRAME).members)
    answers = "customer_id,recommend\n" + "\n".join(
        f"{i},9" for i in panels.panel_of(first, FRAME).active["customer_id"]
    )
    (first.folder / "raw/responses.csv").write_text(answers + "\n")
    Wave.open(first.folder)
    second = open_wave(make_wave, "w2", "previous: w1\n")
    panel = panels.panel_of(second, FRAME)
    table = panel.strata.set_index("stratum")
    assert table["rotated_out"].to_dict() == {"n": 8, "s": 3}
    assert table["after"].to_dict() == {"n": 15, "s": 5}
    assert len(panel.participation) == 20 and panel.participation["answered"].all()
    rewards = panels.panel_rewards(panel, second.config.panel)
    assert panels.reward_summary(rewards).to_numpy().tolist() == [[0, 11, 0.0, 0.0, 0.0], [1, 9, 135.0, 0.0, 135.0]]
    second.keep(FROZEN["panel_members"], panel.members)
    second.keep(FROZEN["panel_strata"], panel.strata)
    smaller = Frame(PEOPLE.head(40), stratum="region")
    assert panels.panel_of(second, smaller).members.equals(second.read(FROZEN["panel_members"]))


def test_old_and_new_members_are_compared_once_there_are_enough_of_both(make_wave):
    members = PEOPLE.assign(joined_wave=["w1"] * 40 + ["w2"] * 60, left_wave=None, rotation_group=None)
    text = members[["customer_id", "joined_wave", "left_wave", "rotation_group"]].to_csv(index=False)
    first = open_wave(make_wave, "w1")
    scores = [
        f"{c},{9 if j == 'w1' else 5}" for c, j in zip(members["customer_id"], members["joined_wave"], strict=True)
    ]
    second = open_wave(
        make_wave,
        "w2",
        "previous: w1\n",
        panel=text,
        responses="customer_id,recommend\n" + "\n".join([*scores[:30], *scores[80:95]]) + "\n",
    )
    third = open_wave(make_wave, "w3", "previous: w2\n", panel=text)
    assert panels.panel_conditioning(first) is None
    assert panels.panel_conditioning(second) is None
    found = panels.panel_conditioning(third).table.set_index("group")
    assert found.loc["difference", "estimate"] == 4
    assert found["n"].to_dict() == {"old": 30, "new": 15, "difference": 45}


def test_silent_members_leave(make_wave):
    first = open_wave(make_wave, "w1")
    first.keep("panel_members", panels.panel_of(first, FRAME).members)
    second = open_wave(make_wave, "w2", "previous: w1\n", responses="customer_id,recommend\nX,9\n")
    Wave.open(first.folder)
    panel = panels.panel_of(second, FRAME)
    assert panel.strata["inactive"].sum() == 20
    assert panel.strata["recruited"].sum() == 20


def test_a_panel_file_with_this_waves_changes_is_only_refreshed(make_wave):
    lines = [
        "customer_id,joined_wave,left_wave,rotation_group",
        "C000,w0,w1,G1",
        "C001,w0,,G2",
        "C003,w1,,G3",
        "X,w0,,G2",
    ]
    wave = open_wave(make_wave, "w1", panel="\n".join(lines) + "\n")
    panel = panels.panel_of(wave, FRAME)
    assert panel.strata["rotated_out"].sum() == 0 and panel.strata["left_frame"].sum() == 1
    assert "C000" not in set(panel.active["customer_id"])
    assert any("joined or left" in n.message.text("en") for n in panel.notes)
    shown = panels.panel_table(panel)["stratum"].tolist()
    assert [str(s) for s in shown] == ["n", "s", "(no longer in the frame)"]
    wave.keep("panel_members", panel.members)


def test_places_beyond_the_frame_are_said(make_wave):
    panel = panels.panel_of(open_wave(make_wave, "w1"), Frame(PEOPLE.head(8), stratum="region"))
    assert len(panel.active) == 8 and "8 places instead of 20" in panel.notes[-1].message.text("en")


def test_paid_rewards_are_no_longer_due_and_invitations_have_a_day(make_wave):
    rows = ["customer_id,joined_wave,left_wave,rotation_group,rewards"]
    rows += [f"C{i:03d},w1,,G{i % 2 + 1},{paid}" for i, paid in enumerate([0, 10, 40, "", 5, 0, 0, 0])]
    answers = "customer_id,recommend\n" + "\n".join(f"C{i:03d},9" for i in range(4)) + "\n"
    open_wave(make_wave, "w1", responses=answers)
    plan = PLAN.replace("rotate: 0.5", "rotate: 0") + "fieldwork: {starts: 2026-08-03}\n"
    second = open_wave(make_wave, "w2", "previous: w1\n", plan=plan, panel="\n".join(rows) + "\n")
    panel = panels.panel_of(second, FRAME)
    due = panels.panel_rewards(panel, second.config.panel).set_index("customer_id")
    assert due.loc[["C000", "C001", "C002", "C003"], "due"].tolist() == [15.0, 5.0, 0.0, 15.0]
    assert due["paid"].sum() == 50
    assert panel.invited_on == dt.date(2026, 8, 3)
    assert set(panel.members["invited_on"]) == {pd.Timestamp("2026-08-03")}
    said = [f.text.text("en") for f in panels.panel_findings(panel, "w2")]
    assert any("invitations are due on 2026-08-03" in x for x in said)
    assert panels.first_day(open_wave(make_wave, "w1")) == dt.date(2026, 7, 1)


def test_the_oldest_members_are_those_of_the_earliest_wave_not_of_the_first_name(make_wave):
    """In the order of texts w10 comes before w9."""
    rows = ["customer_id,joined_wave,left_wave,rotation_group"]
    ids = [i for i in range(0, 80) if i % 4 != 3][:15]
    rows += [f"C{i:03d},{'w9' if n < 8 else 'w10'},," for n, i in enumerate(ids)]
    open_wave(make_wave, "w9")
    open_wave(make_wave, "w10", "previous: w9\n")
    wave = open_wave(
        make_wave, "w11", "previous: w10\n", plan=PLAN.replace("after: 1", "after: 9"), panel="\n".join(rows) + "\n"
    )
    members = panels.panel_of(wave, FRAME).members
    gone = members[members["status"] == "rotated_out"]
    assert len(gone) and set(gone["joined_wave"]) == {"w9"}
