#include "app/model/free_links.h"

#include "app/model/narration.h"

#include <algorithm>

namespace tricolour {

using heapcore::Heap;
using heapcore::Offset;

namespace {

bool is_free_chunk(const Heap& heap, Offset at) {
    return at < heap.size_bytes() && at % heap.geometry().alignment_bytes == 0 &&
           !heap.header(at).is_in_use();
}

}  // namespace

bool FreeLinks::is_listed(const Heap& heap, Offset chunk) {
    if (!is_free_chunk(heap, chunk)) return false;
    const heapcore::FreeList& list = heap.free_list();
    const Offset before = list.previous(heap.memory, chunk);
    const bool is_linked = before == list.start() || is_free_chunk(heap, before);
    return is_linked && list.next(heap.memory, before) == chunk;
}

// The list's markers lie outside the heap: there it ends.
std::optional<Offset> FreeLinks::neighbour(Offset chunk, bool is_back) {
    const heapcore::FreeList& list = heap_->free_list();
    const Offset at = is_back ? list.previous(heap_->memory, chunk) : list.next(heap_->memory, chunk);
    if (at == (is_back ? list.start() : list.end())) return std::nullopt;
    if (is_free_chunk(*heap_, at)) return at;
    is_broken_ = true;
    return std::nullopt;
}

void FreeLinks::find_ends() {
    const heapcore::FreeList& list = heap_->free_list();
    const Offset first = list.first(heap_->memory), last = list.last(heap_->memory);
    first_ = last_ = std::nullopt;
    if (is_free_chunk(*heap_, first)) first_ = first;
    if (is_free_chunk(*heap_, last)) last_ = last;
    is_broken_ =
        (first_.has_value() != (first != list.end())) || (last_.has_value() != (last != list.start()));
}

void FreeLinks::add(const FreeLink& link) {
    const auto same = [&](const FreeLink& other) { return other.from == link.from && other.to == link.to; };
    if (std::ranges::none_of(links_, same)) links_.push_back(link);
}

void FreeLinks::walk(Offset from, bool is_back, std::size_t most_links) {
    for (std::uint32_t distance = 0; distance < most_links; ++distance) {
        const auto to = neighbour(from, is_back);
        if (!to) return;
        add(is_back ? FreeLink{*to, from, distance, true} : FreeLink{from, *to, distance, true});
        from = *to;
    }
}

void FreeLinks::update(const heapcore::Session& session, std::optional<Offset> focus,
                       std::span<const Offset> seen) {
    const Instant now = instant_of(session);
    if (focus && !is_listed(session.heap(), *focus)) focus.reset();
    if (now == instant_ && focus == focus_ && std::ranges::equal(seen, seen_)) return;
    instant_ = now;
    focus_ = focus;
    seen_.assign(seen.begin(), seen.end());
    heap_ = &session.heap();
    links_.clear();
    find_ends();
    chunks_ = heap_->get(heapcore::Register::free_chunks);
    const std::size_t half = most / 2;
    const bool is_short = count() <= most;
    if (is_short && first_) {
        walk(*first_, false, most);
        // What is nearer to the focus stands out.
        const auto at = std::ranges::find_if(links_, [&](const FreeLink& link) {
            return focus && (link.from == *focus || link.to == *focus);
        });
        const auto middle = at - links_.begin();
        const bool begins_there = at != links_.end() && at->from == *focus;
        for (std::ptrdiff_t i = 0; focus && at != links_.end() && i < std::ssize(links_); ++i) {
            const std::ptrdiff_t before = begins_there ? middle - 1 : middle;
            links_[static_cast<std::size_t>(i)].distance =
                static_cast<std::uint32_t>(i <= before ? before - i : i - before - 1);
        }
    } else if (focus) {
        // Near an end what one side lacks the other has.
        walk(*focus, false, most);
        const std::size_t ahead = links_.size();
        walk(*focus, true, most - std::min(ahead, half));
        const std::size_t behind = links_.size() - ahead;
        std::rotate(links_.begin(), links_.begin() + static_cast<std::ptrdiff_t>(ahead), links_.end());
        std::reverse(links_.begin(), links_.begin() + static_cast<std::ptrdiff_t>(behind));
        links_.resize(std::min(links_.size(), most));
    } else if (first_ && last_) {
        walk(*first_, false, half);
        const std::size_t small = links_.size();
        walk(*last_, true, half);
        std::reverse(links_.begin() + static_cast<std::ptrdiff_t>(small), links_.end());
    }
    if (is_short) return;
    const std::size_t near = links_.size();
    for (const Offset chunk : seen) {
        if (links_.size() >= near + most_in_sight) break;
        if (!is_listed(*heap_, chunk)) continue;
        if (const auto before = neighbour(chunk, true)) add({*before, chunk, 0, false});
        if (const auto after = neighbour(chunk, false)) add({chunk, *after, 0, false});
    }
}

std::string FreeLinks::text() const {
    if (is_broken_) return "free list: broken, " + count_text(links_.size()) + " links can be followed";
    if (chunks_ == 0) return "free list: empty";
    if (chunks_ == 1) return "free list: one chunk, no links";
    if (is_whole()) return "free list: " + count_text(count()) + (count() == 1 ? " link" : " links");
    return "free list: " + count_text(links_.size()) + " of " + count_text(count()) + " links shown";
}

}  // namespace tricolour
