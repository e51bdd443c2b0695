#include "app/panels/rows.h"

#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace tricolour {

float width_of(std::string_view text, ImFont* font) {
    return text.empty()
               ? 0
               : font->CalcTextSizeA(size_of(font), FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

const Rgba& colour_of(const Palette& palette, Tone tone) {
    switch (tone) {
        case Tone::dim:
        case Tone::guess: return palette.text_dim;
        case Tone::alarm: return palette.alarm;
        default: return palette.text;
    }
}

RowCanvas::RowCanvas(const View& view, UiState& state, Commands& commands, int id, float height,
                     std::optional<heapcore::Offset> chunk, bool is_clickable)
    : view_(view),
      at_(ImGui::GetCursorScreenPos()),
      width_(std::max(1.0f, ImGui::GetContentRegionAvail().x)),
      height_(std::round(height)) {
    x = at_.x;
    ImGui::PushID(id);
    is_clicked_ = ImGui::InvisibleButton("row", {width_, height_});
    ImGui::PopID();
    is_hovered_ = ImGui::IsItemHovered();
    const bool leads_somewhere = chunk.has_value() || is_clickable;
    if (chunk && is_hovered_) state.hover_next = chunk;
    if (chunk && is_clicked_) commands.push(CommandId::select_chunk, *chunk);
    if (leads_somewhere && is_hovered_) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    is_lit_ = chunk && (is_hovered_ || state.hover == chunk);
    if (is_lit_ || (leads_somewhere && is_hovered_)) light();
}

void RowCanvas::tell_of(UiState& state, heapcore::Offset chunk) {
    if (is_hovered_)
        state.hover_next = chunk;
    else if (state.hover == chunk)
        light();
}

void RowCanvas::light() {
    const float inset = std::round(4 * view_.scale);
    ImGui::GetWindowDrawList()->AddRectFilled({at_.x - inset, at_.y},
                                              {at_.x + width_ + inset, at_.y + height_},
                                              u32(view_.palette->panel_raised), 3 * view_.scale);
}

float RowCanvas::baseline(ImFont* font) const { return std::floor(at_.y + (height_ - size_of(font)) / 2); }

void RowCanvas::text(std::string_view text, float width, const Rgba& colour, ImFont* font) {
    if (text.empty() || width <= 0) return;
    const FontScope scope(font);
    const std::string shown = elided(text, width);
    is_elided_ |= shown.size() != text.size() || shown != text;
    draw_text({x, baseline(font)}, u32(colour), shown);
    x += text_width(shown);
}

void RowCanvas::text_right(std::string_view text, float right_edge, const Rgba& colour, ImFont* font) const {
    const FontScope scope(font);
    draw_text({right_edge - text_width(text), baseline(font)}, u32(colour), text);
}

void RowCanvas::link(std::string_view label, float width, const Rgba& colour, ImFont* font) {
    const float from = x;
    text(label, width, colour, font);
    const float y = std::floor(baseline(font) + size_of(font)) + 0.5f;
    ImGui::GetWindowDrawList()->AddLine({from, y}, {x, y},
                                        u32(colour, is_lit_ || is_hovered_ ? 0.9f : 0.22f));
}

void RowCanvas::chunk_swatch(heapcore::Offset chunk) {
    const ImVec2 after = ImGui::GetCursorScreenPos();
    const FontScope scope(fonts().small);
    ImGui::SetCursorScreenPos({x, std::floor(at_.y + (height_ - ImGui::GetTextLineHeight()) / 2)});
    swatch(*view_.palette, view_.session->heap().header(chunk));
    x += ImGui::GetItemRectSize().x + std::round(5 * view_.scale);
    ImGui::SetCursorScreenPos(after);
}

bool section(const View& view, const char* title, std::string_view count, std::string_view help,
             bool is_open_at_first) {
    const Palette& palette = *view.palette;
    const float s = view.scale;
    ImFont* const font = fonts().small;
    const float height = std::round(size_of(font) + 10 * s);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = std::max(1.0f, ImGui::GetContentRegionAvail().x);
    const ImGuiID id = ImGui::GetID(title);
    bool* const is_open = ImGui::GetStateStorage()->GetBoolRef(id, is_open_at_first);
    ImGui::PushID(title);
    if (ImGui::InvisibleButton("section", {width, height})) *is_open = !*is_open;
    ImGui::PopID();
    const bool is_hovered = ImGui::IsItemHovered();
    if (is_hovered && !help.empty()) text_tooltip(help);

    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddLine({at.x, at.y + 0.5f}, {at.x + width, at.y + 0.5f}, u32(palette.border), 1);
    const ImU32 sign = u32(is_hovered ? palette.text : palette.text_dim);
    const float side = std::round(7 * s);
    const ImVec2 middle = {at.x + side / 2, std::floor(at.y + height / 2) + 0.5f};
    const float half = side / 2;
    if (*is_open)
        list.AddTriangleFilled({middle.x - half, middle.y - half * 0.6f},
                               {middle.x + half, middle.y - half * 0.6f}, {middle.x, middle.y + half * 0.7f},
                               sign);
    else
        list.AddTriangleFilled({middle.x - half * 0.6f, middle.y - half}, {middle.x + half * 0.7f, middle.y},
                               {middle.x - half * 0.6f, middle.y + half}, sign);
    const FontScope scope(font);
    const float y = std::floor(at.y + (height - size_of(font)) / 2);
    const float text_x = at.x + side + 7 * s;
    const float count_width = text_width(count);
    const std::string shown = elided(title, width - (text_x - at.x) - count_width - 8 * s);
    draw_text({text_x, y}, u32(palette.text), shown);
    if (!count.empty()) draw_text({at.x + width - count_width, y}, u32(palette.text_dim), count);
    return *is_open;
}

void small_text(const View& view, std::string_view text, Tone tone) {
    const FontScope scope(fonts().small);
    ImGui::PushStyleColor(ImGuiCol_Text, vec4(colour_of(*view.palette, tone)));
    ImGui::PushTextWrapPos(0);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
}

}  // namespace tricolour
