#include "app/model/text_map.h"

#include "app/model/map_level.h"
#include "app/model/narration.h"

#include <algorithm>
#include <array>
#include <bit>
#include <ostream>

namespace tricolour {
namespace {

using heapcore::AllocationType;
using heapcore::Colour;
using heapcore::no_chunk;

constexpr std::string_view letters = "opaswdykct";  // of the types in their order
static_assert(letters.size() == heapcore::allocation_type_count);
constexpr std::string_view signs = ".+#";
static_assert(signs.size() == heapcore::colour_count);
constexpr char unknown = '?';
constexpr char several_white = ':';
constexpr char several_some_grey = '*';
constexpr char several_some_black = '%';
constexpr char several_black = '@';

constexpr std::uint32_t most_rows = 24;  // that are not folded, unless the cells' size is given
constexpr std::uint32_t fewest_rows_folded = 2;
constexpr std::size_t frame_columns = 3;  // a blank and a bar before the cells, a bar behind
constexpr std::size_t cell_columns = 2;
constexpr char now_sign = '^';
constexpr std::string_view plain_code = "\x1b[0m";

AllocationType type_of(Texel texel) { return static_cast<AllocationType>(texel & texel::type_mask); }
Colour colour_of(Texel texel) {
    return static_cast<Colour>((texel & texel::colour_mask) >> texel::colour_shift);
}

char capital(char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// As many cells as have room: rows begin at round addresses.
std::uint32_t cells_in(std::size_t columns, std::size_t address_columns) {
    const std::size_t taken = address_columns + frame_columns;
    const auto room = static_cast<std::uint32_t>(columns > taken ? (columns - taken) / cell_columns : 0);
    for (const std::uint32_t round : {16u, 4u})
        if (room >= round) return room / round * round;
    return 4;
}

// A name too long for its room keeps both of its ends, where names differ.
std::string shortened(const std::string& name, std::size_t room) {
    if (name.size() <= room) return name;
    if (room < 3) return name.substr(0, room);
    const std::size_t tail = (room - 1) / 2;
    return name.substr(0, room - 1 - tail) + '~' + name.substr(name.size() - tail);
}

/// The chunks in use that have a part in a cell.
struct CellChunks {
    std::uint32_t chunks = 0;
    std::array<std::uint32_t, texel::type_mask + 1> granules{};
    std::array<std::uint32_t, heapcore::colour_count + 1> colours{};  ///< chunks of each

    void add(Texel texel, std::uint32_t length) {
        ++chunks;
        granules[texel & texel::type_mask] += length;
        ++colours[static_cast<std::size_t>(colour_of(texel))];
    }
    bool is_all(Colour colour) const { return colours[static_cast<std::size_t>(colour)] == chunks; }

    char sign() const {
        if (colours.back() > 0) return unknown;
        if (colours[static_cast<std::size_t>(Colour::grey)] > 0) return several_some_grey;
        if (is_all(Colour::black)) return several_black;
        return is_all(Colour::white) ? several_white : several_some_black;
    }
    std::string text() const {
        const auto most = std::max_element(granules.begin(), granules.end()) - granules.begin();
        const Colour of_letter = is_all(Colour::black) ? Colour::black : Colour::white;
        return {glyph_of(static_cast<AllocationType>(most), of_letter).front(), sign()};
    }
};

}  // namespace

char letter_of(AllocationType type) {
    const auto index = static_cast<std::size_t>(type);
    return index < letters.size() ? letters[index] : unknown;
}

char sign_of(Colour colour) {
    const auto index = static_cast<std::size_t>(colour);
    return index < signs.size() ? signs[index] : unknown;
}

std::string glyph_of(AllocationType type, Colour colour) {
    const char letter = letter_of(type);
    return {colour == Colour::black ? capital(letter) : letter, sign_of(colour)};
}

TextMap::TextMap(const MapModel& map, const heapcore::Heap& heap, const TextMapOptions& options)
    : map_(map), options_(options), heap_(heap) {
    if (options.palette) colours_ = map_colours(*options.palette, LensId::type_and_colour);
    const std::uint32_t granule = map.granule_bytes();
    last_ = std::min(map.granules(),
                     options.end == no_chunk ? map.granules() : (options.end + granule - 1) / granule);
    first_ = std::min(options.first / granule, last_);
    cells_ = cells_in(options.columns, address_of(map.granules()).size());
    if (options.cell_bytes) {
        cell_ = std::clamp(*options.cell_bytes / granule, 1u, std::bit_ceil(map.granules()));
        return;
    }
    while (rows_to_read() > most_rows)
        cell_ *= 2;
}

std::uint32_t TextMap::row_end(std::uint32_t row_first) const {
    return row_first + std::min(row(), map_.granules() - row_first);
}

bool TextMap::points_into(std::uint32_t first, std::uint32_t last) const {
    const std::uint32_t now = options_.now / map_.granule_bytes();
    return options_.now != no_chunk && now >= first && now < last;
}

TextMap::Fold TextMap::fold_at(std::uint32_t row_first) const {
    Fold fold;
    fold.is_free = !(map_.texels()[row_first] & texel::in_use);
    fold.end = row_first;
    if (!fold.is_free && map_.is_start(row_first)) return fold;
    const std::uint32_t chunk_end = map_.start_after(row_first);
    while (fold.end < last_ && row_end(fold.end) <= chunk_end) {
        fold.end = row_end(fold.end);
        ++fold.rows;
    }
    return fold.is_free || fold.rows >= fewest_rows_folded ? fold : Fold{};
}

std::uint32_t TextMap::rows_to_read() const {
    std::uint32_t rows = 0;
    for (std::uint32_t at = first_ / row() * row(); at < last_ && rows <= most_rows;) {
        const Fold fold = fold_at(at);
        if (fold.rows == 0) ++rows;
        at = fold.rows > 0 ? fold.end : row_end(at);
    }
    return rows;
}

std::string TextMap::cell_text(std::uint32_t first, std::uint32_t last) const {
    CellChunks all;
    std::uint32_t begun = 0;
    Texel newest = 0;  // of the last chunk that begins here, or of the one that goes on here
    std::uint32_t used_end = first;
    for (std::uint32_t at = first; at < last; at = map_.start_after(at)) {
        const Texel texel = map_.texels()[at];
        if (!(texel & texel::in_use)) continue;
        used_end = std::min(map_.start_after(at), last);
        all.add(texel, used_end - at);
        begun += map_.is_start(at);
        newest = texel;
    }
    if (all.chunks == 0) return "  ";
    if (begun > 1) return all.text();
    if (begun == 1) return glyph_of(type_of(newest), colour_of(newest));
    const char sign = sign_of(colour_of(newest));
    return {sign, used_end == last ? sign : ' '};
}

// The mixture that the window shows, with signs that stand out from it; free memory is the terminal's own.
std::string TextMap::colour_code(std::uint32_t first, std::uint32_t last) const {
    CellCounts counts;
    for (const Texel texel : map_.texels().subspan(first, last - first))
        counts.add(texel);
    if (counts.used == 0) return std::string(plain_code);
    const Rgba behind = colour_of(colours_, counts.cell());
    const auto part = [](float value) { return ';' + std::to_string(static_cast<int>(value * 255 + 0.5f)); };
    const float brightness = 0.299f * behind.red + 0.587f * behind.green + 0.114f * behind.blue;
    return "\x1b[48;2" + part(behind.red) + part(behind.green) + part(behind.blue) +
           (brightness > 0.45f ? ";38;2;0;0;0m" : ";38;2;255;255;255m");
}

std::string TextMap::row_text(std::uint32_t row_first) const {
    const std::uint32_t end = row_end(row_first);
    std::string text = "|";
    std::string code(plain_code);
    for (std::uint32_t at = row_first; at < end; at += cell_) {
        const std::uint32_t last = std::min(at + cell_, end);
        const std::string wanted = options_.palette ? colour_code(at, last) : code;
        if (wanted != code) text += code = wanted;
        text += cell_text(at, last);
    }
    if (code != plain_code) text += plain_code;
    return text + '|';
}

std::string TextMap::label_of(std::uint32_t chunk) const {
    const std::string name =
        has_names() && options_.name_of ? options_.name_of(chunk * map_.granule_bytes()) : std::string();
    return points_into(chunk, chunk + 1) ? now_sign + name : name;
}

bool TextMap::is_label_below(std::uint32_t chunk, std::size_t columns) const {
    const std::uint32_t end = map_.start_after(chunk);
    const std::uint32_t here_end = std::min(row_end(chunk / row() * row()), end);
    const std::uint32_t here = here_end - chunk;
    const std::uint32_t below = std::min(end - here_end, row());
    const bool has_row = here_end < last_ && below > here && fold_at(here_end).rows == 0;
    return has_names() && columns > here * cell_columns && has_row;
}

std::vector<TextMap::Label> TextMap::labels_of(std::uint32_t row_first) const {
    std::vector<Label> labels;
    const std::uint32_t end = row_end(row_first);
    for (std::uint32_t chunk = map_.start_before(row_first); chunk < end; chunk = map_.start_after(chunk)) {
        std::string text = label_of(chunk);
        if (text.empty()) continue;
        const bool is_below = is_label_below(chunk, text.size());
        const bool begins_above = chunk < row_first;
        const bool is_from_last_row = begins_above && row_first - chunk <= row();
        if (is_below != begins_above || (begins_above && !is_from_last_row)) continue;
        labels.push_back({std::max(chunk, row_first), std::move(text)});
    }
    return labels;
}

std::string TextMap::names_beneath(std::uint32_t row_first) const {
    const std::vector<Label> labels = labels_of(row_first);
    const auto column_of = [&](const Label& label) {
        return 1 + cell_columns * ((label.granule - row_first) / cell_);
    };
    std::string text;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::size_t column = column_of(labels[i]);
        const std::size_t end =
            i + 1 < labels.size() ? column_of(labels[i + 1]) - 1 : 1 + cell_columns * cells_;
        text.resize(column, ' ');
        text += shortened(labels[i].text, end - column);
    }
    return text;
}

std::vector<std::string> TextMap::key() const {
    const auto colour = [](Colour one) {
        return std::string{' ', sign_of(one), ' '} + std::string(word_of(one));
    };
    std::vector<std::string> sentences;
    sentences.push_back("A cell of two characters is " + bytes_text(cell_bytes()) + ", a row " +
                        bytes_text(row_bytes()) + ". Blank: free.");
    sentences.push_back(
        "A letter: a chunk of that type begins, a capital if it is black. Behind it, up to the chunk's "
        "end, its colour:" +
        colour(Colour::white) + ',' + colour(Colour::grey) + ',' + colour(Colour::black) + '.');
    const std::string several = std::string("Several begin in a cell: the type that takes most of it, and ") +
                                several_white + " all white, " + several_some_grey + " some grey, " +
                                several_some_black + " white and black, " + several_black + " all black.";
    const bool may_have_several = cell_bytes() > heap_.geometry().smallest_chunk_bytes;
    if (may_have_several) sentences.push_back(several);
    return sentences;
}

std::string TextMap::address_of(std::uint32_t granule) const {
    return address_text(heap_, granule * map_.granule_bytes());
}

void TextMap::write(std::ostream& out) const {
    const std::string margin(address_of(map_.granules()).size() + 1, ' ');
    for (std::uint32_t at = first_ / row() * row(); at < last_;) {
        std::string address = address_of(at);
        address.resize(margin.size(), ' ');
        out << address;
        const Fold fold = fold_at(at);
        if (fold.rows > 0) {
            out << "... " << count_text(fold.rows) << (fold.rows == 1 ? " row " : " rows ")
                << (fold.is_free ? "free, " : "more of this chunk, ")
                << bytes_text(std::uint64_t{fold.end - at} * map_.granule_bytes())
                << (points_into(at, fold.end) ? "  ^" : "") << '\n';
            at = fold.end;
            continue;
        }
        out << row_text(at) << '\n';
        if (const std::string names = names_beneath(at); !names.empty()) out << margin << names << '\n';
        at = row_end(at);
    }
}

}  // namespace tricolour
