#include "heapcore/keyframes.h"

#include <algorithm>
#include <cstring>

namespace heapcore {

struct Keyframes::Page {
    std::array<std::byte, page_bytes> bytes;
    std::shared_ptr<std::uint64_t> alive;

    explicit Page(std::shared_ptr<std::uint64_t> counter) : alive(std::move(counter)) { ++*alive; }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;
    ~Page() { --*alive; }
};

namespace {

bool is_zero(std::span<const std::byte> bytes) {
    return bytes.front() == std::byte{0} &&
           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

// What lies unused on the mark stack means nothing between operations.
bool is_scratch(const MemoryLayout& layout, Offset begin, Offset end) {
    return begin >= layout.mark_stack && end <= layout.names;
}

}  // namespace

// Taking a keyframe looks at all of the memory, so on a large one they stand further apart.
bool Keyframes::is_due(std::uint64_t cost) const {
    if (frames_.empty()) return true;
    const Frame& last = frames_.back();
    constexpr std::uint32_t bytes_looked_at = 1024;  // in what a small operation takes
    return cost >= last.cost + std::max<std::uint64_t>(distance_, last.size_bytes / bytes_looked_at);
}

std::uint64_t Keyframes::list_bytes_of(const Frame& frame) {
    return sizeof(Frame) + frame.pages.capacity() * sizeof(frame.pages[0]);
}

void Keyframes::capture(const Machine& machine, std::size_t operation, std::uint64_t cost) {
    if (!frames_.empty() && frames_.back().operation >= operation) return;
    const MemoryLayout& layout = machine.heap().layout();
    const auto bytes = machine.heap().memory.bytes();
    Frame frame{operation, cost, machine.heap().memory.size_bytes(), {}};
    frame.pages.resize((bytes.size() + page_bytes - 1) / page_bytes);
    for (std::size_t i = 0; i < frame.pages.size(); ++i) {
        const std::size_t begin = i * page_bytes;
        const auto part = bytes.subspan(begin, std::min<std::size_t>(page_bytes, bytes.size() - begin));
        if (is_scratch(layout, static_cast<Offset>(begin), static_cast<Offset>(begin + part.size())))
            continue;
        if (!frames_.empty() && i < frames_.back().pages.size()) {
            const auto& before = frames_.back().pages[i];
            const bool is_same =
                before ? std::memcmp(before->bytes.data(), part.data(), part.size()) == 0 : is_zero(part);
            if (is_same) {
                frame.pages[i] = before;
                continue;
            }
        } else if (is_zero(part)) {
            continue;
        }
        auto page = std::make_shared<Page>(pages_alive_);
        page->bytes = {};
        std::memcpy(page->bytes.data(), part.data(), part.size());
        frame.pages[i] = std::move(page);
    }
    list_bytes_ += list_bytes_of(frame);
    frames_.push_back(std::move(frame));
    while (this->bytes() > budget_bytes_ && frames_.size() > 2)
        thin_out();
}

void Keyframes::drop(std::size_t frame) {
    list_bytes_ -= list_bytes_of(frames_[frame]);
    frames_.erase(frames_.begin() + static_cast<std::ptrdiff_t>(frame));
}

// The first and the newest stay; of the others goes the one without which the gap is smallest.
void Keyframes::thin_out() {
    const auto gap = [this](std::size_t from, std::size_t to) {
        return frames_[to].cost - frames_[from].cost;
    };
    std::size_t least_missed = 1;
    for (std::size_t i = 2; i + 1 < frames_.size(); ++i)
        if (gap(i - 1, i + 1) < gap(least_missed - 1, least_missed + 1)) least_missed = i;
    drop(least_missed);
    std::uint64_t closest = gap(0, 1);
    for (std::size_t i = 2; i + 1 < frames_.size(); ++i)
        closest = std::min(closest, gap(i - 1, i));
    distance_ = std::max(distance_, closest);
}

std::vector<Keyframes::Frame>::const_iterator Keyframes::find(std::size_t operation) const {
    return std::upper_bound(frames_.begin(), frames_.end(), operation,
                            [](std::size_t wanted, const Frame& frame) { return wanted < frame.operation; });
}

std::optional<std::size_t> Keyframes::nearest(std::size_t operation) const {
    const auto after = find(operation);
    if (after == frames_.begin()) return std::nullopt;
    return std::prev(after)->operation;
}

std::optional<std::size_t> Keyframes::restore(Machine& machine, std::size_t operation) const {
    const auto after = find(operation);
    if (after == frames_.begin()) return std::nullopt;
    const Frame& frame = *std::prev(after);
    static constexpr std::array<std::byte, page_bytes> zeroes{};
    const MemoryLayout& layout = machine.heap().layout();
    machine.memory().grow(frame.size_bytes);  // a machine that carried nothing out has no names yet
    const std::size_t size = machine.memory().size_bytes();
    for (std::size_t begin = 0; begin < size; begin += page_bytes) {
        const std::size_t length = std::min<std::size_t>(page_bytes, size - begin);
        if (is_scratch(layout, static_cast<Offset>(begin), static_cast<Offset>(begin + length))) continue;
        const std::size_t i = begin / page_bytes;
        const Page* page = i < frame.pages.size() ? frame.pages[i].get() : nullptr;
        const auto* source = page ? page->bytes.data() : zeroes.data();
        machine.memory().restore(static_cast<Offset>(begin), {source, length});
    }
    return frame.operation;
}

void Keyframes::forget_after(std::size_t operation) {
    while (!frames_.empty() && frames_.back().operation > operation)
        drop(frames_.size() - 1);
}

}  // namespace heapcore
