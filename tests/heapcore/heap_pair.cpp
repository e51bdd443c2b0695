#include "heap_pair.h"

#include <sstream>

namespace heapcore {
namespace {

HeapSettings settings_of(std::uint32_t size_bytes, std::uint32_t word_bytes) {
    HeapSettings settings;
    settings.size_bytes = size_bytes;
    settings.word_bytes = word_bytes;
    return settings;
}

std::string offset_text(std::optional<Offset> offset) { return offset ? std::to_string(*offset) : "none"; }

}  // namespace

HeapPair::HeapPair(std::uint32_t size_bytes, std::uint32_t word_bytes)
    : heap_(settings_of(size_bytes, word_bytes)), linear_(size_bytes, word_bytes) {}

std::string HeapPair::made(std::optional<Offset> ours, std::optional<std::uint32_t> theirs) {
    const std::uint32_t name = names_++;
    if (ours != theirs) return "placed at " + offset_text(ours) + ", expected " + offset_text(theirs);
    if (!ours) return {};
    live_.push_back({*ours, name});
    touched_ = *ours;
    return {};
}

std::string HeapPair::allocate(std::uint32_t type, std::uint64_t bytes) {
    noted_.push_back({OperationKind::alloc, static_cast<std::uint8_t>(type), names_, bytes});
    const auto ours = heap_.allocate(static_cast<AllocationType>(type), bytes);
    return made(ours, linear_.allocate(type, bytes));
}

std::string HeapPair::clone(std::size_t which) {
    const Live original = live_[which];
    noted_.push_back({OperationKind::clone, 0, names_, original.name});
    const Header header = heap_.header(original.chunk);
    const auto ours = heap_.allocate(header.type(), header.size_bytes());
    return made(ours, linear_.clone(original.chunk));
}

std::string HeapPair::retype(std::size_t which, std::uint32_t type) {
    const Live chosen = live_[which];
    noted_.push_back({OperationKind::retype, static_cast<std::uint8_t>(type), chosen.name, 0});
    const Header retyped = heap_.header(chosen.chunk).with_type(static_cast<AllocationType>(type));
    heap_.memory.store_header(chosen.chunk, retyped);
    linear_.retype(chosen.chunk, type);
    touched_ = chosen.chunk;
    return {};
}

std::string HeapPair::free(std::size_t which) {
    const Live chosen = live_[which];
    noted_.push_back({OperationKind::free, 0, chosen.name, 0});
    live_[which] = live_.back();
    live_.pop_back();
    touched_ = heap_.free(chosen.chunk);
    const std::uint32_t size = heap_.header(touched_).size_bytes();
    const std::uint32_t expected = linear_.free(chosen.chunk);
    if (size == expected) return {};
    return "joined to " + std::to_string(size) + " bytes, expected " + std::to_string(expected);
}

std::string HeapPair::header_difference(Offset chunk) const {
    if (heap_.header(chunk).bits() == linear_.header(chunk)) return {};
    std::ostringstream text;
    text << "header at " << chunk << ": " << std::hex << heap_.header(chunk).bits() << ", expected "
         << linear_.header(chunk);
    return text.str();
}

std::string HeapPair::list_difference() const {
    if (heap_.get(Register::heap_free) != linear_.free_bytes()) return "heap_free";
    if (heap_.get(Register::free_chunks) != linear_.free_list().size()) return "the number of free chunks";
    const FreeList& list = heap_.free_list();
    Offset before = list.start();
    for (const Offset expected : linear_.free_list()) {
        const Offset at = list.next(heap_.memory, before);
        if (at != expected || list.previous(heap_.memory, at) != before)
            return "the list leads from " + std::to_string(before) + " to " + std::to_string(at) +
                   ", expected " + std::to_string(expected);
        const Offset last_word = at + heap_.header(at).size_bytes() - heap_.geometry().word_bytes;
        if (heap_.memory.load_word(last_word) != heap_.memory.address_of(at))
            return "the back-pointer of " + std::to_string(at);
        before = at;
    }
    if (list.next(heap_.memory, before) != list.end()) return "the list is longer";
    return list.last(heap_.memory) == before ? "" : "the list's end points back elsewhere";
}

std::string HeapPair::difference() const {
    std::uint32_t chunks = 0;
    for (Offset chunk = 0; !heap_.is_end(chunk); chunk += linear_.size_of(chunk), ++chunks) {
        std::string header = header_difference(chunk);
        if (!header.empty() || linear_.size_of(chunk) == 0) return header;
    }
    if (heap_.get(Register::chunks) != chunks) return "the number of chunks";
    return list_difference();
}

std::string HeapPair::difference_near() const {
    Offset chunk = touched_;
    for (int i = 0; i < 3 && !heap_.is_end(chunk); ++i, chunk += linear_.size_of(chunk))
        if (std::string header = header_difference(chunk); !header.empty()) return header;
    return list_difference();
}

std::string HeapPair::trace() const {
    std::ostringstream text;
    text << "tricolour 1\nheap size=" << heap_.size_bytes() << " word=" << heap_.geometry().word_bytes
         << " gc=manual\n";
    for (const Noted& noted : noted_) {
        text << row_of(noted.kind).word << " n" << noted.name;
        if (noted.kind == OperationKind::clone) text << " n" << noted.number;
        if (noted.kind == OperationKind::alloc || noted.kind == OperationKind::retype)
            text << ' ' << int{noted.type};
        if (noted.kind == OperationKind::alloc) text << ' ' << noted.number;
        text << '\n';
    }
    return text.str();
}

}  // namespace heapcore
