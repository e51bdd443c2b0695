// Why: what keeps the selection alive, or what cut it off; why it lies where it lies; what had the place
// before.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace tricolour {
namespace {

using heapcore::Chain;
using heapcore::Offset;

constexpr float row_height = 19;         // at scale 1
constexpr std::size_t most_links = 30;   // of a chain, before its middle is left out
constexpr std::size_t links_at_end = 8;  // shown then at either end
constexpr std::uint64_t most_retained = 1u << 20;
constexpr std::size_t most_events = 40;  // of one that had the place

class WhyPanel {
public:
    WhyPanel(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          own_(state.why),
          commands_(commands),
          palette_(*view.palette),
          answers_(*view.answers) {}

    void draw() {
        own_.lacks_losses = false;
        if (const Holding* holding = answers_.holding())
            draw_holding(*holding);
        else if (!answers_.is_there())
            draw_absence();
        if (const Demise* demise = answers_.demise(); demise && demise->kind != Demise::alive)
            draw_demise(*demise);
        draw_waiting();
        if (const Placement* placement = answers_.placement()) draw_placement(*placement);
        draw_history();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    void gap(float at_one) const { ImGui::Dummy({1, scaled(at_one)}); }
    bool is_free() const { return answers_.question().birth == 0; }

    void draw_absence() {
        small_text(view_, is_free() ? "Free memory." : "It is not there any more.", Tone::plain);
        gap(6);
    }

    void draw_waiting() {
        if (answers_.waiting_text().empty()) return;
        gap(4);
        const double part = answers_.part();
        const bool has_part = answers_.is_reading() && part > 0;
        small_text(view_, answers_.waiting_text() +
                              (has_part ? " " + std::to_string(static_cast<int>(part * 100)) + " %" : ""));
        gap(4);
    }

    /// A row that can be clicked and goes somewhere. Returns whether it was.
    bool draw_link(int id, std::string_view text, std::string_view help, std::string_view key = {}) {
        RowCanvas row(view_, state_, commands_, id, scaled(row_height), {}, true);
        const FontScope scope(fonts().small);
        const float caps = key.empty() ? 0 : key_caps_width(key, view_.scale) + scaled(6);
        row.x += scaled(14);
        row.link(text, row.right() - row.x - caps, palette_.text, fonts().small);
        if (caps > 0) draw_key_caps(palette_, {row.right() - caps + scaled(6), row.top()}, key, view_.scale);
        if (row.is_hovered()) text_tooltip(help);
        return row.is_clicked();
    }

    void draw_remark(std::string_view text, Tone tone = Tone::dim) {
        ImGui::Indent(scaled(14));
        small_text(view_, text, tone);
        ImGui::Unindent(scaled(14));
    }

    // --- alive -------------------------------------------------------------------------------

    void draw_holding(const Holding& holding) {
        small_text(view_, holding.summary, Tone::plain);
        gap(6);
        draw_discovery(holding);
        if (holding.chains.empty()) return;
        draw_chains(holding);
        draw_retained(holding);
    }

    void draw_discovery(const Holding& holding) {
        if (holding.discovery_text.empty()) return;
        const std::string count = holding.discovery.empty() ? "" : links_text(holding.discovery.size());
        if (!section(view_, "The collection's way", count,
                     "How the collection that is under way comes to the chunk: depth first."))
            return;
        draw_remark(holding.discovery_text);
        if (!holding.discovery.empty()) draw_chain(holding, holding.discovery, 100'000'000);
        gap(4);
    }

    static std::string links_text(std::size_t count) {
        return count_text(count) + (count == 1 ? " link" : " links");
    }

    void draw_chains(const Holding& holding) {
        const std::size_t count = holding.chains.size();
        const Chain& chain = holding.chains[std::min(own_.chain, count - 1)];
        if (!section(
                view_, "Held by", links_text(chain.size()),
                "From a root to the chunk, link by link. On the right: what would die if that link alone "
                "were cleared."))
            return;
        if (count > 1) draw_choice(holding, count);
        draw_chain(holding, chain, 0);
        draw_notes(holding, chain);
        gap(5);
    }

    void draw_choice(const Holding& holding, std::size_t count) {
        ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(scaled(3), 0));
        const FontScope scope(fonts().small);
        ImGui::Indent(scaled(14));
        command_button(commands_, CommandId::chain_back);
        ImGui::SameLine(0, scaled(4));
        command_button(commands_, CommandId::chain_forward);
        ImGui::SameLine(0, scaled(8));
        std::string text = count_text(own_.chain + 1) + " of " + count_text(count);
        if (holding.links > count) text += ", there are " + count_text(holding.links);
        elided_text(text, ImGui::GetContentRegionAvail().x, palette_.text_dim);
        ImGui::Unindent(scaled(14));
        ImGui::PopStyleVar();
        gap(3);
    }

    // The root in a row of its own, then what each link leads to.
    void draw_chain(const Holding& holding, const Chain& chain, int first_id) {
        draw_root(holding, chain, first_id);
        const std::size_t count = chain.size();
        const bool is_cut = count > most_links && !own_.shows_all_links;
        const std::size_t head = is_cut ? links_at_end : count;
        draw_links(holding, chain, 0, head, first_id);
        if (is_cut) {
            RowCanvas row(view_, state_, commands_, first_id - 2, scaled(row_height), {}, true);
            draw_line(row, true);
            row.x += scaled(14);
            row.link(links_text(count - 2 * links_at_end) + " more", row.right() - row.x, palette_.text_dim,
                     fonts().small);
            if (row.is_clicked()) own_.shows_all_links = true;
            draw_links(holding, chain, count - links_at_end, count, first_id);
        }
    }

    void draw_links(const Holding& holding, const Chain& chain, std::size_t from, std::size_t to,
                    int first_id) {
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(to - from), scaled(row_height));
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_target(holding, chain, from + static_cast<std::size_t>(i), first_id);
    }

