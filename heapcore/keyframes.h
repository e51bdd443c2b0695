// Keyframes: the machine's memory at chosen operations, under a byte budget.
//
// A keyframe is a list of pages. Of a page those words are kept that are not zero, or, where that is
// less than half, those that differ from an older keyframe's page; one that did not change since the
// keyframe before is shared. Keyframes stand apart by what it costs to get from one to the next, so
// that a seek takes as long wherever it goes. When the budget is exceeded the keyframe that is missed
// least is dropped, and new ones stand as far apart as the closest ones left.
#pragma once

#include "heapcore/machine.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace heapcore {

class Keyframes {
public:
    explicit Keyframes(std::uint64_t budget_bytes) : budget_bytes_(budget_bytes) {}

    /// Whether enough was done since the last keyframe to take another. `cost`: of all operations
    /// so far, in that of a small one.
    bool is_due(std::uint64_t cost) const;
    /// Keeps the machine's state before this operation. Operations come in ascending order.
    void capture(const Machine& machine, std::size_t operation, std::uint64_t cost);
    /// The newest keyframe at or before an operation, put into the machine; its operation.
    /// None if there is no such keyframe, or if it was stopped: `should_stop` is asked every few pages,
    /// and the machine is of no use then until another one is put into it.
    std::optional<std::size_t> restore(Machine& machine, std::size_t operation,
                                       const std::function<bool()>& should_stop = {}) const;
    /// Where restore() would begin.
    std::optional<std::size_t> nearest(std::size_t operation) const;
    /// Forgets keyframes taken after the state before this operation.
    void forget_after(std::size_t operation);

    /// The budget, or what two keyframes take if that is more.
    std::uint64_t bytes() const { return *page_bytes_alive_ + list_bytes_; }
    std::size_t count() const { return frames_.size(); }
    /// What carrying out the operations before the newest keyframe costs.
    std::uint64_t newest_cost() const { return frames_.empty() ? 0 : frames_.back().cost; }

    static constexpr std::uint32_t page_bytes = 4096;

private:
    class Page;
    struct Frame {
        std::size_t operation;
        std::uint64_t cost;
        std::uint32_t size_bytes;                        ///< of the memory
        std::vector<std::shared_ptr<const Page>> pages;  ///< null: all zero
    };
    static constexpr std::uint64_t least_distance = 1024;
    static std::uint64_t list_bytes_of(const Frame& frame);
    std::shared_ptr<const Page> keep(std::span<const std::byte> bytes,
                                     const std::shared_ptr<const Page>& before) const;
    void drop(std::size_t frame);
    void thin_out();
    std::vector<Frame>::const_iterator find(std::size_t operation) const;

    std::vector<Frame> frames_;
    std::shared_ptr<std::uint64_t> page_bytes_alive_ = std::make_shared<std::uint64_t>(0);
    std::uint64_t list_bytes_ = 0;
    std::uint64_t budget_bytes_;
    std::uint64_t distance_ = least_distance;  ///< least cost between keyframes
};

}  // namespace heapcore
