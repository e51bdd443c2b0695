#!/usr/bin/python3
"""The map: hover, click, zoom at the pointer, drag, double click, fit; lenses, chosen and isolated with keys."""
import sys
import tempfile
from pathlib import Path

from driver import Program, distinct_colours, expect

TRACE = """tricolour 1
heap size=256K
alloc first data 100
alloc second object 200
alloc third string 300
free second
"""

folder = Path(tempfile.mkdtemp())
(folder / "map.trace").write_text(TRACE)
with Program(sys.argv[1], folder / "map.trace") as program:
    program.key("End")
    program.wait(lambda s: s["position"]["operation"] == s["operations"], "the end")

    x, y = program.pixel_of(104 + 204 + 150)
    program.tool("mousemove", int(x), int(y))
    program.wait(lambda s: s["hover"] == 312, "the third chunk is under the pointer")
    program.click(x, y)
    picked = program.wait(lambda s: s["selection"], "a click selects")
    expect(picked["selection"]["name"] == "third", "it is the chunk that was clicked")

    x, y = program.pixel_of(50)
    program.click(x, y)
    program.wait(lambda s: s["selection"] and s["selection"]["name"] == "first", "another one")
    program.key("BackSpace")
    program.wait(lambda s: s["selection"] and s["selection"]["name"] == "third", "the selection before it")
    program.key("shift+BackSpace")
    program.wait(lambda s: s["selection"] and s["selection"]["name"] == "first", "and forward again")

    program.key("Down")
    program.wait(lambda s: s["selection"] and s["selection"]["chunk"] == 104, "Down selects the chunk behind it")
    program.key("Up")
    program.wait(lambda s: s["selection"] and s["selection"]["name"] == "first", "Up the one before")
    program.key("Up")
    program.wait(lambda s: "first chunk" in s["message"], "none is before the first")

    before = program.settle()["map"]
    x, y = program.pixel_of(312 + 40)
    program.wheel(x, y, 3)
    near = program.settle()["map"]
    expect(near["scale"] > before["scale"] * 1.2, "the wheel zooms in")
    px, py = program.pixel_of(312 + 40)
    expect(abs(px - x) < near["scale"] and abs(py - y) < near["scale"], "what is under the pointer stays there")

    program.drag(x, y, x - 60, y + 40)
    moved = program.settle()["map"]
    expect(abs((near["centre_x"] - moved["centre_x"]) * moved["scale"] - -60) < 12, "a drag pans the map")

    program.key("z")
    program.settle()
    close = program.settle()["map"]
    expect(close["scale"] > before["scale"], "Z shows the selection close")
    picture = program.screenshot("close.png")
    m = close
    expect(distinct_colours(picture, m["x"], m["y"], m["width"], m["height"]) > 10, "the map is not blank")
    program.key("ctrl+plus")
    closer = program.settle()
    expect(closer["map"]["scale"] > close["scale"], "Ctrl and + zoom in, also where + needs Shift")
    program.key("ctrl+alt+plus")
    larger = program.wait(lambda s: s["scale"] > closer["scale"], "Ctrl, Alt and + make the interface larger")
    program.key("ctrl+alt+minus")
    program.wait(lambda s: s["scale"] < larger["scale"], "Ctrl, Alt and - make it smaller")
    program.key("f")
    program.settle()
    expect(program.settle()["map"]["scale"] < close["scale"], "F fits the used part")
    program.key("Escape")
    program.wait(lambda s: s["selection"] is None, "Escape selects nothing")

    program.key("6")
    program.wait(lambda s: s["lens"]["name"] == "size", "6 colours the map by size")
    program.key("i")
    program.wait(lambda s: s["lens"]["isolated"] == "65 to 128", "I isolates the first size that there is")
    program.key("i")
    program.wait(lambda s: s["lens"]["isolated"] == "257 to 1,024", "and the next one")
    program.key("Escape")
    program.wait(lambda s: s["lens"]["isolated"] is None, "Escape shows all sizes again")
    x, y, _, height = program.state()["layout"]["legend"]
    program.click(x + 60, y + height / 3)
    shown = program.wait(lambda s: s["lens"]["isolated"], "a click isolates an entry too")["lens"]["isolated"]
    program.click(x + 60, y + height / 3)
    program.wait(lambda s: s["lens"]["isolated"] is None, f"another one ends it for {shown}")
    program.key("0", "m", "Home")
    program.wait(lambda s: s["lens"]["name"] == "changes", "0 shows what changed since M")
    program.key("l")
    program.wait(lambda s: s["lens"]["name"] == "type + colour", "L goes on to the first lens")
    program.key("shift+l", "shift+l")
    program.wait(lambda s: s["lens"]["name"] == "retained", "and back")
    program.close()

with Program(sys.argv[1], folder / "map.trace") as program:
    expect(program.state()["lens"]["name"] == "retained", "the lens is kept between runs")
    program.close()

TREE = """tricolour 1
heap size=256K
class Node left:ref right:ref
new a Node
new b Node
new c Node
set a.left b
set a.right c
set c.left a
"""
(folder / "tree.trace").write_text(TREE)
with Program(sys.argv[1], folder / "tree.trace") as program:
    def is_selected(name):
        return lambda s: s["selection"] and s["selection"]["name"] == name

    program.key("End")
    program.key("comma")
    program.wait(lambda s: "no chunk is selected" in s["message"] or "no reference" in s["message"], "nothing to go on from")
    program.key("g")
    program.type("a")
    program.key("Return")
    program.wait(is_selected("a"), "G goes to `a`")
    program.key("period")
    program.wait(is_selected("b"), "the first reference leads to `b`")
    program.key("comma")
    program.wait(is_selected("c"), "the other one to `c`")
    program.key("period")
    program.wait(is_selected("a"), "whose first leads back to `a`")
    program.key("BackSpace", "BackSpace")
    program.wait(is_selected("a"), "which was there before `c`")
    program.close()
