#include "heapcore/keyframes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace heapcore {
namespace {

constexpr std::uint32_t page_words = Keyframes::page_bytes / 4;
constexpr std::uint32_t group_words = 32;  // as many as a mask has bits
constexpr std::uint32_t page_groups = page_words / group_words;

using Words = std::array<std::uint32_t, page_words>;
using Masks = std::array<std::uint32_t, page_groups>;

constexpr Words zeroes{};

// A page's words; the memory's last page may be short.
Words words_of(std::span<const std::byte> bytes) {
    Words words;
    std::memcpy(words.data(), bytes.data(), bytes.size());
    if (bytes.size() < sizeof words)
        std::memset(reinterpret_cast<std::byte*>(words.data()) + bytes.size(), 0,
                    sizeof words - bytes.size());
    return words;
}

// Bit i of a group's mask: its word i is another one.
Masks differences(const Words& words, const Words& others) {
    Masks masks{};
    for (std::uint32_t group = 0; group < page_groups; ++group) {
        const std::uint32_t* const mine = words.data() + group * group_words;
        const std::uint32_t* const theirs = others.data() + group * group_words;
        if (std::memcmp(mine, theirs, group_words * sizeof *mine) == 0) continue;
        std::uint32_t mask = 0;
        for (std::uint32_t i = 0; i < group_words; ++i)
            mask |= std::uint32_t{mine[i] != theirs[i]} << i;
        masks[group] = mask;
    }
    return masks;
}

std::uint32_t count_of(const Masks& masks) {
    std::uint32_t count = 0;
    for (const std::uint32_t mask : masks)
        count += static_cast<std::uint32_t>(std::popcount(mask));
    return count;
}

// Calls with the number of each word in the masks, ascending.
template <typename Visit>
void for_each_word(const Masks& masks, Visit visit) {
    for (std::uint32_t group = 0; group < page_groups; ++group)
        for (std::uint32_t mask = masks[group]; mask != 0; mask &= mask - 1)
            visit(group * group_words + static_cast<std::uint32_t>(std::countr_zero(mask)));
}

// What lies unused on the mark stack means nothing between operations.
bool is_scratch(const MemoryLayout& layout, Offset begin, Offset end) {
    return begin >= layout.mark_stack && end <= layout.names;
}

}  // namespace

/// The words of a page that differ from its base, an older page; without one, from zeroes.
class Keyframes::Page {
public:
    Page(const Words& words, const Masks& masks, std::shared_ptr<const Page> base,
         std::shared_ptr<std::uint64_t> bytes_alive)
        : masks_(masks), base_(std::move(base)), bytes_alive_(std::move(bytes_alive)) {
        const std::uint32_t count = count_of(masks);
        words_ = std::make_unique_for_overwrite<std::uint32_t[]>(count);
        std::uint32_t* next = words_.get();
        for_each_word(masks, [&](std::uint32_t word) { *next++ = words[word]; });
        constexpr std::uint32_t surroundings = 48;  // of both allocations
        bytes_ = static_cast<std::uint32_t>(sizeof(Page) + count * sizeof words_[0] + surroundings);
        *bytes_alive_ += bytes_;
    }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;
    ~Page() { *bytes_alive_ -= bytes_; }

    const std::shared_ptr<const Page>& base() const { return base_; }
    void put_into(Words& words) const {
        if (base_)
            base_->put_into(words);
        else
            words = zeroes;
        const std::uint32_t* next = words_.get();
        for_each_word(masks_, [&](std::uint32_t word) { words[word] = *next++; });
    }

private:
    Masks masks_;
    std::unique_ptr<std::uint32_t[]> words_;
    std::shared_ptr<const Page> base_;  ///< has none itself
    std::uint32_t bytes_;
    std::shared_ptr<std::uint64_t> bytes_alive_;
};

// Taking a keyframe looks at all of the memory, so on a large one they stand further apart.
bool Keyframes::is_due(std::uint64_t cost) const {
    if (frames_.empty()) return true;
    const Frame& last = frames_.back();
    constexpr std::uint32_t bytes_looked_at = 256;  // in what a small operation takes
    return cost >= last.cost + std::max<std::uint64_t>(distance_, last.size_bytes / bytes_looked_at);
}

std::uint64_t Keyframes::list_bytes_of(const Frame& frame) {
    return sizeof(Frame) + frame.pages.capacity() * sizeof(frame.pages[0]);
}

// The page of a keyframe, when `before` is that of the one before it. Null: all zero.
std::shared_ptr<const Keyframes::Page> Keyframes::keep(std::span<const std::byte> bytes,
                                                       const std::shared_ptr<const Page>& before) const {
    const Words words = words_of(bytes);
    if (!before && words == zeroes) return nullptr;
    const Masks whole = differences(words, zeroes);
    if (before) {
        Words others;
        before->put_into(others);
        if (words == others) return before;
        const auto base = before->base() ? before->base() : before;
        if (base != before) base->put_into(others);
        const Masks changed = differences(words, others);
        if (2 * count_of(changed) <= count_of(whole))
            return std::make_shared<Page>(words, changed, base, page_bytes_alive_);
    }
    if (count_of(whole) == 0) return nullptr;
    return std::make_shared<Page>(words, whole, nullptr, page_bytes_alive_);
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
        const bool is_new = frames_.empty() || i >= frames_.back().pages.size();
        frame.pages[i] = keep(part, is_new ? nullptr : frames_.back().pages[i]);
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

std::optional<std::size_t> Keyframes::restore(Machine& machine, std::size_t operation,
                                              const std::function<bool()>& should_stop) const {
    constexpr std::size_t pages_at_once = 64;
    const auto after = find(operation);
    if (after == frames_.begin()) return std::nullopt;
    const Frame& frame = *std::prev(after);
    Words words;
    const MemoryLayout& layout = machine.heap().layout();
    machine.memory().grow_anew(frame.size_bytes);  // a machine that carried nothing out has no names yet
    const std::size_t size = machine.memory().size_bytes();
    for (std::size_t begin = 0; begin < size; begin += page_bytes) {
        const std::size_t length = std::min<std::size_t>(page_bytes, size - begin);
        if (is_scratch(layout, static_cast<Offset>(begin), static_cast<Offset>(begin + length))) continue;
        const std::size_t i = begin / page_bytes;
        if (i % pages_at_once == 0 && should_stop && should_stop()) return std::nullopt;
        const Page* page = i < frame.pages.size() ? frame.pages[i].get() : nullptr;
        if (page) page->put_into(words);
        const auto source = std::as_bytes(std::span(page ? words : zeroes));
        machine.memory().restore(static_cast<Offset>(begin), source.first(length));
    }
    return frame.operation;
}

void Keyframes::forget_after(std::size_t operation) {
    while (!frames_.empty() && frames_.back().operation > operation)
        drop(frames_.size() - 1);
}

}  // namespace heapcore
