#!/usr/bin/python3
"""Pictures of the window, large and small, dark and light: nothing blank, nothing cut off at an edge."""
import subprocess
import sys

from driver import Program, distinct_colours, expect

# Colours that a panel with content has at least.
LEAST = {"transport": 6, "trace": 12, "legend": 8, "map": 12, "inspector": 8, "roots": 6, "narration": 5,
         "console": 3, "timeline": 6, "status": 4}



def look(program, name):
    picture = program.screenshot(name)
    layout = program.state()["layout"]
    for panel, (x, y, width, height) in layout.items():
        colours = distinct_colours(picture, x, y, width, height)
        expect(colours >= LEAST.get(panel, 3), f"{name}: the panel {panel} has {colours} colours: is it blank?")
        if panel not in ("map", "timeline"):
            # Text that is cut off runs into the panel's last columns.
            edge = distinct_colours(picture, x + width - 2, y + 4, 2, height - 8)
            expect(edge <= 6, f"{name}: something runs into the right edge of the panel {panel} ({edge} colours)")
    boxes = list(layout.values())
    size = subprocess.run(["identify", "-format", "%w %h", str(picture)], capture_output=True, text=True).stdout
    wide, high = map(int, size.split())
    for panel, (x, y, width, height) in layout.items():
        expect(x >= 0 and y >= 0 and x + width <= wide + 1 and y + height <= high + 1,
               f"{name}: the panel {panel} lies outside the window")
    for i, a in enumerate(boxes):
        for b in boxes[i + 1:]:
            apart = (a[0] + a[2] <= b[0] + 1 or b[0] + b[2] <= a[0] + 1 or
                     a[1] + a[3] <= b[1] + 1 or b[1] + b[3] <= a[1] + 1)
            expect(apart, f"{name}: two panels overlap: {a} {b}")


for size in ("1920x1080", "1280x720", "640x400"):
    with Program(sys.argv[1], size=size) as program:
        program.key("ctrl+Next", "ctrl+Right", "ctrl+Right", "ctrl+Right", "shift+Right", "shift+Right")
        for theme in ("dark", "light"):
            look(program, f"{size}-{theme}.png")
            program.key("ctrl+t")
        program.key("question")
        program.wait(lambda s: s["help"], "the overlay of keys")
        program.screenshot(f"{size}-keys.png")
        program.key("Escape")
        program.wait(lambda s: not s["help"], "it closes")
        program.close()
