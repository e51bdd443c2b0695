// Heap place: a byte of the heap as a person writes it.
//
//   0x10000a20          an address; below the heap's an offset, as the map's ruler counts
//   10000a20            an address without its 0x, as words on the map are written
//   +0xa20, +2592       an offset from the heap's start
//   2592 bytes, 4 KiB   the same
#pragma once

#include "heapcore/heap.h"
#include "heapcore/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace tricolour {

/// The byte meant, or a sentence about why the heap has none there; none if the text means no byte at all.
std::optional<heapcore::Result<heapcore::Offset, std::string>> read_heap_place(const heapcore::Heap& heap,
                                                                               std::string_view text);

/// The offset of an address in the heap, or of its end.
std::optional<heapcore::Offset> offset_of_address(const heapcore::Heap& heap, std::string_view text);

/// "0x10000000..0x10040000".
std::string heap_range_text(const heapcore::Heap& heap);

}  // namespace tricolour
