// How the words of memory, a frame's cells, threads and methods are spoken of in tables.
#pragma once

#include "app/model/instant.h"
#include "heapcore/roots.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

/// How a piece of text is meant.
enum class Tone : std::uint8_t { plain, dim, guess, alarm };

/// "000000001000a434": two digits a byte.
std::string hex_digits(std::uint64_t value, std::uint32_t bytes);
/// "0x1000a434".
std::string hex_text(std::uint64_t value);
/// The value as a signed integer of so many bytes.
std::int64_t signed_of(std::uint64_t value, std::uint32_t bytes);

/// What the collector makes of a frame's cell, in words: "looks like a reference, but …".
std::string_view words_of(heapcore::CellVerdict verdict);
/// The same in two or three words: "no magic number".
std::string_view short_words_of(heapcore::CellVerdict verdict);

/// A frame's cell as a person reads it.
struct CellText {
    std::string text;
    std::string note;  ///< why it does not count as a reference; empty when it does or is null
    std::string short_note;
    Tone tone = Tone::plain;
    std::optional<heapcore::Offset> chunk;
};
CellText cell_text(const heapcore::Session& session, std::uint64_t value);

/// "`run`".
std::string method_text(const heapcore::Trace& trace, std::uint32_t method);

/// The names of threads. Which names can be a thread's is found once a trace.
class ThreadNames {
public:
    void update(const heapcore::Session& session);
    /// "`main`"; "at 0x10004400" for a thread that has no name any more.
    std::string of(heapcore::Offset thread) const;
    /// The same on another machine of the trace.
    std::string of(const heapcore::Machine& machine, heapcore::Offset thread) const;

private:
    Instant instant_;
    std::vector<heapcore::NameId> candidates_;
};

}  // namespace tricolour
