// Classes as a table: one pass over the chunks counts the instances of each.
#include "app/model/narration.h"
#include "app/model/table_rows.h"
#include "heapcore/object.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace tricolour {
namespace {

using heapcore::Address;
using heapcore::Field;
using heapcore::Heap;
using heapcore::Offset;

constexpr std::uint32_t chunks_between_looks = 512;  // at the clock

/// The value of a static field, as a person reads it.
std::string value_text(const heapcore::Session& session, const Field& field) {
    const Heap& heap = session.heap();
    const std::uint64_t value = heap.memory.load_word(field.place);
    if (field.is_reference()) {
        if (value == 0) return "null";
        const auto chunk = heap.chunk_at(value);
        return chunk ? describe_chunk(session.machine(), session.trace(), *chunk) : hex_text(value);
    }
    const bool is_wide = field.signature == "J" || field.signature == "D";
    return is_wide ? hex_text(value) : std::to_string(signed_of(value, 4));
}

class ClassRows : public TableRows {
public:
    ClassRows(const heapcore::Session& session, const MapModel& map) : session_(session), map_(map) {}

    bool extend(const ShouldStop& should_stop) override {
        const Offset granule = map_.granule_bytes();
        for (std::uint32_t looks = 1; granule_ < map_.granules(); ++looks) {
            look_at(granule_ * granule);
            granule_ = map_.start_after(granule_);
            if (looks % chunks_between_looks == 0 && should_stop()) return false;
        }
        list_what_is_gone();
        return true;
    }

    std::uint64_t count() const override { return listed_.size(); }
    std::optional<Offset> chunk(std::uint64_t row) const override { return listed_[row].chunk; }

    std::uint64_t number(std::uint64_t row, std::size_t column) const override {
        const Listed& listed = listed_[row];
        const auto found = tallies_.find(listed.address);
        const Tally tally = found == tallies_.end() ? Tally{} : found->second;
        switch (column) {
            case 1: return tally.chunks;
            case 2: return tally.bytes;
            default: return listed.chunk ? heap().memory.address_of(*listed.chunk) : no_number;
        }
    }

    TableCell text(std::uint64_t row, std::size_t column) const override {
        const Listed& listed = listed_[row];
        if (!listed.chunk) return column == 0 ? absent(listed.address) : TableCell{};
        const Offset user = heapcore::user_of(*listed.chunk);
        switch (column) {
            case 0: return {class_text(heapcore::class_name(heap(), user)), Tone::plain, listed.chunk};
            case 3: return loader(user);
            default: return {static_fields(user), Tone::plain};
        }
    }

private:
    struct Listed {
        Address address;              ///< that its instances hold
        std::optional<Offset> chunk;  ///< none: no class is there
    };

    const Heap& heap() const { return session_.heap(); }

    void look_at(Offset chunk) {
        const heapcore::Header header = heap().header(chunk);
        if (!header.is_in_use()) return;
        const Address own = heap().memory.address_of(heapcore::user_of(chunk));
        if (heapcore::is_class_type(header.type()) && heapcore::class_at(heap(), own))
            listed_.push_back({own, chunk});
        if (!heapcore::is_object_type(header.type())) return;
        Tally& tally = tally_of(heap().memory.load_word(heapcore::user_of(chunk)));
        ++tally.chunks;
        tally.bytes += header.size_bytes();
    }

    // Neighbours often are of one class.
    Tally& tally_of(Address address) {
        if (!last_ || address != last_address_) {
            last_ = &tallies_[address];
            last_address_ = address;
        }
        return *last_;
    }

    // After the classes, which stand in address order.
    void list_what_is_gone() {
        const std::size_t classes = listed_.size();
        const std::span known(listed_.data(), classes);
        std::vector<Address> gone;
        for (const auto& [address, tally] : tallies_)
            if (!std::ranges::binary_search(known, address, {}, &Listed::address)) gone.push_back(address);
        std::ranges::sort(gone);
        for (const Address address : gone)
            listed_.push_back({address, std::nullopt});
    }

    TableCell absent(Address address) const {
        if (address == 0) return {"without a class", Tone::dim};
        return {"gone, was at " + hex_text(address), Tone::alarm};
    }

    std::string static_fields(Offset user) const {
        std::string all;
        if (!heapcore::is_instance_class(heap(), user)) return all;
        for (const Field& field : heapcore::fields_of(heap(), user)) {
            if (!field.is_static) continue;
            all += (all.empty() ? "" : ", ") + field.name + " = " + value_text(session_, field);
        }
        return all;
    }

    TableCell loader(Offset user) const {
        const Address address = heap().memory.load_word(user + heap().objects().class_loader);
        if (address == 0) return {"bootstrap", Tone::dim};
        const auto chunk = heap().chunk_at(address);
        if (!chunk) return {"gone", Tone::alarm};
        return {describe_chunk(session_.machine(), session_.trace(), *chunk), Tone::plain, chunk};
    }

    const heapcore::Session& session_;
    const MapModel& map_;
    std::uint32_t granule_ = 0;
    std::vector<Listed> listed_;
    std::unordered_map<Address, Tally> tallies_;
    Tally* last_ = nullptr;
    Address last_address_ = 0;
};

}  // namespace

std::unique_ptr<TableRows> class_rows(const heapcore::Session& session, const MapModel& map) {
    return std::make_unique<ClassRows>(session, map);
}

}  // namespace tricolour
