#!/usr/bin/python3
"""What the pointer is over in one panel shows in the others: the map, the trace, the legend, tables."""
import sys

from driver import SOURCE, Program, expect


def sweep(program, x, top, bottom, wanted, what):
    """Moves the pointer down a panel until the state is as wanted."""
    for y in range(int(top), int(bottom), 9):
        program.tool("mousemove", int(x), y)
        try:
            return program.wait(wanted, what, 0.25), y
        except AssertionError:
            pass
    raise AssertionError(f"nowhere in the panel: {what}")


with Program(sys.argv[1], SOURCE / "assets/scenarios/01-first-collection.trace") as program:
    program.key("End")
    program.wait(lambda s: s["position"]["operation"] == s["operations"], "End: at the end")
    program.tool("mousemove", *map(int, program.pixel_of(1048 + 8)))
    on_map = program.wait(lambda s: s["hover"] == 1048, "a chunk under the pointer on the map")
    expect(on_map["hover_row"] is not None, "the trace's row that made it is lit")

    x, y, width, height = on_map["layout"]["trace"]
    in_trace, _ = sweep(program, x + width / 2, y + 40, y + height, lambda s: s["hover"] is not None,
                        "a row of the trace shows its chunk on the map")
    expect(in_trace["hover_row"] is not None, "and the row that made it is lit")
    program.tool("mousemove", 2, 2)
    program.wait(lambda s: s["hover"] is None, "nothing is under the pointer")

    program.key("t")
    x, y, width, height = program.wait(lambda s: "tables" in s["layout"], "the tables")["layout"]["tables"]
    sweep(program, x + 200, y + 40, y + height, lambda s: s["hover"] is not None, "a row of a table")
    x, y, width, height = program.state()["layout"]["roots"]
    sweep(program, x + width / 2, y + 30, y + height, lambda s: s["hover"] is not None, "a root")
    program.close()
