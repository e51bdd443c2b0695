#include "app/model/map.h"

#include <algorithm>
#include <atomic>
#include <bit>

namespace tricolour {
namespace {

constexpr std::uint32_t join_gap = 64;  // dirty ranges nearer than this are one

std::uint64_t new_version() {
    static std::atomic<std::uint64_t> newest{0};
    return ++newest;
}

Texel texel_of(heapcore::Header header) {
    if (!header.is_in_use()) return 0;
    return static_cast<Texel>(static_cast<unsigned>(header.type()) |
                              static_cast<unsigned>(header.colour()) << texel::colour_shift | texel::in_use);
}

// Where the chunk ends, in granules: a function of its header and place alone.
std::uint32_t end_of(heapcore::Header header, std::uint32_t first, std::uint32_t granule_bytes,
                     std::uint32_t granules) {
    const std::uint32_t bytes = header.size_bytes();
    const std::uint32_t length = bytes / granule_bytes;
    if (length == 0 || bytes % granule_bytes != 0 || length > granules - first) return granules;
    return first + length;
}

}  // namespace

void TexelPlane::shape(std::uint32_t granules, std::uint32_t granule_bytes) {
    granules_ = granules;
    granule_bytes_ = granule_bytes;
    texels_.assign((granules + 3) / 4 * 4, 0);
}

void TexelPlane::note_dirty(std::uint32_t first, std::uint32_t last) {
    if (!dirty_.empty()) {
        Range& newest = dirty_.back();
        if (first >= newest.first && first <= newest.last + join_gap) {
            newest.last = std::max(newest.last, last);
            return;
        }
    }
    dirty_.push_back({first, last});
}

// Ranges are noted nearly in order; several syncs between two clears overlap.
void TexelPlane::tidy_dirty() {
    const auto by_first = [](const Range& a, const Range& b) { return a.first < b.first; };
    std::sort(dirty_.begin(), dirty_.end(), by_first);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < dirty_.size(); ++i) {
        if (dirty_[i].first <= dirty_[kept].last + join_gap)
            dirty_[kept].last = std::max(dirty_[kept].last, dirty_[i].last);
        else
            dirty_[++kept] = dirty_[i];
    }
    if (!dirty_.empty()) dirty_.resize(kept + 1);
}

void TexelPlane::some_changed() {
    if (dirty_.empty()) return;
    tidy_dirty();
    version_ = new_version();
}

void TexelPlane::all_changed() {
    dirty_.clear();
    if (granules_ > 0) dirty_.push_back({0, granules_});
    version_ = new_version();
}

void MapModel::reset() {
    session_ = nullptr;
    shape(0, granule_bytes_);
    starts_.clear();
    tallies_ = {};
    free_ = {};
    all_changed();
}

void MapModel::sync(const heapcore::Session& session) {
    const heapcore::Heap& heap = session.heap();
    const heapcore::HeapChanges& changes = session.changes();
    const std::uint32_t granules = heap.size_bytes() / heap.geometry().alignment_bytes;
    if (session_ != &session || granules != this->granules() ||
        granule_bytes_ != heap.geometry().alignment_bytes || changes.is_all()) {
        rebuild(heap);
        session_ = &session;
        return;
    }
    if (!changes.is_any()) return;
    std::uint32_t painted_to = 0;
    const std::vector<std::uint64_t>& words = changes.words();
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::uint64_t word = words[i];
        while (word != 0) {
            const auto granule =
                static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(word));
            word &= word - 1;
            if (granule >= painted_to && granule < granules) repaint(heap, granule, painted_to);
        }
    }
    some_changed();
}

void MapModel::rebuild(const heapcore::Heap& heap) {
    const std::uint32_t granules = heap.size_bytes() / heap.geometry().alignment_bytes;
    shape(granules, heap.geometry().alignment_bytes);
    starts_.assign(granules / 64 + 1, 0);
    tallies_ = {};
    free_ = {};
    for (std::uint32_t first = 0; first < granules;) {
        const heapcore::Header header = heap.header(first * granule_bytes_);
        const std::uint32_t last = end_of(header, first, granule_bytes_, granules);
        const Texel texel = texel_of(header);
        std::fill(texels_.begin() + first, texels_.begin() + last, texel);
        texels_[first] = texel | texel::start;
        starts_[first / 64] |= std::uint64_t{1} << first % 64;
        count(texel, last - first, 1);
        first = last;
    }
    all_changed();
}

