#include "app/application.h"

#include "app/assets.h"
#include "app/model/camera.h"
#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/model/wide_text.h"
#include "app/panels/panels.h"
#include "app/render/map_panel.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>

#include <imgui.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace tricolour {

using namespace heapcore;

namespace {

constexpr double slice_seconds = 0.010;  // what a frame may spend on playing
constexpr double index_seconds = 0.004;  // and on looking ahead
constexpr double search_seconds = 0.004;
constexpr double table_seconds = 0.004;
constexpr double hits_seconds = 0.004;  // and on the hits of breakpoints, at rest
constexpr std::size_t most_log_lines = 5000;
constexpr std::size_t trail_length = 12;
constexpr std::array<std::string_view, 5> list_key_names = {"Up", "Down", "Page Up", "Page Down", "Enter"};
constexpr std::array<std::string_view, 3> row_key_names = {"Up", "Down", "Enter"};
constexpr std::size_t most_selections = 256;

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

std::optional<Rung> rung_of(CommandId id) {
    using enum CommandId;
    switch (id) {
        case step_forward:
        case step_back: return Rung::step;
        case object_forward:
        case object_back: return Rung::object;
        case phase_forward:
        case phase_back: return Rung::phase;
        case operation_forward:
        case operation_back: return Rung::operation;
        case collection_forward:
        case collection_back: return Rung::collection;
        case bookmark_forward:
        case bookmark_back: return Rung::bookmark;
        default: return std::nullopt;
    }
}

bool is_backward(CommandId id) {
    using enum CommandId;
    return id == step_back || id == object_back || id == phase_back || id == operation_back ||
           id == collection_back || id == bookmark_back;
}

/// Commands of that group may move the session, or read another one.
bool may_move(CommandGroup group) {
    return group != CommandGroup::map && group != CommandGroup::lens && group != CommandGroup::view;
}

/// Commands of that group may change the trace.
bool may_edit(CommandGroup group) { return group == CommandGroup::edit || group == CommandGroup::file; }

std::optional<LensId> lens_of(CommandId id) {
    const auto first = static_cast<std::size_t>(CommandId::lens_type_and_colour);
    const auto number = static_cast<std::size_t>(id) - first;
    if (static_cast<std::size_t>(id) < first || number >= lens_rows.size()) return std::nullopt;
    return static_cast<LensId>(number);
}

}  // namespace

Application::Application(ApplicationOptions options)
    : options_(std::move(options)),
      document_(options_.session),
      map_panel_(std::make_unique<MapPanel>()),
      pinned_map_panel_(std::make_unique<MapPanel>(MapPanel::Role::follows)),
      scenarios_(asset_list("assets/scenarios/")) {}

Application::~Application() = default;

void Application::reload_palette() {
    std::string problem;
    palette_ = load_palette(state.is_dark ? "dark" : "light", &problem);
    if (!problem.empty()) spdlog::warn("{}", problem);
}

// Shaders and palettes are edited on disk while the window is open.
void Application::follow_assets() {
    if (options_.source_folder.empty() || now_ < assets_asked_at_ + 0.5) return;
    assets_asked_at_ = now_;
    scenarios_ = asset_list("assets/scenarios/");
    std::filesystem::file_time_type newest{};
    std::error_code ignored;
    for (const char* room : {"shaders", "assets/palettes"})
        for (const auto& entry : std::filesystem::directory_iterator(options_.source_folder / room, ignored))
            newest = std::max(newest, entry.last_write_time(ignored));
    if (newest == assets_written_at_) return;
    const bool is_first = assets_written_at_ == std::filesystem::file_time_type{};
    assets_written_at_ = newest;
    if (is_first) return;
    map_panel_->load_shaders();
    pinned_map_panel_->load_shaders();
    reload_palette();
    apply_style(palette_, scale_);
    say("shaders and palettes read again");
}

void Application::set_scale(float scale) {
    scale_ = scale;
    reload_palette();
    wide_made_ = wide_;
    if (!make_fonts(scale, wide_made_) && !std::exchange(has_told_of_wide_, true))
        spdlog::warn("{} characters of this trace are in no installed font; the package {} has most",
                     wide_made_.size(), wide_font_package);
    apply_style(palette_, scale);
}

float Application::scale(float monitor_scale) const {
    return std::clamp(state.interface_scale > 0 ? state.interface_scale : monitor_scale, 0.75f, 3.0f);
}

void Application::open_first(const std::string& path_or_empty) {
    if (!path_or_empty.empty()) {
        document_.open(path_or_empty);
        return;
    }
    if (!scenarios_.empty()) document_.open_scenario(scenarios_.front());
    if (!std::exchange(state.tour.was_shown, true)) state.tour.tour.begin();
}

void Application::log(LogLine line) {
    const std::lock_guard lock(log_mutex_);
    log_incoming_.push_back(std::move(line));
}

void Application::say(std::string message, bool is_alarm) {
    state.message = std::move(message);
    state.is_message_alarm = is_alarm;
    state.message_until = now_ + (is_alarm ? 12 : 5);
    if (is_alarm)
        spdlog::warn("{}", state.message);
    else
        spdlog::info("{}", state.message);
}

// What is under way, said anew as long as it is; not worth a line of the log.
void Application::say_for_now(std::string message) {
    state.message = std::move(message);
    state.is_message_alarm = false;
    state.message_until = now_ + 0.5;
}

// --- input ----------------------------------------------------------------------------------

void Application::press(std::string_view key, bool is_repeat, bool is_text_wanted) {
    const bool is_dialog_open = state.is_file_dialog_open || state.is_save_dialog_open ||
                                state.is_about_open || state.command_palette.is_open;
    if (key == "Escape" && state.is_help_open) {
        state.is_help_open = false;
        return;
    }
    if (key == "Escape" && state.command_palette.is_open) {
        state.command_palette.is_open = false;
        return;
    }
    const bool is_typing_elsewhere = is_text_wanted && !state.search.is_typing;
    if (key == "Escape" && state.search.is_open && !is_dialog_open && !is_typing_elsewhere) {
        state.search.is_open = false;
        return;
    }
    const bool chooses = state.command_palette.is_open || (state.search.is_open && state.search.is_typing);
    if (chooses && std::ranges::find(list_key_names, key) != list_key_names.end()) {
        state.list_keys.emplace_back(key);
        return;
    }
    const bool is_row_key = std::ranges::find(row_key_names, key) != row_key_names.end();
    if (is_row_key && !is_dialog_open && takes_row_keys(is_text_wanted)) {
        state.tables.keys.emplace_back(key);
        return;
    }
    // A menu closes itself.
    if (key == "Escape" && ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup)) return;
    if (key == "Escape" && state.isolated && !is_text_wanted && !is_dialog_open) {
        commands.push(CommandId::end_isolation);
        return;
    }
    // While a line is being typed or a dialog is open, only commands with Ctrl and function keys count.
    const bool is_global = key.starts_with("Ctrl+") || (key.size() > 1 && key[0] == 'F');
    if ((is_text_wanted || is_dialog_open) &&
        (!is_global || key == "Ctrl+Z" || key.starts_with("Ctrl+Left") || key.starts_with("Ctrl+Right")))
        return;
    for (const CommandRow& row : command_rows()) {
        if (row.key != key) continue;
        const bool may_repeat = (row.group == CommandGroup::move || row.group == CommandGroup::map ||
                                 row.group == CommandGroup::lens) &&
                                row.id != CommandId::toggle_layout && row.id != CommandId::toggle_free_links;
        if (!is_repeat || may_repeat) commands.push(row.id);
        return;
    }
}

void Application::drop(const std::vector<std::string>& paths) {
    if (!paths.empty()) commands.push(CommandId::open_path, paths.front());
}

// --- commands -------------------------------------------------------------------------------

void Application::move(CommandId id) {
    Session* session = document_.session();
    if (!session) return;
    state.playing = PlayDirection::paused;
    const auto rung = rung_of(id);
    if (id == CommandId::to_start) {
        session->seek({});
    } else if (id == CommandId::to_end) {
        session->seek_end();
        if (session->index().error)
            say("stopped at the first error: " + session->index().error->error.text(), true);
    } else if (rung) {
        const bool is_back = is_backward(id);
        const bool moved = is_back ? session->back(*rung) : session->next(*rung);
        if (moved) return;
        const bool is_error = !is_back && session->is_at_end() && session->index().error;
        if (is_error)
            say("the trace cannot go on: " + session->index().error->error.text(), true);
        else if (session->is_at_end() && !is_back)
            say("this is the end of the trace");
        else if (session->is_at_start())
            say("this is the start of the trace");
        else
            say(std::string("no ") + (is_back ? "earlier " : "further ") + std::string(word_of(*rung)));
    }
}

// With a birth it need not be there now.
void Application::select(Offset offset, std::uint32_t birth) {
    const Session* session = document_.session();
    if (!session || offset >= session->heap().size_bytes()) return;
    const Heap& heap = session->heap();
    Selection selection{offset, birth};
    if (birth == 0) {
        const Offset chunk = map_.chunk_at(offset);
        selection = {chunk, heap.header(chunk).is_in_use() ? heap.origin_of(chunk).birth : 0};
    }
    if (state.selection == selection) return;
    if (state.selection) state.selection_past.push_back(*state.selection);
    if (state.selection_past.size() > most_selections)
        state.selection_past.erase(state.selection_past.begin());
    state.selection_future.clear();
    state.selection = selection;
}

void Application::step_through_selections(std::vector<Selection>& from, std::vector<Selection>& to) {
    if (from.empty()) return;
    if (state.selection) to.push_back(*state.selection);
    state.selection = from.back();
    from.pop_back();
}

