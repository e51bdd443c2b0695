#include "app/model/lens_map.h"

#include <algorithm>
#include <bit>

namespace tricolour {
namespace {

using heapcore::no_chunk;
using heapcore::Offset;
using heapcore::Phase;
using heapcore::Register;

// What one call may do: about a millisecond each.
constexpr std::uint32_t chunks_a_call = 60'000;
constexpr std::uint32_t references_a_call = 40'000;

constexpr Texel without_start(Texel texel) { return texel & ~texel::start & 0xff; }

// A collection under way has not been survived yet.
std::uint32_t collections_ended(const heapcore::Heap& heap) {
    const auto begun = static_cast<std::uint32_t>(heap.get(Register::gc_count));
    const auto phase = static_cast<Phase>(heap.get(Register::phase));
    const bool is_under_way = phase != Phase::idle && phase != Phase::done;
    return is_under_way && begun > 0 ? begun - 1 : begun;
}

}  // namespace

void LensMap::reset() {
    session_ = nullptr;
    map_ = nullptr;
    shows_map_ = true;
    is_behind_ = false;
    marked_.reset();
    known_ = {};
    is_seeking_ = false;
    shape(0, 8);
    all_changed();
}

void LensMap::mark(const heapcore::Session& session, const MapModel& map) {
    marked_ = std::make_unique<const MarkedPosition>(session, map);
    ++mark_number_;
}

void LensMap::sync(const heapcore::Session& session, const MapModel& map, LensId lens,
                   std::optional<Offset> selected) {
    const LensRow& row = row_of(lens);
    const bool is_known = session_ == &session && lens_ == lens && map_ == &map &&
                          granules() == map.granules() && granule_bytes() == map.granule_bytes() &&
                          !session.changes().is_all();
    lens_ = lens;
    map_ = &map;
    shows_map_ = row.value_of == nullptr;
    is_behind_ = false;
    if (shows_map_) {
        session_ = nullptr;
        return;
    }
    session_ = &session;
    if (marked_ && !marked_->is_of(map)) marked_.reset();
    follow_graph(session, selected);
    sight_ = look(session, selected);

    const std::uint64_t depends_on = row.depends_on(sight_);
    if (!is_known) {
        start_over();
    } else {
        paint_changed(session.changes());
        if (depends_on != depends_on_) stale_granules_ = granules();
        paint_stale(chunks_a_call);
        some_changed();
    }
    depends_on_ = depends_on;
    is_behind_ = stale_granules_ > 0 || is_seeking_;
}

LensSight LensMap::look(const heapcore::Session& session, std::optional<Offset> selected) {
    LensSight sight;
    sight.heap = &session.heap();
    sight.operation = static_cast<std::uint32_t>(session.current_operation().value_or(0));
    sight.collections = collections_ended(session.heap());
    request_ = lens_ == LensId::fit ? next_request(session, selected) : Request{};
    sight.needed_bytes = request_.needed_bytes;
    sight.selected = selected;
    if (known_.instant.session == &session) {
        sight.reach = known_.need == LensNeed::reach ? &reach_ : nullptr;
        sight.retention = known_.need == LensNeed::retention ? &retention_ : nullptr;
    }
    sight.marked = marked_.get();
    sight.graph = graph_number_;
    sight.mark = mark_number_;
    return sight;
}

// --- what the roots lead to -----------------------------------------------------------------------

// A small heap is looked through at once. In a large one the search begins when the heap rests: while it
// changes from frame to frame, what was known before stays.
void LensMap::follow_graph(const heapcore::Session& session, std::optional<Offset> selected) {
    const LensNeed need = row_of(lens_).need;
    if (need != LensNeed::reach && need != LensNeed::retention) {
        is_seeking_ = false;
        return;
    }
    const Graph wanted{instant_of(session), need,
                       need == LensNeed::retention ? selected.value_or(no_chunk) : no_chunk};
    if (known_ == wanted) {
        is_seeking_ = false;
        return;
    }
    const heapcore::Heap& heap = session.heap();
    const bool is_small = heap.get(Register::chunks) < references_a_call / 4;
    if (!is_seeking_ || sought_ != wanted) {
        sought_ = wanted;
        is_seeking_ = true;
        has_begun_ = false;
        if (!is_small) return;
    }
    if (!has_begun_) begin_graph(heap);
    if (!advance_graph(heap, is_small ? ~0u : references_a_call)) return;
    is_seeking_ = false;
    known_ = wanted;
    ++graph_number_;
    std::swap(reach_, next_reach_);
    std::swap(retention_, next_retention_);
}

void LensMap::begin_graph(const heapcore::Heap& heap) {
    has_begun_ = true;
    const bool is_known_of_another = known_.need == LensNeed::retention && known_.instant == sought_.instant;
    if (sought_.need == LensNeed::retention && is_known_of_another)
        next_retention_.begin_beside(heap, retention_, sought_.selected);
    else if (sought_.need == LensNeed::retention)
        next_retention_.begin(heap, sought_.selected);
    else
        next_reach_.begin(heap);
}

bool LensMap::advance_graph(const heapcore::Heap& heap, std::uint32_t most_references) {
    return sought_.need == LensNeed::retention ? next_retention_.advance(heap, most_references)
                                               : next_reach_.advance(heap, most_references);
}

// --- texels ---------------------------------------------------------------------------------------

void LensMap::start_over() {
    shape(map_->granules(), map_->granule_bytes());
    tallies_ = {};
    cursor_ = 0;
    stale_granules_ = granules();
    is_blank_ = true;
    paint_stale(~0u);
    is_blank_ = false;
    all_changed();
}

// What the map says changed: a chunk can begin where nothing was stored, when one that had swallowed it
// gives it back. Then what was stored to: a chunk can be another with the same texels.
void LensMap::paint_changed(const heapcore::HeapChanges& changes) {
    if (!changes.is_any()) return;
    std::uint32_t painted_to = 0;
    const auto paint = [&](std::uint32_t granule) {
        const std::uint32_t first = map_->start_before(granule);
        painted_to = map_->start_after(first);
        paint_chunk(first, painted_to);
    };
    for (const Range& range : map_->dirty())
        for (painted_to = std::max(painted_to, range.first); painted_to < range.last;)
            paint(painted_to);
    painted_to = 0;
    auto dirty = map_->dirty().begin();
    const std::vector<std::uint64_t>& words = changes.words();
    for (std::size_t i = 0; i < words.size(); ++i) {
        for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
            const auto granule =
                static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(word));
            while (dirty != map_->dirty().end() && dirty->last <= granule)
                ++dirty;
            const bool is_painted = dirty != map_->dirty().end() && dirty->first <= granule;
            if (is_painted || granule < painted_to || granule >= granules()) continue;
            paint(granule);
        }
    }
}

