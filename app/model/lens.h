// Lenses: the ways of colouring the map, a row each. Keys, menus, legend, status bar, settings and tests
// read the table.
//
// A lens gives each chunk a value of 0 to 15, which stands in its texel in place of the type, for chunks
// in use and for free ones apart. Its entries say which texels they stand for and how those are shown.
#pragma once

#include "app/model/map.h"
#include "app/model/marked_position.h"
#include "app/model/palette.h"
#include "app/model/reach.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tricolour {

enum class LensId : std::uint8_t {
    type_and_colour,
    type,
    colour,
    age,
    survivals,
    size,
    fit,
    roots,
    retained,
    changes,
    count_
};

/// What tells colours apart where hue does not. Seen where a granule is several pixels wide.
enum class Pattern : std::uint8_t { plain, hatched, crossed };

/// A colour of the palette, by meaning.
struct Ink {
    enum Kind : std::uint8_t { type, colour, ramp, category, quiet, free };
    Kind kind = quiet;
    std::uint8_t index = 0;
};
const Rgba& colour_of(const Palette& palette, Ink ink);

/// A row of a lens's legend: the texels that it stands for, and how they are shown.
struct LensEntry {
    std::string_view name;  ///< empty: one of many, chosen in the legend's table only
    Texel mask, texel;      ///< it stands for those whose bits in `mask` are `texel`
    Ink ink;
    Pattern pattern = Pattern::plain;
    std::string_view help;
    constexpr bool is_of(Texel other) const { return (other & mask) == texel; }
};

/// What a lens looks at besides the chunk.
struct LensSight {
    const heapcore::Heap* heap = nullptr;
    std::uint32_t operation = 0;     ///< the current one
    std::uint32_t collections = 0;   ///< that have ended
    std::uint32_t needed_bytes = 0;  ///< chunk that the next request needs; 0: there is none
    std::optional<heapcore::Offset> selected;
    const Reach* reach = nullptr;            ///< null: not known yet
    const Retention* retention = nullptr;    ///< null: not known yet
    const MarkedPosition* marked = nullptr;  ///< null: no position is marked
    std::uint64_t graph = 0, mark = 0;       ///< numbers that change with reach, retention and marked
};
struct LensChunk {
    heapcore::Offset offset;
    heapcore::Header header;
};

/// Which of the costly things a lens needs.
enum class LensNeed : std::uint8_t { nothing, reach, retention, mark };

struct LensRow {
    LensId id;
    std::string_view name;  ///< "Type + colour"
    std::string_view key;
    std::string_view help;     ///< "colours each chunk by ..."
    std::string_view heading;  ///< of the legend: what the entries count
    std::span<const LensEntry> entries;
    /// The value of a chunk; null: the map's own texel says it.
    Texel (*value_of)(const LensSight&, const LensChunk&);
    /// A number: when it changes, every chunk's value may.
    std::uint64_t (*depends_on)(const LensSight&);
    LensNeed need = LensNeed::nothing;
    bool takes_commonest = false;  ///< far out: the commonest type's hue, not the average of all colours
};

