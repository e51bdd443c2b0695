#include "app/render/overview.h"

#include "app/style/style.h"

#include <algorithm>
#include <cmath>

namespace tricolour {
namespace {

constexpr std::uint32_t pieces = 1024;
constexpr std::uint32_t granules_a_frame = 150'000;

}  // namespace

bool Overview::update(const MapModel& map, const Palette& palette) {
    if (map.granules() == 0) return true;
    const std::uint32_t each = std::max(1u, (map.granules() + pieces - 1) / pieces);
    const auto mark = [&](std::uint32_t piece) {
        if (is_stale_[piece]) return;
        is_stale_[piece] = true;
        ++stale_;
    };
    const bool is_known = map_ == &map && granules_ == map.granules() && version_ >= map.cleared_version();
    if (!is_known) {
        map_ = &map;
        granules_ = map.granules();
        const std::uint32_t count = (granules_ + each - 1) / each;
        cells_.assign(count, 0);
        colours_.assign(count, u32(palette.free));
        is_stale_.assign(count, true);
        stale_ = count;
        cursor_ = 0;
    } else if (version_ != map.version()) {
        for (const MapModel::Range& range : map.dirty())
            for (std::uint32_t piece = range.first / each; piece <= (range.last - 1) / each; ++piece)
                mark(piece);
    }
    version_ = map.version();
    if (palette.chunk != palette_.chunk || palette.free != palette_.free) {
        palette_ = palette;
        for (std::size_t i = 0; i < cells_.size(); ++i)
            colours_[i] = u32(colour_of(palette, cells_[i]));
    }
    std::uint32_t left = is_known ? std::max(1u, granules_a_frame / each) : pieces;
    const auto count = static_cast<std::uint32_t>(cells_.size());
    for (std::uint32_t looked = 0; looked < count && stale_ > 0 && left > 0; ++looked) {
        cursor_ = cursor_ + 1 < count ? cursor_ + 1 : 0;
        if (!is_stale_[cursor_]) continue;
        is_stale_[cursor_] = false;
        --stale_;
        --left;
        CellCounts counts;
        const std::uint32_t end = std::min(granules_, (cursor_ + 1) * each);
        for (std::uint32_t granule = cursor_ * each; granule < end; ++granule)
            counts.add(map.texels()[granule]);
        cells_[cursor_] = counts.cell();
        colours_[cursor_] = u32(colour_of(palette, cells_[cursor_]));
    }
    return stale_ == 0;
}

void Overview::draw(ImDrawList& list, ImVec2 from, ImVec2 to) const {
    if (colours_.empty()) return;
    const auto height = static_cast<std::size_t>(std::max(1.0f, to.y - from.y));
    const auto colour_at = [&](std::size_t y) {
        return colours_[std::min(colours_.size() - 1, y * colours_.size() / height)];
    };
    for (std::size_t y = 0; y < height;) {
        const ImU32 colour = colour_at(y);
        std::size_t end = y + 1;
        while (end < height && colour_at(end) == colour)
            ++end;
        list.AddRectFilled({from.x, from.y + static_cast<float>(y)}, {to.x, from.y + static_cast<float>(end)},
                           colour);
        y = end;
    }
}

}  // namespace tricolour
