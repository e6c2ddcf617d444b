"""The container file, read as far as that is possible without a builder."""

from __future__ import annotations

import re
import shlex

INSTRUCTIONS = {"FROM", "ENV", "RUN", "USER", "WORKDIR", "COPY", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def instructions(root) -> list[tuple[str, str]]:
    text = (root / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", text)).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


def test_it_runs_as_nobody_special_from_a_pinned_base_and_says_how_it_is(root):
    told = instructions(root)
    assert {name for name, _ in told} <= INSTRUCTIONS
    base = dict(told)["FROM"]
    assert re.fullmatch(r"debian:\w+-slim", base), "no host of a registry, no moving tag"
    users = [rest for name, rest in told if name == "USER"]
    assert users[-1] not in ("root", "0") and "useradd" in next(r for n, r in told if n == "RUN")
    assert "workbench" in dict(told)["HEALTHCHECK"] and "status" in dict(told)["HEALTHCHECK"]
    assert all("--require-hashes" in r for n, r in told if n == "RUN" and "requirements.lock" in r)
    assert "rm -rf /var/lib/apt/lists" in next(r for n, r in told if n == "RUN")


def test_everything_it_copies_is_in_the_repository_and_let_in(root):
    ignored = (root / ".containerignore").read_text(encoding="utf-8").splitlines()
    copied = [p for n, rest in instructions(root) if n == "COPY" for p in shlex.split(rest)[1:-1]]
    assert copied and all((root / p).exists() for p in copied)
    assert ignored[0] == "*" and {f"!{p}" for p in copied} <= set(ignored)