    void draw_root(const Holding& holding, const Chain& chain, int first_id) {
        const HoldingRow link = holding.row(chain, 0);
        RowCanvas row(view_, state_, commands_, first_id - 1, scaled(row_height), link.chunk);
        draw_sign_of_root(row);
        row.x += scaled(14);
        const float loss = draw_loss(holding, chain[0], row);
        row.text(link.by, loss - row.x, palette_.text, fonts().small);
        if (row.is_hovered()) text_tooltip(whole_text(holding, link, chain[0]));
    }

    void draw_target(const Holding& holding, const Chain& chain, std::size_t index, int first_id) {
        const HoldingRow link = holding.row(chain, index);
        RowCanvas row(view_, state_, commands_, first_id + static_cast<int>(index), scaled(row_height),
                      link.chunk);
        const bool is_last = index + 1 == chain.size();
        draw_line(row, !is_last);
        row.x += scaled(14);
        float right = row.right();
        if (index > 0) {
            right = draw_loss(holding, chain[index], row);
            row.text(link.by, (right - row.x) * 0.6f, palette_.text_dim, fonts().small);
            row.x += scaled(7);
        }
        row.chunk_swatch(link.chunk);
        const Rgba& colour = is_last                   ? palette_.selection
                             : view_.now == link.chunk ? palette_.now
                                                       : palette_.text;
        row.link(link.what, right - row.x, colour, fonts().small);
        if (row.is_hovered()) text_tooltip(whole_text(holding, link, chain[index]));
    }

    // The way down on the left: a line with a dot at each chunk.
    void draw_line(const RowCanvas& row, bool goes_on) const {
        const float x = std::floor(row.left() + scaled(4)) + 0.5f;
        const float middle = std::floor(row.top() + row.height() / 2);
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImU32 colour = u32(palette_.text_dim, 0.7f);
        list.AddLine({x, row.top()}, {x, goes_on ? row.top() + row.height() : middle}, colour, 1);
        list.AddCircleFilled({x, middle}, 2.2f * view_.scale,
                             u32(goes_on ? palette_.text_dim : palette_.selection));
    }

