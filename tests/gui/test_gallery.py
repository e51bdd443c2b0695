#!/usr/bin/python3
"""Twelve pictures of what the program is for, into the folder screenshots beside it (or TRICOLOUR_SCREENSHOTS),
each looked at for what is blank, cut off, covered or too faint. Half are large and dark, half small and
light; TRICOLOUR_GALLERY=all takes each in every size and theme."""
import itertools
import os
import sys
from pathlib import Path

from driver import SOURCE, Program, expect
from look import look

SCENARIOS, RECORDED = SOURCE / "assets/scenarios", SOURCE / "tests/data/alloc"
SIZES, THEMES = ("1920x1080", "1280x720"), ("dark", "light")


def first(program):
    program.key("Home")


def step_to(program, key, has_come, what):
    for _ in range(120):
        if has_come(program.settle()):
            return
        program.key(key)
    raise AssertionError(f"it does not come to {what}")


def marking(program):
    program.key("ctrl+Next", "ctrl+Right", "ctrl+Right", "ctrl+Right", "ctrl+Right")
    step_to(program, "Right", lambda s: "`tail`" in s["narration"], "`tail`")


def bits(program):
    program.key("End")
    program.click(*program.pixel_of(1048 + 8))
    program.key("z")
    program.wheel(*program.pixel_of(1048 - 2), 4)


def sweeping(program):
    program.key("ctrl+Next")
    step_to(program, "ctrl+Right", lambda s: "Sweep" in s["phase"], "the sweep")
    step_to(program, "shift+Right", lambda s: "`orphan_b`" in s["narration"], "`orphan_b`")


def curve(program):
    program.key("End", "h", "shift+f")


def ages(program):
    program.key("End", "4")
    program.wait(lambda s: s["lens"]["name"] == "age" and not s["lens"]["behind"], "the lens of ages")


def alive(program):
    program.key("End")
    program.click(*program.pixel_of(1048 + 8))
    program.key("w")
    program.wait(lambda s: s["why"]["links"] == 4, "the chain that holds the selection")


def stops(program):
    program.key("ctrl+Next")
    program.click(*program.pixel_of(1048 + 8))
    program.key("ctrl+F9", "shift+F9")
    program.wait(lambda s: s["breakpoints"] and s["layout"]["breakpoints"], "breakpoints")


def free_list(program):
    program.key("End", "j", "t")
    program.wait(lambda s: s["map"]["free_links"] and s["tables"]["shown"] and not s["tables"]["behind"],
                 "the free list, on the map and as a table")


def two_moments(program):
    program.key("ctrl+Next", "m", "End", "d", "shift+d")
    program.wait(lambda s: s["two_moments"]["causes"] and "pinned map" in s["layout"], "two moments and what differs")


def unfolded(program):
    program.key("ctrl+Next", "ctrl+Right", "ctrl+Right", "x")
    program.wait(lambda s: len(s["timeline"]["phases"]) == 7 and not s["timeline"]["moving"], "a collection unfolded")


def search(program):
    program.key("End", "ctrl+f")
    program.type("node")
    program.wait(lambda s: s["search"]["hits"] > 0 and not s["search"]["under_way"], "hits")


# Name, what is open, and what is done to it.
PICTURES = (
    ("first-look", SCENARIOS / "01-first-collection.trace", first),
    ("marking", SCENARIOS / "01-first-collection.trace", marking),
    ("words-and-bits", SCENARIOS / "01-first-collection.trace", bits),
    ("sweeping", SCENARIOS / "01-first-collection.trace", sweeping),
    ("curve", RECORDED / "w8_r08_java_1m_old.trace.gz", curve),
    ("lens-of-ages", SCENARIOS / "08-fragmentation-until-out-of-memory.trace", ages),
    ("why-alive", SCENARIOS / "01-first-collection.trace", alive),
    ("breakpoints", SCENARIOS / "01-first-collection.trace", stops),
    ("free-list", SCENARIOS / "08-fragmentation-until-out-of-memory.trace", free_list),
    ("two-moments", SCENARIOS / "01-first-collection.trace", two_moments),
    ("unfolded-collection", SCENARIOS / "01-first-collection.trace", unfolded),
    ("search", SCENARIOS / "01-first-collection.trace", search),
)


def folder():
    return os.environ.get("TRICOLOUR_SCREENSHOTS") or Path(sys.argv[1]).resolve().parent / "screenshots"


os.environ["TRICOLOUR_SCREENSHOTS"] = str(folder())
everything = os.environ.get("TRICOLOUR_GALLERY") == "all"
for number, (name, trace, show) in enumerate(PICTURES):
    variants = list(itertools.product(SIZES, THEMES)) if everything else [
        (SIZES[0], THEMES[0]) if number % 2 == 0 else (SIZES[1], THEMES[1])]
    for size, theme in variants:
        with Program(sys.argv[1], trace, size=size) as program:
            if program.state()["dark"] != (theme == "dark"):
                program.key("ctrl+t")
            show(program)
            program.tool("mousemove", 4, int(size.split("x")[1]) - 4)  # over nothing
            expect(program.settle()["dark"] == (theme == "dark"), f"the theme is {theme}")
            look(program, f"{name}-{size}-{theme}.png" if everything else f"{name}.png")
