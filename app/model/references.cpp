#include "app/model/references.h"

#include "app/model/narration.h"
#include "heapcore/object.h"

#include <algorithm>

namespace tricolour {

using heapcore::Heap;
using heapcore::Offset;

void References::update(const heapcore::Session& session, Offset chunk, const Referrers* referrers) {
    const Instant now = instant_of(session);
    const bool knows_incoming = referrers != nullptr;
    if (now == instant_ && chunk == chunk_ && knows_incoming == knows_incoming_) return;
    instant_ = now;
    chunk_ = chunk;
    knows_incoming_ = knows_incoming;
    arrows_.clear();
    outgoing_ = incoming_ = 0;
    has_more_ = false;
    const Heap& heap = session.heap();
    if (!heap.header(chunk).is_in_use() || !heap.is_sane(chunk)) return;
    find_outgoing(heap, chunk);
    if (referrers) find_incoming(chunk, *referrers);
}

void References::find_outgoing(const Heap& heap, Offset chunk) {
    std::vector<ReferenceArrow> found;
    heapcore::ScanState scan = heapcore::begin_scan(heap, chunk);
    for (std::uint64_t looks = 0;; ++looks) {
        const heapcore::ScanStep step = heapcore::next_scan(heap, chunk, scan);
        if (step.kind == heapcore::ScanStep::end) break;
        has_more_ = looks >= most_scanned;
        if (has_more_) break;
        if (step.kind != heapcore::ScanStep::reference) continue;
        if (const auto target = heap.chunk_at(step.target))
            found.push_back({chunk, step.place, *target, false});
    }
    outgoing_ = found.size();
    take_spread(std::move(found));
}

// What a root holds has no place on the map.
void References::find_incoming(Offset chunk, const Referrers& referrers) {
    std::vector<ReferenceArrow> found;
    for (const Referrer& referrer : referrers.rows)
        if (referrer.link.kind == heapcore::Link::by_chunk || referrer.link.kind == heapcore::Link::by_class)
            found.push_back({referrer.link.holder, referrer.link.place, chunk, true});
    incoming_ = found.size() + (referrers.total - referrers.rows.size());
    take_spread(std::move(found));
}

void References::take_spread(std::vector<ReferenceArrow> found) {
    const std::size_t count = std::min(found.size(), most);
    for (std::size_t i = 0; i < count; ++i)
        arrows_.push_back(found[i * found.size() / count]);
}

std::string References::text() const {
    const auto part = [](std::uint64_t count, bool is_at_least) {
        const std::string all = count_text(count) + (is_at_least ? " or more" : "");
        return count > most ? count_text(most) + " of " + all : all;
    };
    std::string text;
    if (outgoing_ > 0)
        text = part(outgoing_, has_more_) + (outgoing_ == 1 ? " reference out" : " references out");
    if (incoming_ > 0)
        text += (text.empty() ? "" : ", ") + part(incoming_, false) +
                (!text.empty()    ? " in"
                 : incoming_ == 1 ? " reference in"
                                  : " references in");
    return text;
}

}  // namespace tricolour
