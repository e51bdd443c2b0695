// Application: the open document, the state of the interface, and what a frame does with them, in
// this order: take over what was read, carry out commands, play, bring the model up to date, draw.
#pragma once

#include "app/commands.h"
#include "app/model/camera.h"
#include "app/model/camera_history.h"
#include "app/model/document.h"
#include "app/model/frame_times.h"
#include "app/model/glimpse.h"
#include "app/model/hits.h"
#include "app/model/lens_map.h"
#include "app/model/map.h"
#include "app/model/map_colours.h"
#include "app/model/palette.h"
#include "app/model/table.h"
#include "app/model/two_moments.h"
#include "app/model/view.h"
#include "app/model/violations.h"
#include "app/model/walk.h"
#include "app/settings.h"
#include "app/ui_state.h"

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace tricolour {

class MapPanel;

struct ApplicationOptions {
    heapcore::SessionOptions session;
    std::filesystem::path state_file;     ///< empty: none
    std::filesystem::path source_folder;  ///< shaders and palettes are read again from here; empty: never
};

class Application {
public:
    explicit Application(ApplicationOptions options);
    ~Application();

    UiState state;
    Commands commands;

    /// A key pressed, by its name in the table of commands: "Ctrl+Right", "?".
    void press(std::string_view key, bool is_repeat, bool is_text_wanted);
    void drop(const std::vector<std::string>& paths);
    void open_first(const std::string& path_or_empty);
    /// A line for the log panel, from any thread.
    void log(LogLine line);

    /// Everything before drawing. `elapsed` seconds since the frame before.
    void update(double now, double elapsed);
    /// Draws into ImGui's current frame.
    void draw(float width, float height);
    /// After the frame, which began then: its times and the state file.
    void finish(double began);
    /// Counts seconds of this frame.
    void spend(FramePart part, double seconds);

    bool wants_frames() const;  ///< something moves: playing, reading, animating
    bool wants_quit() const { return wants_quit_; }
    bool take_full_screen_toggle() { return std::exchange(wants_full_screen_toggle_, false); }
    /// The interface scale to use, given the monitor's; fonts and style follow when it changes.
    float scale(float monitor_scale) const;
    void set_scale(float scale);
    /// The trace has other characters than the fonts were made for: call set_scale() again.
    bool wants_fonts() const { return wide_ != wide_made_; }
    std::string window_title() const;
    const Palette& palette() const { return palette_; }

private:
    void carry_out(const Command& command);
    void move(CommandId id);
    void play(double elapsed);
    void extend_index();
    void take_over();
    void build_view();
    void say(std::string message, bool is_alarm = false);
    void say_for_now(std::string message);
    void select(heapcore::Offset offset, std::uint32_t birth = 0);
    void step_through_selections(std::vector<Selection>& from, std::vector<Selection>& to);
    void select_neighbour(bool is_back);
    void walk_to(heapcore::Offset chunk);
    void go_along_reference();
    void take_other_reference();
    MapArea map_area() const;
    void fit(CommandId id);
    void move_timeline(CommandId id);
    void step_through_views(CommandId id);
    void note_view();
    void change_layout();
    void change_rows(int doublings);
    void choose_best_rows();
    void show(heapcore::Offset chunk);
    void bring_into_sight(heapcore::Offset chunk);
    void go_to_violation(bool is_back);
    void open_search(bool closes_on_going);
    void look();
    void go_to_hit(std::uint64_t index);
    void go_to_next_hit(bool is_back);
    void turn_command_palette_over();
    bool takes_row_keys(bool is_text_wanted) const;
    void show_table(TableId table);
    void sort_by_next_column();
    void list_table();
    nlohmann::json table_state() const;
    void turn_over_to(LowerTab tab);
    void ask_why();
    Question question() const;
    void go_to_cut();
    void choose_chain(int direction);
    void audit();
    std::string trace_key() const;
    void keep_breakpoints();
    void find_breakpoints_again();
    void mark_place();
    void go_to_place(bool is_back);
    nlohmann::json search_walk_state() const;
    void set_or_remove(const Breakpoint& breakpoint);
    void break_on_selection(BreakpointKind kind);
    void draft_breakpoint();
    void run_to_hit(bool is_back);
    void go_on_running();
    void stop_at(const Stop& stop);
    void run_ahead();
    void type(const std::string& line);
    void turn_tour_over();
    TourGlance glance() const;
    void choose_lens(LensId lens);
    void mark_position();
    void turn_two_moments_over();
    void go_to_marked();
    void change_places();
    void stop_reading();
    void compare_moments();
    void fit_again();
    void build_pinned_view();
    nlohmann::json two_moments_state() const;
    void isolate(std::uint32_t entry);
    void isolate_beside(int direction);
    void save_to(const std::filesystem::path& path);
    void remember(const std::filesystem::path& path);
    void show_chain();
    nlohmann::json why_state() const;
    nlohmann::json timeline_state() const;
    void write_state_file();
    void reload_palette();
    void follow_assets();
    std::string newest_say() const;

    ApplicationOptions options_;
    Document document_;
    Palette palette_;
    MapModel map_;
    Violations violations_;
    Search search_;
    Table table_;
    CameraHistory views_;
    std::optional<Fork> fork_;  ///< that the selection was come to from
    Selection fork_from_;
    Answers answers_;
    TwoMoments two_moments_;
    LensMap lens_;
    MapColours map_colours_;
    Hits hits_;
    Glimpses glimpses_;
    std::unique_ptr<HitSearch> hit_search_;  ///< a run to a hit under way
    Instant searched_from_;
    std::unique_ptr<MapPanel> map_panel_, pinned_map_panel_;
    View pinned_view_;                    ///< what the pinned map is drawn from
    Violations no_violations_;            ///< of the pinned moment none are looked for
    std::optional<CommandId> refit_;      ///< once the map's new size is known
    std::vector<std::string> scenarios_;  ///< asset paths of the built-in ones
    View view_;
    std::deque<LogLine> log_;
    std::deque<LogLine> log_incoming_;
    std::mutex log_mutex_;

    std::vector<char16_t> wide_;       ///< characters that the trace has and the packaged fonts lack
    std::vector<char16_t> wide_made_;  ///< of which the fonts were made
    bool has_told_of_wide_ = false;

    double now_ = 0;
    float scale_ = 1;
    FrameTimes frame_times_;
    FrameParts frame_parts_{};  ///< of the frame under way
    double assets_asked_at_ = 0;
    std::filesystem::file_time_type assets_written_at_{};
    bool wants_quit_ = false;
    bool wants_full_screen_toggle_ = false;
    std::vector<std::size_t> says_;  ///< `say` operations of the trace, ascending
    std::size_t says_of_ = 0;        ///< operations when they were collected
    std::string written_state_;
    std::map<std::string, ScreenArea> layout_;  ///< panels as drawn last
};

}  // namespace tricolour