// Goes round the heap from where it stopped.
void LensMap::paint_stale(std::uint32_t most_chunks) {
    while (stale_granules_ > 0 && most_chunks-- > 0) {
        if (cursor_ >= granules()) cursor_ = 0;
        const std::uint32_t first = map_->start_before(cursor_), last = map_->start_after(first);
        paint_chunk(first, last);
        stale_granules_ -= std::min(stale_granules_, last - cursor_);
        cursor_ = last;
    }
}

void LensMap::paint_chunk(std::uint32_t first, std::uint32_t last) {
    const LensChunk chunk{first * granule_bytes(), sight_.heap->header(first * granule_bytes())};
    const Texel of_map = map_->texels()[first] & (texel::colour_mask | texel::in_use);
    const auto texel = static_cast<Texel>(row_of(lens_).value_of(sight_, chunk) | of_map);
    if (lens_ == LensId::changes && marked_ && is_mirrored_)
        paint_mirrored(first, last, texel);
    else if (lens_ == LensId::changes && marked_ && !(of_map & texel::in_use))
        paint_free_since(first, last, texel);
    else
        put(first, last, texel);
}

// What of a free chunk was in use at the mark, chunk by chunk, and what was not.
void LensMap::paint_free_since(std::uint32_t first, std::uint32_t last, Texel texel) {
    const MapModel& then = marked_->map();
    for (std::uint32_t piece = first; piece < last;) {
        const std::uint32_t end = std::min(last, then.start_after(piece));
        const Texel before = then.texels()[piece];
        const bool was_in_use = before & texel::in_use;
        const auto shown = was_in_use ? static_cast<Texel>(lens::FreeChange::died) : texel;
        if (piece == first || (was_in_use && before & texel::start))
            put(piece, end, shown);
        else
            fill(piece, end, shown);
        piece = end;
    }
}

