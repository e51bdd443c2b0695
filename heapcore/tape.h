// Tape: how a journal writes steps and the words they stored down, as records of 32-bit words.
//
// Any step and any store can be written in full. What a collection does most has records of its own, in
// which all is left out that follows from the records before: a chunk marked and whitened again takes
// about 36 bytes where its steps and stores take 288. The reader unfolds either kind into the same steps
// and stores.
#pragma once

#include "heapcore/step.h"

#include <cstdint>
#include <vector>

namespace heapcore {

/// One 32-bit word of the flat memory that changed.
struct Store {
    Offset offset;
    std::uint32_t before;
    std::uint32_t after;
};

/// A record's first word: its kind below, 24 bits of it above. That of a store is its offset, as long as
/// that is even; the kinds are odd.
namespace tape {

enum Kind : std::uint32_t {
    step = 1,    ///< kind, detail and extra in one word; chunk; a, low and high; b
    store = 27,  ///< at an odd offset: offset; before; after

    // The mark stack's top entry is scanned; `slot`: 24 bits, a reference's place from the entry's chunk.
    marking = 3,          ///< 24 bits: word size; entries now; offsets of the mark stack and of its register
    entry = 5,            ///< the top entry, four words; its chunk's header
    passed = 7,           ///< slot; a field leads to: chunk; the entry's cursor now
    passed_up = 9,        ///< the same of a superclass's field; class and flags of the entry now
    passed_element = 11,  ///< slot; an element leads to: chunk
    grey = 13,            ///< passed; header; what the chunk's scan begins with
    grey_up = 15,         ///< passed_up; header; what the chunk's scan begins with
    grey_element = 17,    ///< passed_element; header; what the chunk's scan begins with
    black_element = 19,   ///< an element's scan is done: chunk; header
    black_chars = 21,     ///< a string's char array: chunk; header
    popped = 23,          ///< 24 bits: the colour of the entry's chunk, whose scan is done

    // The sweep; 24 bits: how many chunks come. Word size; the first chunk; offset of the registers; the
    // heap's size; offset of the free list's end; base; heap_free, chunks and free_chunks, of two words each.
    // Of each chunk its header. One that is dead is followed by what freeing it met: the free chunk before
    // it, if there is one, its header, and what stood in the list around it (see below); the header behind;
    // what stood around that in the list, if it is free; what the chunk was put between; the header behind
    // all, and what lay in front of it, a word.
    // In the list: the two neighbours, and what the links that change held, words; the first neighbour is
    // no_chunk where none changed. What lies behind the heap's end is left out.
    sweeping = 25,
};

constexpr std::uint32_t first_word(Kind kind, std::uint32_t above = 0) { return above << 8 | kind; }

inline constexpr std::uint32_t store_words = 3, step_words = 6;

/// What the scan of a chunk begins with, for types that refer to something: an object's class and cursor,
/// an object array's length, nothing for a string. Behind it, unless the reader knows it: what lay where
/// the entry was pushed, four words.
constexpr bool is_pushed(AllocationType type) {
    return type == AllocationType::object || type == AllocationType::object_array ||
           type == AllocationType::string;
}

/// Whether the sweep frees it.
constexpr bool is_dead(Header header) {
    return header.is_white_in_use() && header.type() != AllocationType::static_data;
}

}  // namespace tape

/// Steps and stores of a piece of tape.
struct Unfolded {
    struct Told {
        Step step;
        std::uint32_t stores_end;  ///< number in `stores` behind its last one
    };
    std::vector<Told> steps;
    std::vector<Store> stores;
};

/// Unfolds records and adds them. Precondition: they begin and end with whole ones, and not between two
/// that belong to one `marking`.
void unfold(const std::uint32_t* begin, const std::uint32_t* end, Unfolded& into);

}  // namespace heapcore
