// What a person can do: one table of commands with name, key and help. Menus, tooltips, keys, the
// overlay of all keys and tests read the same row. Panels push commands; they are applied after
// the frame, so that all that a frame shows is one instant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tricolour {

enum class CommandId : std::uint8_t {
    step_forward,
    step_back,
    object_forward,
    object_back,
    phase_forward,
    phase_back,
    operation_forward,
    operation_back,
    collection_forward,
    collection_back,
    bookmark_forward,
    bookmark_back,
    to_start,
    to_end,
    go_to_cut,
    go_to_marked,
    change_places,
    play,
    play_back,
    faster,
    slower,
    go_to,
    seek,          ///< number: operation, number2: step
    set_rung,      ///< number: heapcore::Rung
    set_speed,     ///< number: rungs a second
    select_chunk,  ///< number: chunk's offset, any byte of it; number2: its birth, or 0 for what is there
    clear_selection,
    reveal_selection,
    selection_back,
    selection_forward,
    chunk_forward,
    chunk_back,
    follow_reference,
    other_reference,
    violation_forward,
    violation_back,
    audit_now,
    search,
    hit_forward,
    hit_back,
    go_to_hit,  ///< number: of the search's hits
    mark_place,
    place_forward,
    place_back,
    why,
    chain_forward,
    chain_back,
    run_to_hit,
    run_back_to_hit,
    break_on_change,
    break_when_freed,
    break_when_black,
    new_breakpoint,
    toggle_breakpoint,  ///< the one wanted in the state of the interface
    enable_breakpoint,  ///< number: its id; number2: 0 disables
    remove_breakpoint,  ///< number: its id
    remove_breakpoints,
    fit_heap,
    fit_used,
    fit_selection,
    zoom_in,
    zoom_out,
    narrower_rows,
    wider_rows,
    best_rows,
    toggle_layout,
    toggle_free_links,
    view_back,
    view_forward,
    next_lens,
    previous_lens,
    lens_type_and_colour,  ///< from here on in the order of LensId
    lens_type,
    lens_colour,
    lens_age,
    lens_survivals,
    lens_size,
    lens_fit,
    lens_roots,
    lens_retained,
    lens_changes,
    mark_position,
    two_moments,
    toggle_differences,
    isolate_next,
    isolate_previous,
    isolate,  ///< number: entry of the lens
    end_isolation,
    type_operation,  ///< text
    undo_edit,
    select_branch,  ///< number
    focus_console,
    leave_console,
    open_dialog,
    save,
    save_dialog,
    open_path,      ///< text
    save_path,      ///< text
    open_scenario,  ///< text: asset path
    reload,
    cancel_loading,
    toggle_panel,  ///< number: Panel
    toggle_trace,
    toggle_inspector,
    toggle_timeline,
    fit_trace,
    fit_collection,
    zoom_time_in,
    zoom_time_out,
    toggle_log,
    toggle_violations,
    toggle_breakpoints,
    toggle_tables,
    show_table,  ///< number: TableId
    next_table,
    filter_table,
    sort_by_next_column,
    reverse_order,
    toggle_theme,
    toggle_animations,
    set_glow,  ///< number: milliseconds; 0: off
    toggle_frame_times,
    scale_up,
    scale_down,
    scale_reset,
    full_screen,
    show_help,
    tour,
    skip_tour_step,
    command_palette,
    quit,
    count_
};

enum class CommandGroup : std::uint8_t { move, play, map, lens, selection, breakpoints, edit, file, view };
std::string_view word_of(CommandGroup group);

struct CommandRow {
    CommandId id;
    CommandGroup group;
    std::string_view name;  ///< "Step back"
    std::string_view key;   ///< "Shift+Left"; empty: none. Names as in the table of keys
    std::string_view help;  ///< what it does, its unit exactly: "back by one step of the engine"
    std::string_view icon;  ///< UTF-8 of a Fork Awesome glyph, or empty
};

std::span<const CommandRow> command_rows();
const CommandRow& row_of(CommandId id);

struct Command {
    CommandId id;
    std::uint64_t number = 0;
    std::uint64_t number2 = 0;
    std::string text;
};

/// What panels push into during a frame.
class Commands {
public:
    void push(CommandId id, std::uint64_t number = 0, std::uint64_t number2 = 0) {
        queue_.push_back({id, number, number2, {}});
    }
    void push(Command command) { queue_.push_back(std::move(command)); }
    void push(CommandId id, std::string text) { queue_.push_back({id, 0, 0, std::move(text)}); }
    std::vector<Command> take() { return std::exchange(queue_, {}); }

private:
    std::vector<Command> queue_;
};

}  // namespace tricolour
