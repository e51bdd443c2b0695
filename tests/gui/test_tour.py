#!/usr/bin/python3
"""The tour of the first steps: it begins where nobody was before, each step is over when it was done with
real keys and clicks, what was left is gone on with later, and it does not come again."""
import os
import shutil
import sys

from driver import Program, expect

# What the card asks for, and how it is done.
STEPS = (
    ("One step forward", lambda p: p.key("Right")),
    ("And one back", lambda p: p.key("Left")),
    ("To a collection", lambda p: p.key("ctrl+Next")),
    ("Let it run", lambda p: p.key("space")),
    ("Ask a chunk", lambda p: p.click(*p.pixel_of(8))),
    ("Why is it alive?", lambda p: p.key("w")),
    ("Come closer", lambda p: p.wheel(*p.pixel_of(8), 5)),
    ("See it in another light", lambda p: p.key("l")),
    ("Go anywhere in time", lambda p: click_into_timeline(p)),
    ("Find everything else", lambda p: p.key("ctrl+p")),
)
FAREWELL = "That is all it takes"


def click_into_timeline(program):
    x, y, width, height = program.state()["layout"]["timeline"]
    program.click(x + width * 0.4, y + height * 0.6)


def expect_step(program, title):
    program.wait(lambda s: s["tour"] == title, f"the tour is at: {title}")


shutil.rmtree(os.path.join(os.environ["XDG_CONFIG_HOME"], "tricolour"))
with Program(sys.argv[1]) as program:
    for number, (title, do) in enumerate(STEPS[:4]):
        expect_step(program, title)
        program.screenshot(f"tour-{number}.png")
        do(program)
    expect_step(program, STEPS[4][0])
    program.key("space")
    program.close()

with Program(sys.argv[1]) as program:
    expect_step(program, STEPS[4][0])
    program.key("ctrl+Next")
    for number, (title, do) in enumerate(STEPS[4:], 4):
        expect_step(program, title)
        program.screenshot(f"tour-{number}.png")
        do(program)
    program.key("Escape")
    expect_step(program, FAREWELL)
    program.screenshot("tour-farewell.png")
    program.key("F1")
    expect_step(program, None)
    program.key("F1")
    expect_step(program, STEPS[0][0])
    program.key("shift+F1")
    expect_step(program, STEPS[1][0])
    program.key("F1")
    expect_step(program, None)
    program.close()

with Program(sys.argv[1]) as program:
    expect(program.settle()["tour"] is None, "a tour that was ended does not come again")
    program.close()
