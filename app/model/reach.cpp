#include "app/model/reach.h"

#include <algorithm>

namespace tricolour {

using heapcore::Address;
using heapcore::Heap;
using heapcore::no_chunk;
using heapcore::Offset;
using heapcore::Root;
using heapcore::RootKind;
using heapcore::ScanStep;

namespace {

constexpr std::uint32_t most_segments = 1u << 16;  // ends a walk along a broken list

bool is_taken(const Root& root) {
    return root.kind != RootKind::frame_cell || root.verdict == heapcore::CellVerdict::reference ||
           root.verdict == heapcore::CellVerdict::not_white;
}

}  // namespace

void Reach::begin(const Heap& heap, Offset without) {
    smallest_chunk_bytes_ = heap.geometry().smallest_chunk_bytes;
    without_ = without;
    kinds_.assign(heap.size_bytes() / smallest_chunk_bytes_ + 1, 0);
    roots_ = heapcore::roots_of(heap);
    next_root_ = 0;
    found_.clear();
    scanned_ = no_chunk;
    // With vm=unified the threads' own structures are chunks. Nothing else leads to them.
    for (const Offset thread : heapcore::threads_of(heap))
        if (!(heap.memory.load32(thread) & heapcore::ended_status)) reach_thread_structures(heap, thread);
}

void Reach::reach(Offset chunk, RootKind kind, bool is_scanned) {
    if (chunk == without_) return;
    std::uint8_t& known = kinds_[chunk / smallest_chunk_bytes_];
    if (known != 0) return;
    known = static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) + 1);
    if (is_scanned) found_.push_back(chunk);
}

// They turn black and are not scanned.
void Reach::reach_thread_structures(const Heap& heap, Offset thread) {
    const heapcore::ObjectLayout& objects = heap.objects();
    const auto reach_structure = [&](Address address) {
        if (const auto chunk = heap.chunk_at(address)) reach(*chunk, RootKind::thread, false);
    };
    reach_structure(heap.memory.address_of(thread));
    const Address current = heapcore::thread_word(heap, thread, objects.thread_segment);
    Address segment = heapcore::thread_word(heap, thread, objects.thread_segments);
    for (std::uint32_t i = 0; i < most_segments && segment != 0; ++i) {
        reach_structure(segment);
        const auto at = heapcore::place_of(heap, segment);
        if (segment == current || !at || *at + objects.segment_body > heap.memory.size_bytes()) return;
        segment = heap.memory.load_word(*at + objects.segment_next);
    }
}

std::optional<RootKind> Reach::root_of(Offset chunk) const {
    const std::uint8_t kind = kinds_[chunk / smallest_chunk_bytes_];
    if (kind == 0) return std::nullopt;
    return static_cast<RootKind>(kind - 1);
}

// Depth first from one root after the other.
bool Reach::advance(const Heap& heap, std::uint32_t most_references) {
    std::uint32_t left = std::max(1u, most_references);
    for (;;) {
        if (!scan(heap, left)) return false;
        if (next_root_ == roots_.size()) return true;
        if (left-- == 0) return false;
        const Root& root = roots_[next_root_++];
        kind_ = root.kind;
        if (!is_taken(root)) continue;
        if (const auto chunk = heap.chunk_at(root.target)) reach(*chunk, root.kind, true);
    }
}

// What was found and what that leads to. False: the budget is spent.
bool Reach::scan(const Heap& heap, std::uint32_t& left) {
    for (;;) {
        if (scanned_ == no_chunk) {
            if (found_.empty()) return true;
            scanned_ = found_.back();
            found_.pop_back();
            scan_ = heapcore::begin_scan(heap, scanned_);
        }
        for (;;) {
            if (left == 0) return false;
            --left;
            const ScanStep step = heapcore::next_scan(heap, scanned_, scan_);
            if (step.kind == ScanStep::end) break;
            if (step.kind == ScanStep::blacken)
                reach(step.chunk, kind_, false);
            else if (const auto chunk = heap.chunk_at(step.target))
                reach(*chunk, kind_, true);
        }
        scanned_ = no_chunk;
    }
}

void Retention::begin(const Heap& heap, Offset chunk) {
    with_.begin(heap);
    without_.begin(heap, chunk);
    chunk_ = chunk;
    is_with_known_ = false;
}

void Retention::begin_beside(const Heap& heap, const Retention& known, Offset chunk) {
    with_ = known.with_;
    without_.begin(heap, chunk);
    chunk_ = chunk;
    is_with_known_ = true;
}

bool Retention::advance(const Heap& heap, std::uint32_t most_references) {
    if (!is_with_known_) {
        is_with_known_ = with_.advance(heap, most_references);
        if (!is_with_known_) return false;
        most_references /= 2;
    }
    if (chunk_ != no_chunk && with_.is_reached(chunk_)) return without_.advance(heap, most_references);
    without_ = with_;
    return true;
}

}  // namespace tricolour