// Where nothing is selected, the current step's chunk is, or the heap's first.
void Application::select_neighbour(bool is_back) {
    if (!document_.session() || map_.granules() == 0) return;
    if (!view_.selected) return walk_to(view_.now.value_or(0));
    const std::uint32_t granule = map_.granule_bytes(), first = *view_.selected / granule;
    if (is_back && first == 0) return say("this is the first chunk of the heap");
    const std::uint32_t next = is_back ? map_.start_before(first - 1) : map_.start_after(first);
    if (next >= map_.granules()) return say("this is the last chunk of the heap");
    walk_to(next * granule);
}

void Application::walk_to(Offset chunk) {
    select(chunk);
    bring_into_sight(chunk);
}

void Application::go_along_reference() {
    if (!document_.session() || !view_.selected) return say("no chunk is selected");
    const Offset from = *view_.selected;
    const std::vector<Offset> targets = targets_of(document_.session()->heap(), from);
    if (targets.empty()) return say("no reference leads on from here");
    fork_ = {from, targets.front()};
    fork_from_ = *state.selection;
    walk_to(targets.front());
    if (targets.size() > 1)
        say("reference 1 of " + count_text(targets.size()) + "; " +
            std::string(row_of(CommandId::other_reference).key) + " takes the next one");
}

// What was taken first is no longer a place to go back to.
void Application::take_other_reference() {
    const Session* session = document_.session();
    const bool is_at_fork = session && fork_ && view_.selected == fork_->taken &&
                            selected_chunk(session->heap(), fork_from_) == fork_->from;
    if (!is_at_fork)
        return say("no reference was followed to here; " +
                   std::string(row_of(CommandId::follow_reference).key) + " follows one");
    const auto turn = turn_at(session->heap(), *fork_);
    if (!turn) return say("there is no other reference");
    state.selection = fork_from_;
    if (!state.selection_past.empty() && state.selection_past.back() == fork_from_)
        state.selection_past.pop_back();
    fork_->taken = turn->chunk;
    walk_to(turn->chunk);
    say("reference " + count_text(turn->number) + " of " + count_text(turn->count));
}

MapArea Application::map_area() const {
    return {state.map_width, state.map_height, std::max(1u, map_.granules())};
}

void Application::show(Offset chunk) {
    const std::uint32_t first = map_.chunk_at(chunk) / map_.granule_bytes();
    state.camera_target =
        fit_range(state.camera_target.value_or(state.camera), map_area(), first, map_.start_after(first));
}

void Application::bring_into_sight(Offset chunk) {
    const std::uint32_t first = map_.chunk_at(chunk) / map_.granule_bytes();
    const Camera now = state.camera_target.value_or(state.camera);
    const Camera wanted = reveal(now, map_area(), first, map_.start_after(first));
    if (wanted != now) state.camera_target = wanted;
}

void Application::fit(CommandId id) {
    if (!document_.session() || map_.granules() == 0) return;
    if (id == CommandId::fit_selection && view_.selected) {
        show(*view_.selected);
    } else {
        const std::uint32_t granule = map_.granule_bytes();
        const Camera now = state.camera_target.value_or(state.camera);
        const bool is_used_part = id == CommandId::fit_used && map_.used_end() > 0;
        const std::uint32_t last = is_used_part ? map_.used_end() / granule : map_.granules();
        state.camera_target = fit_first(now, map_area(), last, granule, state.row_bytes);
    }
}

void Application::move_timeline(CommandId id) {
    const Session* session = document_.session();
    if (!session) return;
    TimeView& view = state.timeline.view;
    const std::size_t operations = session->trace().operations.size();
    const TimeWindow now = view.goal(operations);
    if (id == CommandId::fit_trace) return view.glide_to(whole_trace(operations));
    if (id == CommandId::fit_collection) {
        const auto collection = collection_near(session->index(), session->position());
        if (!collection) return say("no collection is known");
        const auto begin = static_cast<double>(*collection);
        return view.glide_to(fitted(begin, begin + 1, operations));
    }
    const double time = time_of(*session);
    const double at = now.contains(time) ? time : now.time_at(.5);
    const double least = least_span(static_cast<double>(state.timeline.plot.width),
                                    std::max<std::uint64_t>(session->current_step_count(), 64));
    view.glide_to(zoomed_at(now, operations, id == CommandId::zoom_time_in ? 2 : .5, at, least));
}

void Application::step_through_views(CommandId id) {
    const auto view = id == CommandId::view_back ? views_.back() : views_.forward();
    if (view)
        state.camera_target = view;
    else
        say(id == CommandId::view_back ? "no earlier view of the map" : "no later view of the map");
}

// A new trace, and one whose heap is still growing, is fitted without anyone asking.
void Application::note_view() {
    const Camera goal = state.camera_target.value_or(state.camera);
    if (state.is_camera_moved || state.camera_target)
        views_.note(goal, state.is_camera_held, now_);
    else
        views_.begin_at(goal);
    state.has_view_past = views_.has_past();
    state.has_view_future = views_.has_future();
}

// What was seen whole is seen whole again; otherwise what is in the middle stays there.
void Application::change_layout() {
    constexpr auto count = static_cast<unsigned>(LayoutId::count_);
    const Camera now = state.camera_target.value_or(state.camera);
    const auto layout = static_cast<LayoutId>((static_cast<unsigned>(now.layout) + 1) % count);
    const MapArea area = map_area();
    const std::uint32_t granule = map_.granule_bytes(), used = map_.used_end() / granule;
    const bool shows_all = is_in_sight(now, area, 0, area.granules);
    const bool shows_used = used > 0 && is_in_sight(now, area, 0, used);
    state.camera = tricolour::change_layout(now, area, layout);
    if (shows_all || shows_used)
        state.camera =
            fit_first(state.camera, area, shows_all ? area.granules : used, granule, state.row_bytes);
    state.camera_target.reset();
    say(layout == LayoutId::hilbert ? "neighbours in memory are neighbours on the map (Hilbert curve)"
                                    : "addresses go from left to right, in rows");
}

void Application::change_rows(int doublings) {
    if (state.camera.layout != LayoutId::rows) return say("a Hilbert curve has no rows; H shows rows");
    const Camera now = state.camera_target.value_or(state.camera);
    state.camera_target = change_row_length(now, map_area(), doublings);
    state.row_bytes = state.camera_target->row_length * map_.granule_bytes();
    say("rows of " + bytes_text(state.row_bytes));
}

void Application::choose_best_rows() {
    if (state.camera.layout != LayoutId::rows) return say("a Hilbert curve has no rows; H shows rows");
    state.row_bytes = 0;
    fit(CommandId::fit_used);
    say("rows of the length that fits best");
}

// From the row gone to last, or from the selected chunk's.
void Application::go_to_violation(bool is_back) {
    if (!document_.session()) return;
    const auto& rows = violations_.rows();
    state.lower_tab = LowerTab::violations;
    if (rows.empty()) return say(violations_.state_text());
    std::optional<std::size_t> from = state.violations.chosen;
    if (!from && view_.selected) from = violations_.row_about(*view_.selected);
    const std::size_t ahead = is_back ? rows.size() - 1 : 1;
    const std::size_t row = from ? (*from + ahead) % rows.size() : is_back ? rows.size() - 1 : 0;
    state.violations = {row, true};
    say("violation " + count_text(row + 1) + " of " + count_text(rows.size()));
    if (!rows[row].chunk) return;
    select(*rows[row].chunk);
    show(*rows[row].chunk);
}

void Application::open_search(bool closes_on_going) {
    if (!document_.session()) return;
    state.search.is_open = true;
    state.search.wants_focus = true;
    state.search.closes_on_going = closes_on_going;
    state.search.was_gone_to = false;
}

void Application::look() {
    const Session* session = document_.session();
    if (!session || !state.search.is_open) return;
    const Stopwatch watch;
    search_.update(*session, map_, state.search.typed, [&] { return watch.seconds() > search_seconds; });
}

void Application::go_to_hit(std::uint64_t index) {
    Session* session = document_.session();
    if (!session || index >= search_.count()) return;
    const Hit hit = search_.hit(index);
    state.search.chosen = hit;
    state.search.was_gone_to = state.search.wants_scroll = true;
    if (state.search.closes_on_going) state.search.is_open = false;
    if (!state.search.is_open && search_.count() > 1) say(search_.count_text(index));
    if (hit.is_in_trace()) {
        state.playing = PlayDirection::paused;
        if (const auto problem = go_to(*session, hit.place)) say(*problem, true);
    } else {
        select(hit.chunk);
        bring_into_sight(hit.chunk);
    }
}

// A search that was closed goes on where it was.
void Application::go_to_next_hit(bool is_back) {
    if (state.search.typed.empty()) return open_search(false);
    state.search.is_open = true;
    state.search.closes_on_going = false;
    look();
    const std::uint64_t count = search_.count();
    if (count == 0) return say(search_.state_text());
    const auto from = state.search.chosen ? search_.index_of(*state.search.chosen) : std::nullopt;
    const std::uint64_t ahead = is_back ? count - 1 : 1;
    go_to_hit(from ? (*from + ahead) % count : is_back ? count - 1 : 0);
}

// Shows them where the roots are, or the roots again.
void Application::turn_over_to(LowerTab tab) {
    state.lower_tab = state.shows(tab) ? LowerTab::roots : tab;
    state.is_open[static_cast<std::size_t>(Panel::roots)] = true;
}

// --- tables ---------------------------------------------------------------------------------

bool Application::takes_row_keys(bool is_text_wanted) const {
    return state.is_open_panel(Panel::tables) && (!is_text_wanted || state.tables.is_typing) &&
           !ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
}

void Application::show_table(TableId table) {
    state.is_open[static_cast<std::size_t>(Panel::tables)] = true;
    state.tables.shown = table;
    state.tables.chosen.reset();
    state.tables.wants_scroll = true;
}

void Application::sort_by_next_column() {
    if (!state.is_open_panel(Panel::tables)) return;
    const TableOrder now = state.tables.order();
    state.tables.set_order({(now.column + 1) % row_of(state.tables.shown).columns.size(), false});
    state.tables.wants_scroll = true;
}

