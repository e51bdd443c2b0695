#!/usr/bin/python3
"""The free list on the map and the search that walks through it; what the last steps touched glows and fades;
places marked on the map, and kept."""
import sys
import tempfile
from pathlib import Path

from driver import Program, distinct_colours, expect


def fragmented(chunks):
    lines = ["tricolour 1", "heap size=1M"]
    lines += [f"alloc c{i} data {36 + 8 * (i * 37 % 64)}" for i in range(chunks)]
    lines += [f"free c{i}" for i in range(0, chunks, 2)]
    return "\n".join(lines + ["alloc found data 250"]) + "\n"


folder = Path(tempfile.mkdtemp())
(folder / "free.trace").write_text(fragmented(400))
with Program(sys.argv[1], folder / "free.trace") as program:
    program.key("End", "Prior")
    program.wait(lambda s: s["position"]["operation"] == s["operations"] - 1, "before the last allocation")
    plain = program.screenshot("plain.png")
    program.key("j")
    shown = program.wait(lambda s: s["map"]["free_links"] and s["map"]["notes"], "J draws the free list")
    expect(shown["map"]["notes"] == ["free list: 64 of 200 links shown"], f"how much: {shown['map']['notes']}")
    picture = program.screenshot("links.png")
    m = shown["map"]
    area = m["x"], m["y"], m["width"], m["height"]
    expect(distinct_colours(picture, *area) > distinct_colours(plain, *area), "the links can be seen")

    program.key("Right", "Right")
    walk = program.wait(lambda s: len(s["search_walk"]["candidates"]) == 1, "a search looks at a candidate")
    expect(walk["search_walk"]["candidates"][0]["reason"] == "too small for 256", "which is too small")
    expect(any(note.startswith("search for 256 bytes") for note in walk["map"]["notes"]), "the map says so")
    program.key("shift+Right")
    taken = program.wait(lambda s: s["search_walk"]["candidates"][-1]["accepted"], "the last one is taken")
    candidates = taken["search_walk"]["candidates"]
    expect(len(candidates) == 17, f"after 16 that were told: {len(candidates)}")
    expect(candidates[-1]["reason"].startswith("fits"), "the reason is said")
    program.screenshot("walk.png")
    program.key("End")
    program.wait(lambda s: not s["search_walk"]["candidates"], "the search is over")
    program.key("j")
    program.wait(lambda s: not s["map"]["free_links"] and not s["map"]["notes"], "J again: it is gone")

    program.key("Left")
    program.wait(lambda s: s["map"]["animating"], "what a step touched glows")
    program.wait(lambda s: not s["map"]["animating"], "and goes out")
    program.key("ctrl+p")
    program.wait(lambda s: s["command_palette"]["open"], "the palette")
    program.type("glow off")
    program.key("Return")
    program.wait(lambda s: s["map"]["glow_seconds"] == 0, "nothing glows any more")
    program.key("Left", "Left")
    expect(not program.state()["map"]["animating"], "the map stands still")

    program.key("Home", "End")
    x, y = program.pixel_of(2)
    program.click(x, y)
    program.wait(lambda s: s["selection"], "a chunk is selected")
    program.key("k")
    marked = program.wait(lambda s: len(s["places"]) == 1, "K marks it")
    expect(marked["places"][0]["chunk"] == 0, "at its address")
    x, y = program.pixel_of(6000)
    program.click(x, y)
    second = program.wait(lambda s: s["selection"]["chunk"] != 0, "another one")["selection"]["chunk"]
    program.key("k")
    program.wait(lambda s: len(s["places"]) == 2, "marked too")
    program.key("shift+k")
    program.wait(lambda s: s["selection"]["chunk"] == 0, "Shift+K goes round to the first")
    program.key("ctrl+k")
    program.wait(lambda s: s["selection"]["chunk"] == second, "Ctrl+K goes back")
    program.key("k")
    program.wait(lambda s: len(s["places"]) == 1, "K again unmarks it")
    program.close()

with Program(sys.argv[1], folder / "free.trace") as program:
    kept = program.wait(lambda s: s["open"] and "places" in s, "the trace is open again")
    expect(kept["map"]["glow_seconds"] == 0, "how long it glows is kept between runs")
    expect([place["chunk"] for place in kept["places"]] == [0], "and so are the trace's places")
    program.close()