namespace lens {

Texel age_of(const LensSight& sight, const LensChunk& chunk);
Texel survivals_of(const LensSight& sight, const LensChunk& chunk);
Texel size_of(const LensSight& sight, const LensChunk& chunk);
Texel fit_of(const LensSight& sight, const LensChunk& chunk);
Texel root_of(const LensSight& sight, const LensChunk& chunk);
Texel retained_of(const LensSight& sight, const LensChunk& chunk);
Texel change_of(const LensSight& sight, const LensChunk& chunk);

constexpr std::uint64_t nothing(const LensSight&) { return 0; }
constexpr std::uint64_t operation(const LensSight& sight) { return sight.operation; }
constexpr std::uint64_t collections(const LensSight& sight) { return sight.collections; }
constexpr std::uint64_t request(const LensSight& sight) { return sight.needed_bytes; }
constexpr std::uint64_t graph(const LensSight& sight) { return sight.graph; }
constexpr std::uint64_t mark(const LensSight& sight) { return sight.mark; }

inline constexpr Texel value_mask = texel::type_mask;

constexpr LensEntry in_use(std::string_view name, std::uint8_t value, Ink ink, std::string_view help = {},
                           Pattern pattern = Pattern::plain) {
    return {name, value_mask | texel::in_use, static_cast<Texel>(value | texel::in_use), ink, pattern, help};
}
constexpr LensEntry free(std::string_view name, std::uint8_t value, Ink ink, std::string_view help = {},
                         Pattern pattern = Pattern::plain) {
    return {name, value_mask | texel::in_use, value, ink, pattern, help};
}
constexpr LensEntry all_free() { return {"free", texel::in_use, 0, {Ink::free}, Pattern::plain, {}}; }

constexpr Pattern pattern_of(std::size_t colour) {
    constexpr std::array patterns = {Pattern::plain, Pattern::hatched, Pattern::crossed};
    return patterns[colour];
}
constexpr LensEntry of_type(std::uint8_t type) {
    return in_use(heapcore::allocation_type_words[type], type, {Ink::type, type});
}
constexpr LensEntry of_colour(std::uint8_t colour) {
    constexpr std::array<std::string_view, heapcore::colour_count> help = {"not reached",
                                                                           "reached, being scanned", "done"};
    return {heapcore::colour_words[colour],
            texel::colour_mask | texel::in_use,
            static_cast<Texel>(colour << texel::colour_shift | texel::in_use),
            {Ink::colour, colour},
            pattern_of(colour),
            help[colour]};
}
constexpr LensEntry of_type_and_colour(std::uint8_t type, std::uint8_t colour) {
    return {{},
            texel::type_mask | texel::colour_mask | texel::in_use,
            static_cast<Texel>(type | colour << texel::colour_shift | texel::in_use),
            {Ink::type, type},
            pattern_of(colour),
            {}};
}

inline constexpr std::size_t types = heapcore::allocation_type_count, colours = heapcore::colour_count;

/// Types, colours, free, then each type in each colour.
inline constexpr auto table_entries = [] {
    std::array<LensEntry, types + colours + 1 + types * colours> rows{};
    std::size_t next = 0;
    for (std::uint8_t type = 0; type < types; ++type)
        rows[next++] = of_type(type);
    for (std::uint8_t colour = 0; colour < colours; ++colour)
        rows[next++] = of_colour(colour);
    rows[next++] = all_free();
    for (std::uint8_t type = 0; type < types; ++type)
        for (std::uint8_t colour = 0; colour < colours; ++colour)
            rows[next++] = of_type_and_colour(type, colour);
    return rows;
}();
/// Places in table_entries.
constexpr std::uint32_t entry_of_type(std::size_t type) { return static_cast<std::uint32_t>(type); }
constexpr std::uint32_t entry_of_colour(std::size_t colour) {
    return static_cast<std::uint32_t>(types + colour);
}
inline constexpr std::uint32_t entry_of_free = types + colours;
constexpr std::uint32_t entry_of(std::size_t type, std::size_t colour) {
    return static_cast<std::uint32_t>(types + colours + 1 + type * colours + colour);
}

inline constexpr auto type_entries = [] {
    std::array<LensEntry, types + 1> rows{};
    for (std::uint8_t type = 0; type < types; ++type)
        rows[type] = of_type(type);
    rows[types] = all_free();
    return rows;
}();
inline constexpr std::array colour_entries = {of_colour(0), of_colour(1), of_colour(2), all_free()};

/// A range ends before the next one's first number.
inline constexpr std::array<std::uint32_t, 7> age_ranges = {1, 4, 16, 64, 256, 1024, 4096};
inline constexpr std::array age_entries = {in_use("this operation", 0, {Ink::ramp, 7}),
                                           in_use("1 to 3", 1, {Ink::ramp, 6}),
                                           in_use("4 to 15", 2, {Ink::ramp, 5}),
                                           in_use("16 to 63", 3, {Ink::ramp, 4}),
                                           in_use("64 to 255", 4, {Ink::ramp, 3}),
                                           in_use("256 to 1,023", 5, {Ink::ramp, 2}),
                                           in_use("1,024 to 4,095", 6, {Ink::ramp, 1}),
                                           in_use("4,096 and more", 7, {Ink::ramp, 0}),
                                           all_free()};

inline constexpr std::array<std::uint32_t, 7> survival_ranges = {1, 2, 3, 4, 8, 16, 32};
inline constexpr std::array survival_entries = {in_use("none", 0, {Ink::ramp, 0}),
                                                in_use("1", 1, {Ink::ramp, 1}),
                                                in_use("2", 2, {Ink::ramp, 2}),
                                                in_use("3", 3, {Ink::ramp, 3}),
                                                in_use("4 to 7", 4, {Ink::ramp, 4}),
                                                in_use("8 to 15", 5, {Ink::ramp, 5}),
                                                in_use("16 to 31", 6, {Ink::ramp, 6}),
                                                in_use("32 and more", 7, {Ink::ramp, 7}),
                                                all_free()};

inline constexpr std::array<std::uint32_t, 7> size_ranges = {33, 65, 129, 257, 1025, 4097, 16385};
inline constexpr std::array size_entries = {in_use("up to 32", 0, {Ink::ramp, 0}),
                                            in_use("33 to 64", 1, {Ink::ramp, 1}),
                                            in_use("65 to 128", 2, {Ink::ramp, 2}),
                                            in_use("129 to 256", 3, {Ink::ramp, 3}),
                                            in_use("257 to 1,024", 4, {Ink::ramp, 4}),
                                            in_use("1,025 to 4,096", 5, {Ink::ramp, 5}),
                                            in_use("4,097 to 16,384", 6, {Ink::ramp, 6}),
                                            in_use("16,385 and more", 7, {Ink::ramp, 7}),
                                            all_free()};

enum class Fit : std::uint8_t { unasked, too_small, fits, taken };
inline constexpr std::array fit_entries = {
    free("would be taken", 3, {Ink::category, 5}, "the first in the free list that is large enough: best fit",
         Pattern::crossed),
    free("fits", 2, {Ink::category, 2}, "large enough, but a smaller or newer one is found first"),
    free("too small", 1, {Ink::free}, "free, and of no use to this request", Pattern::hatched),
    free("not asked for", 0, {Ink::free}, "no request is known"), in_use("in use", 0, {Ink::quiet})};

enum class Rooted : std::uint8_t { unreached = 9, kept, unknown };  // before: a RootKind
inline constexpr std::array root_entries = {
    in_use("interned strings", 0, {Ink::category, 0}, "the pool of interned strings"),
    in_use("transient roots", 1, {Ink::category, 1}, "the stack of transient roots"),
    in_use("permanent roots", 2, {Ink::category, 2}, "the stack of permanent roots"),
    in_use("threads", 3, {Ink::category, 3}, "a thread that has not ended: its own structures, its object"),
    in_use("stack frames", 4, {Ink::category, 4}, "cells of a thread's frames that look like references"),
    in_use("exceptions", 5, {Ink::category, 5}, "an exception that a thread has pending"),
    in_use("pins", 6, {Ink::category, 6}, "held by a debugger"),
    in_use("the operation", 7, {Ink::category, 7}, "what the operation under way holds"),
    in_use("the embedder", 8, {Ink::ramp, 7}, "named by the program that embeds the heap", Pattern::hatched),
    in_use("unreachable", 9, {Ink::quiet}, "no root leads to it: a collection now would free it",
           Pattern::hatched),
    in_use("permanent data", 10, {Ink::quiet}, "of the type static: never freed by a sweep"),
    in_use("not known yet", 11, {Ink::free}, "is found out when the heap rests", Pattern::hatched),
    all_free()};

enum class Retained : std::uint8_t { selection, kept, reachable, unreachable, data, unknown };
inline constexpr std::array retained_entries = {
    in_use("the selection", 0, {Ink::category, 5}, {}, Pattern::crossed),
    in_use("only through it", 1, {Ink::category, 1}, "reachable, and without the selection not"),
    in_use("otherwise reachable", 2, {Ink::ramp, 2}, "would live on without the selection"),
    in_use("unreachable", 3, {Ink::quiet}, "no root leads to it", Pattern::hatched),
    in_use("permanent data", 4, {Ink::quiet}, "of the type static: never freed by a sweep"),
    in_use("not known yet", 5, {Ink::free}, "is found out when the heap rests", Pattern::hatched),
    all_free()};

enum class Change : std::uint8_t { none, born, recoloured, retyped };
enum class FreeChange : std::uint8_t { none, died, moved };
inline constexpr std::array change_entries = {
    in_use("born", 1, {Ink::category, 5}, "in use now, and not the chunk that was there"),
    free("died", 1, {Ink::category, 0}, "was in use, and is free now", Pattern::crossed),
    in_use("changed colour", 2, {Ink::category, 1}, "another colour than it had", Pattern::hatched),
    in_use("changed type or size", 3, {Ink::category, 2}),
    free("moved in the list", 2, {Ink::category, 3}, "free then and now, between other chunks of the list",
         Pattern::hatched),
    in_use("unchanged, in use", 0, {Ink::quiet}),
    free("unchanged, free", 0, {Ink::free})};

}  // namespace lens

