#!/usr/bin/python3
"""The timeline: zoomed with the wheel, moved by dragging, scrubbed down to a step of a collection; what the
pointer rests on is shown as the map was then."""
import sys
import tempfile
import time
from pathlib import Path

from driver import Program, expect

lines = ["tricolour 1", "heap size=256K gc=manual", "class Node next:ref", "new root Node", "permanent root",
         'bookmark "the list begins"']
for i in range(150):
    lines += [f"new n{i} Node", f"set n{i}.next {'n%d' % (i - 1) if i % 10 else 'null'}"]
    if i == 70:
        lines += [f"set root.next n{i}", "gc", 'bookmark "swept"']
lines += ["set root.next null", "gc", 'say "end"']
# What the first collection freed has no name any more.
names = {f"n{i}" for i in range(70)}
lines = [line for line in lines if not (line == "set n71.next n70" and "n70" in names)]

folder = Path(tempfile.mkdtemp())
(folder / "list.trace").write_text("\n".join(lines) + "\n")
FIRST_GC = lines.index("gc") - 2  # operations before it: without the two lines of the head


def window(state):
    return state["timeline"]["first"], state["timeline"]["last"]


with Program(sys.argv[1], folder / "list.trace") as program:
    start = program.wait(lambda s: s["index_complete"] and s["timeline"]["width"] > 0, "the trace is known")
    total = start["operations"]
    expect(not start["error"], start["error"])
    expect(window(start) == (0, total), "at first all of the trace is shown")

    def at(part, height=0.5):
        t = program.state()["timeline"]
        return t["x"] + t["width"] * part, t["y"] + t["height"] * height

    def still(what="the timeline is still"):
        return program.wait(lambda s: not s["timeline"]["moving"], what)

    def time_at(part):
        first, last = window(program.state())
        return first + (last - first) * part

    # A glimpse of another moment; the session stays where it is.
    program.tool("mousemove", *map(int, at(0.9)))
    seen = program.wait(lambda s: s["timeline"]["glimpse"], "a picture where the pointer rests")
    expect(seen["position"] == {"operation": 0, "step": 0}, "the session did not move")
    hovered = seen["timeline"]["hovered"]
    expect(abs(hovered["operation"] - total * 0.9) <= 1, "it is the moment under the pointer")
    program.screenshot("timeline-glimpse.png")
    program.click(*at(0.9))
    there = program.wait(lambda s: s["position"] == hovered, "a click goes there")
    expect(there["heap"]["size"] - there["heap"]["free"] == seen["timeline"]["glimpse"]["used"],
           "and the heap is as the glimpse said")

    # The wheel zooms at the pointer, Shift and the wheel move.
    under = time_at(0.25)
    program.wheel(*at(0.25), 6)
    program.wait(lambda s: s["timeline"]["last"] - s["timeline"]["first"] < total / 5, "the wheel zooms in")
    still()
    expect(abs(time_at(0.25) - under) < total * 0.01, "what is under the pointer stays under it")
    before = window(program.state())
    x, y = at(0.5)
    program.tool("mousemove", int(x), int(y))
    program.tool("keydown", "shift", "mousedown", 1)
    for i in range(1, 6):
        program.tool("mousemove", int(x + 20 * i), int(y))
        time.sleep(0.05)
    program.tool("mouseup", 1, "keyup", "shift")
    panned = program.wait(lambda s: s["timeline"]["first"] < before[0], "Shift and a drag move it")
    expect(panned["position"] == hovered, "without scrubbing")
    expect(abs((panned["timeline"]["last"] - panned["timeline"]["first"]) - (before[1] - before[0])) < 1e-6,
           "and without zooming")
    program.tool("mousemove", int(x), int(y), "mousedown", 2, "mousemove", int(x - 60), int(y))
    time.sleep(0.2)
    program.tool("mousemove", int(x - 120), int(y))
    time.sleep(0.2)
    program.tool("mouseup", 2)
    program.wait(lambda s: s["timeline"]["first"] > panned["timeline"]["first"], "so does the middle button")

    # All of it again, and a collection unfolded.
    program.key("shift+x")
    program.wait(lambda s: window(s) == (0, total) and not s["timeline"]["moving"], "Shift+X fits all")
    program.key("Home", "x")
    unfolded = program.wait(lambda s: not s["timeline"]["moving"] and len(s["timeline"]["phases"]) == 7,
                            "X fits the next collection, which unfolds into its phases")
    expect(unfolded["timeline"]["first"] < FIRST_GC < FIRST_GC + 1 < unfolded["timeline"]["last"],
           "all of it is in sight")
    names = [name for name, *_ in unfolded["timeline"]["phases"]]
    expect(names == ["interned", "transient", "permanent", "threads", "pinned", "weak", "sweep"], str(names))
    _, first, last = unfolded["timeline"]["phases"][-1]
    span = unfolded["timeline"]["last"] - unfolded["timeline"]["first"]

    def part_of(moment):
        return (moment - unfolded["timeline"]["first"]) / span

    # Scrubbing through the sweep lands on its steps.
    steps = set()
    x0, y = at(part_of(first + (last - first) * 0.2))
    x1, _ = at(part_of(first + (last - first) * 0.8))
    program.tool("mousemove", int(x0), int(y), "mousedown", 1)
    program.wait(lambda s: s["position"]["operation"] == FIRST_GC, "the press goes there")
    for i in range(1, 13):
        program.tool("mousemove", int(x0 + (x1 - x0) * i / 12), int(y))
        time.sleep(0.1)
        state = program.state()
        steps.add((state["position"]["operation"], state["position"]["step"]))
    program.tool("mouseup", 1)
    expect(len(steps) > 6, f"it goes through steps: {steps}")
    expect(all(operation == FIRST_GC and step > 0 for operation, step in steps), f"of the collection: {steps}")
    program.wait(lambda s: s["phase"] == "Sweep", "in the middle of the sweep")
    program.screenshot("timeline-collection.png")

    # Scrubbing beyond the edge brings what lies there into sight.
    before = window(program.state())
    x, y = at(0.2)
    program.tool("mousemove", int(x), int(y), "mousedown", 1)
    program.tool("mousemove", int(x - 50), int(y))
    time.sleep(0.2)
    program.tool("mousemove", 4, int(y))
    beyond = program.wait(lambda s: s["timeline"]["first"] < before[0] - 0.2, "it scrolls on")
    program.tool("mouseup", 1)
    expect(beyond["position"]["operation"] < before[0] + 1, "and the position goes along")
    program.wait(lambda s: not s["timeline"]["moving"], "until the button is let go")

    # The overview goes anywhere.
    t = program.state()["timeline"]
    program.click(t["x"] + t["width"] * 0.8, t["y"] - 6)
    program.wait(lambda s: abs(sum(window(s)) / 2 - total * 0.8) < total * 0.01, "a click on it moves there")

    # The position stays in sight.
    program.tool("mousemove", 400, 300)
    program.key("End")
    end = program.wait(lambda s: s["position"]["operation"] == total and not s["timeline"]["moving"] and
                       s["timeline"]["last"] >= total - 1e-6, "the end is in sight")
    expect(end["timeline"]["first"] > 1, "still zoomed")

    program.key("Home", *["plus"] * 7, "space")
    pages = set()
    for _ in range(30):
        state = program.wait(lambda s: not s["timeline"]["moving"], "a page is turned")
        here, (first, last) = state["position"]["operation"], window(state)
        expect(first - 1 <= here <= last + 1, f"while playing, {here} is in {first} to {last}")
        pages.add(round(first))
        time.sleep(0.1)
    expect(len(pages) > 1, f"pages are turned: {pages}")
    program.key("space")
    program.wait(lambda s: s["playing"] == 0, "paused")

    # A double click fits all, and what it meets when all is in sight.
    program.click(*at(0.3), repeat=2)
    program.wait(lambda s: window(s) == (0, total), "a double click fits all")
    program.settle()
    program.click(*at(0.6), repeat=2)
    close = program.wait(lambda s: not s["timeline"]["moving"] and
                         s["timeline"]["last"] - s["timeline"]["first"] < 2, "another one what it meets")
    expect(close["timeline"]["first"] < time_at(0.5) < close["timeline"]["last"], "close")
    program.key("shift+e")
    program.wait(lambda s: s["timeline"]["last"] - s["timeline"]["first"] >
                 1.9 * (close["timeline"]["last"] - close["timeline"]["first"]), "Shift+E zooms out")
    program.key("shift+x")
    program.wait(lambda s: window(s) == (0, total) and not s["timeline"]["moving"], "all again")

    # A flag is hovered and clicked.
    t = program.state()["timeline"]
    flag = lines.index('bookmark "swept"') - 2
    program.click(t["x"] + t["width"] * flag / total + 3, t["y"] + 5)
    program.wait(lambda s: s["position"] == {"operation": flag + 1, "step": 0}, "a bookmark's flag goes there")

    # A curve is hidden from the legend, and shown again.
    program.click(t["x"] + 20, t["y"] - 10)
    program.wait(lambda s: s["timeline"]["curves"] == [False, True, True, True], "a click hides a curve")
    program.click(t["x"] + 20, t["y"] - 10)
    program.wait(lambda s: all(s["timeline"]["curves"]), "and shows it again")

    # What is typed in changes the moments after it; an old picture is not shown for a new one.
    program.tool("mousemove", *map(int, at(0.9)))
    old = program.wait(lambda s: s["timeline"]["glimpse"], "a picture")["timeline"]
    program.tool("mousemove", 400, 300)
    program.key("Home", "Tab")
    program.type("alloc extra static 9000")
    program.wait(lambda s: s["console"]["line"] == "alloc extra static 9000", "it stands in the console")
    for _ in range(20):  # on a busy machine a key may come and go between two frames
        if program.state()["operations"] > total:
            break
        program.key("Return")
        time.sleep(0.3)
    program.wait(lambda s: s["operations"] == total + 1 and s["index_complete"], "an operation was typed in")
    program.key("Escape")
    program.tool("mousemove", *map(int, at(0.9)))
    new = program.wait(lambda s: s["timeline"]["glimpse"], "a picture of the new trace")["timeline"]
    expect(new["glimpse"]["used"] > old["glimpse"]["used"] + 8000, "with what was typed in")
    program.close()
