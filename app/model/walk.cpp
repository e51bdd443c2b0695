#include "app/model/walk.h"

#include "heapcore/graph.h"
#include "heapcore/object.h"

#include <algorithm>
#include <unordered_set>

namespace tricolour {

using namespace heapcore;

std::vector<Offset> targets_of(const Heap& heap, Offset chunk) {
    std::vector<Offset> targets;
    if (!heap.is_sane(chunk)) return targets;
    std::unordered_set<Offset> known;
    const auto take = [&](Address user) {
        const auto target = heap.chunk_at(user);
        if (target && known.insert(*target).second) targets.push_back(*target);
    };
    for_each_reference(heap, chunk, [&](Offset, Address user, MarkReason) { take(user); });
    const ObjectLayout& objects = heap.objects();
    const bool has_referent = heap.header(chunk).type() == AllocationType::weak_reference &&
                              heap.header(chunk).size_bytes() >= header_bytes + objects.weak_bytes;
    if (has_referent) take(heap.memory.load_word(user_of(chunk) + objects.weak_referent));
    return targets;
}

std::optional<Turn> turn_at(const Heap& heap, const Fork& fork) {
    const std::vector<Offset> targets = targets_of(heap, fork.from);
    if (targets.empty()) return std::nullopt;
    const auto taken = std::ranges::find(targets, fork.taken);
    const std::size_t count = targets.size();
    std::size_t at = 0;
    if (taken != targets.end()) {
        if (count == 1) return std::nullopt;
        at = static_cast<std::size_t>(taken - targets.begin() + 1) % count;
    }
    return Turn{targets[at], at + 1, count};
}

}  // namespace tricolour
