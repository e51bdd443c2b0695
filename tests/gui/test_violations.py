#!/usr/bin/python3
"""Violations: found as the position comes to rest, gone through with rows and keys."""
import sys
import tempfile
from pathlib import Path

from driver import Program, expect

TRACE = """tricolour 1
heap size=256K
class Node next:ref
new first Node
new second Node
new third Node
permanent first
set first.next third
permanent second
set second.next third
free third
"""

folder = Path(tempfile.mkdtemp())
(folder / "broken.trace").write_text(TRACE)
with Program(sys.argv[1], folder / "broken.trace") as program:
    expect(program.settle()["violations"]["count"] == 0, "every invariant holds at the start")
    program.key("End")
    found = program.wait(lambda s: s["violations"]["count"] == 2, "two references dangle at the end")
    expect("violations" not in found["layout"], "the roots are in front at first")

    x, y, width, height = found["layout"]["roots"]
    program.click(x + 130, y + 16)
    shown = program.wait(lambda s: "violations" in s["layout"], "a click on the tab beside the roots shows the rows")

    x, y, width, height = shown["layout"]["violations"]
    before = program.settle()["map"]
    program.click(x + width / 2, y + 60)
    picked = program.wait(lambda s: s["selection"], "a click on a row selects its chunk")
    expect(picked["selection"]["name"] == "first", "it is the chunk of that row")
    expect(picked["selection"]["chunk"] in picked["violations"]["chunks"], "which is at fault")
    program.click(x + width / 2, y + 60, repeat=2)
    program.wait(lambda s: s["map"]["scale"] > before["scale"] and not s["map"]["moving"],
                 "a double click shows it close")

    program.key("v")
    program.wait(lambda s: s["selection"]["name"] == "second" and s["violations"]["chosen"] == 1, "V: the next one")
    program.key("shift+v")
    program.wait(lambda s: s["selection"]["name"] == "first", "Shift+V: the one before")

    program.key("Prior")
    program.wait(lambda s: s["violations"]["count"] == 0, "a step back and nothing is wrong")
    program.key("v")
    program.wait(lambda s: s["message"] == "Every invariant holds at this position.", "which V says")
    program.key("F7")
    program.wait(lambda s: "roots" in s["layout"], "F7 brings the roots back")
    program.close()