    void draw_sign_of_root(const RowCanvas& row) const {
        const float x = std::floor(row.left() + scaled(4)) + 0.5f;
        const float middle = std::floor(row.top() + row.height() / 2);
        const float half = scaled(3);
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddLine({x, middle}, {x, row.top() + row.height()}, u32(palette_.text_dim, 0.7f), 1);
        list.AddRectFilled({x - half, middle - half}, {x + half, middle + half}, u32(palette_.text));
    }

    // --- what would die ----------------------------------------------------------------------

    /// None: a later frame looks.
    const Loss* loss_of(const Holding& holding, const heapcore::Link& link) {
        if (own_.losses_of != answers_.holding_number()) {
            own_.losses.clear();
            own_.losses_of = answers_.holding_number();
        }
        const auto key = std::pair(link.holder, link.place);
        const auto found = own_.losses.find(key);
        if (found != own_.losses.end()) return &found->second;
        if (!answers_.is_small() && has_looked_) {
            own_.lacks_losses = true;
            return nullptr;
        }
        has_looked_ = true;
        return &own_.losses.emplace(key, holding.loss_without(link)).first->second;
    }

    /// At the right of a row, where it has room. Returns the place where it begins.
    float draw_loss(const Holding& holding, const heapcore::Link& link, const RowCanvas& row) {
        const Loss* loss = loss_of(holding, link);
        if (!loss || loss->chunks == 0) return row.right();
        const std::string text = count_text(loss->chunks) + " would die";
        const float width = width_of(text, fonts().small);
        if (width > (row.right() - row.left()) * 0.35f) return row.right();
        row.text_right(text, row.right(), palette_.text_dim, fonts().small);
        return row.right() - width - scaled(8);
    }

    std::string whole_text(const Holding& holding, const HoldingRow& row, const heapcore::Link& link) {
        std::string text = row.by + " → " + row.what;
        if (!row.note.empty()) text += "\n" + row.note;
        if (const Loss* loss = loss_of(holding, link))
            text += "\nIf this link alone were cleared, " + loss->text + " would die.";
        return text;
    }

    void draw_notes(const Holding& holding, const Chain& chain) {
        const HoldingRow root = holding.row(chain, 0);
        if (root.note.empty()) return;
        gap(2);
        draw_remark(root.note);
    }

    void draw_retained(const Holding& holding) {
        const std::uint64_t others = holding.retained.chunks - 1;
        if (!section(view_, "Keeps alive", count_text(others) + (others == 1 ? " chunk" : " chunks"),
                     "What would die with it, since every chain from a root passes it."))
            return;
        draw_remark(holding.keeps);
        draw_lens_toggle();
        if (holding.dominator) draw_chunk(-20, *holding.dominator, "Dead without ");
        const auto rows = static_cast<int>(std::min(others, most_retained));
        ImGuiListClipper clipper;
        clipper.Begin(rows, scaled(row_height));
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_chunk(200'000'000 + i, holding.retained_chunk(static_cast<std::uint64_t>(i) + 1));
        gap(5);
    }

    void draw_lens_toggle() {
        const bool is_shown = state_.lens == LensId::retained;
        const auto lens_command = [](LensId lens) {
            return static_cast<CommandId>(static_cast<std::size_t>(CommandId::lens_type_and_colour) +
                                          static_cast<std::size_t>(lens));
        };
        const LensId before =
            state_.lens_before == LensId::retained ? LensId::type_and_colour : state_.lens_before;
        const LensId wanted = is_shown ? before : LensId::retained;
        const std::string text =
            is_shown ? "Show " + word_of(before) + " on the map again" : "Show it on the map";
        if (draw_link(-21, text, "The lens of what is retained colours what only this chunk keeps alive.",
                      row_of(wanted).key))
            commands_.push(lens_command(wanted));
    }