inline constexpr std::array<LensRow, static_cast<std::size_t>(LensId::count_)> lens_rows = {{
    {LensId::type_and_colour,
     "Type + colour",
     "1",
     "hue by allocation type, lightness by the collector's colour",
     {},
     lens::table_entries,
     nullptr,
     nullptr,
     LensNeed::nothing,
     true},
    {LensId::type, "Type", "2", "colours each chunk by its allocation type", "allocation type",
     lens::type_entries, nullptr, nullptr, LensNeed::nothing, true},
    {LensId::colour, "Colour", "3", "white, grey or black, as the collector has coloured it",
     "collector's colour", lens::colour_entries, nullptr, nullptr},
    {LensId::age, "Age", "4", "colours each chunk by the operations since it was allocated",
     "operations since allocated", lens::age_entries, lens::age_of, lens::operation},
    {LensId::survivals, "Survivals", "5", "colours each chunk by the collections that it survived",
     "collections survived", lens::survival_entries, lens::survivals_of, lens::collections},
    {LensId::size, "Size", "6", "colours each chunk by its size", "bytes of the chunk", lens::size_entries,
     lens::size_of, lens::nothing},
    {LensId::fit, "Fit of free space", "7", "shows which free chunks the next request fits",
     "for the next request", lens::fit_entries, lens::fit_of, lens::request},
    {LensId::roots, "Reachable from", "8",
     "colours each chunk by the kind of root that reaches it first, in the collector's order",
     "reached first from", lens::root_entries, lens::root_of, lens::graph, LensNeed::reach},
    {LensId::retained, "Retained", "9", "shows what only the selected chunk keeps alive",
     "through the selection", lens::retained_entries, lens::retained_of, lens::graph, LensNeed::retention},
    {LensId::changes, "Changes", "0", "shows what differs from the marked position (M marks one)",
     "since the mark", lens::change_entries, lens::change_of, lens::mark, LensNeed::mark},
}};

constexpr bool lens_rows_are_in_order() {
    for (std::size_t i = 0; i < lens_rows.size(); ++i)
        if (static_cast<std::size_t>(lens_rows[i].id) != i) return false;
    return true;
}
static_assert(lens_rows_are_in_order());

constexpr const LensRow& row_of(LensId id) { return lens_rows[static_cast<std::size_t>(id)]; }
/// The entry that shows a texel; none for a type or colour that does not exist.
const LensEntry* entry_of(const LensRow& row, Texel texel);
/// The name as it stands in a sentence: "age".
std::string word_of(LensId id);
std::optional<LensId> lens_named(std::string_view word);

}  // namespace tricolour
