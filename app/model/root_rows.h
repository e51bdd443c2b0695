// Rows of the roots panel: every root with the reason it is one, the threads' frames cell by cell,
// and, while a collection runs, where it stands: phase, cursor, mark stack, weak references met.
//
// A row's text is made when it is asked for, so that a panel that shows thirty of 65,536 rows pays
// for thirty.
#pragma once

#include "app/model/cell_text.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

/// Entries of the mark stack, and one of them, counted from the bottom.
std::uint64_t mark_depth(const heapcore::Heap& heap);
heapcore::MarkEntry mark_entry(const heapcore::Heap& heap, std::uint64_t index);
/// How far the scan of a mark stack's entry is: "field `next` · 2 of 3", "element [6] · 4 of 10".
std::string scan_progress(const heapcore::Heap& heap, const heapcore::MarkEntry& entry);

enum class RootSection : std::uint8_t {
    mark_stack,
    weak_met,
    permanent,
    transient,
    operation,
    threads,
    exceptions,
    interned,
    pins,
    count_
};
inline constexpr std::size_t root_section_count = static_cast<std::size_t>(RootSection::count_);

struct RootSectionRow {
    RootSection section;
    std::string_view title;
    std::string_view help;   ///< one sentence
    std::string_view empty;  ///< what to say when nothing is in it; empty: hide it then
};
const RootSectionRow& row_of(RootSection section);

struct RootRow {
    enum Kind : std::uint8_t {
        root,     ///< label: its number; text: what it refers to
        heading,  ///< a thread or a frame
        boundary  ///< where a transient block begins
    };
    Kind kind = root;
    std::uint8_t indent = 0;
    std::string label;
    std::optional<std::uint32_t> number;  ///< of a root, in its stack or bucket
    std::string text;
    std::string note;        ///< said beside the text
    std::string short_note;  ///< instead of the note where it has no room; empty: elide the note
    Tone tone = Tone::plain;
    std::optional<heapcore::Offset> chunk;
};

class RootRows {
public:
    /// Brings the rows up to date; cheap when the session did not move.
    void update(const heapcore::Session& session);

    /// Roots of a section, for its title.
    std::uint64_t count(RootSection section) const;
    /// Rows of a section: headings and boundaries too.
    std::uint64_t row_count(RootSection section) const;
    RootRow row(RootSection section, std::uint64_t index) const;

    bool is_collecting() const { return phase_ != heapcore::Phase::idle; }
    heapcore::Phase phase() const { return phase_; }
    /// "Collection 2: threads", and where in it: "thread `main`, frame `run`, local 2".
    std::string phase_text() const;
    std::string cursor_text() const;
    /// The chunk at the cursor, if it is at one.
    std::optional<heapcore::Offset> cursor_chunk() const;
    /// Whether more weak references were met than are listed.
    bool is_weak_list_cut() const { return is_weak_list_cut_; }

private:
    struct Item {
        enum Kind : std::uint8_t { root, thread, frame, block };
        Kind kind = root;
        std::uint32_t index = 0;     ///< in roots_, threads_ or frames_; a block's number
        std::uint32_t in_frame = 0;  ///< a cell's, in frames_
    };
    struct ListedFrame {
        heapcore::Frame frame;
        heapcore::Offset thread;
        std::uint32_t number;  ///< from the newest, 0
    };

    void clear();
    void add_roots();
    void add_stack(RootSection section, const std::vector<std::uint32_t>& roots);
    void add_transient(const std::vector<std::uint32_t>& roots);
    void add_threads(const std::vector<std::uint32_t>& roots);
    void add_weak();
    std::vector<Item>& items(RootSection section) { return items_[static_cast<std::size_t>(section)]; }
    const heapcore::Heap& heap() const { return instant_.session->heap(); }
    std::string describe(heapcore::Offset chunk) const;

    RootRow root_row(const heapcore::Root& root) const;
    RootRow cell_row(const heapcore::Root& root, const ListedFrame& frame) const;
    RootRow trusted_row(std::uint32_t index, heapcore::Address target) const;
    RootRow thread_row(heapcore::Offset thread) const;
    RootRow frame_row(const ListedFrame& frame) const;
    RootRow block_row(std::uint32_t block) const;
    RootRow mark_row(std::uint64_t from_top) const;
    RootRow weak_row(heapcore::Offset chunk) const;
    std::string thread_cursor_text() const;
    std::string stack_cursor_text(std::string_view what) const;

    Instant instant_;
    ThreadNames thread_names_;
    heapcore::Phase phase_ = heapcore::Phase::idle;
    std::vector<heapcore::Root> roots_;
    std::vector<heapcore::Offset> threads_;
    std::vector<ListedFrame> frames_;
    std::vector<heapcore::Offset> weak_;
    bool is_weak_list_cut_ = false;
    std::array<std::vector<Item>, root_section_count> items_;
    std::array<std::uint64_t, root_section_count> counts_{};
};

}  // namespace tricolour
