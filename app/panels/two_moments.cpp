// Two moments: a title above each of their maps, and the list of what differs between them, by the operation
// that did it.
#include "app/model/two_moments.h"

#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tricolour {
namespace {

/// A word that can be clicked, its right end there. Returns its left end.
float word_button(const View& view, Commands& commands, CommandId id, const char* label, float right,
                  float top, float height) {
    const FontScope scope(fonts().small);
    const float width = text_width(label), pad = std::round(6 * view.scale);
    const ImVec2 corner{right - width - 2 * pad, top};
    const ImVec2 after = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos(corner);
    if (ImGui::InvisibleButton(label, {width + 2 * pad, height})) commands.push(id);
    const bool is_hovered = ImGui::IsItemHovered();
    if (is_hovered) {
        ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
        command_tooltip(id);
    }
    const float y = std::floor(top + (height - ImGui::GetTextLineHeight()) / 2);
    draw_text({corner.x + pad, y}, u32(is_hovered ? view.palette->text : view.palette->text_dim), label);
    ImGui::GetWindowDrawList()->AddLine({corner.x + pad, y + ImGui::GetTextLineHeight() - 0.5f},
                                        {corner.x + pad + width, y + ImGui::GetTextLineHeight() - 0.5f},
                                        u32(view.palette->text_dim, is_hovered ? 0.9f : 0.3f));
    ImGui::SetCursorScreenPos(after);
    return corner.x;
}

class DifferenceList {
public:
    DifferenceList(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          own_(state.two_moments),
          commands_(commands),
          palette_(*view.palette),
          moments_(*view.two_moments) {}

    void draw() {
        draw_head();
        const Differences* const differences = moments_.differences();
        if (!differences) return draw_waiting();
        if (differences->rows.empty() && differences->passing.count == 0) {
            const bool is_same = differences->earlier == differences->later;
            return small_text(view_, is_same ? "Both are the same position." : "Nothing differs.");
        }
        follow();
        draw_totals(*differences);
        draw_rows(*differences);
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    float row_height() const { return scaled(19); }
    bool is_pin_earlier() const { return moments_.pinned()->position() <= view_.session->position(); }
    const heapcore::Session& earlier() const {
        return is_pin_earlier() ? *moments_.pinned() : *view_.session;
    }
    const heapcore::Session& later() const { return is_pin_earlier() ? *view_.session : *moments_.pinned(); }

    void draw_head() {
        const auto side = [&](const heapcore::Session& session) {
            return (&session == view_.session ? "now " : "pinned ") + place_text(session);
        };
        small_text(view_, "From " + side(earlier()) + " to " + side(later()) + ":", Tone::plain);
    }

    void draw_waiting() {
        ImGui::Dummy({1, scaled(4)});
        small_text(view_, moments_.waiting_text());
        if (!moments_.is_reading()) return;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x, bar = scaled(3);
        const auto part = static_cast<float>(moments_.part());
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddRectFilled({at.x, at.y + bar}, {at.x + width, at.y + 2 * bar}, u32(palette_.border), bar / 2);
        list.AddRectFilled({at.x, at.y + bar}, {at.x + width * part, at.y + 2 * bar}, u32(palette_.text_dim),
                           bar / 2);
    }

    // What was made for other differences is of no use.
    void follow() {
        if (own_.texts_of == moments_.number()) return;
        own_.texts_of = moments_.number();
        own_.texts.clear();
        own_.chosen.reset();
    }

    void draw_totals(const Differences& differences) {
        const std::string totals = text_of(differences.tallies);
        if (!totals.empty()) small_text(view_, totals + ".");
        if (const DifferenceTally& passing = differences.passing; passing.count > 0)
            small_text(view_, count_text(passing.count) +
                                  (passing.count == 1 ? " chunk was" : " chunks were") +
                                  " allocated and freed in between (" + bytes_text(passing.bytes) + ").");
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x, height = row_height();
        ImGui::Dummy({width, height});
        const ImVec2 after = ImGui::GetCursorScreenPos();
        ImGui::SetCursorScreenPos({at.x, at.y});
        const FontScope scope(fonts().small);
        const char* const label = own_.is_oldest_first ? "oldest first" : "newest first";
        if (ImGui::InvisibleButton("order", {text_width(label), height}))
            own_.is_oldest_first = !own_.is_oldest_first;
        const bool is_hovered = ImGui::IsItemHovered();
        if (is_hovered) text_tooltip("A click puts the operations in the opposite order.");
        const float y = std::floor(at.y + (height - ImGui::GetTextLineHeight()) / 2);
        draw_text({at.x, y}, u32(is_hovered ? palette_.text : palette_.text_dim), label);
        const std::string count = count_text(differences.causes.size()) +
                                  (differences.causes.size() == 1 ? " operation" : " operations");
        draw_text({at.x + width - text_width(count), y}, u32(palette_.text_dim), count);
        ImGui::SetCursorScreenPos(after);
    }

    // --- rows --------------------------------------------------------------------------------

    std::size_t cause_at(std::size_t place, const Differences& differences) const {
        return own_.is_oldest_first ? place : differences.causes.size() - 1 - place;
    }
    bool is_unfolded(const DifferenceCause& cause) const { return own_.unfolded.contains(cause.operation); }

    /// A cause has two rows, and unfolded one more for each difference.
    std::vector<std::size_t> starts(const Differences& differences) const {
        std::vector<std::size_t> starts{0};
        starts.reserve(differences.causes.size() + 1);
        for (std::size_t place = 0; place < differences.causes.size(); ++place) {
            const DifferenceCause& cause = differences.causes[cause_at(place, differences)];
            starts.push_back(starts.back() + 2 + (is_unfolded(cause) ? cause.end - cause.first : 0));
        }
        return starts;
    }

    void draw_rows(const Differences& differences) {
        if (!ImGui::BeginChild("##differences")) return ImGui::EndChild();
        own_.list_x = ImGui::GetCursorScreenPos().x;
        own_.list_y = ImGui::GetCursorScreenPos().y;
        own_.row_height = row_height();
        const std::vector<std::size_t> first_rows = starts(differences);
        const std::size_t count = std::min<std::size_t>(first_rows.back(), 1u << 20);
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(count), row_height());
        while (clipper.Step()) {
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
                const auto row = static_cast<std::size_t>(i);
                const auto after = std::ranges::upper_bound(first_rows, row);
                const auto place = static_cast<std::size_t>(after - first_rows.begin()) - 1;
                const DifferenceCause& cause = differences.causes[cause_at(place, differences)];
                const std::size_t inside = row - first_rows[place];
                if (inside == 0)
                    draw_cause(i, cause);
                else if (inside == 1)
                    draw_summary(i, cause);
                else
                    draw_difference(i, differences, cause.first + inside - 2);
            }
        }
        ImGui::EndChild();
    }

