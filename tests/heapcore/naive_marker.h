// What a collection must leave alive, found anew from the bytes: no colours, no order, no state.
// Written from the memory model's tables alone.
#pragma once

#include "heapcore/heap.h"

#include <set>
#include <vector>

namespace heapcore {

class NaiveMarker {
public:
    /// `left_out`: a chunk that counts as gone, whatever refers to it.
    explicit NaiveMarker(const Heap& heap, Offset left_out = no_chunk)
        : heap_(heap),
          objects_(heap.objects()),
          left_out_(left_out == no_chunk ? 0 : heap.memory.address_of(user_of(left_out))) {}

    /// Chunks in use after a collection, as long as nothing allocates; classes' parts included.
    std::set<Offset> survivors();

private:
    using Word = std::uint64_t;

    Word at(Word address) const {
        return heap_.memory.load_word(static_cast<Offset>(address - heap_.memory.base()));
    }
    std::uint32_t half_at(Word address) const {
        return heap_.memory.load16(static_cast<Offset>(address - heap_.memory.base()));
    }
    std::uint32_t magic_at(Word address) const {
        return heap_.memory.load32(static_cast<Offset>(address - heap_.memory.base()));
    }
    bool is_chunk(Word user) const { return heap_.chunk_at(user).has_value(); }
    Header header_of(Word user) const { return heap_.header(*heap_.chunk_at(user)); }
    bool is_class(Word address) const {
        return is_chunk(address) && is_class_type(header_of(address).type()) &&
               header_of(address).size_bytes() >= 72 * objects_.word / 8 &&
               magic_at(address) == class_magic_number;
    }
    bool is_full_class(Word address) const {
        return is_class(address) && header_of(address).type() == AllocationType::instance_class;
    }

    bool is_there(Word user) const { return user != 0 && user != left_out_ && is_chunk(user); }
    void reach(Word user) {
        if (is_there(user) && reached_.insert(user).second) pending_.push_back(user);
    }
    void reach_only(Word user) {
        if (is_there(user)) reached_.insert(user);
    }
    void reach_roots();
    void reach_thread(Word thread);
    void reach_cell(Word value);
    void scan(Word user);
    void scan_fields(Word holder, Word of_class, bool is_static);
    void free_parts(Word of_class, std::set<Offset>& left) const;

    const Heap& heap_;
    const ObjectLayout& objects_;
    Word left_out_;  ///< user address
    std::set<Word> reached_;
    std::vector<Word> pending_;
};

}  // namespace heapcore
