#include "app/model/command_choice.h"

#include "app/model/narration.h"
#include "app/model/text_match.h"
#include "app/model/trace_view.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace tricolour {
namespace {

using enum CommandId;

// --- what stands in the way -------------------------------------------------------------------

struct Need {
    CommandId id;
    bool (*is_met)(const View& view, const UiState& state);
    std::string_view otherwise;
};

bool has_selection(const View&, const UiState& state) { return state.selection.has_value(); }
bool has_selected_chunk(const View& view, const UiState&) { return view.selected.has_value(); }
bool has_enabled_breakpoint(const View& view, const UiState&) {
    return view.hits && view.hits->has_enabled();
}
bool shows_tables(const View&, const UiState& state) { return state.is_open_panel(Panel::tables); }
bool has_chain(const View& view, const UiState&) { return view.chain != nullptr; }
bool has_places(const View&, const UiState& state) { return !state.places.rows().empty(); }
bool has_violations(const View& view, const UiState&) { return view.violations->count() > 0; }

// Beyond that a trace is open.
constexpr std::array needs = {
    Need{undo_edit, [](const View& view, const UiState&) { return view.session->has_edits(); },
         "nothing was typed in on this branch"},
    Need{clear_selection, has_selection, "nothing is selected"},
    Need{fit_selection, has_selection, "nothing is selected"},
    Need{reveal_selection, has_selected_chunk, "no chunk is selected"},
    Need{selection_back, [](const View&, const UiState& state) { return !state.selection_past.empty(); },
         "nothing was selected before"},
    Need{selection_forward, [](const View&, const UiState& state) { return !state.selection_future.empty(); },
         "nothing was selected next"},
    Need{view_back, [](const View&, const UiState& state) { return state.has_view_past; },
         "the map was not moved before"},
    Need{view_forward, [](const View&, const UiState& state) { return state.has_view_future; },
         "nothing was gone back from"},
    Need{follow_reference, has_selected_chunk, "no chunk is selected"},
    Need{other_reference, has_selected_chunk, "no chunk is selected"},
    Need{violation_forward, has_violations, "nothing violates an invariant here"},
    Need{violation_back, has_violations, "nothing violates an invariant here"},
    Need{mark_place, has_selected_chunk, "no chunk is selected"},
    Need{place_forward, has_places, "no place is marked"},
    Need{place_back, has_places, "no place is marked"},
    Need{chain_forward, has_chain, "no chain is shown"},
    Need{chain_back, has_chain, "no chain is shown"},
    Need{run_to_hit, has_enabled_breakpoint, "no breakpoint is enabled"},
    Need{run_back_to_hit, has_enabled_breakpoint, "no breakpoint is enabled"},
    Need{break_on_change, has_selected_chunk, "no chunk is selected"},
    Need{break_when_freed, has_selected_chunk, "no chunk is selected"},
    Need{break_when_black, has_selected_chunk, "no chunk is selected"},
    Need{remove_breakpoints,
         [](const View& view, const UiState&) { return view.hits && !view.hits->breakpoints().empty(); },
         "there is no breakpoint"},
    Need{end_isolation, [](const View&, const UiState& state) { return state.isolated.has_value(); },
         "no entry is isolated"},
    Need{reload, [](const View& view, const UiState&) { return !view.path.empty(); },
         "a built-in scenario has no file to read again"},
    Need{sort_by_next_column, shows_tables, "no table is shown"},
    Need{reverse_order, shows_tables, "no table is shown"},
    Need{leave_console, [](const View&, const UiState& state) { return state.console.is_active; },
         "nothing is being typed there"},
};

// Of the commands about files; all about the window need none.
constexpr std::array about_open_trace = {save, save_dialog, save_path, reload};

bool needs_trace(const CommandRow& row) {
    if (row.group == CommandGroup::view) return false;
    return row.group != CommandGroup::file ||
           std::ranges::find(about_open_trace, row.id) != about_open_trace.end();
}

// --- commands that take something ---------------------------------------------------------------

/// What a command is listed for, one by one.
struct Listing {
    const View& view;
    const UiState& state;
    std::vector<CommandChoice>& choices;

    void add(CommandId id, std::uint64_t number, std::string text, std::string_view what) const {
        const CommandRow& row = row_of(id);
        choices.push_back({{id, number, 0, std::move(text)},
                           std::string(row.name) + ": " + std::string(what),
                           row.key,
                           std::string(row.help),
                           obstacle_to(id, view, state)});
    }
};

void list_rungs(const Listing& listing) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(heapcore::Rung::count_); ++i)
        listing.add(set_rung, i, {}, heapcore::word_of(static_cast<heapcore::Rung>(i)));
}

void list_speeds(const Listing& listing) {
    for (const std::uint64_t speed : {1u, 10u, 100u, 1000u})
        listing.add(set_speed, speed, {}, count_text(speed));
    listing.add(set_speed, 1'000'000, {}, "as fast as it goes");
}

