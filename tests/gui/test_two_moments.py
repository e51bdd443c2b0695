#!/usr/bin/python3
"""Two moments side by side: one camera, one hover and one selection for both; what differs, by what did it."""
import sys

from driver import SOURCE, Program, expect

with Program(sys.argv[1], SOURCE / "assets/scenarios/01-first-collection.trace", size="1600x900") as program:
    program.key("ctrl+Next")
    before = program.wait(lambda s: s["position"]["operation"] > 0, "before the collection")
    expect(before["two_moments"]["pinned"] is None, "nothing is marked at first")
    program.key("d")
    both = program.wait(lambda s: s["two_moments"]["shown"] and "pinned map" in s["layout"], "D shows both")
    expect(both["two_moments"]["pinned"] == before["position"], "D marks the position when none is")
    pinned, now = both["layout"]["pinned map"], both["layout"]["map"]
    expect(pinned[2:] == now[2:] and pinned[0] < now[0], "the halves are equal, the pinned one on the left")
    program.key("Next")
    program.wait(lambda s: s["position"]["operation"] == before["position"]["operation"] + 1, "the collection")

    across = now[0] - pinned[0], now[1] - pinned[1]

    def pinned_pixel_of(offset):
        x, y = program.pixel_of(offset)
        return x - across[0], y - across[1]

    # One camera.
    camera = program.settle()["map"]
    program.wheel(*pinned_pixel_of(1048 + 8), 3)
    zoomed = program.wait(lambda s: s["map"]["scale"] > camera["scale"] * 1.5, "the wheel over one half zooms both")
    program.wheel(*program.pixel_of(1048 + 8), -3)
    program.wait(lambda s: s["map"]["scale"] < zoomed["map"]["scale"] / 1.5, "and over the other one")

    # One hover: the same address in both.
    program.tool("mousemove", *map(int, pinned_pixel_of(1048 + 8)))
    program.wait(lambda s: s["hover"] == 1048, "what is hovered in the pinned half is hovered")

    # One selection, by birth: what the collection freed is only in the pinned half.
    program.click(*pinned_pixel_of(1048 + 8))
    dead = program.wait(lambda s: s["two_moments"]["selected_there"] == 1048, "a click selects what was there")
    expect(dead["selection"] is None, "it is not there now")
    program.click(*program.pixel_of(568 + 8))
    program.wait(lambda s: s["selection"] and s["selection"]["chunk"] == 568 and
                 s["two_moments"]["selected_there"] == 568, "what lives is selected in both")
    program.key("0")
    program.click(*pinned_pixel_of(1048 + 8))
    program.wait(lambda s: s["two_moments"]["entry_there"] == "died", "the lens of changes shows there what died since")
    program.key("1")

    # What differs, by what did it.
    program.key("shift+d")
    listed = program.wait(lambda s: s["two_moments"]["causes"] and s["two_moments"]["list_y"] > 0, "the list")
    causes = listed["two_moments"]["causes"]
    expect([c["operation"] for c in causes] == [before["position"]["operation"]], "the collection alone is to blame")
    expect("swept" in causes[0]["text"], "it swept")
    x, y, row = (listed["two_moments"][key] for key in ("list_x", "list_y", "row_height"))
    program.click(x + 60, y + 1.5 * row)
    program.wait(lambda s: s["two_moments"]["unfolded"] == 1, "a click on what it did lists it")
    program.tool("mousemove", int(x + 60), int(y + 2.5 * row))
    program.wait(lambda s: s["hover"] is not None, "a row is hovered on the maps too")
    program.click(x + 60, y + 2.5 * row)
    swept = program.wait(lambda s: s["two_moments"]["chosen"] is not None, "a click chooses a row")
    expect(swept["two_moments"]["selected_there"] is not None, "and selects its chunk")

    # Later on another operation is to blame for more, and a click on it goes there.
    program.key("End")
    end = program.wait(lambda s: len(s["two_moments"]["causes"]) > 2, "more differs at the end")
    newest = end["two_moments"]["causes"][-1]["operation"]
    y = program.settle()["two_moments"]["list_y"]  # what differs may take two lines to say
    program.click(x + 60, y + 0.5 * row)
    program.wait(lambda s: s["position"] == {"operation": newest + 1, "step": 0}, "a click goes to right after it")

    program.key("ctrl+m")
    swapped = program.wait(lambda s: s["position"] == before["position"], "Ctrl+M changes places")
    expect(swapped["two_moments"]["pinned"] == {"operation": newest + 1, "step": 0}, "what was now is marked")
    program.wait(lambda s: s["two_moments"]["causes"], "it is compared in this direction too")
    program.key("Home")
    program.wait(lambda s: s["position"]["operation"] == 0, "elsewhere")
    program.key("shift+m")
    program.wait(lambda s: s["position"]["operation"] == newest + 1, "Shift+M goes to the marked position")

    # An operation typed in before it leads elsewhere; the marked position stays what it was.
    program.key("Home", "Next", "Next", "Next")
    program.key("Tab")
    program.type("alloc other data 64")
    program.key("Return")
    program.wait(lambda s: not s["two_moments"]["on_way"], "another branch leads elsewhere")
    program.key("Escape")
    program.key("shift+m")
    program.wait(lambda s: s["two_moments"]["on_way"] and s["branch"] == 0, "Shift+M goes back to its branch")

    program.key("d")
    closed = program.wait(lambda s: "pinned map" not in s["layout"], "D gives the room back")
    expect(closed["layout"]["map"][2] > 2 * now[2], "all of it")
    program.tool("key", "d")
    program.wait(lambda s: s["two_moments"]["shown"], "and shows both again")
    program.key("ctrl+r")
    dropped = program.wait(lambda s: s["two_moments"]["pinned"] is None, "another trace has no marked position")
    expect("no longer marked" in dropped["message"], "which is said")
    program.close()
