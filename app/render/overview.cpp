#include "app/render/overview.h"

#include "app/style/style.h"

#include <algorithm>
#include <cmath>

namespace tricolour {
namespace {

constexpr std::uint32_t most_pieces = 1024;
constexpr std::uint32_t granules_a_frame = 150'000;

}  // namespace

bool Overview::update(const TexelPlane& map, const MapColours& colours) {
    if (map.granules() == 0) return true;
    const std::uint32_t each = std::max(1u, (map.granules() + most_pieces - 1) / most_pieces);
    bool is_known = map_ == &map && granules_ == map.granules() && version_ >= map.cleared_version();
    if (!is_known) {
        map_ = &map;
        granules_ = map.granules();
        pieces_.assign((granules_ + each - 1) / each, 0);
        mark_all();
    } else if (version_ != map.version()) {
        for (const TexelPlane::Range& range : map.dirty())
            for (std::uint32_t piece = range.first / each; piece <= (range.last - 1) / each; ++piece) {
                stale_ += !is_stale_[piece];
                is_stale_[piece] = true;
            }
    }
    version_ = map.version();
    if (colours != colours_) {
        colours_ = colours;
        sums_.reset();
        if (!colours.takes_commonest) sums_.emplace(colours);
        mark_all();
        is_known = false;
    }
    std::uint32_t left = is_known ? std::max(1u, granules_a_frame / each) : most_pieces;
    const auto count = static_cast<std::uint32_t>(pieces_.size());
    for (std::uint32_t looked = 0; looked < count && stale_ > 0 && left > 0; ++looked) {
        cursor_ = cursor_ + 1 < count ? cursor_ + 1 : 0;
        if (!is_stale_[cursor_]) continue;
        is_stale_[cursor_] = false;
        --stale_;
        --left;
        pieces_[cursor_] = colour_of_piece(
            map.texels().subspan(std::size_t{cursor_} * each, std::min(each, granules_ - cursor_ * each)));
    }
    return stale_ == 0;
}

void Overview::mark_all() {
    is_stale_.assign(pieces_.size(), true);
    stale_ = static_cast<std::uint32_t>(pieces_.size());
    cursor_ = 0;
}

ImU32 Overview::colour_of_piece(std::span<const Texel> texels) const {
    if (sums_) return average(*sums_, texels);
    CellCounts counts;
    for (const Texel texel : texels)
        counts.add(texel);
    return u32(colour_of(colours_, counts.cell()));
}

void Overview::draw(ImDrawList& list, ImVec2 from, ImVec2 to) const {
    if (pieces_.empty()) return;
    const auto height = static_cast<std::size_t>(std::max(1.0f, to.y - from.y));
    const auto colour_at = [&](std::size_t y) {
        return pieces_[std::min(pieces_.size() - 1, y * pieces_.size() / height)];
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