    void draw_chunk(int id, Offset chunk, std::string_view before = {}) {
        RowCanvas row(view_, state_, commands_, id, scaled(row_height), chunk);
        row.x += scaled(14);
        row.text(before, row.right() - row.x, palette_.text_dim, fonts().small);
        if (!before.empty()) row.x += scaled(4);
        row.chunk_swatch(chunk);
        const std::string size = count_text(view_.session->heap().header(chunk).size_bytes());
        const float width = width_of(size, fonts().mono_small);
        row.text_right(size, row.right(), palette_.text_dim, fonts().mono_small);
        const std::string text = describe_chunk(view_.session->machine(), view_.session->trace(), chunk);
        row.link(text, row.right() - row.x - width - scaled(8), palette_.text, fonts().small);
        if (row.is_hovered() && row.is_elided()) text_tooltip(text);
    }

    // --- dead --------------------------------------------------------------------------------

    void draw_demise(const Demise& demise) {
        if (!section(view_, is_free() ? "Why what lay here died" : "Why it is dead", "",
                     "The last operation at whose end it was reachable, and what held it until then."))
            return;
        if (const Tenancy* last = is_free() ? answers_.last_tenancy() : nullptr)
            draw_remark(last->title + " had this place last.");
        draw_remark(demise.is_found() ? demise.text : "Not found.", Tone::plain);
        if (!demise.chain.empty()) gap(3);
        for (std::size_t i = 0; i < demise.chain.size(); ++i)
            if (demise.chain.size() <= most_links || i < links_at_end ||
                i + links_at_end >= demise.chain.size() || i == demise.broken_link)
                draw_former_link(demise, i);
        if (demise.operation &&
            draw_link(
                -30, "Go to before the cut",
                "It is alive there, and the chain that holds it is shown; the next operation cuts it off.",
                row_of(CommandId::go_to_cut).key))
            commands_.push(CommandId::go_to_cut);
        if (demise.freed && draw_link(-31, "Go to before it is freed", "To right before that operation."))
            commands_.push(CommandId::seek, *demise.freed, 0);
        gap(5);
    }

    void draw_former_link(const Demise& demise, std::size_t index) {
        RowCanvas row(view_, state_, commands_, 300'000'000 + static_cast<int>(index), scaled(row_height));
        const bool is_broken = index == demise.broken_link && demise.kind == Demise::cut_off;
        const bool is_gone = index > demise.broken_link && demise.kind == Demise::cut_off;
        draw_line(row, index + 1 < demise.chain.size());
        row.x += scaled(14);
        const std::string_view note = is_broken ? "cut" : "";
        const float width = note.empty() ? 0 : width_of(note, fonts().small) + scaled(8);
        if (is_broken) row.text_right(note, row.right(), palette_.alarm, fonts().small);
        row.text(demise.chain[index], row.right() - row.x - width,
                 is_broken ? palette_.alarm
                 : is_gone ? palette_.text_dim
                           : palette_.text,
                 fonts().small);
        if (row.is_hovered() && row.is_elided()) text_tooltip(demise.chain[index]);
    }

    // --- why here ----------------------------------------------------------------------------

    void draw_placement(const Placement& placement) {
        if (!section(view_, "Why it lies here", count_text(placement.chunk_bytes) + " bytes",
                     "How the search of the free list came to this place."))
            return;
        for (const std::string& sentence : placement.sentences)
            draw_remark(sentence, Tone::plain);
        gap(3);
        for (std::size_t i = 0; i < placement.candidates.size(); ++i)
            draw_candidate(placement, i);
        if (draw_link(-40, "Go to before its allocation", "The free list is as the search found it there."))
            commands_.push(CommandId::seek, placement.operation, 0);
        gap(5);
    }

