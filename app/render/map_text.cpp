#include "app/render/map_text.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace tricolour {
namespace {

constexpr Rgba dark_ink{0.05f, 0.06f, 0.09f, 1}, light_ink{0.97f, 0.98f, 1, 1};

float luminance(const Rgba& colour) {
    const auto linear = [](float part) { return std::pow(part, 2.2f); };
    return 0.2126f * linear(colour.red) + 0.7152f * linear(colour.green) + 0.0722f * linear(colour.blue);
}

}  // namespace

float smooth(float from, float to, float value) {
    const float t = std::clamp((value - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3 - 2 * t);
}

const Rgba& ink_on(const Rgba& colour) { return luminance(colour) > 0.24f ? dark_ink : light_ink; }

float width_of(ImFont* font, const std::string& text) {
    return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

std::string fitted(ImFont* font, const std::string& text, float width) {
    if (width_of(font, text) <= width) return text;
    std::size_t bytes = text.size();
    while (bytes > 0) {
        do
            --bytes;
        while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80);
        if (bytes < 2) return {};
        std::string cut = text.substr(0, bytes) + "…";
        if (width_of(font, cut) <= width) return cut;
    }
    return {};
}

}  // namespace tricolour