// Up to the start S at or before the granule, the structure known agrees with the heap: no header in
// between was stored to. From S the heap's headers are walked until both agree again.
void MapModel::repaint(const heapcore::Heap& heap, std::uint32_t granule, std::uint32_t& painted_to) {
    std::uint32_t first = start_before(granule);
    do {
        const heapcore::Header header = heap.header(first * granule_bytes_);
        const std::uint32_t last = end_of(header, first, granule_bytes_, granules());
        paint(texel_of(header), first, last);
        first = last;
    } while (first < granules() && (first <= granule || !is_start(first)));
    painted_to = first;
}

void MapModel::paint(Texel texel, std::uint32_t first, std::uint32_t last) {
    const Texel head = texel | texel::start;
    if (texels_[first] == head && start_after(first) == last) return;
    for (std::uint32_t piece = first; piece < last;) {
        const std::uint32_t piece_end = start_after(piece);
        const std::uint32_t until = std::min(piece_end, last);
        const Texel before = texels_[piece];
        if (before & texel::start) {
            count(before, piece_end - piece, -1);
            starts_[piece / 64] &= ~(std::uint64_t{1} << piece % 64);
        }
        if ((before & ~texel::start) != texel) {
            std::fill(texels_.begin() + piece, texels_.begin() + until, texel);
            note_dirty(piece, until);
        } else if (before & texel::start && piece != first) {
            texels_[piece] = texel;
            note_dirty(piece, piece + 1);
        }
        piece = until;
    }
    if (texels_[first] != head) {
        texels_[first] = head;
        note_dirty(first, first + 1);
    }
    starts_[first / 64] |= std::uint64_t{1} << first % 64;
    count(texel, last - first, 1);
}

void MapModel::count(Texel texel, std::uint32_t granules, int sign) {
    Tally& tally =
        texel & texel::in_use
            ? tallies_[texel & texel::type_mask][(texel & texel::colour_mask) >> texel::colour_shift]
            : free_;
    const std::uint64_t bytes = std::uint64_t{granules} * granule_bytes_;
    tally.chunks = sign > 0 ? tally.chunks + 1 : tally.chunks - 1;
    tally.bytes = sign > 0 ? tally.bytes + bytes : tally.bytes - bytes;
}

std::uint32_t MapModel::start_before(std::uint32_t granule) const {
    std::size_t i = granule / 64;
    std::uint64_t word = starts_[i] & (~std::uint64_t{0} >> (63 - granule % 64));
    while (word == 0 && i > 0)
        word = starts_[--i];
    if (word == 0) return 0;
    return static_cast<std::uint32_t>(i * 64 + 63) - static_cast<std::uint32_t>(std::countl_zero(word));
}

std::uint32_t MapModel::start_after(std::uint32_t granule) const {
    const std::uint32_t next = granule + 1;
    if (next >= granules()) return granules();
    std::size_t i = next / 64;
    std::uint64_t word = starts_[i] & (~std::uint64_t{0} << next % 64);
    while (word == 0) {
        if (++i == starts_.size()) return granules();
        word = starts_[i];
    }
    return static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(word));
}

heapcore::Offset MapModel::chunk_at(heapcore::Offset offset) const {
    if (texels_.empty()) return heapcore::no_chunk;
    return start_before(std::min(offset / granule_bytes_, granules() - 1)) * granule_bytes_;
}

heapcore::Offset MapModel::used_end() const {
    std::uint32_t end = granules();
    while (end > 0) {
        const std::uint32_t first = start_before(end - 1);
        if (texels_[first] & texel::in_use) break;
        end = first;
    }
    return end * granule_bytes_;
}

}  // namespace tricolour
