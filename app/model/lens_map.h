// The map as a lens shows it: the values of all chunks, kept up to date from what a session says
// changed, and how many there are of each.
//
// Where a lens depends on more than the chunk (how many operations there were, what the roots lead to),
// what is stale is brought up to date a part a call, so that no frame is slow; chunks that changed come
// first, at once. What the roots lead to is found out while the heap rests.
#pragma once

#include "app/model/instant.h"
#include "app/model/lens.h"
#include "app/model/next_request.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace tricolour {

class LensMap : public TexelPlane {
public:
    /// Call after MapModel::sync() and before Session::clear_changes(), each frame; what is dirty in the
    /// map is what changed since the call before.
    void sync(const heapcore::Session& session, const MapModel& map, LensId lens,
              std::optional<heapcore::Offset> selected);
    /// Forgets everything (another session).
    void reset();
    /// Whether a further sync() goes on though nothing happens.
    bool is_behind() const { return is_behind_; }

    LensId lens() const { return lens_; }
    /// What is to be drawn: the map's own texels where they say it all.
    const TexelPlane& plane() const { return shows_map_ ? static_cast<const TexelPlane&>(*map_) : *this; }
    /// The legend's entry for a chunk; none for one of a type that does not exist.
    const LensEntry* entry_at(heapcore::Offset chunk) const;
    /// Of the chunks that an entry stands for.
    Tally tally_of(const LensEntry& entry) const;

    /// What the lens of fit asks for.
    const Request& request() const { return request_; }

    /// Remembers the session's position for the lens of changes. The map is in step with it.
    void mark(const heapcore::Session& session, const MapModel& map);
    const MarkedPosition* marked() const { return marked_.get(); }
    /// This is the map of the marked position, and what mark() gave it the other side: the lens of changes
    /// then shows here, too, what was born and what died since.
    void mirror() { is_mirrored_ = true; }

private:
    LensSight look(const heapcore::Session& session, std::optional<heapcore::Offset> selected);
    void follow_graph(const heapcore::Session& session, std::optional<heapcore::Offset> selected);
    void begin_graph(const heapcore::Heap& heap);
    bool advance_graph(const heapcore::Heap& heap, std::uint32_t most_references);
    void start_over();
    void paint_changed(const heapcore::HeapChanges& changes);
    void paint_stale(std::uint32_t most_chunks);
    void paint_chunk(std::uint32_t first, std::uint32_t last);
    void paint_free_since(std::uint32_t first, std::uint32_t last, Texel texel);
    void paint_mirrored(std::uint32_t first, std::uint32_t last, Texel texel);
    void put(std::uint32_t first, std::uint32_t last, Texel texel);
    void fill(std::uint32_t first, std::uint32_t last, Texel texel);

    LensId lens_ = LensId::type_and_colour;
    bool shows_map_ = true;
    bool is_behind_ = false;
    const MapModel* map_ = nullptr;
    const heapcore::Session* session_ = nullptr;  ///< whose texels these are; null: none
    LensSight sight_;
    std::uint64_t depends_on_ = 0;      ///< what the values were made with
    std::array<Tally, 128> tallies_{};  ///< by texel without its start bit
    std::uint32_t stale_granules_ = 0, cursor_ = 0;
    bool is_blank_ = false;  ///< nothing is painted or counted yet
    Request request_;
    std::unique_ptr<const MarkedPosition> marked_;
    std::uint64_t mark_number_ = 0;
    bool is_mirrored_ = false;

    /// What the roots lead to: known for an instant, and being found out for another.
    struct Graph {
        Instant instant;
        LensNeed need = LensNeed::nothing;
        heapcore::Offset selected = heapcore::no_chunk;
        bool operator==(const Graph&) const = default;
    };
    Graph known_, sought_;
    bool is_seeking_ = false, has_begun_ = false;
    Reach reach_, next_reach_;
    Retention retention_, next_retention_;
    std::uint64_t graph_number_ = 0;
};

}  // namespace tricolour
