// What a person has set up: selection, camera, playing, panels. No ImGui, no GL.
//
// Selection is by birth, so it survives a step back and is not taken over by a chunk that later
// lies at the same place.
#pragma once

#include "app/model/differences.h"
#include "app/model/glimpse.h"
#include "app/model/hits.h"
#include "app/model/holding.h"
#include "app/model/inspection.h"
#include "app/model/kept_breakpoints.h"
#include "app/model/lens.h"
#include "app/model/map_layout.h"
#include "app/model/places.h"
#include "app/model/root_rows.h"
#include "app/model/search.h"
#include "app/model/table_rows.h"
#include "app/model/timeline.h"
#include "app/model/tour.h"
#include "heapcore/session.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

struct Selection {
    heapcore::Offset chunk = heapcore::no_chunk;
    std::uint32_t birth = 0;  ///< 0: whatever chunk is there, a free one for instance
    bool operator==(const Selection&) const = default;
};

/// Where the map looks. Units: one granule is 1 x 1 on the map's plane.
struct Camera {
    double centre_x = 0, centre_y = 0;
    double scale = 1;               ///< pixels a granule
    std::uint32_t row_length = 64;  ///< granules a row where there are rows, a power of two
    LayoutId layout = LayoutId::rows;
    bool is_set = false;  ///< false: fit at the next frame
    bool operator==(const Camera&) const = default;
};

/// In pixels of the window; empty where its width is 0.
struct ScreenArea {
    float x = 0, y = 0, width = 0, height = 0;
};

enum class Panel : std::uint8_t { trace, inspector, roots, legend, timeline, console, log, tables, count_ };

/// What the place below the inspector shows.
enum class LowerTab : std::uint8_t { roots, why, violations, breakpoints, differences, count_ };

enum class PlayDirection : std::int8_t { back = -1, paused = 0, forward = 1 };

/// The list of the trace's operations.
struct TraceListState {
    double top = 0;  ///< first row in sight, fractions of a row included
    const void* session = nullptr;
    std::optional<heapcore::Position> seen;  ///< position that the list last scrolled to
    std::size_t seen_branch = 0;
    Timeline overview;         ///< marks beside the scroll bar
    bool is_dragging = false;  ///< the scroll bar
    double drag_offset = 0;    ///< rows between the scroll bar's top and the place it is held at
};

struct ConsoleState {
    std::string base;  ///< the line before the word being completed
    std::vector<std::string> candidates;
    std::optional<std::size_t> candidate;  ///< the one that stands in the line
    std::optional<std::size_t> recalled;   ///< line of the history that stands in the line
    std::string draft;                     ///< what was typed before a line was recalled
    bool wants_cursor_at_end = false;
    bool is_active = false;
    std::string error_line;  ///< the line that console_error is about
};

struct TimelineState {
    Timeline timeline, overview;  ///< what is in sight, and the whole trace beside it
    TimeView view;
    GlimpseWish wish;  ///< what the next frame is to find out
    std::array<bool, curve_count> shows_curve{true, true, true, true};
    bool is_scrubbing = false;
    bool is_panning = false;
    std::optional<heapcore::Position> sought;   ///< asked for last while scrubbing
    std::optional<heapcore::Position> seen;     ///< brought into sight last
    std::optional<heapcore::Position> hovered;  ///< under the pointer
    ScreenArea plot;                            ///< the axis in pixels, as drawn last
};

struct FileDialogState {
    struct Entry {
        std::filesystem::path path;
        std::string name;  ///< fit to be shown
        bool is_folder = false;
        std::uintmax_t size = 0;
        std::string size_text, date_text;
        std::int64_t time = 0;
    };
    enum class Order : std::uint8_t { name, size, date };

    bool is_shown = false;  ///< set up for the dialog that is open
    bool is_saving = false;
    std::filesystem::path folder;
    std::vector<Entry> entries;
    std::size_t hidden = 0;  ///< files left out since they are no traces
    std::string error;       ///< why the folder cannot be read, or the file not be taken
    bool shows_all = false;
    Order order = Order::name;
    bool is_descending = false;
    std::optional<std::size_t> chosen;
    bool wants_scroll = false;  ///< brings the chosen entry into sight
    bool wants_name_focus = false;
    std::string name;       ///< file name typed in
    std::string path_text;  ///< path typed in
    bool is_typing_path = false;
    bool wants_path_focus = false;
    std::string jump;  ///< letters typed to jump to an entry
    double jump_until = 0;
    std::optional<std::filesystem::path> to_overwrite;  ///< asks before saving there
};