    std::string text_of_operation(const DifferenceCause& cause) const {
        if (cause.operation == DifferenceCause::unknown) return "no single operation";
        const heapcore::Trace& trace = view_.session->trace();
        return row_text(line_text(trace, trace.operations[cause.operation]));
    }

    void go_to(const DifferenceCause& cause) {
        if (cause.operation != DifferenceCause::unknown) commands_.push(CommandId::seek, cause.operation + 1);
    }

    void draw_cause(int id, const DifferenceCause& cause) {
        const float fold = scaled(16);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        RowCanvas canvas(view_, state_, commands_, id, row_height(), {}, true);
        const bool is_at_fold = ImGui::GetIO().MousePos.x < at.x + fold;
        if (canvas.is_clicked() && is_at_fold) {
            if (!own_.unfolded.erase(cause.operation)) own_.unfolded.insert(cause.operation);
        } else if (canvas.is_clicked()) {
            go_to(cause);
        }
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddLine({at.x, at.y + 0.5f}, {canvas.right(), at.y + 0.5f}, u32(palette_.border));
        const bool is_sign_lit = canvas.is_hovered() && is_at_fold;
        draw_fold({at.x + scaled(5), std::floor(at.y + row_height() / 2) + 0.5f}, is_unfolded(cause),
                  u32(is_sign_lit ? palette_.text : palette_.text_dim));
        canvas.x = at.x + fold;
        const std::string number =
            cause.operation == DifferenceCause::unknown ? "" : count_text(cause.operation + 1);
        const float right = canvas.right() - width_of(number, fonts().mono_small) - scaled(4);
        canvas.text(text_of_operation(cause), right - scaled(8) - canvas.x, palette_.text, fonts().mono);
        canvas.text_right(number, canvas.right() - scaled(2), palette_.text_dim, fonts().mono_small);
        if (!canvas.is_hovered()) return;
        text_tooltip(is_at_fold ? is_unfolded(cause) ? "Folds what it did" : "Lists what it did"
                                : text_of_operation(cause) + "\nA click goes to right after it.");
    }