    void draw_candidate(const Placement& placement, std::size_t index) {
        const Placement::Candidate& candidate = placement.candidates[index];
        RowCanvas row(view_, state_, commands_, 400'000'000 + static_cast<int>(index), scaled(row_height),
                      candidate.chunk);
        row.x += scaled(14);
        row.link(address_text(view_.session->heap(), candidate.chunk), row.right() - row.x,
                 candidate.is_chosen ? palette_.text : palette_.text_dim, fonts().mono_small);
        row.x += scaled(8);
        row.text(candidate.is_chosen ? "taken" : "too small", row.right() - row.x,
                 candidate.is_chosen ? palette_.text : palette_.text_dim, fonts().small);
        row.text_right(count_text(candidate.bytes), row.right(), palette_.text_dim, fonts().mono_small);
    }

    // --- history -----------------------------------------------------------------------------

    void draw_history() {
        const PlaceHistory* history = answers_.history();
        const std::string count = history ? count_text(history->tenancies.size()) : "";
        own_.wants_history = section(view_, "What had this place", count,
                                     "Every chunk that covered this address, from the trace's start on. The "
                                     "trace is carried out again to find out.",
                                     false);
        if (!own_.wants_history || !history) return;
        if (history->tenancies.empty()) return draw_remark("Nothing was ever laid here.");
        draw_strip(*history);
        for (std::size_t i = 0; i < history->tenancies.size(); ++i)
            draw_tenancy(*history, i);
        if (!history->is_whole) draw_remark("There may be more: the list is cut.");
    }

    bool is_asked(const Tenancy& tenancy) const {
        const Tenancy* last = answers_.last_tenancy();
        return last == &tenancy;
    }

    // Time from left to right, a bar for each that had the place.
    void draw_strip(const PlaceHistory& history) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float left = at.x + scaled(14), width = ImGui::GetContentRegionAvail().x - scaled(14);
        const float height = scaled(14);
        const auto end = static_cast<double>(std::max<std::size_t>(1, answers_.history_end()));
        const auto x_of = [&](std::size_t operation) {
            return left + width * static_cast<float>(std::min(1.0, static_cast<double>(operation) / end));
        };
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddRectFilled({left, at.y}, {left + width, at.y + height}, u32(palette_.free), scaled(2));
        for (const Tenancy& tenancy : history.tenancies) {
            const float from = x_of(first_operation(tenancy));
            const float to = tenancy.is_over ? x_of(last_operation(tenancy)) : left + width;
            list.AddRectFilled({from, at.y}, {std::max(from + 1, to - 1), at.y + height},
                               u32(is_asked(tenancy) ? palette_.selection : palette_.text_dim,
                                   is_asked(tenancy) ? 1 : 0.55f));
        }
        const float now = std::round(x_of(view_.session->position().operation));
        list.AddRectFilled({now - 1, at.y - scaled(2)}, {now + 1, at.y + height + scaled(2)},
                           u32(palette_.now));
        ImGui::SetCursorScreenPos({left, at.y});
        const bool is_clicked = ImGui::InvisibleButton("history strip", {std::max(1.0f, width), height});
        if (ImGui::IsItemHovered()) draw_strip_help(history, left, width, end);
        if (is_clicked) {
            const float part = (ImGui::GetIO().MousePos.x - left) / std::max(1.0f, width);
            commands_.push(CommandId::seek, static_cast<std::uint64_t>(end * std::clamp(part, 0.0f, 1.0f)),
                           0);
        }
        gap(4);
    }

    void draw_strip_help(const PlaceHistory& history, float left, float width, double end) const {
        const float part = (ImGui::GetIO().MousePos.x - left) / std::max(1.0f, width);
        const auto operation = static_cast<std::size_t>(end * std::clamp(part, 0.0f, 1.0f));
        std::string text = "Nothing lay there";
        for (const Tenancy& tenancy : history.tenancies)
            if (first_operation(tenancy) <= operation &&
                (!tenancy.is_over || operation < last_operation(tenancy)))
                text = tenancy.title;
        text_tooltip(text + ", after " + count_text(operation) + " operations.\nClick to go there.");
    }

