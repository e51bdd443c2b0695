"""Looks at a picture of the window as a person would: nothing blank, nothing cut off, nothing that lies over
something else, text that stands out from what it stands on."""
import re
import subprocess
import tempfile
from pathlib import Path

from driver import expect

# Colours that a panel with content has at least.
LEAST = {"transport": 6, "trace": 12, "legend": 8, "map": 12, "inspector": 8, "roots": 6, "narration": 5,
         "console": 3, "timeline": 6, "status": 4}
# Between the ground of a panel and what stands out most on it. That of large text is 3 (WCAG 2.1).
LEAST_CONTRAST = 4.5
PIXELS_OF_A_LETTER = 6


def look(program, name):
    """Takes a picture and checks it; returns its path."""
    picture = program.screenshot(name)
    layout = program.state()["layout"]
    with tempfile.TemporaryDirectory() as folder:
        pixels = Path(folder) / "pixels.ppm"  # quick to read part by part
        subprocess.run(["convert", str(picture), str(pixels)], check=True)
        for panel, box in layout.items():
            look_at(pixels, panel, box, name)
    check_places(layout, size_of(picture), name)
    return picture


def look_at(pixels, panel, box, name):
    x, y, width, height = box
    colours = colours_of(pixels, x, y, width, height)
    expect(len(colours) >= LEAST.get(panel, 3),
           f"{name}: the panel {panel} has {len(colours)} colours: is it blank?")
    contrast = contrast_in(colours)
    expect(contrast >= LEAST_CONTRAST, f"{name}: nothing stands out in the panel {panel} (1 to {contrast:.1f})")
    if panel not in ("map", "pinned map", "timeline"):
        # Text that is cut off runs into the panel's last columns.
        edge = len(colours_of(pixels, x + width - 2, y + 4, 2, height - 8))
        expect(edge <= 6, f"{name}: something runs into the right edge of the panel {panel} ({edge} colours)")


def check_places(layout, size, name):
    boxes = list(layout.items())
    for i, (panel, a) in enumerate(boxes):
        expect(a[0] >= 0 and a[1] >= 0 and a[0] + a[2] <= size[0] + 1 and a[1] + a[3] <= size[1] + 1,
               f"{name}: the panel {panel} lies outside the window")
        for other, b in boxes[i + 1:]:
            apart = (a[0] + a[2] <= b[0] + 1 or b[0] + b[2] <= a[0] + 1 or
                     a[1] + a[3] <= b[1] + 1 or b[1] + b[3] <= a[1] + 1)
            expect(apart, f"{name}: the panels {panel} and {other} overlap: {a} {b}")


def size_of(picture):
    out = subprocess.run(["identify", "-format", "%w %h", str(picture)], capture_output=True, text=True, check=True)
    return tuple(map(int, out.stdout.split()))


def colours_of(picture, x, y, width, height):
    """Pixels of each colour (red, green, blue) in a part of a picture."""
    out = subprocess.run(["convert", str(picture), "-crop", f"{int(width)}x{int(height)}+{int(x)}+{int(y)}",
                          "+repage", "-depth", "8", "-format", "%c", "histogram:info:-"],
                         capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^\s*(\d+): .*#([0-9A-F]{2})([0-9A-F]{2})([0-9A-F]{2})", out, re.M)
    return {tuple(int(part, 16) for part in colour): int(count) for count, *colour in found}


def luminance(colour):
    parts = [(c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4) for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast_of(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def contrast_in(colours):
    """Between the commonest colour and the one of some pixels that differs most from it."""
    ground = max(colours, key=colours.get)
    return max(contrast_of(ground, colour) for colour, count in colours.items() if count >= PIXELS_OF_A_LETTER)
