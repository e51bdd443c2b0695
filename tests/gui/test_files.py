#!/usr/bin/python3
"""Drops files, good and broken; the file changes on disk; arrangement is remembered."""
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from driver import Program, expect

folder = Path(tempfile.mkdtemp())
good = folder / "good.trace"
good.write_text("tricolour 1\nheap size=256K\nalloc a data 100\nalloc b data 50\n")
broken = folder / "broken.trace"
broken.write_text("tricolour 1\nalloc a data ten\n")
picture = folder / "picture.trace"
picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))

with Program(sys.argv[1]) as program:
    scenario = program.settle()
    program.key("Next", "Next")
    program.wait(lambda s: s["position"]["operation"] == 2, "two operations on")
    program.drop(broken)
    failed = program.wait(lambda s: s["open_error"], "the error is visible")
    expect("broken.trace:2:14: error:" in failed["open_error"], failed["open_error"])
    expect(failed["title"] == scenario["title"] and failed["position"]["operation"] == 2, "nothing was lost")
    program.screenshot("open-error.png")
    program.drop(picture)
    program.wait(lambda s: "picture.trace" in s["open_error"], "a picture is no trace")

    program.drop(good)
    program.wait(lambda s: s["title"] == "good.trace" and not s["open_error"], "a good file opens")
    program.key("End")
    program.wait(lambda s: s["position"]["operation"] == 2, "the end")
    time.sleep(1.1)
    good.write_text("tricolour 1\nheap size=256K\nalloc a data 100\nalloc b data 50\nalloc c data 50\n")
    program.wait(lambda s: s["operations"] == 3, "it is read again when it changes on disk")
    expect(program.at() == (2, 0), "the position is kept")
    program.key("ctrl+t")
    program.wait(lambda s: not s["dark"], "the light theme")
    program.key("F2")
    hidden = program.wait(lambda s: not s["panels"][0], "the trace panel is hidden")
    program.close()

settings = Path(os.environ["XDG_CONFIG_HOME"]) / "tricolour" / "settings.json"
remembered = json.loads(settings.read_text())
expect(remembered["is_dark"] is False, "the theme is remembered")
expect(remembered["recent_files"] == [str(good)], "recent files are remembered")
settings.write_text("{ broken")
with Program(sys.argv[1]) as program:
    expect(program.settle()["dark"], "broken settings fall back to the defaults")
    program.close()
