#!/usr/bin/python3
"""Types operations into the console, takes one back, saves, and opens what was saved."""
import subprocess
import sys
import tempfile
from pathlib import Path

from driver import Program, expect

folder = Path(tempfile.mkdtemp())
trace = folder / "typed.trace"
trace.write_text("# a comment that must stay\ntricolour 1\nheap size=256K\n\nalloc a data 100  # why\nalloc b data 50\n")

with Program(sys.argv[1], trace) as program:
    program.key("Next")
    program.wait(lambda s: s["position"]["operation"] == 1, "after the first operation")
    program.key("Tab")
    program.wait(lambda s: s["console"]["focused"], "Tab goes into the console")
    program.type("alloc typed object 64")
    program.key("Return")
    typed = program.wait(lambda s: s["operations"] == 3, "the operation was carried out")
    expect(typed["position"]["operation"] == 2 and typed["changed"], "the position is after it")

    room = program.settle()["layout"]
    program.type("free nobody")
    program.key("Return")
    wrong = program.wait(lambda s: s["console"]["error"], "an error is shown in place")
    expect(wrong["layout"] == room, "which moves nothing")
    expect(wrong["console"]["column"] == 6 and wrong["operations"] == 3, "nothing changed, the column is told")
    program.key("ctrl+a", "BackSpace")
    program.type("gc")
    program.key("Return")
    program.wait(lambda s: s["operations"] == 4 and s["heap"]["gc_count"] == 1, "gc was carried out")
    program.key("Escape")
    program.wait(lambda s: not s["console"]["focused"], "Escape leaves the console")
    program.key("ctrl+z")
    program.wait(lambda s: s["operations"] == 3, "Ctrl+Z takes the last one back")

    program.key("ctrl+z")
    program.wait(lambda s: s["operations"] == 2 and not s["changed"], "with all taken back nothing is changed")
    program.key("Tab")
    program.type("alloc typed object 64")
    program.key("Return")
    program.wait(lambda s: s["operations"] == 3 and s["changed"], "typed once more")
    program.key("Escape")

    program.key("ctrl+s")
    program.wait(lambda s: not s["changed"], "saved")
    program.close()

text = trace.read_text()
expect(text == "# a comment that must stay\ntricolour 1\nheap size=256K\n\nalloc a data 100  # why\n"
       "alloc typed object 64\nalloc b data 50\n", f"comments and lines are kept; got:\n{text}")
replayed = subprocess.run([sys.argv[1], "replay", trace, "--stats"], capture_output=True, text=True)
expect(replayed.returncode == 0, replayed.stderr)
