// View: what the panels are drawn from in one frame. Computed before the frame, read only.
#pragma once

#include "app/model/answers.h"
#include "app/model/collector_cursor.h"
#include "app/model/frame_times.h"
#include "app/model/glimpse.h"
#include "app/model/hits.h"
#include "app/model/lens_map.h"
#include "app/model/map.h"
#include "app/model/map_colours.h"
#include "app/model/palette.h"
#include "app/model/search.h"
#include "app/model/search_walk.h"
#include "app/model/table.h"
#include "app/model/violations.h"
#include "heapcore/session.h"

#include <deque>
#include <string>
#include <vector>

namespace tricolour {

class TwoMoments;

struct LogLine {
    enum class Level : std::uint8_t { debug, info, warning, error };
    Level level = Level::info;
    std::string time;  ///< "12:34:56.789"
    std::string text;
};

/// A trace being read in the background.
struct Loading {
    std::string name;
    float progress = 0;    ///< 0 to 1
    std::string activity;  ///< "reading", "carrying out"
};

struct View {
    const heapcore::Session* session = nullptr;  ///< null: nothing is open
    const MapModel* map = nullptr;
    const LensMap* lens = nullptr;  ///< the map as it is shown
    const MapColours* map_colours = nullptr;
    const Palette* palette = nullptr;
    const Violations* violations = nullptr;
    const Answers* answers = nullptr;        ///< about the selection, while they are shown
    const heapcore::Chain* chain = nullptr;  ///< that holds the selection, drawn on the map; null: none
    std::string chain_root;                  ///< what it begins with
    const Search* search = nullptr;          ///< while it is open
    const Hits* hits = nullptr;
    const Glimpses* glimpses = nullptr;
    const FrameTimes* frame_times = nullptr;
    const TwoMoments* two_moments = nullptr;
    const Table* table = nullptr;     ///< while the tables are shown
    std::optional<float> run_to_hit;  ///< how far it is, 0 to 1; none: there is none under way
    std::string title;                ///< the trace's name as shown
    std::string path;                 ///< empty for a built-in scenario
    bool is_changed = false;          ///< holds operations that were typed in and not saved
    std::string narration;            ///< the current step in a sentence; before the first, what to do
    std::string phase;                ///< "Mark, threads", "Sweep", "Mutator"
    std::string said;                 ///< the newest `say` at or before the position
    std::vector<BreakpointId> stops;  ///< breakpoints that stop at the position
    std::string stop;                 ///< the same in words
    std::string error;                ///< the trace's error, or the newest failed expectation near, or empty
    std::string open_error;           ///< why the last file could not be opened; stays until dismissed
    const Loading* loading = nullptr;
    const std::deque<LogLine>* log = nullptr;
    std::optional<heapcore::Offset> selected;  ///< chunk, if the selection is there now
    std::optional<heapcore::Offset> now;       ///< chunk that the current step is about
    std::vector<heapcore::Offset> trail;       ///< chunks of the steps just before, newest first
    SearchWalk search_walk;                    ///< of the free list, while an allocation is stepped
    std::optional<CollectorCursor> collector_cursor;
    std::vector<std::string> scenarios;  ///< asset paths of the built-in ones
    double time = 0;                     ///< seconds, for animation
    float scale = 1;                     ///< interface scale
};

}  // namespace tricolour