void list_glows(const Listing& listing) {
    for (const GlowChoice& choice : glow_choices)
        listing.add(set_glow, choice.milliseconds, {}, choice.text);
}

void list_branches(const Listing& listing) {
    if (!listing.view.session || listing.view.session->branches().size() < 2) return;
    for (std::size_t i = 0; i < listing.view.session->branches().size(); ++i)
        listing.add(select_branch, i, {}, branch_name(*listing.view.session, i));
}

void list_recent_files(const Listing& listing) {
    for (const std::string& path : listing.state.recent_files)
        listing.add(open_path, 0, path, file_name(path));
}

void list_scenarios(const Listing& listing) {
    for (const std::string& path : listing.view.scenarios)
        listing.add(open_scenario, 0, path, scenario_name(path));
}

void list_panels(const Listing& listing) {
    for (const PanelRow& row : panel_rows())
        if (row.key_of == toggle_panel)
            listing.add(toggle_panel, static_cast<std::uint64_t>(row.panel), {}, row.name);
}

void list_tables(const Listing& listing) {
    for (const TableRow& row : table_rows())
        listing.add(show_table, static_cast<std::uint64_t>(row.table), {}, row.title);
}

struct Taking {
    CommandId id;
    void (*list)(const Listing&);  ///< null: `asked_for_by` stands for it
    CommandId asked_for_by = count_;
};
constexpr std::array takings = {
    Taking{set_rung, list_rungs},
    Taking{set_speed, list_speeds},
    Taking{set_glow, list_glows},
    Taking{select_branch, list_branches},
    Taking{open_path, list_recent_files},
    Taking{open_scenario, list_scenarios},
    Taking{toggle_panel, list_panels},
    Taking{show_table, list_tables},
    Taking{seek, nullptr, go_to},
    Taking{select_chunk, nullptr, search},
    Taking{go_to_hit, nullptr, search},
    Taking{isolate, nullptr, isolate_next},
    Taking{toggle_breakpoint, nullptr, new_breakpoint},
    Taking{enable_breakpoint, nullptr, toggle_breakpoints},
    Taking{remove_breakpoint, nullptr, toggle_breakpoints},
    Taking{type_operation, nullptr, focus_console},
    Taking{save_path, nullptr, save_dialog},
};

const Taking* taking_of(CommandId id) {
    const auto found = std::ranges::find(takings, id, &Taking::id);
    return found == takings.end() ? nullptr : &*found;
}

// --- what was typed -----------------------------------------------------------------------------

// How well a name matches what was typed, best first.
enum Worth : int {
    is_whole_name = 800,
    begins_name = 700,
    begins_word = 600,
    is_key = 550,
    are_initials = 500,
    is_in_name = 400,
    is_in_order = 200,
    is_in_help = 140
};
constexpr int recently_used = 40;  // less than between two of them

struct Found {
    int worth = 0;
    std::vector<std::size_t> letters;
};

bool is_word_start(std::string_view name, std::size_t at) {
    const auto is_letter = [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; };
    return is_letter(name[at]) && (at == 0 || !is_letter(name[at - 1]));
}

std::vector<std::size_t> letters_from(std::size_t first, std::size_t count) {
    std::vector<std::size_t> letters(count);
    std::iota(letters.begin(), letters.end(), first);
    return letters;
}

/// Where what was typed stands in the name, at a word's start if it does.
std::optional<Found> find_whole(std::string_view name, std::string_view typed) {
    std::optional<Found> found;
    for (std::size_t at = 0; at + typed.size() <= name.size(); ++at) {
        if (!begins_with(name.substr(at), typed)) continue;
        if (typed.size() == name.size()) return Found{is_whole_name, letters_from(0, name.size())};
        if (at == 0) return Found{begins_name, letters_from(0, typed.size())};
        if (is_word_start(name, at)) return Found{begins_word, letters_from(at, typed.size())};
        if (!found) found = Found{is_in_name, letters_from(at, typed.size())};
    }
    return found;
}

/// The typed letters one after the other, each at the start of a word.
std::optional<Found> find_initials(std::string_view name, std::string_view typed) {
    Found found{are_initials, {}};
    for (std::size_t at = 0; at < name.size() && found.letters.size() < typed.size(); ++at)
        if (is_word_start(name, at) && is_alike(name[at], typed[found.letters.size()]))
            found.letters.push_back(at);
    return found.letters.size() == typed.size() ? std::optional(found) : std::nullopt;
}

