#!/usr/bin/python3
"""Pictures of the window, large and small, dark and light: nothing blank, nothing cut off at an edge."""
import sys

from driver import Program
from look import look

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