    static std::size_t first_operation(const Tenancy& tenancy) {
        return tenancy.events.empty() ? 0 : tenancy.events.front().position.operation;
    }
    static std::size_t last_operation(const Tenancy& tenancy) {
        return tenancy.events.empty() ? 0 : tenancy.events.back().position.operation;
    }

    void draw_tenancy(const PlaceHistory& history, std::size_t index) {
        const Tenancy& tenancy = history.tenancies[index];
        const bool is_open = is_asked(tenancy);
        RowCanvas row(view_, state_, commands_, 500'000'000 + static_cast<int>(index), scaled(row_height), {},
                      true);
        tell_of_chunk(row, tenancy);
        row.x += scaled(14);
        const std::string size = count_text(tenancy.bytes);
        row.text_right(size, row.right(), palette_.text_dim, fonts().mono_small);
        row.link(tenancy.title, row.right() - row.x - width_of(size, fonts().mono_small) - scaled(8),
                 is_open ? palette_.selection : palette_.text, fonts().small);
        if (row.is_clicked() && !tenancy.events.empty()) {
            go_to(tenancy.events.front());
            commands_.push(CommandId::select_chunk, tenancy.chunk, tenancy.birth);
        }
        if (row.is_hovered())
            text_tooltip(tenancy.title + ", " + size + " bytes, survived " +
                         count_text(tenancy.collections_survived) +
                         (tenancy.collections_survived == 1 ? " collection" : " collections") +
                         ".\nClick to go to its making and select it.");
        if (!is_open) return;
        for (std::size_t i = 0; i < std::min(tenancy.events.size(), most_events); ++i)
            draw_event(tenancy, tenancy.events[i], 600'000'000 + static_cast<int>(i));
        if (tenancy.is_cut || tenancy.events.size() > most_events)
            draw_remark("and more, which are left out");
    }

    // The step itself is shown as the one carried out last.
    void go_to(const LifeEvent& event) {
        commands_.push(CommandId::seek, event.position.operation, event.position.step);
    }

    // Only while it is there: another chunk may have the place by now.
    void tell_of_chunk(RowCanvas& row, const Tenancy& tenancy) {
        const heapcore::Heap& heap = view_.session->heap();
        if (tenancy.chunk < heap.size_bytes() && heap.is_sane(tenancy.chunk) &&
            heap.origin_of(tenancy.chunk).birth == tenancy.birth)
            row.tell_of(state_, tenancy.chunk);
    }

    void draw_event(const Tenancy& tenancy, const LifeEvent& event, int id) {
        RowCanvas row(view_, state_, commands_, id, scaled(row_height), {}, true);
        tell_of_chunk(row, tenancy);
        row.x += scaled(28);
        const auto& session = *view_.session;
        const bool is_here = session.position() == event.position;
        row.link(event.text, row.right() - row.x, is_here ? palette_.now : palette_.text_dim, fonts().small);
        if (row.is_clicked()) go_to(event);
        if (row.is_hovered())
            text_tooltip(event.text + "\nOperation " + count_text(event.position.operation + 1) + ", step " +
                         count_text(event.position.step) + ". Click to go there.");
    }

    const View& view_;
    UiState& state_;
    WhyState& own_;
    Commands& commands_;
    const Palette& palette_;
    const Answers& answers_;
    bool has_looked_ = false;  ///< for a loss, in this frame
};

}  // namespace

void draw_why(const View& view, UiState& state, Commands& commands) {
    if (!view.session) return empty_state(*view.palette, "Why a chunk is alive, once a trace is open.");
    if (view.answers->question().chunk == heapcore::no_chunk)
        return empty_state(
            *view.palette,
            "Nothing is selected. Click a chunk on the map to see what keeps it alive, or what "
            "cut it off, and why it lies where it lies.");
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(std::round(6 * view.scale), 0));
    WhyPanel(view, state, commands).draw();
    ImGui::PopStyleVar();
}

}  // namespace tricolour
