// The map's model: one small texel a granule of the heap, in address order, kept up to date from
// what a session says changed; tallies of the legend come along for free.
//
// A granule is the heap's alignment (4 or 8 bytes), so that every chunk boundary is exact.
// Invariant after sync(): texels, starts and tallies are what a walk of the heap gives. A header that
// cannot be right (size 0, not aligned, beyond the end) makes the rest of the heap one chunk.
#pragma once

#include "heapcore/session.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tricolour {

/// A texel: bits 0..3 allocation type, 4..5 colour, 6 in use, 7 first granule of its chunk.
/// Type and colour are 0 where free.
using Texel = std::uint8_t;

namespace texel {
inline constexpr Texel type_mask = 0x0f, colour_mask = 0x30, in_use = 0x40, start = 0x80;
inline constexpr unsigned colour_shift = 4;
}  // namespace texel

struct Tally {
    std::uint32_t chunks = 0;
    std::uint64_t bytes = 0;
    bool operator==(const Tally&) const = default;
};

/// A texel a granule, in address order, and which of them changed: what is drawn.
class TexelPlane {
public:
    std::uint32_t granule_bytes() const { return granule_bytes_; }
    std::uint32_t granules() const { return granules_; }
    std::span<const Texel> texels() const { return {texels_.data(), granules_}; }
    /// The same with zeros behind, up to a multiple of four.
    std::span<const Texel> padded_texels() const { return texels_; }

    /// Granules changed since clear_dirty(), as [first, last) ranges in ascending order, apart. A few
    /// unchanged ones may lie within a range.
    struct Range {
        std::uint32_t first, last;
        bool operator==(const Range&) const = default;
    };
    std::span<const Range> dirty() const { return dirty_; }
    void clear_dirty() {
        dirty_.clear();
        cleared_version_ = version_;
    }
    /// A number that every change makes a new one, for all planes; dirty() is what changed since
    /// cleared_version().
    std::uint64_t version() const { return version_; }
    std::uint64_t cleared_version() const { return cleared_version_; }

protected:
    ~TexelPlane() = default;
    /// Zeros, so many; all_changed() is to follow.
    void shape(std::uint32_t granules, std::uint32_t granule_bytes);
    void note_dirty(std::uint32_t first, std::uint32_t last);
    /// Ends a change: dirty() is in order, version() a new one if anything changed.
    void some_changed();
    void all_changed();

    std::uint32_t granule_bytes_ = 8;
    std::uint32_t granules_ = 0;
    std::vector<Texel> texels_;  ///< padded

private:
    void tidy_dirty();

    std::vector<Range> dirty_;
    std::uint64_t version_ = 0, cleared_version_ = 0;
};

class MapModel : public TexelPlane {
public:
    /// Brings the texels up to date with the session's heap. Call before Session::clear_changes().
    void sync(const heapcore::Session& session);
    /// The same for a heap with no session: everything is read anew.
    void rebuild(const heapcore::Heap& heap);
    /// Forgets everything: the next sync starts afresh (another session).
    void reset();

    /// Granules are kept by their number; first of the chunk that holds a granule, and of the next one
    /// (granules() after the last).
    std::uint32_t start_before(std::uint32_t granule) const;
    std::uint32_t start_after(std::uint32_t granule) const;
    bool is_start(std::uint32_t granule) const { return starts_[granule / 64] >> granule % 64 & 1; }

    /// The chunk that holds a byte of the heap.
    heapcore::Offset chunk_at(heapcore::Offset offset) const;
    /// End of the last chunk in use, bytes from the heap's start.
    heapcore::Offset used_end() const;

    const Tally& tally(heapcore::AllocationType type, heapcore::Colour colour) const {
        return tallies_[static_cast<std::size_t>(type)][static_cast<std::size_t>(colour)];
    }
    const Tally& free_tally() const { return free_; }

private:
    void repaint(const heapcore::Heap& heap, std::uint32_t granule, std::uint32_t& painted_to);
    void paint(Texel texel, std::uint32_t first, std::uint32_t last);
    void count(Texel texel, std::uint32_t granules, int sign);

    std::vector<std::uint64_t> starts_;  ///< bit i: a chunk begins at granule i
    std::array<std::array<Tally, heapcore::colour_count + 1>, 16> tallies_{};
    Tally free_;
    const heapcore::Session* session_ = nullptr;
};

}  // namespace tricolour
