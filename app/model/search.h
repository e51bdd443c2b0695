// Search: what in the heap and in the trace is meant by what a person typed.
//
// Places of the trace and bytes of the heap are known at once. Names, classes and texts take a pass over
// the chunks that goes on from call to call: in a heap of a million it costs a frame no more than it may.
#pragma once

#include "app/model/instant.h"
#include "app/model/map.h"
#include "app/model/trace_place.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tricolour {

/// What was found, in the order in which it is listed.
enum class HitKind : std::uint8_t { place, bookmark, byte, name, of_class, instance, text, count_ };
inline constexpr std::size_t hit_kind_count = static_cast<std::size_t>(HitKind::count_);

struct HitKindRow {
    HitKind kind;
    std::string_view title;  ///< "Instances"
    std::string_view help;   ///< one sentence
};
const HitKindRow& row_of(HitKind kind);

struct Hit {
    HitKind kind = HitKind::place;
    TracePlace place;                             ///< of a place or a bookmark
    heapcore::Offset chunk = heapcore::no_chunk;  ///< of the others
    heapcore::Offset byte = 0;                    ///< meant within the chunk, where kind is byte
    bool is_in_trace() const { return chunk == heapcore::no_chunk; }
    bool operator==(const Hit&) const = default;
};

struct HitText {
    std::string title;   ///< "Node b", "Operation 12"
    std::string detail;  ///< "0x10000a20", "new b Node"
};
HitText text_of(const heapcore::Session& session, const Hit& hit, std::string_view typed);

/// Something that can be typed and leads somewhere at the position.
struct SearchExample {
    std::string typed;
    std::string_view what;  ///< "the name of a chunk"
};
std::vector<SearchExample> examples_of(const heapcore::Session& session, const MapModel& map);

class Search {
public:
    /// Goes on until all is looked through or it should stop; anew if the text or the position differs.
    void update(const heapcore::Session& session, const MapModel& map, std::string_view typed,
                const std::function<bool()>& should_stop);
    void clear() { *this = {}; }

    const std::string& typed() const { return typed_; }  ///< without blanks around it
    /// Whether it is for that text.
    bool is_of(std::string_view typed) const;
    bool is_under_way() const { return is_under_way_; }

    std::uint64_t count() const;
    std::uint64_t count(HitKind kind) const;
    /// Of all, in the order of their kinds.
    Hit hit(std::uint64_t index) const;
    std::optional<std::uint64_t> index_of(const Hit& hit) const;
    /// Chunks with a hit in them, ascending, each once.
    const std::vector<heapcore::Offset>& chunks() const { return chunks_; }

    /// "17 hits", "3 of 17 hits", "17 hits so far".
    std::string count_text(std::optional<std::uint64_t> index = {}) const;
    /// Why there is nothing to list; empty if there is, or if nothing was typed.
    std::string state_text() const;

private:
    struct Key {
        Instant instant;
        std::string typed;
        std::size_t bookmarks = 0;  ///< known by then
        bool operator==(const Key&) const = default;
    };
    void begin(const heapcore::Session& session, const MapModel& map);
    void find_places(const heapcore::Session& session);
    void find_byte(const heapcore::Session& session, const MapModel& map);
    void find_exact_name(const heapcore::Session& session);
    void look_at(const heapcore::Session& session, heapcore::Offset chunk);
    bool is_class_meant(const heapcore::Heap& heap, heapcore::Offset chunk) const;
    bool is_instance_meant(const heapcore::Heap& heap, heapcore::Offset chunk);
    std::vector<heapcore::Offset>& found(HitKind kind) { return found_[static_cast<std::size_t>(kind)]; }

    Key key_;
    std::string typed_;
    bool is_under_way_ = false;
    std::uint32_t cursor_ = 0;  ///< granule of the chunk to look at next
    std::vector<TracePlace> places_, bookmarks_;
    std::array<std::vector<heapcore::Offset>, hit_kind_count> found_;  ///< bytes, or chunks
    std::vector<heapcore::Offset> chunks_;
    heapcore::Offset chunk_of_byte_ = heapcore::no_chunk;
    heapcore::Offset exact_name_ = heapcore::no_chunk;      ///< stands first among the names
    std::unordered_map<heapcore::Address, bool> is_meant_;  ///< of classes met
    std::string problem_;                                   ///< of what can only be a place or a byte
};

}  // namespace tricolour
