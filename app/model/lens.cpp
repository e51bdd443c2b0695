#include "app/model/lens.h"

#include <algorithm>

namespace tricolour {

using heapcore::Header;

const Rgba& colour_of(const Palette& palette, Ink ink) {
    switch (ink.kind) {
        case Ink::type: return palette.types[ink.index];
        case Ink::colour: return palette.colours[ink.index];
        case Ink::ramp: return palette.ramp[ink.index];
        case Ink::category: return palette.category[ink.index];
        case Ink::quiet: return palette.quiet;
        default: return palette.free;
    }
}

const LensEntry* entry_of(const LensRow& row, Texel texel) {
    const auto found =
        std::ranges::find_if(row.entries, [texel](const LensEntry& entry) { return entry.is_of(texel); });
    return found == row.entries.end() ? nullptr : &*found;
}

std::string word_of(LensId id) {
    std::string word(row_of(id).name);
    word[0] = static_cast<char>(word[0] | 0x20);
    return word;
}

std::optional<LensId> lens_named(std::string_view word) {
    for (const LensRow& row : lens_rows)
        if (word_of(row.id) == word) return row.id;
    return std::nullopt;
}

namespace lens {
namespace {

template <std::size_t count>
Texel range_of(const std::array<std::uint32_t, count>& ranges, std::uint32_t number) {
    return static_cast<Texel>(std::ranges::upper_bound(ranges, number) - ranges.begin());
}

template <typename Value>
constexpr Texel value(Value named) {
    return static_cast<Texel>(named);
}

std::uint32_t difference(std::uint32_t later, std::uint32_t earlier) {
    return later > earlier ? later - earlier : 0;
}

bool is_static(Header header) { return header.type() == heapcore::AllocationType::static_data; }

static_assert(static_cast<std::size_t>(Rooted::unreached) ==
              static_cast<std::size_t>(heapcore::RootKind::count_));

}  // namespace

Texel age_of(const LensSight& sight, const LensChunk& chunk) {
    if (!chunk.header.is_in_use()) return 0;
    return range_of(age_ranges, difference(sight.operation, sight.heap->origin_of(chunk.offset).operation));
}

Texel survivals_of(const LensSight& sight, const LensChunk& chunk) {
    if (!chunk.header.is_in_use()) return 0;
    return range_of(survival_ranges,
                    difference(sight.collections, sight.heap->origin_of(chunk.offset).collection));
}

Texel size_of(const LensSight&, const LensChunk& chunk) {
    return chunk.header.is_in_use() ? range_of(size_ranges, chunk.header.size_bytes()) : Texel{0};
}

// The list is in order of size: the one taken is the one that fits though the one before it does not.
Texel fit_of(const LensSight& sight, const LensChunk& chunk) {
    if (chunk.header.is_in_use()) return 0;
    if (sight.needed_bytes == 0) return value(Fit::unasked);
    if (chunk.header.size_bytes() < sight.needed_bytes) return value(Fit::too_small);
    const heapcore::Heap& heap = *sight.heap;
    const heapcore::Offset before = heap.free_list().previous(heap.memory, chunk.offset);
    const bool is_first =
        before == heap.free_list().start() ||
        (before < heap.size_bytes() && heap.header(before).size_bytes() < sight.needed_bytes);
    return value(is_first ? Fit::taken : Fit::fits);
}

Texel root_of(const LensSight& sight, const LensChunk& chunk) {
    if (!chunk.header.is_in_use()) return 0;
    if (!sight.reach) return value(Rooted::unknown);
    if (const auto root = sight.reach->root_of(chunk.offset)) return value(*root);
    return value(is_static(chunk.header) ? Rooted::kept : Rooted::unreached);
}

Texel retained_of(const LensSight& sight, const LensChunk& chunk) {
    if (!chunk.header.is_in_use()) return 0;
    if (chunk.offset == sight.selected) return value(Retained::selection);
    if (!sight.retention) return value(Retained::unknown);
    if (sight.retention->is_retained(chunk.offset)) return value(Retained::kept);
    if (sight.retention->is_reached(chunk.offset)) return value(Retained::reachable);
    return value(is_static(chunk.header) ? Retained::data : Retained::unreachable);
}

// Which granules of a free chunk were in use is seen to where it is painted.
Texel change_of(const LensSight& sight, const LensChunk& chunk) {
    if (!sight.marked) return 0;
    const MapModel& then = sight.marked->map();
    const std::uint32_t granule = chunk.offset / then.granule_bytes();
    const Texel before = then.texels()[granule];
    const bool was_in_use = before & texel::in_use, is_in_use = chunk.header.is_in_use();
    const bool is_same = before & texel::start && was_in_use == is_in_use &&
                         sight.marked->identity_at(chunk.offset) ==
                             MarkedPosition::identity_of(*sight.heap, chunk.offset, chunk.header);
    if (!is_in_use) return value(is_same ? FreeChange::none : FreeChange::moved);
    if (!is_same) return value(Change::born);
    const auto colour =
        static_cast<Texel>(static_cast<unsigned>(chunk.header.colour()) << texel::colour_shift);
    if ((before & texel::colour_mask) != colour) return value(Change::recoloured);
    const std::uint32_t size = (then.start_after(granule) - granule) * then.granule_bytes();
    const bool is_as_it_was = (before & texel::type_mask) == static_cast<Texel>(chunk.header.type()) &&
                              size == chunk.header.size_bytes();
    return value(is_as_it_was ? Change::none : Change::retyped);
}

}  // namespace lens
}  // namespace tricolour
