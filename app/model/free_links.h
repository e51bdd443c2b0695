// Free links: the free list in its order, from chunk to next chunk, smallest first, as lines over the map.
//
// Of a long list only a part can be read. Those next to the focus (the selected free chunk, or where a
// search stands) come first, with no focus those at both ends; then those of free chunks in sight. Only
// that part is walked, so that a list of a million costs no more than what is drawn; what is left out is
// always said. A list that a program broke is followed as far as it makes sense.
#pragma once

#include "app/model/instant.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tricolour {

struct FreeLink {
    heapcore::Offset from = heapcore::no_chunk, to = heapcore::no_chunk;
    std::uint32_t distance = 0;  ///< links between it and the focus, or the end it lies at
    bool is_near = false;        ///< chosen for the focus or an end, not for being in sight
    bool operator==(const FreeLink&) const = default;
};

class FreeLinks {
public:
    static constexpr std::size_t most = 64;           ///< drawn of a longer list
    static constexpr std::size_t most_in_sight = 32;  ///< and of chunks in sight besides

    /// Whether that free chunk is linked into the list: one that was just taken or swallowed is not.
    static bool is_listed(const heapcore::Heap& heap, heapcore::Offset chunk);

    /// `focus`: a chunk of the list; `seen`: free chunks in sight, few or none told.
    void update(const heapcore::Session& session, std::optional<heapcore::Offset> focus,
                std::span<const heapcore::Offset> seen = {});

    /// In the order of the list as far as they are of one walk.
    std::span<const FreeLink> links() const { return links_; }
    /// Links between chunks that the whole list has.
    std::uint64_t count() const { return chunks_ > 0 ? chunks_ - 1 : 0; }
    bool is_whole() const { return links_.size() >= count(); }
    bool is_broken() const { return is_broken_; }
    /// Its smallest and its largest chunk; none of an empty list.
    std::optional<heapcore::Offset> first() const { return first_; }
    std::optional<heapcore::Offset> last() const { return last_; }
    std::optional<heapcore::Offset> focus() const { return focus_; }
    /// "free list: 64 of 1,240 links shown".
    std::string text() const;

private:
    std::optional<heapcore::Offset> neighbour(heapcore::Offset chunk, bool is_back);
    void walk(heapcore::Offset from, bool is_back, std::size_t most_links);
    void add(const FreeLink& link);
    void find_ends();

    const heapcore::Heap* heap_ = nullptr;
    Instant instant_;
    std::vector<heapcore::Offset> seen_;
    std::vector<FreeLink> links_;
    std::optional<heapcore::Offset> focus_, first_, last_;
    std::uint64_t chunks_ = 0;
    bool is_broken_ = false;
};

}  // namespace tricolour
