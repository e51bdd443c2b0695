#!/usr/bin/python3
"""The interface takes the monitor's scale, and keeps one that is chosen; text of other scripts finds its font."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from driver import Program, expect, skip

if not shutil.which("xprop"):
    skip("xprop is missing")
trace = Path(tempfile.mkdtemp()) / "wide.trace"
trace.write_text('tricolour 1\nheap size=256K\nstring s "漢字"\npermanent s\n', encoding="utf-8")

# Without a client the X server forgets what it was told.
client = subprocess.Popen(["xprop", "-root", "-spy"], stdout=subprocess.DEVNULL)
for dots, scale in (("96", 1), ("192", 2)):
    subprocess.run(["xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", f"Xft.dpi:\t{dots}\n"],
                   check=True)
    with Program(sys.argv[1], trace, size="1280x720") as program:
        state = program.settle()
        expect(state["scale"] == scale, f"at {dots} dots an inch the scale is {scale}, not {state['scale']}")
        expect(state["wide_characters"] == 2, "fonts are made with the two characters of the trace")
        program.key("ctrl+alt+plus")
        larger = program.wait(lambda s: s["scale"] != scale, "Ctrl, Alt and + make the interface larger")
        expect(larger["scale"] == scale + 0.125, "by an eighth")
        program.key("ctrl+0")
        program.wait(lambda s: s["scale"] == scale, "Ctrl+0 takes the monitor's again")
        program.close()
client.kill()