void Application::list_table() {
    const Session* session = document_.session();
    if (!session || !state.is_open_panel(Panel::tables)) return;
    const Stopwatch watch;
    table_.update(*session, map_, {state.tables.shown, state.tables.order(), state.tables.filter()}, now_,
                  [&] { return watch.seconds() > table_seconds; });
}

nlohmann::json Application::table_state() const {
    const bool is_shown = view_.table != nullptr;
    nlohmann::json json = {
        {"shown", is_shown},
        {"table", row_of(state.tables.shown).title},
        {"sorted_by", row_of(state.tables.shown).columns[state.tables.order().column].title},
        {"descending", state.tables.order().is_descending},
        {"filter", state.tables.filter()},
        {"typing", state.tables.is_typing},
        {"count", is_shown ? table_.count_text() : ""},
        {"text", is_shown ? table_.state_text() : ""},
        {"behind", is_shown && table_.is_behind()},
        {"chunks", nlohmann::json::array()}};
    constexpr std::uint64_t most_told = 20;
    for (std::uint64_t i = 0; is_shown && i < std::min(table_.count(), most_told); ++i) {
        const auto chunk = table_.chunk(i);
        json["chunks"].push_back(chunk ? nlohmann::json(*chunk) : nlohmann::json(nullptr));
    }
    return json;
}

void Application::turn_command_palette_over() {
    CommandPaletteState& palette = state.command_palette;
    palette.is_open = palette.wants_focus = palette.wants_scroll = !palette.is_open;
    palette.typed.clear();
    palette.chosen = 0;
}

// Of the current step's chunk where nothing is selected.
void Application::ask_why() {
    if (!document_.session()) return;
    turn_over_to(LowerTab::why);
    if (!state.shows(LowerTab::why) || state.selection) return;
    if (view_.now)
        select(*view_.now);
    else
        say("nothing is selected, and the current step is about no chunk");
}

Question Application::question() const {
    const Session* session = document_.session();
    if (!session || !state.selection || !state.shows(LowerTab::why)) return {};
    const bool is_taken_over =
        state.selection->birth == 0 && !selected_chunk(session->heap(), state.selection);
    if (is_taken_over) return {};
    return {state.selection->chunk, state.selection->birth, state.why.wants_history};
}

void Application::go_to_cut() {
    Session* session = document_.session();
    if (!session) return;
    state.playing = PlayDirection::paused;
    if (!state.shows(LowerTab::why)) turn_over_to(LowerTab::why);
    const Demise* demise = answers_.demise();
    if (!demise || !demise->is_found())
        return say(answers_.holding() && answers_.holding()->is_alive ? "the selection is alive"
                                                                      : "no cut is known yet");
    if (!demise->operation) return say("nothing held it: there is no cut");
    session->seek({*demise->operation, 0});
}

void Application::choose_chain(int direction) {
    const Holding* holding = answers_.holding();
    if (!holding || holding->chains.empty()) return say("no chain is shown");
    const std::size_t count = holding->chains.size();
    state.why.chain = (state.why.chain + (direction > 0 ? 1 : count - 1)) % count;
    say("chain " + count_text(state.why.chain + 1) + " of " + count_text(count));
}

void Application::audit() {
    const Session* session = document_.session();
    if (!session) return;
    if (!violations_.audit_now(*session)) return say(violations_.state_text());
    say(violations_.count() ? violations_.count_text() : violations_.state_text(), violations_.count() > 0);
}

// --- breakpoints ----------------------------------------------------------------------------

/// What the trace is known by from one run to the next.
std::string Application::trace_key() const {
    std::error_code ignored;
    return document_.path().empty() ? "built-in: " + document_.title()
                                    : std::filesystem::absolute(document_.path(), ignored).string();
}

void Application::keep_breakpoints() { state.kept_breakpoints.keep(trace_key(), hits_.breakpoints()); }

// The file may have changed since: what cannot be of use is left out.
void Application::find_breakpoints_again() {
    for (const KeptBreakpoints::Entry& kept : state.kept_breakpoints.of(trace_key())) {
        if (!fault_of(kept.breakpoint, document_.session()->heap()).empty()) continue;
        hits_.enable(hits_.add(kept.breakpoint), kept.is_enabled);
    }
}

void Application::mark_place() {
    const Session* session = document_.session();
    if (!session || !view_.selected) return say("no chunk is selected");
    const Selection& here = *state.selection;  // is there now
    const std::string what = describe_chunk(session->machine(), session->trace(), here.chunk);
    const auto is_marked = state.places.turn_over({here.chunk, here.birth, what});
    if (!is_marked) return say("no more than " + count_text(Places::most) + " places can be marked");
    state.kept_places.keep(trace_key(), state.places.rows());
    say((*is_marked ? "marked: " : "no longer marked: ") + what);
}

void Application::go_to_place(bool is_back) {
    const Session* session = document_.session();
    if (!session) return;
    const auto here = state.selection ? std::optional(state.selection->chunk) : std::nullopt;
    const MarkedPlace* place =
        state.places.beside(here, state.selection ? state.selection->birth : 0, is_back);
    if (!place)
        return say("no place is marked: " + std::string(row_of(CommandId::mark_place).key) +
                   " marks the selected chunk");
    select(place->chunk, place->birth);
    bring_into_sight(place->chunk);
    say(place->text + (is_there(session->heap(), *place) ? "" : ", not there now"));
}

void Application::set_or_remove(const Breakpoint& breakpoint) {
    const Session* session = document_.session();
    if (!session) return;
    const std::string clause = clause_of(breakpoint, session->heap());
    if (const KnownHits* known = hits_.find(breakpoint)) {
        hits_.remove(known->id);
        keep_breakpoints();
        return say("no longer stops when " + clause);
    }
    state.breakpoints.shown = hits_.add(breakpoint);
    keep_breakpoints();
    if (state.is_open_panel(Panel::roots)) state.lower_tab = LowerTab::breakpoints;
    say("stops when " + clause);
}

void Application::break_on_selection(BreakpointKind kind) {
    const Session* session = document_.session();
    if (!session) return;
    if (!view_.selected) return draft_breakpoint();
    const Offset chunk = *view_.selected;
    const auto breakpoint = breakpoint_on(kind, session->heap(), chunk,
                                          describe_chunk(session->machine(), session->trace(), chunk));
    if (!breakpoint) return say("a free chunk can only be watched for changes");
    set_or_remove(*breakpoint);
}

// The form, about what is selected.
void Application::draft_breakpoint() {
    const Session* session = document_.session();
    if (!session) return;
    state.is_open[static_cast<std::size_t>(Panel::roots)] = true;
    state.lower_tab = LowerTab::breakpoints;
    Breakpoint draft;
    if (view_.selected) {
        const Offset chunk = *view_.selected;
        const auto on_it = breakpoint_on(BreakpointKind::freed, session->heap(), chunk,
                                         describe_chunk(session->machine(), session->trace(), chunk));
        draft.kind = BreakpointKind::stored;
        draft = on_it.value_or(draft);
        draft.first = chunk;
        draft.end = session->heap().next_chunk(chunk);
    } else {
        draft.kind = BreakpointKind::phase;
        draft.end = session->heap().geometry().smallest_chunk_bytes;
    }
    state.breakpoints.draft = draft;
    state.breakpoints.wants_focus = true;
}

void Application::run_to_hit(bool is_back) {
    const Session* session = document_.session();
    if (!session) return;
    state.playing = PlayDirection::paused;
    if (!hits_.has_enabled()) {
        state.lower_tab = LowerTab::breakpoints;
        return say("no breakpoint is enabled: " + std::string(row_of(CommandId::new_breakpoint).key) +
                   " sets one");
    }
    hit_search_ = std::make_unique<HitSearch>(*session, hits_, session->position(), is_back);
    searched_from_ = instant_of(*session);
    go_on_running();
}

void Application::go_on_running() {
    if (!hit_search_) return;
    const Stopwatch watch;
    if (!hit_search_->extend([&] { return watch.seconds() > slice_seconds; }))
        return say_for_now("running to a hit: " + percent_text(hit_search_->progress()) + ", Escape stops");
    const std::unique_ptr<HitSearch> done = std::move(hit_search_);
    if (done->stop()) return stop_at(*done->stop());
    say(done->is_back() ? "no earlier hit" : "no further hit");
}

void Application::stop_at(const Stop& stop) {
    Session* session = document_.session();
    stop_reading();
    session->seek(stop.position);
    state.playing = PlayDirection::paused;
    say("stopped: " + stop_text(hits_, stop.breakpoints, session->heap()));
}

// A search under way looks at the same steps.
void Application::run_ahead() {
    const Session* session = document_.session();
    if (!session) return;
    hits_.follow(*session);
    if (hit_search_ && instant_of(*session) != searched_from_) hit_search_.reset();
    if (hit_search_) return go_on_running();
    if (hits_.is_complete()) return;
    const bool is_waited_for = state.playing != PlayDirection::paused;
    const double most = is_waited_for ? slice_seconds : hits_seconds;
    const Stopwatch watch;
    hits_.extend(*session, [&] { return watch.seconds() > most; });
}

// --- editing and files ----------------------------------------------------------------------

void Application::type(const std::string& line) {
    Session* session = document_.session();
    if (!session) return;
    state.playing = PlayDirection::paused;
    if (state.console_history.empty() || state.console_history.back() != line)
        state.console_history.push_back(line);
    const auto typed = session->type_in(line);
    if (!typed) {
        state.console_error = typed.error().message;
        state.console_error_column = typed.error().column;
        return;
    }
    state.console_error.clear();
    state.console_line.clear();
    spdlog::info("typed in: {}", line);
    if (session->current_outcome().kind == Outcome::expectation_failed)
        say("expect failed: " + session->current_outcome().message, true);
}

