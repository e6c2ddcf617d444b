"""How a study grows: both demo waves at several sizes, and ``docs/scale.md`` with a table and a figure.

CPU seconds and wall time of all processes, the most memory they share among them at a time (proportional set size,
sampled twice a second), bytes on disk, and what each chapter of the second wave took. Data lie in ``.cache/scale`` and
are removed. Usage: ``python benchmarks/scale.py [customers ...]``, 50,000, 200,000 and 1,000,000 by default.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

SIZES = (50_000, 200_000, 1_000_000)
PLACE, PAGE, FIGURE = Path(".cache/scale"), Path("docs/scale.md"), Path("docs/scale.svg")
PAPER = "## On paper"


def family(root):
    """Return a process and all that came from it, as /proc tells."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = {root}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def shared_memory(pids):
    """Return MiB that processes hold, each shared page once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def run(*arguments):
    """Run the workbench and return CPU and wall seconds and the most memory of all its processes."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench.cli", *map(str, arguments)], env=environment, stdout=subprocess.DEVNULL
    )
    peak, ended = [0.0], threading.Event()

    def watch():
        while not ended.wait(0.5):
            peak[0] = max(peak[0], shared_memory(family(process.pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    ended.set()
    watcher.join()
    if code:
        sys.exit(f"workbench {' '.join(map(str, arguments))} ended with {code}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": time.perf_counter() - start, "mib": peak[0]}


def disk(folder):
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink()) / 2**20


def measure(customers):
    shutil.rmtree(PLACE, ignore_errors=True)
    waves, pages = PLACE / "demo", PLACE / "reports"
    found = {"demo": run("demo", "--folder", waves, "--customers", customers)}
    found["raw"] = sum(disk(f) for f in waves.glob("*/raw"))
    found["report"] = run("report", waves, "--reports", pages)
    record = json.loads(max((waves / "runs").glob("*.json"), key=lambda f: f.stat().st_mtime).read_text())
    found["chapters"] = {
        name: {k: told[k] for k in ("cpu_seconds", "seconds", "peak_mb")}
        for name, told in record["waves"]["2026q3"]["chapters"].items()
        if told["state"] == "ran"
    }
    found["disk"] = disk(waves) + disk(pages) - found["raw"]
    found["unchanged"] = run("report", waves, "--reports", pages)
    for told in waves.glob("*/wave.yaml"):
        told.write_text(told.read_text(encoding="utf-8").replace("margin: 0.35", "margin: 0.4"), encoding="utf-8")
    found["margin"] = run("report", waves, "--reports", pages)
    found["one"] = one_wave(waves / "2026q3")
    shutil.rmtree(PLACE)
    return found


def one_wave(folder):
    """Report one wave from its raw files, as if there had been none before."""
    alone = PLACE / "one" / folder.name
    shutil.copytree(folder / "raw", alone / "raw", copy_function=os.link)
    told = (folder / "wave.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    (alone / "wave.yaml").write_text("".join(x for x in told if not x.startswith("previous:")), encoding="utf-8")
    return run("report", alone, "--reports", PLACE / "one-reports")


def tables(found):
    sizes = list(found)
    lines = ["| | " + " | ".join(f"{n:,} customers" for n in sizes) + " |", "|---|" + "---|" * len(sizes)]

    def row(name, value):
        lines.append(f"| {name} | " + " | ".join(value(found[n]) for n in sizes) + " |")

    row("company made, files taken in, samples drawn: CPU s", lambda f: f"{f['demo']['cpu']:.0f}")
    row("both waves reported: CPU s", lambda f: f"{f['report']['cpu']:.0f}")
    row("both waves reported: wall s", lambda f: f"{f['report']['wall']:.0f}")
    row("most memory of all processes, MiB", lambda f: f"{f['report']['mib']:.0f}")
    row("nothing changed: CPU s", lambda f: f"{f['unchanged']['cpu']:.1f}")
    row("`value: margin` changed in both: CPU s", lambda f: f"{f['margin']['cpu']:.0f}")
    row("one wave reported from its raw files: CPU s", lambda f: f"{f['one']['cpu']:.0f}")
    row("… its wall s · MiB at most", lambda f: f"{f['one']['wall']:.0f} · {f['one']['mib']:.0f}")
    row("raw files, MiB", lambda f: f"{f['raw']:.0f}")
    row("artefacts and pages, MiB", lambda f: f"{f['disk']:.0f}")
    lines += ["", "Chapters of the second wave: CPU s and peak MB of the kernel.", "", *lines[:2]]
    for chapter in found[sizes[-1]]["chapters"]:
        cells = [found[n]["chapters"].get(chapter) for n in sizes]
        told = (f"{c['cpu_seconds']:.1f} · {c['peak_mb']:.0f}" if c else "–" for c in cells)
        lines.append(f"| {chapter} | " + " | ".join(told) + " |")
    return lines


def draw(found):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    sizes = list(found)
    for ax, key, label in zip(figure.subplots(1, 2), ("cpu", "mib"), ("CPU seconds", "MiB at most"), strict=True):
        ax.plot(sizes, [found[n]["report"][key] for n in sizes], "o-")
        ax.set(xscale="log", xlabel="customers", ylabel=label, ylim=(0, None))
        ax.set_xticks(sizes, [f"{n / 1000:,.0f}k" for n in sizes])
        ax.minorticks_off()
    figure.savefig(FIGURE, metadata={"Date": None})


def machine():
    model = next((x for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")), ": ?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[2]
    return (
        f"Machine: {os.cpu_count()} cores ({model.partition(':')[2].strip()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}; mean load {busy:.1f} over the last quarter of an hour."
    )


def main(sizes):
    found = {}
    for customers in sizes:
        found[customers] = measure(customers)
        write(found)  # what is measured stands, whatever becomes of the next size
    print(PAGE.read_text(encoding="utf-8"))


def write(found):
    kept = PAGE.read_text(encoding="utf-8").partition(PAPER) if PAGE.is_file() else ("", "", "")
    head = [
        "# How a study grows",
        "",
        "`make scale` measures both waves of the demo company at several sizes.",
        machine(),
        "CPU seconds grow on a machine that is busy with other work, as caches are shared; compare sizes, not runs.",
        "",
        "![CPU and memory over customers](scale.svg)",
        "",
        *tables(found),
        "",
    ]
    PAGE.write_text("\n".join(head) + "\n" + kept[1] + kept[2], encoding="utf-8")
    draw(found)


if __name__ == "__main__":
    main([int(float(a)) for a in sys.argv[1:]] or list(SIZES))