    void draw_summary(int id, const DifferenceCause& cause) {
        RowCanvas canvas(view_, state_, commands_, id, row_height(), {}, true);
        if (canvas.is_clicked() && !own_.unfolded.erase(cause.operation))
            own_.unfolded.insert(cause.operation);
        canvas.x += scaled(16);
        std::string text = text_of(cause.tallies);
        if (cause.collection > 0) text = "collection " + count_text(cause.collection) + ": " + text;
        canvas.text(text, canvas.right() - canvas.x, palette_.text_dim, fonts().small);
        if (canvas.is_hovered()) text_tooltip(text + "\nA click lists them.");
    }

    void draw_fold(ImVec2 middle, bool is_open, ImU32 colour) const {
        const float half = scaled(7) / 2;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        if (is_open)
            list.AddTriangleFilled({middle.x - half, middle.y - half * 0.6f},
                                   {middle.x + half, middle.y - half * 0.6f},
                                   {middle.x, middle.y + half * 0.7f}, colour);
        else
            list.AddTriangleFilled({middle.x - half * 0.6f, middle.y - half},
                                   {middle.x + half * 0.7f, middle.y},
                                   {middle.x - half * 0.6f, middle.y + half}, colour);
    }

    const DifferenceText& text_of_row(const Differences& differences, std::size_t index) {
        constexpr std::size_t most_texts = 4096;
        if (own_.texts.size() > most_texts) own_.texts.clear();
        const auto known = own_.texts.find(index);
        if (known != own_.texts.end()) return known->second;
        return own_.texts.emplace(index, text_of(differences.rows[index], earlier(), later())).first->second;
    }

    void draw_difference(int id, const Differences& differences, std::size_t index) {
        const Difference& difference = differences.rows[index];
        const DifferenceRow& kind = row_of(difference.kind);
        const DifferenceText& text = text_of_row(differences, index);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImVec2 end{at.x + ImGui::GetContentRegionAvail().x, at.y + row_height()};
        const bool is_chosen = own_.chosen == index;
        if (is_chosen)
            list.AddRectFilled(at, end, ImGui::GetColorU32(ImGuiCol_Header));
        else if (state_.hover == difference.chunk)
            list.AddRectFilled(at, end, u32(palette_.panel_raised));
        RowCanvas canvas(view_, state_, commands_, id, row_height(), {}, true);
        if (canvas.is_hovered()) state_.hover_next = difference.chunk;
        if (canvas.is_clicked()) {
            own_.chosen = index;
            commands_.push(CommandId::select_chunk, difference.chunk, difference.birth);
            commands_.push(CommandId::reveal_selection);
        }
        if (is_chosen)
            list.AddRectFilled({at.x, at.y + scaled(3)}, {at.x + scaled(2), end.y - scaled(3)},
                               u32(palette_.selection));
        canvas.x = at.x + scaled(16);
        const float tags = scaled(62);
        canvas.text(kind.tag, tags - scaled(4), colour_of(difference.kind), fonts().small);
        canvas.x = at.x + scaled(16) + tags;
        std::string subject = text.subject;
        std::erase(subject, '`');
        std::string what = text.what;
        std::erase(what, '`');
        const float room = canvas.right() - canvas.x;
        canvas.text(subject, what.empty() ? room : room * 0.62f, palette_.text, fonts().small);
        canvas.x += scaled(8);
        canvas.text(what, canvas.right() - canvas.x, palette_.text_dim, fonts().small);
        if (canvas.is_hovered())
            text_tooltip(text.subject + "\n" + std::string(kind.one) + ": " + text.what + "\n" +
                         std::string(kind.help));
    }

