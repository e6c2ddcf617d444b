from __future__ import annotations

import pytest
import typer

from workbench.cli import app


def test_commands_are_listed(root, run_command):
    done = run_command("--help", cwd=root)
    assert all(c in done.stdout for c in ("report", "sample", "demo", "check", "new", "export"))


def test_errors_are_one_message_and_an_exit_code(make_wave, root, tmp_path, run_command):
    done = run_command("check", tmp_path / "nowhere", cwd=root)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and "fix:" in done.stderr and "Traceback" not in done.stderr
    done = run_command("check", make_wave(customers=b""), cwd=root)
    assert done.returncode == 2 and "empty file" in done.stderr


@pytest.mark.parametrize("typed", [["report", "--nosuch", "x"], ["report"], ["nosuch"]])
def test_mistyped_commands_get_a_hint_and_no_traceback(typed, root, run_command):
    done = run_command(*typed, cwd=root)
    assert done.returncode == 2
    assert "--help" in done.stderr and "Error: " in done.stderr and "Traceback" not in done.stderr


def test_every_command_shows_how_it_is_used():
    group = typer.main.get_command(app)
    commands = {n: c for n, c in group.commands.items() if not hasattr(c, "commands")}
    commands |= {f"{n} {m}": c for n, g in group.commands.items() for m, c in getattr(g, "commands", {}).items()}
    assert len(commands) > 20
    assert not [n for n, c in commands.items() if f"xample: workbench {n}" not in (c.help or "")]
