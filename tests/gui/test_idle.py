#!/usr/bin/python3
"""At rest nothing is drawn: the state file stays as it is and the program takes next to no time."""
import os
import sys
import time

from driver import SOURCE, Program, expect

SECONDS = 2
MOST = 0.12  # of one core, while it rests; drawing takes all that there is


def processor_seconds(process):
    """Of all threads, those that draw included."""
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share(program):
    before = processor_seconds(program.process)
    time.sleep(SECONDS)
    return (processor_seconds(program.process) - before) / SECONDS


def rests(program, after):
    program.settle()
    program.wait(lambda s: not s["map"]["animating"], f"{after}: what glows goes out", 20)
    time.sleep(1)
    text, changed_at = program.state_file.read_text(), program.state_file.stat().st_mtime_ns
    taken = share(program)
    print(f"{after}: {taken * 100:.1f} % of a core")
    expect(program.state_file.stat().st_mtime_ns == changed_at, f"{after}: the state file is written at rest")
    expect(program.state_file.read_text() == text, f"{after}: the state changes at rest")
    expect(taken < MOST, f"{after}: {taken * 100:.0f} % of a core at rest: is it drawing?")


with Program(sys.argv[1], SOURCE / "assets/scenarios/01-first-collection.trace") as program:
    program.tool("mousemove", 2, 2)
    rests(program, "opened")
    program.key("ctrl+Next", "ctrl+Right", "ctrl+Right", "shift+Right", "Right", "Left", "f", "Next", "h", "h")
    rests(program, "after a chain of commands")
    program.key("End")
    program.click(*program.pixel_of(1048 + 8))
    program.key("w")
    program.wait(lambda s: s["why"]["links"] == 4, "what keeps the selection alive")
    rests(program, "with a chain on the map")
    program.key("t")
    program.wait(lambda s: "tables" in s["layout"], "the tables are there")
    program.key("8")
    program.wait(lambda s: s["lens"]["name"] != "type + colour", "another lens")
    program.key("ctrl+f")
    program.wait(lambda s: s["search"]["open"], "the search is open")
    program.key("Escape")
    rests(program, "with tables and a lens")
    program.key("Tab")
    program.type("free nobody")
    program.key("Return")
    program.wait(lambda s: s["console"]["error"], "an error is shown")
    program.key("Escape")
    rests(program, "with an error in the console")

    # It can fail: while it plays it draws.
    program.key("Home", "space")
    program.wait(lambda s: s["playing"] != 0, "it plays")
    playing = share(program)
    print(f"playing: {playing * 100:.1f} % of a core")
    expect(playing > MOST, f"while it plays it takes {playing * 100:.0f} % of a core: is the measure good for anything?")
    program.close()