/// The typed letters in their order and not far apart, the first at the start of a word; worth less the more
/// lies between them.
std::optional<Found> find_in_order(std::string_view name, std::string_view typed) {
    std::optional<Found> best;
    for (std::size_t first = 0; first < name.size(); ++first) {
        if (!is_word_start(name, first) || !is_alike(name[first], typed.front())) continue;
        Found found{is_in_order, {}};
        for (std::size_t at = first; at < name.size() && found.letters.size() < typed.size(); ++at)
            if (is_alike(name[at], typed[found.letters.size()])) found.letters.push_back(at);
        if (found.letters.size() < typed.size()) continue;
        const std::size_t spread = found.letters.back() - found.letters.front() + 1 - typed.size();
        if (spread > 2 * typed.size()) continue;
        found.worth -= static_cast<int>(std::min<std::size_t>(spread * 5, 100));
        if (!best || found.worth > best->worth) best = std::move(found);
    }
    return best;
}

std::optional<Found> find_word(const CommandChoice& choice, std::string_view typed) {
    if (auto found = find_whole(choice.name, typed); found && found->worth >= begins_word) return found;
    if (typed.size() > 1 && typed.size() == choice.key.size() && begins_with(choice.key, typed))
        return Found{is_key, {}};
    if (auto found = find_initials(choice.name, typed); found && typed.size() > 1) return found;
    if (auto found = find_whole(choice.name, typed)) return found;
    if (auto found = find_in_order(choice.name, typed)) return found;
    if (find_alike(choice.help, typed)) return Found{is_in_help, {}};
    return std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view typed) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < typed.size();) {
        const std::size_t end = std::min(typed.find(' ', at), typed.size());
        if (end > at) words.push_back(typed.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

/// What was typed as a whole, or each of its words somewhere, in whatever order.
std::optional<Found> find_typed(const CommandChoice& choice, std::string_view typed) {
    const std::vector<std::string_view> words = words_of(typed);
    if (words.empty()) return Found{};
    const std::string_view whole(words.front().data(),
                                 static_cast<std::size_t>(words.back().end() - words.front().begin()));
    if (auto found = find_word(choice, whole); found && found->worth >= is_in_name) return found;
    Found all;
    for (const std::string_view word : words) {
        auto found = find_word(choice, word);
        if (!found) return std::nullopt;
        all.worth += found->worth;
        all.letters.insert(all.letters.end(), found->letters.begin(), found->letters.end());
    }
    all.worth /= static_cast<int>(words.size());
    std::ranges::sort(all.letters);
    all.letters.erase(std::unique(all.letters.begin(), all.letters.end()), all.letters.end());
    return all;
}

}  // namespace

std::string_view obstacle_to(CommandId id, const View& view, const UiState& state) {
    if (id == cancel_loading) return view.loading ? "" : "nothing is being read";
    if (!view.session && needs_trace(row_of(id))) return "no trace is open";
    const auto need = std::ranges::find(needs, id, &Need::id);
    return need == needs.end() || need->is_met(view, state) ? "" : need->otherwise;
}

bool takes_argument(CommandId id) { return taking_of(id) != nullptr; }

CommandId asked_for_by(CommandId id) {
    const Taking* const taking = taking_of(id);
    return taking ? taking->asked_for_by : count_;
}

std::vector<CommandChoice> command_choices(const View& view, const UiState& state) {
    std::vector<CommandChoice> choices;
    for (const CommandRow& row : command_rows()) {
        const Taking* const taking = taking_of(row.id);
        if (!taking)
            choices.push_back({{row.id, 0, 0, {}},
                               std::string(row.name),
                               row.key,
                               std::string(row.help),
                               obstacle_to(row.id, view, state)});
        else if (taking->list)
            taking->list({view, state, choices});
    }
    return choices;
}

std::vector<CommandMatch> matches_of(std::span<const CommandChoice> choices, std::string_view typed,
                                     std::span<const std::string> recent) {
    std::vector<CommandMatch> matches;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        auto found = find_typed(choices[i], typed);
        if (!found) continue;
        const auto used = std::ranges::find(recent, choices[i].name);
        const bool is_recent = used != recent.end();
        if (is_recent) found->worth += std::max(1, recently_used - static_cast<int>(used - recent.begin()));
        matches.push_back({i, std::move(found->letters), is_recent, found->worth});
    }
    std::ranges::stable_sort(matches, std::ranges::greater{}, &CommandMatch::worth);
    return matches;
}

std::span<const PanelRow> panel_rows() {
    static constexpr std::array rows = {
        PanelRow{Panel::trace, "Trace", toggle_trace},
        PanelRow{Panel::inspector, "Inspector", toggle_inspector},
        PanelRow{Panel::roots, "Roots", toggle_panel},
        PanelRow{Panel::legend, "Legend", toggle_panel},
        PanelRow{Panel::timeline, "Timeline", toggle_timeline},
        PanelRow{Panel::console, "Console", toggle_panel},
        PanelRow{Panel::tables, "Tables", toggle_tables},
        PanelRow{Panel::log, "Log", toggle_log},
    };
    return rows;
}

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

std::string scenario_name(std::string_view path) {
    std::string name(file_name(path));
    name = name.substr(0, name.find('.'));
    std::ranges::replace(name, '-', ' ');
    std::ranges::replace(name, '_', ' ');
    return name;
}

}  // namespace tricolour