    // As the lens of changes shows them.
    const Rgba& colour_of(DifferenceKind kind) const {
        switch (kind) {
            case DifferenceKind::freed:
            case DifferenceKind::swept:
            case DifferenceKind::unrooted: return tricolour::colour_of(palette_, {Ink::category, 0});
            case DifferenceKind::born:
            case DifferenceKind::rooted: return tricolour::colour_of(palette_, {Ink::category, 5});
            default: return palette_.text_dim;
        }
    }

    const View& view_;
    UiState& state_;
    TwoMomentsState& own_;
    Commands& commands_;
    const Palette& palette_;
    const TwoMoments& moments_;
};

}  // namespace

void draw_moment_title(const View& view, UiState& state, Commands& commands, bool is_pinned) {
    const TwoMoments& moments = *view.two_moments;
    const heapcore::Session* const session = is_pinned ? moments.pinned() : view.session;
    if (!session) return;
    const Palette& palette = *view.palette;
    const float s = view.scale, height = std::round(25 * s), pad = std::round(8 * s);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + width, at.y + height}, u32(palette.panel));
    list.AddRectFilled({at.x, at.y + height - 1}, {at.x + width, at.y + height}, u32(palette.border));
    ImGui::Dummy({width, height});
    ImGui::SetCursorScreenPos({at.x, at.y + height});
    float right = at.x + width - std::round(2 * s);
    if (is_pinned) {
        right = word_button(view, commands, CommandId::change_places, "change places", right, at.y, height);
        right = word_button(view, commands, CommandId::go_to_marked, "go there", right, at.y, height);
    } else {
        right = word_button(view, commands, CommandId::two_moments, "close", right, at.y, height);
        right =
            word_button(view, commands, CommandId::toggle_differences, "differences", right, at.y, height);
    }
    right -= pad;

    const FontScope scope(fonts().small);
    const float y = std::floor(at.y + (height - ImGui::GetTextLineHeight()) / 2);
    float x = at.x + pad;
    const auto write = [&](const std::string& text, const Rgba& colour) {
        if (x >= right) return;
        const std::string shown = elided(text, right - x);
        draw_text({x, y}, u32(colour), shown);
        x += text_width(shown);
    };
    write(is_pinned ? "Pinned: " : "Now: ", palette.text_dim);
    write(place_text(*session), palette.text);
    if (const std::string doing = doing_text(*session); !doing.empty())
        write(" \xc2\xb7 " + doing, palette.text_dim);
    if (is_pinned && !moments.is_on_way()) write(" (another branch)", palette.alarm);
    if (state.selection && state.selection->birth != 0 && !selected_chunk(session->heap(), state.selection))
        write(" \xc2\xb7 the selection is not there", palette.selection);
}

void draw_differences(const View& view, UiState& state, Commands& commands) {
    if (!view.session || !view.two_moments) return empty_state(*view.palette, "Nothing is open.");
    if (!view.two_moments->pinned())
        return empty_state(
            *view.palette,
            "No position is marked: M marks this one, and here stands what differs from it, by "
            "the operation that did it. D shows both maps.");
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    DifferenceList(view, state, commands).draw();
    ImGui::PopStyleVar();
}

}  // namespace tricolour