void Application::choose_lens(LensId lens) {
    if (state.lens == lens) return;
    state.lens_before = state.lens;
    state.lens = lens;
    state.isolated.reset();
}

void Application::mark_position() {
    const Session* session = document_.session();
    if (!session || map_.granules() == 0) return;
    lens_.mark(*session, map_);
    two_moments_.pin(*session);
    say("marked; lens " + std::string(row_of(LensId::changes).key) + " shows what differs, " +
        std::string(row_of(CommandId::two_moments).key) + " shows both");
}

// --- two moments ----------------------------------------------------------------------------

// What was seen whole is seen whole again in the room that it has then.
void Application::turn_two_moments_over() {
    if (!document_.session() || map_.granules() == 0) return;
    bool& is_open = state.two_moments.is_open;
    if (!is_open && !two_moments_.pinned()) mark_position();
    is_open = !is_open;
    const Camera now = state.camera_target.value_or(state.camera);
    const std::uint32_t used = map_.used_end() / map_.granule_bytes();
    if (is_in_sight(now, map_area(), 0, map_area().granules))
        refit_ = CommandId::fit_heap;
    else if (used > 0 && is_in_sight(now, map_area(), 0, used))
        refit_ = CommandId::fit_used;
}

void Application::go_to_marked() {
    Session* session = document_.session();
    const Session* const pinned = two_moments_.pinned();
    if (!session) return;
    if (!pinned)
        return say("no position is marked: " + std::string(row_of(CommandId::mark_position).key) +
                   " marks this one");
    state.playing = PlayDirection::paused;
    const Position here = session->position();
    const std::size_t branch = session->branch();
    const bool is_elsewhere = !two_moments_.is_on_way(*session);
    if (is_elsewhere && pinned->branch() < session->branches().size())
        session->select_branch(pinned->branch());
    if (two_moments_.is_on_way(*session)) {
        session->seek(pinned->position());
        return;
    }
    session->select_branch(branch);
    session->seek(here);
    say("the operations that led to the marked position were taken back");
}

void Application::change_places() {
    const Session* const session = document_.session();
    if (!session) return;
    if (!two_moments_.pinned()) return go_to_marked();
    if (!two_moments_.is_on_way(*session)) return say("the marked position is on another branch");
    const Position marked = two_moments_.pinned()->position();
    lens_.mark(*session, map_);
    two_moments_.pin(*session);
    state.playing = PlayDirection::paused;
    document_.session()->seek(marked);
    say("changed places: marked " + place_text(*two_moments_.pinned()));
}

/// Whatever reads the session beside the window, before it moves.
void Application::stop_reading() {
    answers_.stop();
    two_moments_.stop();
}

void Application::compare_moments() {
    const Session* const session = document_.session();
    const Session* const pinned = two_moments_.pinned();
    if (!session || !pinned) {
        state.two_moments.is_open = false;
        return;
    }
    two_moments_.update(*session, map_,
                        {.map = state.two_moments.is_open,
                         .differences = state.shows(LowerTab::differences),
                         .lens = state.lens,
                         .selected = selected_chunk(pinned->heap(), state.selection)},
                        now_, state.playing != PlayDirection::paused);
}

// The map was drawn in its new room.
void Application::fit_again() {
    if (!refit_) return;
    const CommandId fits = *std::exchange(refit_, std::nullopt);
    if (state.is_camera_moved)
        fit(fits);
    else
        state.camera.is_set = false;
}

nlohmann::json Application::two_moments_state() const {
    const Session* const pinned = two_moments_.pinned();
    const Differences* const differences = two_moments_.differences();
    nlohmann::json json = {
        {"shown", state.two_moments.is_open},         {"pinned", nullptr},
        {"on_way", two_moments_.is_on_way()},         {"waiting", two_moments_.waiting_text()},
        {"causes", nlohmann::json::array()},          {"unfolded", state.two_moments.unfolded.size()},
        {"list_x", state.two_moments.list_x},         {"list_y", state.two_moments.list_y},
        {"row_height", state.two_moments.row_height}, {"chosen", nullptr}};
    if (pinned) {
        json["pinned"] = {{"operation", pinned->position().operation}, {"step", pinned->position().step}};
        const auto there = selected_chunk(pinned->heap(), state.selection);
        json["selected_there"] = there ? nlohmann::json(*there) : nlohmann::json(nullptr);
        const LensEntry* const entry = there ? two_moments_.lens().entry_at(*there) : nullptr;
        json["entry_there"] = entry ? nlohmann::json(entry->name) : nlohmann::json(nullptr);
    }
    if (state.two_moments.chosen) json["chosen"] = *state.two_moments.chosen;
    if (!differences) return json;
    json["differences"] = differences->rows.size();
    json["passing"] = differences->passing.count;
    constexpr std::size_t most_told = 20;
    for (std::size_t i = 0; i < std::min(differences->causes.size(), most_told); ++i)
        json["causes"].push_back({{"operation", differences->causes[i].operation},
                                  {"text", text_of(differences->causes[i].tallies)}});
    return json;
}

void Application::isolate(std::uint32_t entry) {
    if (entry >= row_of(state.lens).entries.size() || state.isolated == entry)
        state.isolated.reset();
    else
        state.isolated = entry;
}

// Entries that are on the map, in the legend's order, and then all of them again.
void Application::isolate_beside(int direction) {
    const auto entries = row_of(state.lens).entries;
    const int count = static_cast<int>(entries.size());
    int at = state.isolated ? static_cast<int>(*state.isolated) : direction > 0 ? -1 : count;
    for (at += direction; at >= 0 && at < count; at += direction) {
        const LensEntry& entry = entries[static_cast<std::size_t>(at)];
        if (entry.name.empty() || lens_.tally_of(entry).bytes == 0) continue;
        state.isolated = static_cast<std::uint32_t>(at);
        return;
    }
    state.isolated.reset();
}

void Application::remember(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::string text = std::filesystem::absolute(path, ignored).string();
    std::erase(state.recent_files, text);
    state.recent_files.insert(state.recent_files.begin(), text);
    if (state.recent_files.size() > 10) state.recent_files.resize(10);
}

void Application::save_to(const std::filesystem::path& path) {
    if (const auto problem = document_.save(path)) return say("not saved: " + *problem, true);
    remember(path);
    keep_breakpoints();
    state.kept_places.keep(trace_key(), state.places.rows());
    say("saved " + path.string());
}

