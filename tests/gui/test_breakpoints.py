#!/usr/bin/python3
"""Breakpoints: set on the selected chunk and by the form, run to both ways, stopped at while playing."""
import sys
import tempfile
from pathlib import Path

from driver import Program, expect

TRACE = """tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
permanent a
set a.next b
gc
set a.next null
gc
say "end"
"""

folder = Path(tempfile.mkdtemp())
(folder / "stops.trace").write_text(TRACE)
with Program(sys.argv[1], folder / "stops.trace") as program:
    program.key("F5")
    program.wait(lambda s: s["message"].startswith("no breakpoint is enabled"), "F5 without any says so")

    program.key("Next", "Next", "Next")
    here = program.wait(lambda s: s["now"] is not None, "the node was just made")
    program.click(*program.pixel_of(here["now"] + 8))
    program.wait(lambda s: s["selection"]["name"] == "b", "it is selected")
    program.key("ctrl+F9", "shift+F9")
    program.wait(lambda s: [b["hits"] for b in s["breakpoints"]] == [1, 1] and s["layout"]["breakpoints"],
                 "both hits are found")

    program.key("F5")
    black = program.wait(lambda s: s["stop"] == "Node `b` turns black", "F5 runs to where it turns black")
    expect(black["position"]["operation"] == 5, "in the first collection")
    program.key("F5")
    freed = program.wait(lambda s: s["stop"] == "Node `b` is freed", "and on to where it is freed")
    program.key("F5")
    program.wait(lambda s: s["message"] == "no further hit", "beyond there is none")
    program.key("shift+F5")
    back = program.wait(lambda s: s["stop"] == "Node `b` turns black", "Shift+F5 runs back")
    expect(back["position"] == black["position"], "to the same position")

    program.key("Home", "plus", "plus", "plus", "plus", "plus", "plus", "space")
    program.wait(lambda s: s["playing"] == 0 and s["position"] == black["position"], "playing stops there")
    program.key("End", "shift+space")
    program.wait(lambda s: s["playing"] == 0 and s["position"] == freed["position"], "backwards too")

    t = freed["timeline"]
    when = black["position"]["operation"] + black["position"]["step"] / black["steps"]
    program.click(t["x"] + t["width"] * when / freed["operations"], t["y"] + t["height"] - 19)
    program.wait(lambda s: s["position"] == black["position"], "a click on a mark of the timeline goes there")

    x, y, width, height = freed["layout"]["breakpoints"]
    program.key("ctrl+F9")
    program.wait(lambda s: len(s["breakpoints"]) == 1, "Ctrl+F9 again removes it")
    program.key("Escape", "b", "Return")
    program.wait(lambda s: s["breakpoints"][-1]["text"] == "Phase sweep begins" and s["breakpoints"][-1]["hits"] == 2,
                 "B and Enter set one for the phase that the form offers")
    program.click(x + 17, y + 76)
    program.wait(lambda s: not s["breakpoints"][0]["enabled"], "a click on its box disables one")
    program.close()

with Program(sys.argv[1], folder / "stops.trace") as program:
    again = program.wait(lambda s: len(s["breakpoints"]) == 2, "the next run finds both again")
    expect([b["enabled"] for b in again["breakpoints"]] == [False, True], "as they were left")
    program.wait(lambda s: s["breakpoints"][1]["hits"] == 2, "and their hits")
    program.close()
