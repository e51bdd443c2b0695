// The map as text: the heap row by row in cells of two characters, for terminals, screen readers and
// tests of what a heap looks like.
//
// A cell is a power of two of bytes. A letter in it says that a chunk of that type begins there; the sign
// behind it is the chunk's colour and goes on to the chunk's end. Where several chunks begin in a cell,
// other signs say so. The darker the colour, the more ink a sign has, and a black chunk's letter is a
// capital: a mark is a tide that darkens. Free memory is blank. Rows that lie wholly within one chunk are
// told in a line.
#pragma once

#include "app/model/map.h"
#include "app/model/map_colours.h"
#include "app/model/palette.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

/// One letter for each type.
char letter_of(heapcore::AllocationType type);
/// '.', '+', '#' from white to black.
char sign_of(heapcore::Colour colour);
/// The letter and the sign of a chunk in use: "o+", "C#".
std::string glyph_of(heapcore::AllocationType type, heapcore::Colour colour);

struct TextMapOptions {
    heapcore::Offset first = 0;  ///< bytes of the heap to show: all rows that they touch
    heapcore::Offset end = heapcore::no_chunk;
    std::size_t columns = 80;                   ///< of the terminal
    std::optional<std::uint32_t> cell_bytes;    ///< a power of two; none: the least that keeps the map short
    heapcore::Offset now = heapcore::no_chunk;  ///< chunk to point at
    const Palette* palette = nullptr;           ///< null: no escape sequences
    /// What to write beneath a chunk where there is room: its name.
    std::function<std::string(heapcore::Offset)> name_of;
};

class TextMap {
public:
    /// What is given has to outlive this. Precondition: the map is that of the heap.
    TextMap(const MapModel& map, const heapcore::Heap& heap, const TextMapOptions& options);

    std::uint32_t cell_bytes() const { return cell_ * map_.granule_bytes(); }
    std::uint64_t row_bytes() const { return std::uint64_t{row()} * map_.granule_bytes(); }
    /// How it is to be read, in sentences.
    std::vector<std::string> key() const;
    void write(std::ostream& out) const;

private:
    /// Rows that lie wholly within one chunk.
    struct Fold {
        std::uint32_t rows = 0;
        std::uint32_t end = 0;  ///< granule behind them
        bool is_free = false;
    };

    /// A name beneath the row in which it has most room: the chunk's first or the one after it.
    struct Label {
        std::uint32_t granule = 0;
        std::string text;
    };

    std::uint32_t row() const { return cell_ * cells_; }
    /// Whether a cell is so small that names have room beneath.
    bool has_names() const { return cell_ == 1; }
    std::uint32_t row_end(std::uint32_t row_first) const;
    bool points_into(std::uint32_t first, std::uint32_t last) const;
    Fold fold_at(std::uint32_t row_first) const;
    std::uint32_t rows_to_read() const;
    std::string cell_text(std::uint32_t first, std::uint32_t last) const;
    std::string colour_code(std::uint32_t first, std::uint32_t last) const;
    std::string row_text(std::uint32_t row_first) const;
    std::string names_beneath(std::uint32_t row_first) const;
    std::string label_of(std::uint32_t chunk) const;
    bool is_label_below(std::uint32_t chunk, std::size_t columns) const;
    std::vector<Label> labels_of(std::uint32_t row_first) const;
    std::string address_of(std::uint32_t granule) const;

    const MapModel& map_;
    const TextMapOptions& options_;
    MapColours colours_;  ///< with a palette
    const heapcore::Heap& heap_;
    std::uint32_t first_ = 0, last_ = 0;  ///< granules to show
    std::uint32_t cells_ = 0;             ///< a row
    std::uint32_t cell_ = 1;              ///< granules
};

}  // namespace tricolour