void Application::carry_out(const Command& command) {
    using enum CommandId;
    Session* session = document_.session();
    const auto toggle = [&](Panel panel) {
        bool& is_open = state.is_open[static_cast<std::size_t>(panel)];
        is_open = !is_open;
    };
    const auto play_or_pause = [&](PlayDirection direction) {
        state.playing = state.playing == direction ? PlayDirection::paused : direction;
        state.play_debt = 1;  // the first unit at once
    };
    if (command.id == play || command.id == play_back) hit_search_.reset();
    switch (command.id) {
        case play: play_or_pause(PlayDirection::forward); break;
        case play_back: play_or_pause(PlayDirection::back); break;
        case faster: state.speed = std::min(state.speed * 2, 1e6); break;
        case slower: state.speed = std::max(state.speed / 2, 1.0); break;
        case set_speed: state.speed = std::clamp(static_cast<double>(command.number), 1.0, 1e6); break;
        case set_rung: state.rung = static_cast<Rung>(command.number); break;
        case seek:
            if (!session) break;
            state.playing = PlayDirection::paused;
            session->seek({static_cast<std::size_t>(command.number), command.number2});
            break;
        case select_chunk:
            select(static_cast<Offset>(command.number), static_cast<std::uint32_t>(command.number2));
            break;
        case clear_selection:
            if (hit_search_) {
                hit_search_.reset();
                say("the run to a hit was stopped");
                break;
            }
            if (std::exchange(state.breakpoints.draft, std::nullopt)) break;
            if (!state.selection && state.two_moments.is_open) {
                turn_two_moments_over();
                break;
            }
            if (state.selection) state.selection_past.push_back(*state.selection);
            state.selection.reset();
            break;
        case reveal_selection:
            if (!session || map_.granules() == 0) break;
            if (selected_chunk(session->heap(), state.selection) ||
                (two_moments_.pinned() && selected_chunk(two_moments_.pinned()->heap(), state.selection)))
                bring_into_sight(state.selection->chunk);
            break;
        case chunk_forward:
        case chunk_back: select_neighbour(command.id == chunk_back); break;
        case follow_reference: go_along_reference(); break;
        case other_reference: take_other_reference(); break;
        case selection_back: step_through_selections(state.selection_past, state.selection_future); break;
        case selection_forward: step_through_selections(state.selection_future, state.selection_past); break;
        case violation_forward:
        case violation_back: go_to_violation(command.id == violation_back); break;
        case audit_now: audit(); break;
        case go_to: open_search(true); break;
        case search: open_search(false); break;
        case hit_forward:
        case hit_back: go_to_next_hit(command.id == hit_back); break;
        case go_to_hit: this->go_to_hit(command.number); break;
        case run_to_hit:
        case run_back_to_hit: this->run_to_hit(command.id == run_back_to_hit); break;
        case break_on_change: break_on_selection(BreakpointKind::changed); break;
        case break_when_freed: break_on_selection(BreakpointKind::freed); break;
        case break_when_black: break_on_selection(BreakpointKind::colour); break;
        case new_breakpoint: draft_breakpoint(); break;
        case toggle_breakpoint:
            if (state.breakpoints.wanted) set_or_remove(*state.breakpoints.wanted);
            break;
        case enable_breakpoint:
            hits_.enable(static_cast<BreakpointId>(command.number), command.number2 != 0);
            keep_breakpoints();
            break;
        case remove_breakpoint:
            hits_.remove(static_cast<BreakpointId>(command.number));
            keep_breakpoints();
            break;
        case remove_breakpoints:
            hits_.clear();
            keep_breakpoints();
            break;
        case CommandId::mark_place: this->mark_place(); break;
        case place_forward:
        case place_back: go_to_place(command.id == place_back); break;
        case why: ask_why(); break;
        case chain_forward:
        case chain_back: choose_chain(command.id == chain_forward ? 1 : -1); break;
        case CommandId::go_to_cut: this->go_to_cut(); break;
        case fit_heap:
        case fit_used:
        case fit_selection: fit(command.id); break;
        case zoom_in:
        case zoom_out:
            state.camera_target =
                zoom_at(state.camera_target.value_or(state.camera), map_area(),
                        command.id == zoom_in ? 1.5 : 1 / 1.5, state.map_width / 2, state.map_height / 2);
            break;
        case narrower_rows:
        case wider_rows: change_rows(command.id == wider_rows ? 1 : -1); break;
        case best_rows: choose_best_rows(); break;
        case toggle_layout: change_layout(); break;
        case toggle_free_links:
            state.shows_free_links = !state.shows_free_links;
            say(state.shows_free_links ? "the free list is drawn in its order, smallest first"
                                       : "the free list is not drawn");
            break;
        case view_back:
        case view_forward: step_through_views(command.id); break;
        case next_lens:
        case previous_lens: {
            constexpr auto count = static_cast<std::size_t>(LensId::count_);
            const std::size_t by = command.id == next_lens ? 1 : count - 1;
            choose_lens(static_cast<LensId>((static_cast<std::size_t>(state.lens) + by) % count));
            break;
        }
        case mark_position: this->mark_position(); break;
        case CommandId::two_moments: turn_two_moments_over(); break;
        case toggle_differences: turn_over_to(LowerTab::differences); break;
        case CommandId::go_to_marked: this->go_to_marked(); break;
        case CommandId::change_places: this->change_places(); break;
        case isolate_next: isolate_beside(1); break;
        case isolate_previous: isolate_beside(-1); break;
        case isolate: this->isolate(static_cast<std::uint32_t>(command.number)); break;
        case end_isolation: state.isolated.reset(); break;
        case type_operation: type(command.text); break;
        case undo_edit:
            if (session && !session->undo_edit()) say("nothing was typed in on this branch");
            break;
        case select_branch:
            if (session) session->select_branch(static_cast<std::size_t>(command.number));
            break;
        case focus_console:
            state.is_open[static_cast<std::size_t>(Panel::console)] = true;
            state.wants_console_focus = true;
            break;
        case open_dialog: state.is_file_dialog_open = true; break;
        case save_dialog: state.is_save_dialog_open = session != nullptr; break;
        case save:
            if (!session) break;
            if (document_.path().empty())
                state.is_save_dialog_open = true;
            else
                save_to(document_.path());
            break;
        case save_path: save_to(command.text); break;
        case open_path:
            state.playing = PlayDirection::paused;
            document_.open(command.text);
            break;
        case open_scenario:
            state.playing = PlayDirection::paused;
            document_.open_scenario(command.text);
            break;
        case reload:
            if (document_.path().empty())
                say("a built-in scenario has no file to read again");
            else
                document_.reload();
            break;
        case cancel_loading: document_.cancel(); break;
        case toggle_panel: toggle(static_cast<Panel>(command.number)); break;
        case toggle_trace: toggle(Panel::trace); break;
        case toggle_inspector: toggle(Panel::inspector); break;
        case toggle_timeline: toggle(Panel::timeline); break;
        case fit_trace:
        case fit_collection:
        case zoom_time_in:
        case zoom_time_out: move_timeline(command.id); break;
        case toggle_log: toggle(Panel::log); break;
        case toggle_violations: turn_over_to(LowerTab::violations); break;
        case toggle_breakpoints: turn_over_to(LowerTab::breakpoints); break;
        case toggle_frame_times: state.shows_frame_times = !state.shows_frame_times; break;
        case toggle_tables: toggle(Panel::tables); break;
        case CommandId::show_table: this->show_table(static_cast<TableId>(command.number)); break;
        case next_table:
            this->show_table(
                static_cast<TableId>((static_cast<std::size_t>(state.tables.shown) + 1) % table_count));
            break;
        case filter_table:
            this->show_table(state.tables.shown);
            state.tables.wants_focus = true;
            break;
        case CommandId::sort_by_next_column: this->sort_by_next_column(); break;
        case reverse_order: {
            const TableOrder now = state.tables.order();
            state.tables.set_order({now.column, !now.is_descending});
            break;
        }
        case toggle_animations:
            state.is_animated = !state.is_animated;
            say(state.is_animated ? "the map glides and fades" : "the map is where it goes at once");
            break;
        case set_glow:
            state.glow_seconds = static_cast<double>(command.number) / 1000;
            say(command.number == 0 ? "what the last steps touched does not fade"
                                    : "what the last steps touched glows and fades");
            break;
        case toggle_theme:
            state.is_dark = !state.is_dark;
            reload_palette();
            apply_style(palette_, scale_);
            break;
        case scale_up: state.interface_scale = std::min(scale_ + 0.125f, 3.0f); break;
        case scale_down: state.interface_scale = std::max(scale_ - 0.125f, 0.75f); break;
        case scale_reset: state.interface_scale = 0; break;
        case full_screen: wants_full_screen_toggle_ = true; break;
        case show_help: state.is_help_open = !state.is_help_open; break;
        case tour: turn_tour_over(); break;
        case skip_tour_step: state.tour.tour.skip(); break;
        case command_palette: turn_command_palette_over(); break;
        case quit: wants_quit_ = true; break;
        default:
            if (const auto lens = lens_of(command.id))
                choose_lens(*lens);
            else
                move(command.id);
            break;
    }
}

void Application::turn_tour_over() {
    Tour& tour = state.tour.tour;
    if (tour.step())
        tour.end();
    else
        tour.begin();
}

TourGlance Application::glance() const {
    const Session* session = document_.session();
    TourGlance glance;
    glance.zoom = state.camera.scale;
    glance.is_zoom_chosen = state.is_camera_moved;
    glance.is_zooming = state.camera_target.has_value();
    glance.is_playing = state.playing != PlayDirection::paused;
    glance.shows_why = state.shows(LowerTab::why);
    glance.lens = state.lens;
    glance.is_scrubbing = state.timeline.sought.has_value();
    glance.is_palette_open = state.command_palette.is_open;
    if (!session) return glance;
    glance.position = session->position();
    glance.is_at_collection =
        std::ranges::binary_search(session->index().collections, session->position().operation);
    glance.selected = selected_chunk(session->heap(), state.selection);
    return glance;
}

// --- a frame --------------------------------------------------------------------------------

void Application::take_over() {
    const bool is_same_file = !document_.path().empty() && document_.path().string() == view_.path;
    map_.reset();
    violations_.clear();
    state.violations = {};
    search_.clear();
    table_.clear();
    state.tables.chosen.reset();
    state.search.chosen.reset();
    answers_.clear();
    glimpses_.clear();
    state.timeline.seen.reset();
    const bool loses_pin = two_moments_.pinned() != nullptr;
    two_moments_.drop();
    state.two_moments = {};
    refit_.reset();
    state.why = {};
    lens_.reset();
    hit_search_.reset();
    says_.clear();
    says_of_ = 0;
    const auto& source = document_.session()->trace().source;
    wide_ = source ? wide_characters(*source) : std::vector<char16_t>{};
    if (!is_same_file) {
        hits_.clear();
        state.breakpoints = {};
        find_breakpoints_again();
        state.places = Places(state.kept_places.of(trace_key()));
        state.selection.reset();
        state.selection_past.clear();
        state.selection_future.clear();
        state.camera = {.layout = state.camera.layout};
        state.camera_target.reset();
        state.timeline.view = {};
    }
    state.playing = PlayDirection::paused;
    state.console_error.clear();
    if (!document_.path().empty()) remember(document_.path());
    const SessionIndex& index = document_.session()->index();
    if (index.error)
        say(index.error->error.text(), true);
    else
        say((is_same_file ? "read again: " : "opened ") + document_.title() + ": " +
            count_text(document_.session()->trace().operations.size()) + " operations, " +
            count_text(index.collections.size()) +
            (index.collections.size() == 1 ? " collection" : " collections") +
            (loses_pin ? "; the marked position was the other trace's and is no longer marked" : ""));
}

void Application::play(double elapsed) {
    Session* session = document_.session();
    if (!session || state.playing == PlayDirection::paused) return;
    stop_reading();
    const bool is_forward = state.playing == PlayDirection::forward;
    const bool is_unlimited = state.speed >= 1e6;
    state.play_debt = is_unlimited ? 1e9 : std::min(state.play_debt + elapsed * state.speed, state.speed);
    const PlayLimit limit = play_limit(hits_, session->position(), is_forward);
    if (limit.is_waiting)
        return say_for_now("looking ahead for breakpoints: " + percent_text(hits_.progress()));
    const Stopwatch watch;
    bool goes_on = true;
    while (goes_on && state.play_debt >= 1 && watch.seconds() < slice_seconds) {
        if (state.rung == Rung::step) {
            const auto wanted = static_cast<std::uint64_t>(std::min(state.play_debt, 4096.0));
            const std::uint64_t made = is_forward ? session->advance(wanted) : session->retreat(wanted);
            state.play_debt -= static_cast<double>(made);
            goes_on = made == wanted;
        } else {
            state.play_debt -= 1;
            goes_on = is_forward ? session->next(state.rung) : session->back(state.rung);
            if (!goes_on && is_forward && !session->is_at_end() && state.rung != Rung::operation)
                session->seek_end();
        }
        if (!limit.is_passed(session->position())) continue;
        if (limit.stop) return stop_at(*limit.stop);
        session->seek(*limit.position);
        break;
    }
    if (watch.seconds() >= slice_seconds) state.play_debt = std::min(state.play_debt, 1.0);
    if (!goes_on) state.playing = PlayDirection::paused;
}

