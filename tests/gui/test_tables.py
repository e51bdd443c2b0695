#!/usr/bin/python3
"""Tables: opened, sorted, filtered, gone through with keys; rows select on the map and show what is hovered there."""
import sys

from driver import SOURCE, Program, expect

TRACE = SOURCE / "assets" / "scenarios" / "08-fragmentation-until-out-of-memory.trace"
TITLES, ROW = 48, 20  # of the table, from the panel's top


def in_table(state, row, x=60):
    left, top, _, _ = state["layout"]["tables"]
    return left + x, top + TITLES + ROW / 2 + ROW * row


with Program(sys.argv[1], TRACE) as program:
    program.key("End")
    end = program.wait(lambda s: s["position"]["operation"] == s["operations"], "the end of the trace")
    expect("tables" not in end["layout"], "the tables are closed at first")

    program.key("t")
    shown = program.wait(lambda s: s["tables"]["shown"] and s["tables"]["count"] == "6 free chunks", "T shows the free list")
    chunks = shown["tables"]["chunks"]
    expect(len(chunks) == shown["heap"]["free_chunks"], "with a row for each free chunk")

    program.click(*in_table(shown, 2))
    picked = program.wait(lambda s: s["selection"], "a click on a row selects its chunk")
    expect(picked["selection"]["chunk"] == chunks[2], "the third row's")
    program.wait(lambda s: s["hover"] == chunks[2], "which is lit on the map as well")
    program.key("Down")
    program.wait(lambda s: s["selection"]["chunk"] == chunks[3], "Down: the next row")
    program.key("Up", "Up")
    program.wait(lambda s: s["selection"]["chunk"] == chunks[1], "Up: the row before")

    # The titles stand right above the rows; the second one is the size.
    x, y = in_table(shown, -1, 100)
    program.click(x, y)
    program.wait(lambda s: s["tables"]["sorted_by"] == "Size" and not s["tables"]["descending"], "a click on a title sorts")
    program.click(x, y)
    turned = program.wait(lambda s: s["tables"]["descending"], "another click: the other way")
    expect(turned["tables"]["chunks"][0] == chunks[-1], "the largest first")
    program.key("shift+o")
    program.wait(lambda s: not s["tables"]["descending"] and s["tables"]["chunks"][0] == chunks[0], "Shift+O turns it")

    program.key("ctrl+shift+f")
    program.wait(lambda s: s["tables"]["typing"], "Ctrl+Shift+F: the filter has the keys")
    program.type("alike=1")
    program.wait(lambda s: s["tables"]["count"] == "2 of 6 free chunks", "it shows what matches as it is typed")
    program.key("Return")
    first = program.wait(lambda s: not s["tables"]["typing"], "Enter leaves it")
    program.key("Down")
    program.wait(lambda s: s["selection"]["chunk"] in first["tables"]["chunks"], "the keys go through what is shown")

    program.key("shift+t", "shift+t", "shift+t")
    program.wait(lambda s: s["tables"]["table"] == "Mark stack" and "no collection is under way" in s["tables"]["text"],
                 "an empty table says why")
    program.key("shift+t")
    classes = program.wait(lambda s: s["tables"]["table"] == "Classes" and s["tables"]["count"].endswith(" classes"),
                           "Shift+T: the next table")
    program.click(*in_table(classes, 0), repeat=2)
    program.wait(lambda s: s["selection"]["chunk"] == classes["tables"]["chunks"][0] and
                 s["map"]["scale"] > classes["map"]["scale"] and not s["map"]["moving"], "a double click goes to the class")

    program.key("t")
    program.wait(lambda s: not s["tables"]["shown"] and "timeline" in s["layout"], "T closes them")
    program.close()
