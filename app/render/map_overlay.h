// What is drawn over the map with ImGui for the chunks in sight: outlines, labels, words, header bits,
// references, the marks of the current step, of selection, hover and roots.
#pragma once

#include "app/model/free_links.h"
#include "app/model/glow.h"
#include "app/model/inspection.h"
#include "app/model/map_painter.h"
#include "app/model/references.h"
#include "app/model/view.h"
#include "app/render/map_screen.h"
#include "app/ui_state.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <imgui.h>

namespace tricolour {

class MapOverlay {
public:
    /// What glows fades with that time constant in seconds; 0: nothing moves.
    void draw(const View& view, const UiState& state, const MapScreen& screen, const Glow& glow,
              double time_constant, ImDrawList& list);
    /// Labels and words are kept as rectangles for the painter, instead of being drawn.
    void set_painting(bool paints) { paints_ = paints; }
    std::span<const PaintedQuad> quads() const { return quads_; }
    /// What was said at the bottom of the map, the lowest first.
    const std::vector<std::string>& notes() const { return notes_; }

private:
    struct Chunk {
        heapcore::Offset offset;
        std::uint32_t first, last;  ///< granules
        heapcore::Header header;
    };
    struct Label {
        std::string name;  ///< "b", or what stands for it
        std::string kind;  ///< "Node", "object"; may be empty
    };

    void follow(const heapcore::Session& session);
    void find_roots(const heapcore::Heap& heap);
    Chunk chunk_at(heapcore::Offset offset) const;
    const Rgba& fill_of(const Chunk& chunk) const;
    const Rgba& ink_of(const Chunk& chunk) const;
    bool is_patterned(const Chunk& chunk) const;
    bool has_few_chunks() const;
    void gather(std::vector<Chunk>& chunks) const;
    const Label& label_of(const Chunk& chunk);
    std::string role_of(const Chunk& chunk);
    const Inspection& inspection_of(heapcore::Offset chunk);

    void begin_labels();
    void end_labels();
    void draw_free(const Chunk& chunk);
    void draw_border(const Chunk& chunk);
    void draw_label(const Chunk& chunk, float alpha);
    void draw_words(const Chunk& chunk, float alpha);
    std::pair<double, double> columns_of(double begin, double end) const;
    void draw_word(const Chunk& chunk, const BodyRow& row, float alpha);
    void draw_header_bits(const Chunk& chunk, float alpha);
    void draw_bits(std::uint32_t word, ImVec2 at, float pitch, const Rgba& ink, float alpha);
    float mark_size(const Chunk& chunk) const;
    float anchor_size(const Chunk& chunk);
    void draw_anchors(const std::vector<Chunk>& chunks);
    float sign_size(const Chunk& chunk) const;
    void draw_violations();
    std::vector<heapcore::Offset> hits_in_sight() const;
    std::vector<heapcore::Offset> apart(std::vector<heapcore::Offset> hits) const;
    std::vector<heapcore::Offset> one_a_cell(const std::vector<heapcore::Offset>& hits, float cell,
                                             std::size_t most) const;
    std::vector<heapcore::Offset> one_a_square(const std::vector<heapcore::Offset>& hits, float cell,
                                               std::size_t most) const;
    void draw_hits();
    void draw_large_free();
    void draw_trail(const Glow& glow, double time_constant);
    void draw_now();
    void draw_collector();
    void draw_sweep(const CollectorCursor& cursor);
    void draw_marking(const CollectorCursor& cursor);
    void draw_flag(ImVec2 at, float height, const std::string& text);
    void draw_search_walk(bool draws_links);
    void draw_candidate(const SearchWalk::Candidate& candidate, const std::string& reason);
    void draw_places(const UiState& state);
    void note(std::string text);
    bool are_notes_above() const;
    void keep_notes_clear();
    void draw_notes();
    bool is_clear(const ImVec4& box) const;
    void draw_marked(heapcore::Offset offset, const Rgba& colour, float thickness, bool is_strong,
                     float alpha);
    void draw_references(const UiState& state);
    std::optional<heapcore::Offset> focus_of_free_list() const;
    void draw_free_links(const std::vector<Chunk>& chunks);
    void draw_free_link(ImVec2 from, ImVec2 to, float alpha);
    void draw_end(ImVec2 at, const std::string& text, bool is_first);
    ImVec2 middle_of(heapcore::Offset chunk) const;
    void draw_chain();
    void draw_chain_text(std::size_t unseen);
    bool is_in_sight(ImVec2 at) const;
    void draw_reference(ImVec2 from, ImVec2 to, float alpha);
    void draw_arrow(ImVec2 from, ImVec2 to, const Rgba& hue, float alpha);
    void draw_pill(ImVec2 centre, const std::string& text, ImFont* font, float alpha);
    ImVec2 place_of(double granule) const;

    // Of the frame being drawn.
    const View* view_ = nullptr;
    const MapScreen* screen_ = nullptr;
    ImDrawList* list_ = nullptr;
    ImDrawList* flat_ = nullptr;  ///< text and rectangles right over the map
    float ui_ = 1;
    int glyphs_left_ = 0;
    bool paints_ = false;
    std::unique_ptr<ImDrawList> painted_flat_;
    std::vector<PaintedQuad> quads_;
    std::vector<std::string> notes_;
    std::vector<ImVec4> taken_;  ///< rectangles of labels that others keep clear of

    // Of the instant shown.
    Instant instant_;
    ThreadNames threads_;
    std::unordered_map<heapcore::Offset, Label> labels_;
    std::unordered_map<heapcore::Offset, Inspection> inspections_;
    std::vector<heapcore::Offset> rooted_;  ///< chunks, ascending; once has_roots_
    bool has_roots_ = false;
    FreeLinks free_links_;
    References references_;
};

}  // namespace tricolour