void Application::extend_index() {
    Session* session = document_.session();
    if (!session || session->index().is_complete) return;
    if (answers_.is_reading() || two_moments_.is_reading() || glimpses_.is_reading()) return;
    const Stopwatch watch;
    session->extend_index([&] { return watch.seconds() > index_seconds; });
}

void Application::update(double now, double elapsed) {
    const Stopwatch watch;
    now_ = now;
    {
        const std::lock_guard lock(log_mutex_);
        std::move(log_incoming_.begin(), log_incoming_.end(), std::back_inserter(log_));
        log_incoming_.clear();
    }
    while (log_.size() > most_log_lines)
        log_.pop_front();

    if (document_.loading()) {
        stop_reading();
        glimpses_.stop();
    }
    if (document_.poll()) take_over();
    if (state.dismiss_open_error) {
        document_.dismiss_error();
        state.dismiss_open_error = false;
    }
    if (document_.has_changed_on_disk(now)) {
        if (document_.is_changed())
            say("the file changed on disk; reading it again (Ctrl+R) would drop what was typed in", true);
        else
            document_.reload();
    }
    for (const Command& command : commands.take()) {
        if (may_move(row_of(command.id).group)) stop_reading();
        if (may_edit(row_of(command.id).group)) glimpses_.clear();
        carry_out(command);
    }
    run_ahead();
    play(elapsed);
    extend_index();
    if (Session* session = document_.session()) {
        map_.clear_dirty();
        map_.sync(*session);
        lens_.clear_dirty();
        lens_.sync(*session, map_, state.lens, selected_chunk(session->heap(), state.selection));
        session->clear_changes();
        violations_.update(*session, now, state.playing != PlayDirection::paused);
        if (state.violations.chosen >= violations_.count()) state.violations.chosen.reset();
        look();
        list_table();
        answers_.update(*session, question(), now, state.playing != PlayDirection::paused);
        glimpses_.update(*session, state.timeline.wish, now);
        compare_moments();
    }
    note_view();
    state.tour.tour.look(glance());
    if (now > state.message_until) state.message.clear();
    state.hover = std::exchange(state.hover_next, std::nullopt);
    build_view();
    frame_parts_ = {};  // nothing was drawn since, at rest
    spend(FramePart::update, watch.seconds());
}

std::string Application::newest_say() const {
    const Session& session = *document_.session();
    const auto current = session.current_operation();
    if (!current) return {};
    const auto after = std::upper_bound(says_.begin(), says_.end(), *current);
    if (after == says_.begin()) return {};
    return std::string(session.trace().texts[session.trace().operations[*std::prev(after)].text]);
}

void Application::build_view() {
    const Session* session = document_.session();
    const double time = now_;
    view_ = {};
    view_.time = time;
    view_.scale = scale_;
    view_.palette = &palette_;
    view_.log = &log_;
    view_.loading = document_.loading();
    view_.open_error = document_.error();
    view_.scenarios = scenarios_;
    view_.session = session;
    view_.map = &map_;
    view_.violations = &violations_;
    if (state.search.is_open) view_.search = &search_;
    view_.answers = &answers_;
    map_colours_ = map_colours(palette_, state.lens, state.isolated);
    view_.map_colours = &map_colours_;
    view_.lens = &lens_;
    view_.hits = &hits_;
    view_.glimpses = &glimpses_;
    view_.two_moments = &two_moments_;
    view_.frame_times = &frame_times_;
    if (hit_search_) view_.run_to_hit = static_cast<float>(hit_search_->progress());
    if (session && state.is_open_panel(Panel::tables)) view_.table = &table_;
    if (!session) {
        view_.narration = "Open a trace, or choose a built-in scenario from the File menu.";
        return;
    }
    view_.title = document_.title();
    view_.path = document_.path().string();
    view_.is_changed = document_.is_changed();
    view_.phase = phase_text(session->heap());
    if (says_of_ != session->trace().operations.size()) {
        says_.clear();
        says_of_ = session->trace().operations.size();
        for (std::size_t i = 0; i < says_of_; ++i)
            if (session->trace().operations[i].kind == OperationKind::say) says_.push_back(i);
    }
    view_.said = newest_say();
    const auto step = session->current_step();
    if (step) {
        view_.narration = narrate(session->machine(), session->trace(), *step);
        if (step->kind == StepKind::said) view_.said.clear();
        if (step->chunk != no_chunk && step->chunk < session->heap().size_bytes())
            view_.now = map_.chunk_at(step->chunk);
    } else {
        view_.narration =
            session->is_at_start()
                ? "The heap is one free chunk. Right arrow steps, Space plays, ? lists all keys."
                : "";
    }
    if (const Journal* journal = session->current_journal()) {
        const std::uint64_t done = session->current_step_number();
        for (std::uint64_t i = 1; i < done && view_.trail.size() < trail_length; ++i) {
            const std::uint64_t at = done - 1 - i;
            if (!journal->holds(at)) break;
            const Offset chunk = journal->step(at).chunk;
            if (chunk == no_chunk || chunk >= session->heap().size_bytes()) continue;
            const Offset there = map_.chunk_at(chunk);
            if (there != view_.now &&
                std::find(view_.trail.begin(), view_.trail.end(), there) == view_.trail.end())
                view_.trail.push_back(there);
        }
    }
    view_.search_walk = search_walk_of(*session);
    view_.collector_cursor = collector_cursor_of(session->heap());
    view_.stops = hits_.at(session->position());
    view_.stop = stop_text(hits_, view_.stops, session->heap());
    const SessionIndex& index = session->index();
    if (index.error && session->position() == Position{index.error->operation, 0}) {
        view_.error = index.error->error.text();
    } else if (session->position().step == 0) {
        const auto current = session->current_operation();
        const auto note = std::ranges::lower_bound(index.failed_expectations, current.value_or(0), {},
                                                   &SessionIndex::Note::operation);
        if (current && note != index.failed_expectations.end() && note->operation == *current)
            view_.error = "expect failed: " + note->error.message;
    }
    if (const auto selected = selected_chunk(session->heap(), state.selection);
        selected && map_.chunk_at(*selected) == *selected)
        view_.selected = selected;
    show_chain();
    build_pinned_view();
}

// The pinned map shows what is there: no step is the current one, nothing is searched or judged.
void Application::build_pinned_view() {
    const Session* const pinned = two_moments_.pinned();
    pinned_view_ = {};
    if (!pinned || !state.two_moments.is_open) return;
    pinned_view_.time = view_.time;
    pinned_view_.scale = view_.scale;
    pinned_view_.palette = view_.palette;
    pinned_view_.session = pinned;
    pinned_view_.map = &two_moments_.map();
    pinned_view_.lens = &two_moments_.lens();
    pinned_view_.map_colours = view_.map_colours;
    pinned_view_.violations = &no_violations_;
    pinned_view_.answers = view_.answers;
    pinned_view_.hits = view_.hits;
    pinned_view_.frame_times = view_.frame_times;
    pinned_view_.two_moments = view_.two_moments;
    pinned_view_.selected = selected_chunk(pinned->heap(), state.selection);
}

void Application::show_chain() {
    WhyState& why = state.why;
    if (why.of != state.selection) {
        why.of = state.selection;
        why.chain = 0;
        why.shows_all_links = false;
    }
    const Holding* holding = answers_.holding();
    if (!holding || holding->chains.empty() || !view_.selected) return;
    why.chain = std::min(why.chain, holding->chains.size() - 1);
    view_.chain = &holding->chains[why.chain];
    view_.chain_root = holding->row(*view_.chain, 0).by;
}

bool Application::wants_frames() const {
    const bool is_indexing = document_.session() && !document_.session()->index().is_complete;
    return state.playing != PlayDirection::paused || document_.loading() || state.camera_target ||
           !state.camera.is_set || is_indexing || map_panel_->is_animating() || lens_.is_behind() ||
           (state.two_moments.is_open && pinned_map_panel_->is_animating()) || two_moments_.is_pending() ||
           refit_ || answers_.is_pending() || state.why.lacks_losses ||
           violations_.state() == Violations::State::waiting || (view_.table && table_.is_behind()) ||
           (state.search.is_open && search_.is_under_way()) || hit_search_ ||
           (document_.session() && !hits_.is_complete()) || state.timeline.view.target ||
           glimpses_.is_pending();
}

std::string Application::window_title() const {
    if (!document_.session()) return "Tricolour";
    return document_.title() + (document_.is_changed() ? " *" : "") + " - Tricolour";
}

// --- layout ---------------------------------------------------------------------------------

namespace {

struct Box {
    float x, y, width, height;
};

/// Opens a borderless window at a place; the panel draws into it.
template <typename Draw>
void fixed_window(const char* name, const Box& box, ImGuiWindowFlags flags, const Draw& draw) {
    if (box.width < 1 || box.height < 1) return;
    ImGui::SetNextWindowPos({box.x, box.y});
    ImGui::SetNextWindowSize({box.width, box.height});
    constexpr ImGuiWindowFlags fixed = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove |
                                       ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoCollapse |
                                       ImGuiWindowFlags_NoSavedSettings |
                                       ImGuiWindowFlags_NoBringToFrontOnFocus;
    if (ImGui::Begin(name, nullptr, fixed | flags)) draw();
    ImGui::End();
}

/// A bar between two panels that can be dragged. Returns by how much it moved, in pixels.
float splitter(const char* name, const Box& box, bool is_vertical, const Palette& palette) {
    float moved = 0;
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0f);
    fixed_window(name, box, ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar, [&] {
        ImGui::InvisibleButton("bar", {box.width, box.height});
        const bool is_live = ImGui::IsItemActive() || ImGui::IsItemHovered();
        if (is_live)
            ImGui::SetMouseCursor(is_vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
        if (ImGui::IsItemActive())
            moved = is_vertical ? ImGui::GetIO().MouseDelta.x : ImGui::GetIO().MouseDelta.y;
        if (is_live) {
            const ImVec2 middle{box.x + box.width / 2, box.y + box.height / 2};
            const ImVec2 half = is_vertical ? ImVec2{1, box.height / 2} : ImVec2{box.width / 2, 1};
            ImGui::GetWindowDrawList()->AddRectFilled({middle.x - half.x, middle.y - half.y},
                                                      {middle.x + half.x, middle.y + half.y},
                                                      u32(palette.text_dim));
        }
    });
    ImGui::PopStyleVar(3);
    return moved;
}

/// Counts from what is shown: a small window shows less than was wished.
void drag(float& wished, float shown, float moved, float least, float most) {
    if (moved != 0) wished = std::clamp(shown + moved, least, most);
}

/// What the place below the inspector shows, in the order of LowerTab.
struct LowerContent {
    const char* name;
    void (*draw)(const View&, UiState&, Commands&);
};

/// Side by side, one above the other where that leaves both more room. Equal, for one camera.
std::pair<Box, Box> halves_of(const Box& box, float gap) {
    if (box.width >= box.height) {
        const float half = std::floor((box.width - gap) / 2);
        return {{box.x, box.y, half, box.height}, {box.x + box.width - half, box.y, half, box.height}};
    }
    const float half = std::floor((box.height - gap) / 2);
    return {{box.x, box.y, box.width, half}, {box.x, box.y + box.height - half, box.width, half}};
}

constexpr ImGuiWindowFlags still = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;

}  // namespace

