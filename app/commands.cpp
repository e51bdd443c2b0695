#include "app/commands.h"

#include "app/model/lens.h"

#include <array>
#include <cassert>

namespace tricolour {
namespace {

using enum CommandId;
using Group = CommandGroup;

// The table of lenses says the rest.
constexpr CommandRow lens_command(CommandId id, LensId lens) {
    return {id, Group::lens, row_of(lens).name, row_of(lens).key, row_of(lens).help, ""};
}

// Icons are Fork Awesome's, U+F000 and up.
constexpr std::array rows = {
    CommandRow{step_forward, Group::move, "Step", "Right", "forward by one step of the engine",
               "\xef\x81\x91"},
    CommandRow{step_back, Group::move, "Step back", "Left", "back by one step of the engine", "\xef\x81\x88"},
    CommandRow{object_forward, Group::move, "Next object", "Shift+Right",
               "forward to the next chunk allocated, blackened or freed", "\xef\x86\xb2"},
    CommandRow{object_back, Group::move, "Previous object", "Shift+Left",
               "back to the previous chunk allocated, blackened or freed", "\xef\x86\xb2"},
    CommandRow{phase_forward, Group::move, "Next phase", "Ctrl+Right",
               "forward to the next phase of a collection", "\xef\x87\x9a"},
    CommandRow{phase_back, Group::move, "Previous phase", "Ctrl+Left",
               "back to the previous phase of a collection", "\xef\x87\x9a"},
    CommandRow{operation_forward, Group::move, "Next operation", "Page Down",
               "forward to the end of the next operation of the trace", "\xef\x81\x8e"},
    CommandRow{operation_back, Group::move, "Previous operation", "Page Up",
               "back to the end of the previous operation of the trace", "\xef\x81\x8a"},
    CommandRow{collection_forward, Group::move, "Next collection", "Ctrl+Page Down",
               "forward to the start of the next operation that collects", "\xef\x87\xb8"},
    CommandRow{collection_back, Group::move, "Previous collection", "Ctrl+Page Up",
               "back to the start of the previous operation that collects", "\xef\x87\xb8"},
    CommandRow{bookmark_forward, Group::move, "Next bookmark", "N",
               "forward to the next bookmark of the trace", "\xef\x80\xae"},
    CommandRow{bookmark_back, Group::move, "Previous bookmark", "Shift+N",
               "back to the previous bookmark of the trace", "\xef\x80\xae"},
    CommandRow{to_start, Group::move, "Start", "Home", "to the start, before the first operation",
               "\xef\x81\x89"},
    CommandRow{to_end, Group::move, "End", "End", "to the end of the trace, or to its first error",
               "\xef\x81\x90"},
    CommandRow{go_to_cut, Group::move, "Go to the cut", "Shift+W",
               "to before the operation that cut the selection off, or gave it back", "\xef\x83\x84"},
    CommandRow{go_to_marked, Group::move, "Go to marked position", "Shift+M",
               "to the position that was marked last", ""},
    CommandRow{change_places, Group::move, "Change places", "Ctrl+M",
               "to the marked position, and marks the present one", "\xef\x83\xac"},

    CommandRow{play, Group::play, "Play or pause", "Space",
               "plays forward by the chosen unit at the chosen speed", "\xef\x81\x8b"},
    CommandRow{play_back, Group::play, "Play backwards", "Shift+Space",
               "plays backwards by the chosen unit at the chosen speed", "\xef\x81\x8b"},
    CommandRow{faster, Group::play, "Faster", "+", "twice the speed", "\xef\x81\xa7"},
    CommandRow{slower, Group::play, "Slower", "-", "half the speed", "\xef\x81\xa8"},
    CommandRow{go_to, Group::move, "Go to\xe2\x80\xa6", "G",
               "to an operation, a line, a bookmark, an address or a chunk's name", ""},
    CommandRow{seek, Group::move, "Go to an operation", "", "to an operation of the trace", ""},
    CommandRow{set_rung, Group::play, "Unit of playing", "", "what playing advances by", ""},
    CommandRow{set_speed, Group::play, "Speed", "", "units a second", ""},

    CommandRow{select_chunk, Group::selection, "Select", "", "selects the chunk", ""},
    CommandRow{clear_selection, Group::selection, "Clear the selection", "Escape", "selects nothing", ""},
    CommandRow{reveal_selection, Group::selection, "Bring the selection into sight", "Shift+Z",
               "moves the map as little as shows the selected chunk", ""},
    CommandRow{selection_back, Group::selection, "Selection back", "Backspace",
               "back to what was selected before", "\xef\x81\xa0"},
    CommandRow{selection_forward, Group::selection, "Selection forward", "Shift+Backspace",
               "forward to what was selected next", "\xef\x81\xa1"},
    CommandRow{chunk_forward, Group::selection, "Next chunk", "Down",
               "selects the chunk behind the selected one in memory", ""},
    CommandRow{chunk_back, Group::selection, "Previous chunk", "Up",
               "selects the chunk before the selected one in memory", ""},
    CommandRow{follow_reference, Group::selection, "Follow a reference", ".",
               "selects what the selected chunk's first reference leads to", ""},
    CommandRow{other_reference, Group::selection, "Other reference", ",",
               "selects what the next reference leads to, of the chunk that was come from", ""},
    CommandRow{violation_forward, Group::selection, "Next violation", "V",
               "selects the chunk of the next violation and shows it on the map", ""},
    CommandRow{violation_back, Group::selection, "Previous violation", "Shift+V",
               "selects the chunk of the previous violation and shows it on the map", ""},
    CommandRow{audit_now, Group::selection, "Audit now", "A",
               "looks for violations at once, however large the heap", ""},
    CommandRow{search, Group::selection, "Search\xe2\x80\xa6", "Ctrl+F",
               "finds chunks by name, class, text or address, and places of the trace", "\xef\x80\x82"},
    CommandRow{hit_forward, Group::selection, "Next hit", "Ctrl+G", "goes to the next hit of the search", ""},
    CommandRow{hit_back, Group::selection, "Previous hit", "Ctrl+Shift+G",
               "goes to the previous hit of the search", ""},
    CommandRow{go_to_hit, Group::selection, "Go to a hit", "", "goes to that hit of the search", ""},
    CommandRow{mark_place, Group::selection, "Mark this place", "K",
               "bookmarks the selected chunk on the map, or no longer", "\xef\x82\x97"},
    CommandRow{place_forward, Group::selection, "Next marked place", "Shift+K",
               "selects the next marked place and shows it on the map", ""},
    CommandRow{place_back, Group::selection, "Previous marked place", "Ctrl+K",
               "selects the marked place before and shows it on the map", ""},
    CommandRow{why, Group::selection, "Why", "W",
               "why the selection is alive or dead, and why it lies where it lies", ""},
    CommandRow{chain_forward, Group::selection, "Next chain", "C", "the next chain that holds the selection",
               "\xef\x84\x85"},
    CommandRow{chain_back, Group::selection, "Previous chain", "Shift+C",
               "the chain before of those that hold the selection", "\xef\x84\x84"},

    CommandRow{run_to_hit, Group::breakpoints, "Run to the next hit", "F5",
               "forward to right after the next step that an enabled breakpoint stops at", ""},
    CommandRow{run_back_to_hit, Group::breakpoints, "Run back to the previous hit", "Shift+F5",
               "back to right after the previous step that an enabled breakpoint stops at", ""},
    CommandRow{break_on_change, Group::breakpoints, "Stop when the chunk changes", "F9",
               "stops after steps that change the selected chunk, or no longer", ""},
    CommandRow{break_when_freed, Group::breakpoints, "Stop when the chunk is freed", "Shift+F9",
               "stops where the selected chunk is freed, or no longer", ""},
    CommandRow{break_when_black, Group::breakpoints, "Stop when the chunk turns black", "Ctrl+F9",
               "stops where the collector is done with the selected chunk, or no longer", ""},
    CommandRow{new_breakpoint, Group::breakpoints, "New breakpoint\xe2\x80\xa6", "B",
               "asks where playing is to stop", ""},
    CommandRow{toggle_breakpoint, Group::breakpoints, "Set or remove a breakpoint", "",
               "stops there, or no longer", ""},
    CommandRow{enable_breakpoint, Group::breakpoints, "Enable or disable a breakpoint", "",
               "stops there, or not for now", ""},
    CommandRow{remove_breakpoint, Group::breakpoints, "Remove a breakpoint", "", "stops there no longer", ""},
    CommandRow{remove_breakpoints, Group::breakpoints, "Remove all breakpoints", "", "stops nowhere", ""},

    CommandRow{fit_heap, Group::map, "Fit the heap", "Shift+F", "shows the whole heap", "\xef\x82\xb2"},
    CommandRow{fit_used, Group::map, "Fit the used part", "F", "shows the heap up to its last chunk in use",
               "\xef\x81\xa6"},
    CommandRow{fit_selection, Group::map, "Fit the selection", "Z", "shows the selected chunk close",
               "\xef\x81\x9b"},
    CommandRow{zoom_in, Group::map, "Zoom in", "Ctrl++", "one and a half times as close", "\xef\x80\x8e"},
    CommandRow{zoom_out, Group::map, "Zoom out", "Ctrl+-", "one and a half times as far", "\xef\x80\x90"},
    CommandRow{narrower_rows, Group::map, "Shorter rows", "[", "half as many bytes in a row of the map", ""},
    CommandRow{wider_rows, Group::map, "Longer rows", "]", "twice as many bytes in a row of the map", ""},
    CommandRow{best_rows, Group::map, "Rows of the best length", "\\",
               "as long as shows most of what is fitted, instead of a length chosen by hand", ""},
    CommandRow{toggle_layout, Group::map, "Rows or Hilbert curve", "H",
               "lays the map out in rows, or along a curve that keeps neighbours in memory together", ""},
    CommandRow{toggle_free_links, Group::map, "Free list on the map", "J",
               "draws the free list in its order, smallest first, as lines from chunk to next chunk",
               "\xef\x83\x81"},
    CommandRow{view_back, Group::map, "View back", "Alt+Left", "back to the part of the map seen before",
               "\xef\x82\xa8"},
    CommandRow{view_forward, Group::map, "View forward", "Alt+Right",
               "forward to the part of the map seen next", "\xef\x82\xa9"},

    CommandRow{next_lens, Group::lens, "Next lens", "L", "colours the map by the next lens", "\xef\x81\xae"},
    CommandRow{previous_lens, Group::lens, "Previous lens", "Shift+L", "colours the map by the lens before",
               "\xef\x81\xae"},
    lens_command(lens_type_and_colour, LensId::type_and_colour),
    lens_command(lens_type, LensId::type),
    lens_command(lens_colour, LensId::colour),
    lens_command(lens_age, LensId::age),
    lens_command(lens_survivals, LensId::survivals),
    lens_command(lens_size, LensId::size),
    lens_command(lens_fit, LensId::fit),
    lens_command(lens_roots, LensId::roots),
    lens_command(lens_retained, LensId::retained),
    lens_command(lens_changes, LensId::changes),
    CommandRow{mark_position, Group::lens, "Mark this position", "M",
               "what differs from here is shown by the lens of changes", "\xef\x80\xa4"},
    CommandRow{two_moments, Group::lens, "Two moments side by side", "D",
               "shows the marked position beside the present one; marks this one if none is marked", ""},
    CommandRow{
        toggle_differences, Group::lens, "Differences", "Shift+D",
        "lists what differs between the marked position and this one by what did it, or the roots again", ""},
    CommandRow{isolate_next, Group::lens, "Isolate the next entry", "I",
               "shows only the next entry of the legend that is on the map; the others fade", ""},
    CommandRow{isolate_previous, Group::lens, "Isolate the previous entry", "Shift+I",
               "shows only the entry of the legend before; the others fade", ""},
    CommandRow{isolate, Group::lens, "Isolate an entry", "", "shows only that entry of the legend", ""},
    CommandRow{end_isolation, Group::lens, "Show all entries", "Escape", "ends the isolation of an entry",
               ""},

    CommandRow{type_operation, Group::edit, "Carry out an operation", "", "at the current position", ""},
    CommandRow{undo_edit, Group::edit, "Take back", "Ctrl+Z", "takes back the operation typed in last",
               "\xef\x83\xa2"},
    CommandRow{select_branch, Group::edit, "Choose a branch", "",
               "the trace as read, or with what was typed in", ""},
    CommandRow{focus_console, Group::edit, "Type an operation", "Tab", "into the console line",
               "\xef\x84\xa0"},
    CommandRow{leave_console, Group::edit, "Leave the console", "", "back to the keys of the window", ""},

    CommandRow{open_dialog, Group::file, "Open\xe2\x80\xa6", "Ctrl+O", "opens a trace", "\xef\x81\xbc"},
    CommandRow{save, Group::file, "Save", "Ctrl+S", "saves the trace with what was typed in", "\xef\x83\x87"},
    CommandRow{save_dialog, Group::file, "Save as\xe2\x80\xa6", "Ctrl+Shift+S",
               "saves the trace under another name", ""},
    CommandRow{open_path, Group::file, "Open a file", "", "opens that trace", ""},
    CommandRow{save_path, Group::file, "Save to a file", "", "saves the trace there", ""},
    CommandRow{open_scenario, Group::file, "Open a built-in scenario", "", "opens that scenario", ""},
    CommandRow{reload, Group::file, "Reload", "Ctrl+R", "reads the trace again from disk", "\xef\x80\xa1"},
    CommandRow{cancel_loading, Group::file, "Cancel", "", "stops reading; what was open stays", ""},

    CommandRow{toggle_panel, Group::view, "Show or hide a panel", "", "shows or hides the panel", ""},
    CommandRow{toggle_trace, Group::view, "Trace panel", "F2", "shows or hides the trace", ""},
    CommandRow{toggle_inspector, Group::view, "Inspector panel", "F3", "shows or hides the inspector", ""},
    CommandRow{toggle_timeline, Group::view, "Timeline", "F4", "shows or hides the timeline", ""},
    CommandRow{fit_trace, Group::view, "Fit the whole trace", "Shift+X",
               "shows all of the trace on the timeline", ""},
    CommandRow{fit_collection, Group::view, "Fit the collection", "X",
               "shows the collection at the position, or the next one, on the timeline", ""},
    CommandRow{zoom_time_in, Group::view, "Zoom in on time", "E",
               "shows half as long a time on the timeline, around the position", ""},
    CommandRow{zoom_time_out, Group::view, "Zoom out of time", "Shift+E",
               "shows twice as long a time on the timeline, around the position", ""},
    CommandRow{toggle_log, Group::view, "Log", "F6", "shows or hides the log", ""},
    CommandRow{toggle_violations, Group::view, "Violations", "F7", "shows the violations, or the roots again",
               ""},
    CommandRow{toggle_breakpoints, Group::view, "Breakpoints", "F8",
               "shows the breakpoints, or the roots again", ""},
    CommandRow{toggle_tables, Group::view, "Tables", "T",
               "shows or hides the tables: free list, roots, frames, mark stack, classes, interned strings",
               "\xef\x83\x8e"},
    CommandRow{show_table, Group::view, "Table", "", "shows that table", ""},
    CommandRow{next_table, Group::view, "Next table", "Shift+T", "shows the next of the tables", ""},
    CommandRow{filter_table, Group::view, "Filter the table", "Ctrl+Shift+F",
               "shows only rows of the table that have what is typed in them", ""},
    CommandRow{sort_by_next_column, Group::view, "Sort by the next column", "O",
               "puts the table's rows in the order of the next column", ""},
    CommandRow{reverse_order, Group::view, "Sort the other way", "Shift+O",
               "puts the table's rows in the opposite order", ""},
    CommandRow{toggle_theme, Group::view, "Light or dark", "Ctrl+T",
               "changes between the light and the dark theme", "\xef\x81\x82"},
    CommandRow{toggle_animations, Group::view, "Animations", "",
               "the map glides and fades, or is where it goes at once", ""},
    CommandRow{set_glow, Group::view, "Glow of the last steps", "",
               "how long what the last steps touched glows on the map", ""},
    CommandRow{toggle_frame_times, Group::view, "Frame times", "F12",
               "shows or hides how long frames take and what they spend it on", ""},
    CommandRow{scale_up, Group::view, "Larger interface", "Ctrl+Alt++", "an eighth larger", ""},
    CommandRow{scale_down, Group::view, "Smaller interface", "Ctrl+Alt+-", "an eighth smaller", ""},
    CommandRow{scale_reset, Group::view, "Interface at the monitor's scale", "Ctrl+0", "as the monitor asks",
               ""},
    CommandRow{full_screen, Group::view, "Full screen", "F11", "fills the screen, or goes back",
               "\xef\x82\xb2"},
    CommandRow{show_help, Group::view, "All keys", "?", "lists every command and its key", "\xef\x81\x99"},
    CommandRow{tour, Group::view, "Tour", "F1", "begins the tour of the first steps, or ends it", ""},
    CommandRow{skip_tour_step, Group::view, "Next step of the tour", "Shift+F1",
               "goes on with the tour without doing this step", ""},
    CommandRow{command_palette, Group::view, "Command palette", "Ctrl+P",
               "finds a command by its name and carries it out", ""},
    CommandRow{quit, Group::file, "Quit", "Ctrl+Q", "closes the window", ""},
};
static_assert(rows.size() == static_cast<std::size_t>(CommandId::count_));

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].id) != i) return false;
    return true;
}
static_assert(rows_are_in_order());

}  // namespace

std::span<const CommandRow> command_rows() { return rows; }

const CommandRow& row_of(CommandId id) {
    assert(id < CommandId::count_ && "a command has a row");
    return rows[static_cast<std::size_t>(id)];
}

std::string_view word_of(CommandGroup group) {
    constexpr std::array<std::string_view, 9> words = {"Move",        "Play", "Map",  "Lens", "Selection",
                                                       "Breakpoints", "Edit", "File", "View"};
    return words[static_cast<std::size_t>(group)];
}

}  // namespace tricolour
