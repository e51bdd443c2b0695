// Show: a position of a trace as text: what happens there, the map, the chunks, the free list, the roots.
// The window's twin for terminals, screen readers and tests of what a heap looks like. `tricolour show`.
#pragma once

#include "heapcore/trace.h"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace tricolour {

inline constexpr std::size_t narrowest_page = 60;  ///< columns

struct ShowOptions {
    std::filesystem::path trace;              ///< `-`: standard input
    std::string at = "end";                   ///< see trace_place.h
    std::string range;                        ///< FROM..TO, an address or a name; empty: the whole heap
    std::optional<std::uint32_t> cell_bytes;  ///< of the map, a power of two; none: as the heap asks for
    std::size_t columns = 80;
    bool has_colours = false;  ///< the output is a terminal with colours of 24 bits
    // None of them: the map, the chunks and the free list.
    bool wants_map = false;
    bool wants_chunks = false;
    bool wants_free_list = false;
    bool wants_roots = false;
    bool wants_all = false;                       ///< tables to their ends
    heapcore::ParseProgress* progress = nullptr;  ///< its `cancel` stops the run
};

/// The same text for the same trace and options, always. 0: shown. 2: the trace or an option could not be
/// used, which `errors` says; of a trace with an error beyond which nothing is carried out, the state before
/// it is shown. 130: stopped before the end.
int show(const ShowOptions& options, std::ostream& output, std::ostream& errors);

}  // namespace tricolour
