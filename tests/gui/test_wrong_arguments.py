#!/usr/bin/python3
"""Wrong arguments and a missing display get one clear line each, and nothing crashes."""
import os
import subprocess
import sys

from driver import expect


def run(*arguments, display=True):
    environment = dict(os.environ)
    if not display:
        environment.pop("DISPLAY", None)
        environment.pop("WAYLAND_DISPLAY", None)
    return subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, timeout=30, env=environment)


for arguments in (["--nonsense"], ["--size", "big"], ["--log-level", "loud"], ["replay"], ["a", "b"],
                  ["replay", "/no/such.trace"], ["replay", "/tmp"]):
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