struct LogPanelState {
    int least_level = 0;  ///< LogLine::Level
    bool follows = true;
    std::size_t seen = 0;
};

struct ViolationsState {
    std::optional<std::size_t> chosen;  ///< row gone to last
    bool wants_scroll = false;          ///< brings it into sight
};

struct SearchState {
    bool is_open = false;
    bool closes_on_going = false;  ///< opened to go somewhere, not to look around
    bool wants_focus = false;
    bool is_typing = false;  ///< the field has the keys
    std::string typed;
    std::optional<Hit> chosen;
    bool was_gone_to = false;   ///< the chosen one
    bool wants_scroll = false;  ///< brings it into sight
};

struct CommandPaletteState {
    bool is_open = false;
    bool wants_focus = false;
    std::string typed;
    std::size_t chosen = 0;           ///< of the matches
    bool wants_scroll = false;        ///< brings it into sight
    std::vector<std::string> recent;  ///< names of commands, newest first
};

struct BreakpointsState {
    std::optional<Breakpoint> draft;    ///< in the form; none: the form is closed
    bool wants_focus = false;           ///< so that Enter means the form
    std::optional<Breakpoint> wanted;   ///< what toggle_breakpoint sets or removes
    std::optional<BreakpointId> shown;  ///< whose hits are listed
};

/// The tables: one is shown, and each keeps its order and its filter.
struct TablesState {
    TableId shown = TableId::free_list;
    std::array<std::optional<TableOrder>, table_count> orders;  ///< none: as it is at first
    std::array<std::string, table_count> typed;
    bool wants_focus = false;             ///< of the filter
    bool is_typing = false;               ///< the filter has the keys
    std::vector<std::string> keys;        ///< pressed since the last frame that go through rows: "Down"
    std::optional<std::uint64_t> chosen;  ///< row gone to last
    bool wants_scroll = false;            ///< brings the selection's row into sight
    std::optional<Selection> seen;        ///< selection that it last scrolled to

    TableOrder order() const { return orders[static_cast<std::size_t>(shown)].value_or(row_of(shown).order); }
    void set_order(TableOrder order) { orders[static_cast<std::size_t>(shown)] = order; }
    std::string& filter() { return typed[static_cast<std::size_t>(shown)]; }
    const std::string& filter() const { return typed[static_cast<std::size_t>(shown)]; }
};

/// The marked position beside the present one, and the list of what differs.
struct TwoMomentsState {
    bool is_open = false;  ///< both maps are shown
    bool is_oldest_first = false;
    std::set<std::size_t> unfolded;                ///< operations whose differences are listed
    std::optional<std::size_t> chosen;             ///< difference gone to last
    float list_x = 0, list_y = 0, row_height = 0;  ///< of the list as drawn last, pixels; 0: it was not
    std::map<std::size_t, DifferenceText> texts;   ///< of differences that were in sight
    std::uint64_t texts_of = 0;                    ///< number of the differences
};

/// What can be done with the selected chunk, at the pointer.
struct ChunkMenuState {
    bool is_wanted = false;          ///< opens it
    std::optional<Breakpoint> cell;  ///< for the field that it was opened at
};

/// Why the selection is alive or dead.
struct WhyState {
    std::optional<Selection> of;  ///< what it told of last
    std::size_t chain = 0;        ///< of those that hold it
    bool shows_all_links = false;
    bool wants_history = false;
    /// What would die without each link, found once; by its holder and place.
    std::map<std::pair<heapcore::Offset, heapcore::Offset>, Loss> losses;
    std::uint64_t losses_of = 0;  ///< number of the holding
    bool lacks_losses = false;    ///< the next frame finds more
};

/// The selected chunk, or the current step's, in words and bits.
struct InspectorState {
    Inspector inspector;
    std::optional<heapcore::Offset> chunk;            ///< shown last
    std::optional<heapcore::Offset> asked_referrers;  ///< chunk whose referrers were asked for
    std::uint64_t body_page = 0;                      ///< of a body with many rows
};

struct TourState {
    Tour tour;
    bool was_shown = false;  ///< in this run or an earlier one
    /// Where what it points at lies in this frame, by TourStep; empty: nowhere.
    std::array<ScreenArea, static_cast<std::size_t>(TourStep::count_)> places;
    ScreenArea& place(TourStep step) { return places[static_cast<std::size_t>(step)]; }
};

