#!/usr/bin/python3
"""The map's layouts: H lays it out along a Hilbert curve, where every byte is picked where it lies; the
layout and a length of rows chosen by hand are kept between runs."""
import sys
import tempfile
from pathlib import Path

from driver import Program, distinct_colours, expect

TRACE = """tricolour 1
heap size=256K
alloc first data 100
alloc second object 200
alloc third string 300
"""

folder = Path(tempfile.mkdtemp())
(folder / "layouts.trace").write_text(TRACE)
with Program(sys.argv[1], folder / "layouts.trace") as program:
    program.key("End")
    program.wait(lambda s: s["position"]["operation"] == s["operations"], "the end")
    rows = program.settle()["map"]
    program.key("bracketright")
    program.wait(lambda s: s["map"]["row_length"] == 2 * rows["row_length"], "] makes rows twice as long")
    program.key("f")
    expect(program.settle()["map"]["row_length"] == 2 * rows["row_length"], "a fit keeps a length chosen by hand")

    program.key("h")
    curve = program.wait(lambda s: s["map"]["layout"] == "Hilbert", "H lays the map out along a curve")["map"]
    picture = program.screenshot("hilbert.png")
    expect(distinct_colours(picture, curve["x"], curve["y"], curve["width"], curve["height"]) > 8,
           "the map is not blank")
    for offset, name in ((104 + 204 + 200, "third"), (104 + 100, "second")):
        x, y = program.pixel_of(offset)
        program.click(x, y)
        program.wait(lambda s: s["selection"] and s["selection"]["name"] == name, f"a click selects {name}")
    program.close()

with Program(sys.argv[1], folder / "layouts.trace") as program:
    expect(program.settle()["map"]["layout"] == "Hilbert", "the layout is kept between runs")
    program.key("h")
    kept = program.wait(lambda s: s["map"]["layout"] == "rows", "H goes back to rows")["map"]
    expect(kept["row_length"] == 2 * rows["row_length"], "the length of rows is kept between runs")
    program.key("End", "backslash")
    program.wait(lambda s: s["map"]["row_length"] == rows["row_length"], "the best length again")
    box = program.settle()["map"]
    corner = [int(box[part]) for part in ("x", "y")] + [200, 160]
    before = distinct_colours(program.screenshot("no-frame-times.png"), *corner)
    program.key("F12")
    program.wait(lambda s: s["shows_frame_times"], "F12 shows frame times")
    after = distinct_colours(program.screenshot("frame-times.png"), *corner)
    expect(after != before, "frame times stand over the map's corner")
    program.key("F12")
    program.wait(lambda s: not s["shows_frame_times"], "F12 again hides them")
    program.close()
