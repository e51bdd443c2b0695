// The free list as a table, smallest first, and how many free chunks there are of each size.
#include "app/model/narration.h"
#include "app/model/table_rows.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace tricolour {
namespace {

using heapcore::Heap;
using heapcore::Offset;

constexpr std::uint32_t chunks_between_looks = 256;  // at the clock

class FreeListRows : public TableRows {
public:
    FreeListRows(const heapcore::Session& session, const MapModel& map)
        : session_(session), map_(map), next_(heap().free_list().first(heap().memory)) {
        chunks_.reserve(heap().get(heapcore::Register::free_chunks));
    }

    bool extend(const ShouldStop& should_stop) override {
        for (std::uint32_t looks = 1; is_free_chunk(next_); ++looks) {
            add(next_);
            next_ = heap().free_list().next(heap().memory, next_);
            if (looks % chunks_between_looks == 0 && should_stop()) return false;
        }
        end_run();
        return true;
    }

    std::uint64_t count() const override { return chunks_.size(); }
    std::optional<Offset> chunk(std::uint64_t row) const override { return chunks_[row]; }

    std::uint64_t number(std::uint64_t row, std::size_t column) const override {
        switch (column) {
            case 0: return row + 1;
            case 1: return size_of(row);
            case 2: return alike_[row];
            default: return heap().memory.address_of(chunks_[row]);
        }
    }

    TableCell text(std::uint64_t row, std::size_t column) const override {
        const Offset at = chunks_[row], end = at + size_of(row);
        switch (column) {
            case 4: return row == 0 ? TableCell{"start", Tone::dim} : link_to(chunks_[row - 1]);
            case 5: return row + 1 == count() ? TableCell{"end", Tone::dim} : link_to(chunks_[row + 1]);
            case 6:
                return at == 0 ? TableCell{"the heap's start", Tone::dim} : neighbour(map_.chunk_at(at - 1));
            default: return heap().is_end(end) ? TableCell{"the heap's end", Tone::dim} : neighbour(end);
        }
    }

    std::span<const SizeClass> size_classes() const override { return classes_; }

private:
    const Heap& heap() const { return session_.heap(); }
    std::uint32_t size_of(std::uint64_t row) const { return heap().header(chunks_[row]).size_bytes(); }
    TableCell link_to(Offset chunk) const { return {address_text(heap(), chunk), Tone::plain}; }
    TableCell neighbour(Offset chunk) const {
        return {describe_chunk(session_.machine(), session_.trace(), chunk), Tone::plain, chunk};
    }

    // A list that a program broke may lead anywhere, and round and round.
    bool is_free_chunk(Offset at) const {
        return at < heap().size_bytes() && at % heap().geometry().alignment_bytes == 0 &&
               !heap().header(at).is_in_use() && chunks_.size() < heap().most_chunks();
    }

    void add(Offset chunk) {
        const std::uint32_t size = heap().header(chunk).size_bytes();
        if (!chunks_.empty() && size != size_of(chunks_.size() - 1)) end_run();
        chunks_.push_back(chunk);
        tally(size);
    }

    // Chunks of one size follow each other.
    void end_run() {
        const auto length = static_cast<std::uint32_t>(chunks_.size() - alike_.size());
        alike_.resize(chunks_.size(), length);
    }

    void tally(std::uint32_t size) {
        const std::uint32_t from = std::bit_floor(std::max(size, 1u));
        while (classes_.empty() || classes_.back().from_bytes < from)
            classes_.push_back({classes_.empty() ? from : classes_.back().from_bytes * 2, 0, 0});
        const auto at = std::ranges::find(classes_, from, &SizeClass::from_bytes);
        if (at == classes_.end()) return;
        ++at->chunks;
        at->bytes += size;
    }

    const heapcore::Session& session_;
    const MapModel& map_;
    Offset next_;
    std::vector<Offset> chunks_;
    std::vector<std::uint32_t> alike_;
    std::vector<SizeClass> classes_;
};

}  // namespace

std::unique_ptr<TableRows> free_list_rows(const heapcore::Session& session, const MapModel& map) {
    return std::make_unique<FreeListRows>(session, map);
}

}  // namespace tricolour
