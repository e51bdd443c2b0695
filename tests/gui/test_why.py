#!/usr/bin/python3
"""Why the selection is alive or dead: its chain, the cut, and back in time by key and click."""
import sys

from driver import SOURCE, Program, expect

with Program(sys.argv[1], SOURCE / "assets/scenarios/01-first-collection.trace") as program:
    program.key("End")
    end = program.wait(lambda s: s["position"]["operation"] == s["operations"], "End: at the end")
    expect(not end["why"]["shown"], "the roots are in front at first")
    newcomer = program.pixel_of(1048 + 8)
    program.click(*newcomer)
    program.key("w")
    alive = program.wait(lambda s: s["why"]["links"] == 4, "W tells the chain that holds the selection")
    expect(alive["why"]["summary"].startswith("Alive: "), "it is alive")
    x, y, width, height = alive["layout"]["why"]

    program.click(x + 120, y + 112)
    first = program.wait(lambda s: s["selection"]["name"] != "newcomer", "a click on a link selects what it leads to")
    program.wait(lambda s: 0 < s["why"]["links"] < 4, "whose chain is a part of it")
    expect(first["selection"]["name"] in ("head", "second", "third"), "it is one of the chain")

    program.key("Home")
    program.key("Home", "ctrl+Next")
    program.click(*newcomer)
    dead = program.wait(lambda s: "cut it off" in s["why"]["demise"], "of what is dead, the operation that cut it off")
    expect(dead["selection"]["name"] == "orphan_a", "which had the place before")
    program.key("shift+w")
    cut = program.wait(lambda s: s["why"]["links"] == 1, "Shift+W goes to where it was still held")
    expect(cut["position"]["operation"] < dead["position"]["operation"], "before the cut")
    program.key("w")
    program.wait(lambda s: "roots" in s["layout"], "W brings the roots back")
    program.close()
