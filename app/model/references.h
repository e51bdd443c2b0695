// References: what a chunk refers to and what refers to it, as arrows over the map. Of many only a part can
// be read, spread evenly over them all; how many there are is always said.
#pragma once

#include "app/model/instant.h"
#include "app/model/referrers.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tricolour {

struct ReferenceArrow {
    heapcore::Offset holder = heapcore::no_chunk;
    heapcore::Offset place = 0;  ///< of the word that refers; outside the holder for a class's static field
    heapcore::Offset target = heapcore::no_chunk;
    bool is_incoming = false;
};

class References {
public:
    static constexpr std::size_t most = 64;  ///< arrows each way
    static constexpr std::uint64_t most_scanned = 1u << 18;

    /// Of a chunk; `referrers` as far as they are known, null: not.
    void update(const heapcore::Session& session, heapcore::Offset chunk, const Referrers* referrers);

    std::span<const ReferenceArrow> arrows() const { return arrows_; }
    std::uint64_t outgoing() const { return outgoing_; }
    std::uint64_t incoming() const { return incoming_; }
    /// "64 of 5,000 references out, 3 in". Empty: there is none.
    std::string text() const;

private:
    void find_outgoing(const heapcore::Heap& heap, heapcore::Offset chunk);
    void find_incoming(heapcore::Offset chunk, const Referrers& referrers);
    void take_spread(std::vector<ReferenceArrow> found);

    Instant instant_;
    heapcore::Offset chunk_ = heapcore::no_chunk;
    bool knows_incoming_ = false;
    std::vector<ReferenceArrow> arrows_;
    std::uint64_t outgoing_ = 0, incoming_ = 0;
    bool has_more_ = false;  ///< than were looked at
};

}  // namespace tricolour
