// Keyframes: the machine's memory at chosen operations, under a byte budget.
//
// A keyframe is a list of pages; a page that did not change since the keyframe before is shared,
// one that is all zero is not kept. When the budget is exceeded every second keyframe is dropped
// and the distance between new ones doubles.
#pragma once

#include "heapcore/machine.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace heapcore {

class Keyframes {
public:
    explicit Keyframes(std::uint64_t budget_bytes) : budget_bytes_(budget_bytes) {}

    /// Whether enough was done since the last keyframe to take one before this operation.
    bool is_due(std::size_t operation, std::uint64_t collections) const;
    /// Keeps the machine's state before this operation. Operations come in ascending order.
    void capture(const Machine& machine, std::size_t operation);
    /// The newest keyframe at or before an operation, put into the machine; its operation.
    /// None if there is no such keyframe.
    std::optional<std::size_t> restore(Machine& machine, std::size_t operation) const;
    /// Where restore() would begin.
    std::optional<std::size_t> nearest(std::size_t operation) const;
    /// Forgets keyframes taken after the state before this operation.
    void forget_after(std::size_t operation);

    std::uint64_t bytes() const { return pages_alive_ ? *pages_alive_ * page_bytes : 0; }
    std::size_t count() const { return frames_.size(); }

    static constexpr std::uint32_t page_bytes = 4096;

private:
    struct Page;
    struct Frame {
        std::size_t operation;
        std::uint64_t collections;
        std::uint32_t size_bytes;                        ///< of the memory
        std::vector<std::shared_ptr<const Page>> pages;  ///< null: all zero
    };
    void thin_out();
    std::vector<Frame>::const_iterator find(std::size_t operation) const;

    std::vector<Frame> frames_;
    std::shared_ptr<std::uint64_t> pages_alive_ = std::make_shared<std::uint64_t>(0);
    std::uint64_t budget_bytes_;
    std::size_t distance_ = 1024;  ///< operations between keyframes
    std::uint64_t collection_distance_ = 2;
};

}  // namespace heapcore
