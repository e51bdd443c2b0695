#include "app/model/map_colours.h"

namespace tricolour {
namespace {

constexpr float fade = 0.84f;

Pattern pattern_of_colour(Texel texel) {
    if (!(texel & texel::in_use)) return Pattern::plain;
    const std::size_t colour = static_cast<std::size_t>(texel & texel::colour_mask) >> texel::colour_shift;
    return colour < heapcore::colour_count ? lens::pattern_of(colour) : Pattern::plain;
}

const Rgba& colour_in_table(const Palette& palette, Texel texel) {
    if (!(texel & texel::in_use)) return palette.free;
    return palette.of(static_cast<heapcore::AllocationType>(texel & texel::type_mask),
                      static_cast<heapcore::Colour>((texel & texel::colour_mask) >> texel::colour_shift));
}

const Rgba& colour_without_entry(const Palette& palette, Texel texel) {
    return texel & texel::in_use ? palette.alarm : palette.free;
}

}  // namespace

MapColours map_colours(const Palette& palette, LensId id, std::optional<std::uint32_t> isolated) {
    const LensRow& row = row_of(id);
    const LensEntry* const only =
        isolated && *isolated < row.entries.size() ? &row.entries[*isolated] : nullptr;
    MapColours result;
    result.takes_commonest = row.takes_commonest && !only;
    for (Texel texel = 0; texel < MapColours::texels; ++texel) {
        const LensEntry* const entry = entry_of(row, texel);
        Rgba& colour = result.colours[texel];
        if (id == LensId::type_and_colour) {
            colour = colour_in_table(palette, texel);
            result.patterns[texel] = pattern_of_colour(texel);
        } else if (entry) {
            colour = colour_of(palette, entry->ink);
            result.patterns[texel] = entry->pattern;
        } else {
            colour = colour_without_entry(palette, texel);
        }
        result.faded[texel] = only && !only->is_of(texel);
        if (result.faded[texel]) colour = mixed(colour, palette.map_background, fade);
    }
    return result;
}

}  // namespace tricolour