/// How long what the last steps touched may glow.
struct GlowChoice {
    std::uint32_t milliseconds;
    std::string_view text;
};
inline constexpr std::array glow_choices = {GlowChoice{0, "off"}, GlowChoice{500, "0.5 s"},
                                            GlowChoice{1000, "1 s"}, GlowChoice{2000, "2 s"},
                                            GlowChoice{5000, "5 s"}};

struct UiState {
    std::optional<Selection> selection;
    std::vector<Selection> selection_past, selection_future;
    std::optional<heapcore::Offset> hover;       ///< chunk under the pointer in any panel, this frame
    std::optional<heapcore::Offset> hover_next;  ///< being collected for the next frame

    Camera camera;
    std::optional<Camera> camera_target;                  ///< where it is moving to
    bool is_camera_moved = false;                         ///< by someone, since it was set for the trace
    bool is_camera_held = false;                          ///< someone is dragging it
    bool has_view_past = false, has_view_future = false;  ///< views of the map to go back or forward to
    std::uint32_t row_bytes = 0;    ///< a row of the map as chosen by hand; 0: what fits best
    bool is_animated = true;        ///< the map glides and fades; otherwise it is there at once
    double glow_seconds = 1;        ///< time constant of what the last steps touched; 0: it does not fade
    bool shows_free_links = false;  ///< the free list as lines over the map
    /// Of the map in pixels of the window, as drawn last: without ruler and strip; 0 before.
    float map_x = 0, map_y = 0, map_width = 0, map_height = 0;

    PlayDirection playing = PlayDirection::paused;
    heapcore::Rung rung = heapcore::Rung::step;  ///< what play advances by
    double speed = 4;                            ///< rungs a second, 1 to 1e6
    double play_debt = 0;                        ///< fraction of a rung due

    std::array<bool, static_cast<std::size_t>(Panel::count_)> is_open{true, true, true,  true,
                                                                      true, true, false, false};
    bool is_open_panel(Panel panel) const { return is_open[static_cast<std::size_t>(panel)]; }
    bool shows(LowerTab tab) const { return is_open_panel(Panel::roots) && lower_tab == tab; }
    float left_width = 300, right_width = 360, timeline_height = 132, legend_height = 264;  ///< at scale 1
    float tables_height = 280;                                                              ///< at scale 1
    LowerTab lower_tab = LowerTab::roots;
    float roots_share = 0.42f;  ///< of the right side's height
    bool is_dark = true;
    float interface_scale = 0;  ///< 0: the monitor's
    bool shows_frame_times = false;
    bool is_help_open = false;
    bool is_file_dialog_open = false;
    bool is_save_dialog_open = false;

    std::string console_line;
    std::string console_error;  ///< shown in place
    std::uint32_t console_error_column = 0;
    std::vector<std::string> console_history;
    bool wants_console_focus = false;

    std::string message;  ///< one line in the status bar: "no further phase"
    bool is_message_alarm = false;
    double message_until = 0;  ///< seconds of the frame clock
    std::vector<std::string> recent_files;
    KeptBreakpoints kept_breakpoints;
    Places places;  ///< marked on the map
    KeptPlaces kept_places;

    bool dismiss_open_error = false;  ///< set by the card's button; the program clears View::open_error
    bool is_about_open = false;
    ScreenArea map_area;  ///< of the map's panel, set by the program each frame; empty: the whole window
    TraceListState trace_list;
    ConsoleState console;
    TimelineState timeline;
    FileDialogState file_dialog;
    LogPanelState log_panel;
    InspectorState inspector;
    RootRows roots;
    ViolationsState violations;
    /// Keys pressed since the last frame that choose from a list below a field being typed into: "Down",
    /// "Enter".
    std::vector<std::string> list_keys;
    SearchState search;
    CommandPaletteState command_palette;
    BreakpointsState breakpoints;
    TablesState tables;
    TwoMomentsState two_moments;
    ChunkMenuState chunk_menu;
    WhyState why;
    TourState tour;
    bool legend_shows_bytes = false;  ///< instead of numbers of chunks
    LensId lens = LensId::type_and_colour;
    LensId lens_before = LensId::type_and_colour;  ///< chosen before this one
    std::optional<std::uint32_t> isolated;         ///< entry of the lens; the others fade
};

/// The selected chunk if it is there now: in use with that birth, or free when birth is 0.
std::optional<heapcore::Offset> selected_chunk(const heapcore::Heap& heap,
                                               const std::optional<Selection>& selection);

}  // namespace tricolour
