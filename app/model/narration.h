// Narration: every step in a sentence that says what and why. Subject first, names before
// addresses, the reason included. The interface, the log, events and exports use the same ones.
#pragma once

#include "heapcore/session.h"

#include <string>
#include <string_view>

namespace tricolour {

/// The step as a sentence, given the machine right after it.
std::string narrate(const heapcore::Machine& machine, const heapcore::Trace& trace,
                    const heapcore::Step& step);

/// "Mark, threads", "Sweep"; "Mutator" outside a collection.
std::string_view phase_text(const heapcore::Heap& heap);
std::string_view phase_text(heapcore::Phase phase);

/// How a chunk is spoken of: "Node `b`", "`a`", "the free chunk at 0x10000a20".
std::string describe_chunk(const heapcore::Machine& machine, const heapcore::Trace& trace,
                           heapcore::Offset chunk);

/// The same for a chunk that a step has just freed: what it was, as its memory still tells.
std::string describe_freed(const heapcore::Machine& machine, const heapcore::Trace& trace,
                           heapcore::Offset chunk);

/// A class's name as people say it: "Node[]" for "[LNode;", "String" for "java/lang/String".
std::string class_text(std::string_view name);
/// A field's signature as a person writes the type: "int", "Node[]", "Node".
std::string type_text(std::string_view signature);

/// "0x10000a20": an address with the digits that the word size has need of.
std::string address_text(const heapcore::Heap& heap, heapcore::Offset offset);
/// "1.5 KiB", "243.7 KiB", "48 bytes".
std::string bytes_text(std::uint64_t bytes);
/// "34%": of a part from 0 to 1.
std::string percent_text(double part);
/// "1,234,567".
std::string count_text(std::uint64_t count);

}  // namespace tricolour
