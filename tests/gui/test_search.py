#!/usr/bin/python3
"""Goes places by what is typed: the search, the command palette, and back through the views of the map."""
import sys

from driver import Program, expect

with Program(sys.argv[1]) as program:
    program.key("End")
    end = program.wait(lambda s: s["position"]["operation"] == s["operations"], "the end of the trace")

    program.key("g")
    program.wait(lambda s: s["search"]["typing"] and s["search"]["typed"] == "", "G opens an empty field")
    program.type("37.sweep")
    program.wait(lambda s: s["search"]["count"] == "1 hit", "a place of the trace is found")
    program.key("Return")
    program.wait(lambda s: s["phase"] == "Sweep" and not s["search"]["open"], "Enter goes there and closes the field")

    program.key("ctrl+f")
    program.wait(lambda s: s["search"]["typing"], "Ctrl+F opens it with what was typed")
    program.type("Node")
    found = program.wait(lambda s: s["search"]["typed"] == "Node" and s["search"]["hits"] > 3, "another text replaces it")
    program.key("Down")
    shown = program.wait(lambda s: s["search"]["count"].startswith("1 of "), "Down chooses the first hit")
    expect(shown["selection"] is None, "and does not go there yet")
    program.wait(lambda s: s["hover"], "but shows it on the map")
    program.key("Return")
    first = program.wait(lambda s: s["selection"], "Enter selects its chunk")
    program.key("ctrl+g")
    second = program.wait(lambda s: s["search"]["count"].startswith("2 of "), "Ctrl+G: the next hit")
    expect(second["selection"] != first["selection"], "which is another chunk")
    expect(all(second["map"][part] == first["map"][part] for part in ("centre_x", "centre_y", "scale")),
           "the map stays where a hit is in sight")
    program.key("Escape")
    closed = program.wait(lambda s: not s["search"]["open"], "Escape closes it")
    expect(closed["selection"] == second["selection"], "and leaves the selection")

    # Whatever closed the search, the keys are the window's again.
    program.key("z")
    near = program.wait(lambda s: s["map"]["has_past"] and not s["map"]["moving"], "Z moves the map")
    program.key("alt+Left")
    program.wait(lambda s: s["map"]["scale"] == closed["map"]["scale"] and s["map"]["has_future"], "Alt+Left moves it back")
    program.key("alt+Right")
    program.wait(lambda s: s["map"]["scale"] == near["map"]["scale"], "Alt+Right forward again")

    program.key("ctrl+p")
    program.wait(lambda s: s["command_palette"]["open"], "Ctrl+P opens the palette")
    program.type("next obj")
    program.wait(lambda s: s["command_palette"]["typed"] == "next obj", "what is typed stands in its field")
    before = program.state()["position"]
    program.key("Return")
    program.wait(lambda s: not s["command_palette"]["open"] and s["position"] != before, "Enter carries it out")
    program.close()