void Application::draw(float width, float height) {
    const Stopwatch watch;
    double map_seconds = 0;
    layout_.clear();
    state.tour.places = {};
    const auto panel_window = [this](const char* name, const Box& box, ImGuiWindowFlags flags,
                                     const auto& content) {
        layout_[name] = {box.x, box.y, box.width, box.height};
        fixed_window(name, box, flags, content);
    };
    const float s = scale_;
    float top = 0;
    if (ImGui::BeginMainMenuBar()) {
        draw_menu_bar(view_, state, commands);
        top = ImGui::GetWindowSize().y;
        ImGui::EndMainMenuBar();
    }
    const float gap = std::round(5 * s);
    const float transport = std::round(46 * s);
    const float status = std::round(28 * s);
    const bool is_narrow = width < 1400 * s;
    const float most_side = width * (is_narrow ? 0.24f : 0.3f);
    const bool shows_search = state.search.is_open;
    const bool shows_trace = !shows_search && state.is_open_panel(Panel::trace);
    const bool shows_legend = !shows_search && state.is_open_panel(Panel::legend);
    if (!shows_search) state.search.is_typing = false;
    if (!shows_search && !state.command_palette.is_open) state.list_keys.clear();
    const bool has_left = shows_search || shows_trace || shows_legend;
    const bool has_right = state.is_open_panel(Panel::inspector) || state.is_open_panel(Panel::roots);
    const float left = has_left ? std::round(std::min(state.left_width * s, most_side)) : 0;
    const float right = has_right ? std::round(std::min(state.right_width * s, most_side)) : 0;
    const float centre_left = has_left ? left + gap : 0;
    const float centre_width = width - centre_left - (has_right ? right + gap : 0);

    panel_window("transport", {0, top, width, transport}, still,
                 [&] { draw_transport(view_, state, commands); });
    const float body_top = top + transport + gap;
    float body = height - status - gap - body_top;
    float console = state.is_open_panel(Panel::console) ? std::round(42 * s) : 0;
    // Two lines of the sentence where it is short of room, one beside what was said.
    float narration = std::round((centre_width < 900 * s ? 96 : 78) * s);

    // In a window that is too low the map is what stays.
    const float least_map = 100 * s;
    const auto is_short_of = [&](float more) {
        return body - more - narration - gap - (console > 0 ? console + gap : 0) < least_map;
    };
    if (is_short_of(0)) console = 0;
    if (is_short_of(0)) narration = std::round(52 * s);
    const auto room_below = [&](Panel panel, float wished) {
        if (!state.is_open_panel(panel) || is_short_of(wished + gap)) return 0.0f;
        body -= wished + gap;
        return wished;
    };
    const float log = room_below(Panel::log, std::round(150 * s));
    // In a low window the tables have the timeline's place.
    const bool is_low = height < 800 * s;
    const float tables = room_below(
        Panel::tables, std::round(std::min(state.tables_height * s, height * (is_low ? 0.3f : 0.45f))));
    const float timeline =
        is_low && tables > 0
            ? 0
            : room_below(Panel::timeline,
                         std::round(std::min(state.timeline_height * s, height * (is_low ? 0.15f : 0.3f))));
    if (tables == 0) state.tables.is_typing = false;
    const float body_bottom = body_top + body;

    if (has_left) {
        const bool has_both = shows_trace && shows_legend;
        const float legend = !shows_legend ? 0
                             : has_both    ? std::round(std::min(state.legend_height * s, body * 0.55f))
                                           : body;
        const float trace = body - legend - (has_both ? gap : 0);
        if (shows_search)
            panel_window("search", {0, body_top, left, body}, still,
                         [&] { draw_search(view_, state, commands); });
        if (shows_trace)
            panel_window("trace", {0, body_top, left, trace}, still,
                         [&] { draw_trace(view_, state, commands); });
        if (legend > 0)
            panel_window("legend", {0, body_bottom - legend, left, legend}, 0,
                         [&] { draw_legend(view_, state, commands); });
        if (has_both)
            drag(state.legend_height, legend / s,
                 -splitter("legend bar", {0, body_bottom - legend - gap, left, gap}, false, palette_) / s, 80,
                 900);
        drag(state.left_width, left / s,
             splitter("left bar", {left, body_top, gap, body}, true, palette_) / s, 160, 1200);
    }
    if (has_right) {
        const float x = width - right;
        const bool has_both = state.is_open_panel(Panel::inspector) && state.is_open_panel(Panel::roots);
        const float roots = !state.is_open_panel(Panel::roots) ? 0
                            : has_both                         ? std::round(body * state.roots_share)
                                                               : body;
        const float inspector = body - roots - (has_both ? gap : 0);
        if (state.is_open_panel(Panel::inspector))
            panel_window("inspector", {x, body_top, right, inspector}, 0,
                         [&] { draw_inspector(view_, state, commands); });
        if (roots > 0) {
            constexpr LowerContent contents[] = {{"roots", draw_roots},
                                                 {"why", draw_why},
                                                 {"violations", draw_violations},
                                                 {"breakpoints", draw_breakpoints},
                                                 {"differences", draw_differences}};
            const LowerContent& content = contents[static_cast<std::size_t>(state.lower_tab)];
            panel_window(content.name, {x, body_bottom - roots, right, roots}, still, [&] {
                draw_lower_tabs(view_, state, commands);
                if (ImGui::BeginChild("##content")) content.draw(view_, state, commands);
                ImGui::EndChild();
            });
        }
        if (has_both)
            state.roots_share = std::clamp(
                state.roots_share -
                    splitter("roots bar", {x, body_bottom - roots - gap, right, gap}, false, palette_) /
                        std::max(body, 1.0f),
                0.1f, 0.85f);
        drag(state.right_width, right / s,
             -splitter("right bar", {x - gap, body_top, gap, body}, true, palette_) / s, 200, 1200);
    }
    const float map_height = std::max(0.0f, body - narration - gap - (console > 0 ? console + gap : 0));

    state.map_area = {centre_left, body_top, centre_width, map_height};
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    const Box map_box{centre_left, body_top, centre_width, map_height};
    const auto map_window = [&](const char* name, const Box& box, MapPanel& panel, const View& shown) {
        panel_window(name, box, still | ImGuiWindowFlags_NoBackground, [&] {
            if (state.two_moments.is_open) draw_moment_title(view_, state, commands, &shown == &pinned_view_);
            // The panel sets its own padding back for what it shows over the map.
            const Stopwatch map_watch;
            panel.draw(shown, state, commands);
            map_seconds += map_watch.seconds();
        });
    };
    if (pinned_view_.session) {
        const auto [left_box, right_box] = halves_of(map_box, gap);
        map_window("map", right_box, *map_panel_, view_);
        map_window("pinned map", left_box, *pinned_map_panel_, pinned_view_);
    } else {
        map_window("map", map_box, *map_panel_, view_);
    }
    ImGui::PopStyleVar();
    panel_window("narration", {centre_left, body_top + map_height + gap, centre_width, narration}, still,
                 [&] { draw_narration(view_, state, commands); });
    if (console > 0)
        panel_window("console", {centre_left, body_bottom - console, centre_width, console}, still,
                     [&] { draw_console(view_, state, commands); });

    float y = body_bottom + gap;
    if (tables > 0) {
        panel_window("tables", {0, y, width, tables}, still, [&] { draw_tables(view_, state, commands); });
        drag(state.tables_height, tables / s,
             -splitter("tables bar", {0, y - gap, width, gap}, false, palette_) / s, 80, 1200);
        y += tables + gap;
    }
    state.timeline.wish = {};
    if (timeline == 0) state.timeline.view.target.reset();
    if (timeline > 0) {
        panel_window("timeline", {0, y, width, timeline}, still,
                     [&] { draw_timeline(view_, state, commands); });
        drag(state.timeline_height, timeline / s,
             -splitter("timeline bar", {0, y - gap, width, gap}, false, palette_) / s, 64, 600);
        y += timeline + gap;
    }
    if (log > 0) panel_window("log", {0, y, width, log}, 0, [&] { draw_log(view_, state, commands); });
    panel_window("status", {0, height - status, width, status}, still,
                 [&] { draw_status(view_, state, commands); });

    state.tour.place(TourStep::select) = state.tour.place(TourStep::closer) = state.map_area;
    if (const auto drawn = layout_.find("timeline"); drawn != layout_.end())
        state.tour.place(TourStep::time) = drawn->second;

    draw_chunk_menu(view_, state, commands);
    draw_tour(view_, state, commands);
    draw_open_error(view_, state, commands);
    draw_loading(view_, state, commands);
    draw_file_dialog(view_, state, commands);
    draw_help(view_, state, commands);
    draw_frame_times(view_, state, commands);
    draw_command_palette(view_, state, commands);
    fit_again();
    spend(FramePart::map, map_seconds);
    spend(FramePart::panels, watch.seconds() - map_seconds);
}

