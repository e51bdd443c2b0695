// Image: the raw bytes of a heap, in and out.
//
// An image is what lies in a heap, byte for byte, and what lies outside it: where the free list's
// markers were, the registers, the tables. The structures are laid out as layout.h says, so that an
// image of the real VM opens as it is: only pointers to the two markers are rewritten.
// Source: the memory model (the chunk; object layouts) and the recorded images.
#pragma once

#include "heapcore/heap.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace heapcore {

/// A thread's registers while it runs: its structure holds older ones.
struct LiveRegisters {
    Address segment = 0;
    Address pointer = 0;
    Address pc = 0;
    Address locals = 0;
    Address method = 0;
};

struct HeapImage {
    std::vector<std::byte> bytes;  ///< of the heap, from its first byte
    std::uint32_t word_bytes = 8;
    Address base = 0;

    Address list_start = 0;  ///< the free list's start marker
    Address list_end = 0;
    Address first_free = 0;  ///< smallest free chunk; the end marker if there is none
    Address last_free = 0;   ///< largest free chunk; the start marker if there is none

    std::uint64_t collections = 0;  ///< begun so far
    Address weak_head = 0;
    Address permanent_array = 0, transient_array = 0;
    std::uint32_t permanent_top = 0, transient_top = 0;
    std::uint32_t permanent_depth = 1, transient_depth = 1;
    Address class_pool = 0, utf_pool = 0, intern_pool = 0, native_pool = 0;
    Address threads = 0;
    Address current_thread = 0;  ///< 0: none runs
    LiveRegisters live;          ///< of the current thread
    Address class_class = 0, string_class = 0, loader_class = 0;
};

/// Settings of a heap that the image fits in; still to be looked at by normalise().
HeapSettings settings_of(const HeapImage& image);

/// Puts the image into a heap made with settings_of(image): its bytes, the free list, the
/// registers. The current thread's registers are stored into its structure, as the VM does before
/// it collects. Every chunk in use gets a birth, in address order. Returns what is wrong with the
/// image; the heap is worth nothing then.
std::optional<std::string> put_image(Heap& heap, const HeapImage& image);

/// The heap's bytes, with pointers to the free list's ends as in the image it was made from.
std::vector<std::byte> image_bytes(const Heap& heap, Address list_start, Address list_end);

}  // namespace heapcore
