#!/usr/bin/python3
"""Wrong arguments and a missing display get one clear line each, what prints text needs no display, and nothing crashes."""
import os
import subprocess
import sys

from driver import expect


SCENARIO = os.path.join(os.path.dirname(__file__), "../../assets/scenarios/01-first-collection.trace")


def run(*arguments, display=True):
    environment = dict(os.environ)
    if not display:
        environment.pop("DISPLAY", None)
        environment.pop("WAYLAND_DISPLAY", None)
    return subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, timeout=30, env=environment)


for arguments in (["--nonsense"], ["--size", "big"], ["--log-level", "loud"], ["replay"], ["a", "b"],
                  ["replay", "/no/such.trace"], ["replay", "/tmp"], ["show"], ["show", "/no/such.trace"],
                  ["show", SCENARIO, "--at", "nowhere"], ["show", SCENARIO, "--range", "nothing"],
                  ["show", SCENARIO, "--cell", "24"], ["show", SCENARIO, "--width", "9"]):
    result = run(*arguments)
    expect(result.returncode == 2, f"{arguments}: exit status {result.returncode}")
    expect(result.stderr.count("\n") == 1, f"{arguments}: one line expected, got: {result.stderr!r}")

no_display = run(display=False)
expect(no_display.returncode == 3, f"no display: exit status {no_display.returncode}")
expect(no_display.stderr.count("\n") == 1 and "replay" in no_display.stderr,
       f"no display: one line that names replay, got: {no_display.stderr!r}")
expect(run("--help").stdout.startswith("Tricolour"), "--help goes to standard output")
expect(run("--version").stdout.startswith("tricolour "), "--version")
expect("--events" in run("replay", "--help").stdout, "replay --help")
expect("PHASE" in run("show", "--help").stdout, "show --help")

shown = run("show", SCENARIO, "--at", "line:57.27", display=False)
expect(shown.returncode == 0 and not shown.stderr, f"show needs no display: {shown.stderr!r}")
expect("Node `fourth` turns black" in shown.stdout, f"show: {shown.stdout!r}")
expect(max(map(len, shown.stdout.splitlines()[1:])) <= 80, "lines have 80 columns where there is no terminal")
cut = subprocess.run(["bash", "-c", '"$0" show "$1" --all | head -1', sys.argv[1], SCENARIO],
                     capture_output=True, text=True, timeout=30)
expect(cut.stdout.count("\n") == 1 and not cut.stderr, f"show | head: {cut.stderr!r}")
with open(SCENARIO, "rb") as scenario:
    piped = subprocess.run([sys.argv[1], "show", "-"], stdin=scenario, capture_output=True, text=True, timeout=30)
expect(piped.returncode == 0 and "Free list: 1 chunk." in piped.stdout, f"show -: {piped.stderr!r}")
