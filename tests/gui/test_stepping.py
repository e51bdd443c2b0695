#!/usr/bin/python3
"""Steps forwards and back through the built-in scenario with the keys."""
import sys

from driver import Program, expect

with Program(sys.argv[1]) as program:
    start = program.settle()
    expect(start["position"] == {"operation": 0, "step": 0}, "the scenario opens at its start")
    expect(start["operations"] > 5, "the built-in scenario has operations")

    program.key("Right")
    first = program.wait(lambda s: s["step_number"] == 1, "one step was made")
    expect(first["narration"] != start["narration"], "the narration tells the step")
    program.key("Left")
    program.wait(lambda s: s["position"] == start["position"], "the step was taken back")
    expect(program.state()["heap"] == start["heap"], "stepping back restores the heap's figures")

    program.key("Next", "Next", "Next")
    program.wait(lambda s: s["position"] == {"operation": 3, "step": 0}, "three operations forward")
    program.key("Prior")
    program.wait(lambda s: s["position"]["operation"] == 2, "one operation back")

    program.key("ctrl+Next")
    before_gc = program.wait(lambda s: s["position"]["operation"] > 2, "at the start of a collection")
    program.key("ctrl+Right", "ctrl+Right", "ctrl+Right")
    marking = program.wait(lambda s: s["phase"].startswith("Mark"), "in the middle of marking")
    program.key("shift+Right")
    program.wait(lambda s: s["position"]["step"] > marking["position"]["step"], "the next object")
    program.key("ctrl+Left")
    program.key("ctrl+Prior")
    program.wait(lambda s: s["position"] == before_gc["position"], "back before the collection")

    program.key("End")
    end = program.wait(lambda s: s["position"]["operation"] == s["operations"], "the end")
    expect(end["heap"]["gc_count"] >= 1, "a collection ran")
    program.key("n")
    program.key("shift+n")
    program.wait(lambda s: s["position"]["operation"] < s["operations"], "back at a bookmark")
    program.key("Home")
    program.wait(lambda s: s["position"] == {"operation": 0, "step": 0}, "the start again")
    expect(program.state()["heap"] == start["heap"], "the start is as it was")

    program.key("plus", "plus", "plus", "plus")
    program.key("space")
    program.wait(lambda s: s["playing"] == 1, "playing")
    program.wait(lambda s: s["position"]["operation"] + s["position"]["step"] > 3, "playing moves on")
    program.key("space")
    program.wait(lambda s: s["playing"] == 0, "paused")
    program.key("shift+space")
    program.wait(lambda s: s["position"] == {"operation": 0, "step": 0}, "played back to the start", 20)
    program.close()