// A chunk that is not there at the other side died; where chunks are only there, they were born.
void LensMap::paint_mirrored(std::uint32_t first, std::uint32_t last, Texel texel) {
    if (texel & texel::in_use) {
        const bool is_gone = (texel & texel::type_mask) == static_cast<Texel>(lens::Change::born);
        return put(first, last, is_gone ? static_cast<Texel>(lens::FreeChange::died) : texel);
    }
    const MapModel& other = marked_->map();
    for (std::uint32_t piece = first; piece < last;) {
        const std::uint32_t end = std::min(last, other.start_after(piece));
        const Texel there = other.texels()[piece];
        const bool is_born = there & texel::in_use;
        const Texel shown =
            is_born ? static_cast<Texel>(static_cast<Texel>(lens::Change::born) | texel::in_use) : texel;
        if (piece == first || (is_born && there & texel::start))
            put(piece, end, shown);
        else
            fill(piece, end, shown);
        piece = end;
    }
}

void LensMap::put(std::uint32_t first, std::uint32_t last, Texel texel) {
    fill(first, first + 1, texel | texel::start);
    fill(first + 1, last, texel);
}

void LensMap::fill(std::uint32_t first, std::uint32_t last, Texel texel) {
    const auto count = [this](Texel of, std::uint32_t length, int sign) {
        Tally& tally = tallies_[without_start(of)];
        const std::uint32_t chunks = of & texel::start ? length : 0;
        const std::uint64_t bytes = std::uint64_t{length} * granule_bytes();
        tally.chunks = sign > 0 ? tally.chunks + chunks : tally.chunks - chunks;
        tally.bytes = sign > 0 ? tally.bytes + bytes : tally.bytes - bytes;
    };
    if (is_blank_) {
        count(texel, last - first, 1);
        std::fill(texels_.begin() + first, texels_.begin() + last, texel);
        return;
    }
    for (std::uint32_t at = first; at < last;) {
        const Texel before = texels_[at];
        std::uint32_t end = at + 1;
        while (end < last && texels_[end] == before)
            ++end;
        if (before != texel) {
            count(before, end - at, -1);
            count(texel, end - at, 1);
            std::fill(texels_.begin() + at, texels_.begin() + end, texel);
            note_dirty(at, end);
        }
        at = end;
    }
}

// --- what is asked of it --------------------------------------------------------------------------

const LensEntry* LensMap::entry_at(Offset chunk) const {
    if (!map_ || chunk / map_->granule_bytes() >= plane().granules()) return nullptr;
    return entry_of(row_of(lens_), without_start(plane().texels()[chunk / map_->granule_bytes()]));
}

Tally LensMap::tally_of(const LensEntry& entry) const {
    Tally sum;
    for (Texel texel = 0; texel < tallies_.size(); ++texel) {
        if (!entry.is_of(texel)) continue;
        if (shows_map_ && !(texel & texel::in_use) && texel != 0) continue;
        const Tally& tally =
            !shows_map_ ? tallies_[texel]
            : !map_     ? Tally{}
            : texel == 0
                ? map_->free_tally()
                : map_->tally(
                      static_cast<heapcore::AllocationType>(texel & texel::type_mask),
                      static_cast<heapcore::Colour>((texel & texel::colour_mask) >> texel::colour_shift));
        sum.chunks += tally.chunks;
        sum.bytes += tally.bytes;
    }
    return sum;
}

}  // namespace tricolour
