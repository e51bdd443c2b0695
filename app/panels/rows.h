// Rows of the tables that list chunks: one hit area a row, pieces of text placed in it, sections
// that fold. Drawn straight into the draw list, so that a long list costs what is in sight.
#pragma once

#include "app/commands.h"
#include "app/model/cell_text.h"
#include "app/model/view.h"
#include "app/style/style.h"
#include "app/ui_state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <imgui.h>

namespace tricolour {

/// A row being drawn: text is placed from the left, `x` is where the next piece goes.
class RowCanvas {
public:
    /// Takes a row of the full width. With a chunk: a click selects it, hovering shows it on the map.
    RowCanvas(const View& view, UiState& state, Commands& commands, int id, float height,
              std::optional<heapcore::Offset> chunk = {}, bool is_clickable = false);

    /// The row is about a chunk, but a click means something else: hovering shows it on the map.
    void tell_of(UiState& state, heapcore::Offset chunk);
    /// As if it were hovered.
    void light();

    bool is_hovered() const { return is_hovered_; }
    bool is_clicked() const { return is_clicked_; }
    float left() const { return at_.x; }
    float right() const { return at_.x + width_; }
    float top() const { return at_.y; }
    float height() const { return height_; }
    float x = 0;

    /// Text at `x`, at most that wide; its end is elided. Moves `x` behind it.
    void text(std::string_view text, float width, const Rgba& colour, ImFont* font);
    void text_right(std::string_view text, float right_edge, const Rgba& colour, ImFont* font) const;
    /// As text, underlined as what can be clicked.
    void link(std::string_view text, float width, const Rgba& colour, ImFont* font);
    /// The chunk's swatch, as the legend shows it.
    void chunk_swatch(heapcore::Offset chunk);
    /// Whether any text did not fit.
    bool is_elided() const { return is_elided_; }

private:
    float baseline(ImFont* font) const;

    const View& view_;
    ImVec2 at_;
    float width_;
    float height_;
    bool is_hovered_ = false;
    bool is_clicked_ = false;
    bool is_lit_ = false;
    bool is_elided_ = false;
};

float width_of(std::string_view text, ImFont* font);
const Rgba& colour_of(const Palette& palette, Tone tone);

/// A section's title with its count; a click folds it. Returns whether it is open.
bool section(const View& view, const char* title, std::string_view count, std::string_view help,
             bool is_open_at_first = true);

/// A small line of text that wraps, dim unless told otherwise.
void small_text(const View& view, std::string_view text, Tone tone = Tone::dim);

}  // namespace tricolour