void Application::spend(FramePart part, double seconds) {
    frame_parts_[static_cast<std::size_t>(part)] += seconds;
}

void Application::finish(double began) {
    frame_times_.add(began, std::exchange(frame_parts_, {}));
    write_state_file();
}

nlohmann::json Application::why_state() const {
    const Holding* holding = answers_.holding();
    const Demise* demise = answers_.demise();
    const Placement* placement = answers_.placement();
    const PlaceHistory* history = answers_.history();
    return {{"shown", state.shows(LowerTab::why)},
            {"waiting", answers_.waiting_text()},
            {"summary", holding ? holding->summary : ""},
            {"chains", holding ? holding->chains.size() : 0},
            {"chain", view_.chain ? state.why.chain + 1 : 0},
            {"links", view_.chain ? view_.chain->size() : 0},
            {"retained", holding ? holding->retained.chunks : 0},
            {"demise", demise ? demise->text : ""},
            {"placement", placement ? placement->sentences.size() : 0},
            {"tenancies", history ? history->tenancies.size() : 0}};
}

nlohmann::json Application::search_walk_state() const {
    const SearchWalk& walk = view_.search_walk;
    nlohmann::json json = {{"text", walk.text()}, {"candidates", nlohmann::json::array()}};
    for (const SearchWalk::Candidate& candidate : walk.candidates)
        json["candidates"].push_back({{"chunk", candidate.chunk},
                                      {"accepted", candidate.is_accepted},
                                      {"reason", walk.reason(candidate)}});
    return json;
}

nlohmann::json Application::timeline_state() const {
    const TimelineState& own = state.timeline;
    const auto position_json = [](const std::optional<Position>& position) {
        return position ? nlohmann::json{{"operation", position->operation}, {"step", position->step}}
                        : nlohmann::json(nullptr);
    };
    const std::size_t operations = document_.session()->trace().operations.size();
    const TimeWindow window = own.view.window(operations);
    const Glimpse* const glimpse = own.hovered ? glimpses_.at(*own.hovered) : nullptr;
    nlohmann::json phases = nlohmann::json::array();
    for (const Band& band : bands_of(document_.session()->index(), glimpses_.unfoldings(),
                                     {window.first, std::min(window.last, window.first + 64)}))
        if (band.kind == Band::phase) phases.push_back({word_of(band.of_phase), band.first, band.last});
    nlohmann::json json = {{"first", window.first},
                           {"last", window.last},
                           {"moving", own.view.target.has_value()},
                           {"x", own.plot.x},
                           {"y", own.plot.y},
                           {"width", own.plot.width},
                           {"height", own.plot.height},
                           {"hovered", position_json(own.hovered)},
                           {"glimpse", nullptr},
                           {"phases", phases},
                           {"curves", own.shows_curve}};
    if (glimpse)
        json["glimpse"] = {{"used", glimpse->figures.used_bytes()},
                           {"phase", glimpse->phase},
                           {"sentence", glimpse->sentence},
                           {"width", glimpse->picture.width},
                           {"height", glimpse->picture.height}};
    return json;
}

// The state as JSON, for tests and tools: written beside and renamed whenever it changed.
void Application::write_state_file() {
    if (options_.state_file.empty()) return;
    nlohmann::json json;
    const Session* session = document_.session();
    json["open"] = session != nullptr;
    json["title"] = view_.title;
    json["path"] = view_.path;
    json["changed"] = view_.is_changed;
    json["loading"] = view_.loading != nullptr;
    json["open_error"] = view_.open_error;
    json["error"] = view_.error;
    json["message"] = state.message;
    json["narration"] = view_.narration;
    json["phase"] = view_.phase;
    json["said"] = view_.said;
    json["playing"] = static_cast<int>(state.playing);
    json["rung"] = word_of(state.rung);
    json["speed"] = state.speed;
    json["dark"] = state.is_dark;
    json["scale"] = scale_;
    json["wide_characters"] = wide_made_.size();
    const auto step = state.tour.tour.step();
    json["tour"] = step ? nlohmann::json(tricolour::row_of(*step).title) : nlohmann::json();
    json["shows_frame_times"] = state.shows_frame_times;
    json["lens"] = {
        {"name", word_of(state.lens)},
        {"isolated", state.isolated ? nlohmann::json(row_of(state.lens).entries[*state.isolated].name)
                                    : nlohmann::json(nullptr)},
        {"behind", lens_.is_behind()}};
    json["help"] = state.is_help_open;
    json["command_palette"] = {{"open", state.command_palette.is_open},
                               {"typed", state.command_palette.typed},
                               {"chosen", state.command_palette.chosen},
                               {"recent", state.command_palette.recent}};
    json["file_dialog"] = state.is_file_dialog_open || state.is_save_dialog_open;
    json["panels"] = state.is_open;
    json["console"] = {{"line", state.console_line},
                       {"error", state.console_error},
                       {"column", state.console_error_column},
                       {"focused", ImGui::GetIO().WantTextInput}};
    for (const auto& [name, box] : layout_)
        json["layout"][name] = {box.x, box.y, box.width, box.height};
    json["map"] = {{"x", state.map_x},
                   {"y", state.map_y},
                   {"width", state.map_width},
                   {"height", state.map_height},
                   {"centre_x", state.camera.centre_x},
                   {"centre_y", state.camera.centre_y},
                   {"scale", state.camera.scale},
                   {"row_length", state.camera.row_length},
                   {"layout", word_of(state.camera.layout)},
                   {"granules", map_.granules()},
                   {"granule_bytes", map_.granule_bytes()},
                   {"moving", state.camera_target.has_value()},
                   {"animating", map_panel_->is_animating()},
                   {"free_links", state.shows_free_links},
                   {"glow_seconds", state.glow_seconds},
                   {"notes", map_panel_->notes()},
                   {"has_past", state.has_view_past},
                   {"has_future", state.has_view_future}};
    if (session) {
        const Heap& heap = session->heap();
        const auto current = session->current_operation();
        json["position"] = {{"operation", session->position().operation}, {"step", session->position().step}};
        json["operations"] = session->trace().operations.size();
        json["current_operation"] = current ? nlohmann::json(*current) : nlohmann::json(nullptr);
        json["steps"] = session->current_step_count();
        json["step_number"] = session->current_step_number();
        json["branch"] = session->branch();
        json["branches"] = session->branches().size();
        json["indexed"] = session->index().operations;
        json["index_complete"] = session->index().is_complete;
        json["collections"] = session->index().collections.size();
        json["heap"] = {{"size", heap.size_bytes()},
                        {"free", heap.get(Register::heap_free)},
                        {"chunks", heap.get(Register::chunks)},
                        {"free_chunks", heap.get(Register::free_chunks)},
                        {"gc_count", heap.get(Register::gc_count)}};
        json["selection"] = nullptr;
        if (view_.selected) {
            const NameId name = session->machine().name_of(*view_.selected);
            json["selection"] = {{"chunk", *view_.selected},
                                 {"size", heap.header(*view_.selected).size_bytes()},
                                 {"name", name == no_id ? "" : std::string(session->trace().names[name])}};
        }
        json["violations"] = {{"count", violations_.count()},
                              {"chunks", violations_.chunks()},
                              {"state", violations_.state_text()},
                              {"chosen", state.violations.chosen ? nlohmann::json(*state.violations.chosen)
                                                                 : nlohmann::json(nullptr)}};
        const auto chosen = state.search.chosen ? search_.index_of(*state.search.chosen) : std::nullopt;
        json["search"] = {{"open", state.search.is_open},        {"typed", state.search.typed},
                          {"typing", state.search.is_typing},    {"hits", search_.count()},
                          {"count", search_.count_text(chosen)}, {"chunks", search_.chunks().size()},
                          {"under_way", search_.is_under_way()}, {"text", search_.state_text()}};
        json["search_walk"] = search_walk_state();
        json["places"] = nlohmann::json::array();
        for (const MarkedPlace& place : state.places.rows())
            json["places"].push_back({{"chunk", place.chunk}, {"birth", place.birth}, {"text", place.text}});
        json["tables"] = table_state();
        json["breakpoints"] = nlohmann::json::array();
        for (const KnownHits& known : hits_.breakpoints())
            json["breakpoints"].push_back(
                {{"text", sentence_of(known.breakpoint, heap)},
                 {"enabled", known.is_enabled},
                 {"hits", known.positions.size()},
                 {"complete", known.operations >= session->trace().operations.size()}});
        json["stop"] = view_.stop;
        json["searching"] = view_.run_to_hit.has_value();
        json["why"] = why_state();
        json["timeline"] = timeline_state();
        json["two_moments"] = two_moments_state();
        json["hover"] = state.hover ? nlohmann::json(*state.hover) : nlohmann::json(nullptr);
        const auto made = state.hover ? operation_that_made(*session, *state.hover) : std::nullopt;
        json["hover_row"] = made ? nlohmann::json(*made) : nlohmann::json(nullptr);
        json["now"] = view_.now ? nlohmann::json(*view_.now) : nlohmann::json(nullptr);
    }
    const std::string text = json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text == written_state_) return;
    written_state_ = text;
    const std::filesystem::path beside = options_.state_file.string() + ".new";
    std::ofstream(beside) << text << '\n';
    std::error_code problem;
    std::filesystem::rename(beside, options_.state_file, problem);
    if (problem) {
        spdlog::error("the state file {} cannot be written: {}", options_.state_file.string(),
                      problem.message());
        options_.state_file.clear();
    }
}

}  // namespace tricolour
