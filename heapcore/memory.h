// Memory: the one flat memory that all state of a machine lies in.
//
// The heap's bytes come first, then the registers and the VM's structures (see layout.h).
// `load` and `store` are the only doors: what is stored is recorded, if a journal listens, as
// 32-bit words with their old and new value. Pointers in memory are addresses: base + offset.
#pragma once

#include "heapcore/chunk.h"
#include "heapcore/journal.h"

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <utility>

// 0: nothing is checked. 1: assertions. 2: a full audit after every operation.
#ifndef HEAPCORE_CHECK
#define HEAPCORE_CHECK 0
#endif
// 0: no journal can listen, for measuring what its door costs where none does.
#ifndef HEAPCORE_JOURNAL
#define HEAPCORE_JOURNAL 1
#endif
#if HEAPCORE_CHECK >= 1
#define HEAPCORE_ASSERT(condition, sentence) \
    ((condition) ? void(0) : ::heapcore::assertion_failed(#condition, sentence, __FILE__, __LINE__))
#else
#define HEAPCORE_ASSERT(condition, sentence) void(0)
#endif

namespace heapcore {

[[noreturn]] void assertion_failed(const char* condition, const char* sentence, const char* file, int line);

class Memory {
public:
    Memory(std::uint32_t size_bytes, std::uint32_t word_bytes, Address base)
        : bytes_(allocate(size_bytes)), size_bytes_(size_bytes), word_bytes_(word_bytes), base_(base) {}

    Memory(const Memory& other)
        : bytes_(allocate(other.size_bytes_)),
          size_bytes_(other.size_bytes_),
          word_bytes_(other.word_bytes_),
          base_(other.base_) {
        std::memcpy(bytes_.get(), other.bytes_.get(), size_bytes_);
    }
    Memory& operator=(const Memory& other) {
        if (this != &other) *this = Memory(other);
        return *this;
    }
    Memory(Memory&&) noexcept = default;
    Memory& operator=(Memory&&) noexcept = default;

    std::uint32_t size_bytes() const { return size_bytes_; }
    std::uint32_t word_bytes() const { return word_bytes_; }
    Address base() const { return base_; }
    std::span<const std::byte> bytes() const { return {bytes_.get(), size_bytes_}; }

    /// Adds zeroed bytes behind the end.
    void grow(std::uint32_t size_bytes) {
        if (size_bytes <= size_bytes_) return;
        Bytes grown = allocate(size_bytes);
        std::memcpy(grown.get(), bytes_.get(), size_bytes_);
        bytes_ = std::move(grown);
        size_bytes_ = size_bytes;
    }

    /// Where that makes it larger, all that it holds is lost: for whoever puts everything in.
    void grow_anew(std::uint32_t size_bytes) {
        if (size_bytes <= size_bytes_) return;
        bytes_ = allocate(size_bytes);
        size_bytes_ = size_bytes;
    }

    Address address_of(Offset offset) const { return base_ + offset; }
    /// The offset that an address means; none outside this memory.
    std::optional<Offset> offset_of(Address address) const {
        if (address < base_ || address - base_ >= size_bytes_) return std::nullopt;
        return static_cast<Offset>(address - base_);
    }

    std::uint32_t load32(Offset offset) const { return load<std::uint32_t>(offset); }
    std::uint64_t load64(Offset offset) const { return load<std::uint64_t>(offset); }
    std::uint16_t load16(Offset offset) const { return load<std::uint16_t>(offset); }
    std::uint8_t load8(Offset offset) const { return load<std::uint8_t>(offset); }
    /// A pointer or cell: 4 or 8 bytes.
    std::uint64_t load_word(Offset offset) const {
        return word_bytes_ == 8 ? load64(offset) : load32(offset);
    }
    Header header(Offset chunk) const { return Header(load32(chunk)); }

    void store32(Offset offset, std::uint32_t value) {
        HEAPCORE_ASSERT(offset % 4 == 0, "a store is aligned to 4 bytes");
        if (journal()) [[unlikely]]
            record32(offset, value);
        put(offset, value);
    }
    void store64(Offset offset, std::uint64_t value) {
        if (journal()) [[unlikely]]
            record64(offset, value);
        put(offset, value);
    }
    /// Over scratch that keyframes leave out: recorded even where it changes nothing, since other
    /// scratch may lie there when the store is made again.
    void store64_over_scratch(Offset offset, std::uint64_t value) {
        if (journal()) [[unlikely]] {
            journal_->stored(offset, load32(offset), static_cast<std::uint32_t>(value));
            journal_->stored(offset + 4, load32(offset + 4), static_cast<std::uint32_t>(value >> 32));
        }
        put(offset, value);
    }
    void store_word(Offset offset, std::uint64_t value) {
        if (word_bytes_ == 8)
            store64(offset, value);
        else
            store32(offset, static_cast<std::uint32_t>(value));
    }
    void store16(Offset offset, std::uint16_t value) { store_part(offset, value); }
    void store8(Offset offset, std::uint8_t value) { store_part(offset, value); }
    void store_header(Offset chunk, Header header) { store32(chunk, header.bits()); }

    /// Zeroes whole 32-bit words.
    void zero(Offset offset, std::uint32_t size_bytes) {
        if (!journal()) {
            std::memset(bytes_.get() + offset, 0, size_bytes);
            return;
        }
        for (std::uint32_t i = 0; i < size_bytes; i += 4)
            if (load32(offset + i) != 0) store32(offset + i, 0);
    }
    /// Copies whole 32-bit words between places that do not overlap.
    void copy(Offset to, Offset from, std::uint32_t size_bytes) {
        if (!journal()) {
            std::memcpy(bytes_.get() + to, bytes_.get() + from, size_bytes);
            return;
        }
        for (std::uint32_t i = 0; i < size_bytes; i += 4)
            store32(to + i, load32(from + i));
    }

    /// The bytes themselves, for a loop in which nothing listens.
    std::byte* unheard_bytes() {
        HEAPCORE_ASSERT(!journal(), "what a journal listens to is stored through its door");
        return bytes_.get();
    }

    /// The bytes themselves, and a way to a register, for a loop that writes down itself what it stores.
    std::byte* bytes_written_down() { return bytes_.get(); }
    void put_written_down(Offset offset, std::uint64_t value) { put(offset, value); }

    /// The journal that listens, or null.
    Journal* journal() const { return HEAPCORE_JOURNAL ? journal_ : nullptr; }
    void attach(Journal* journal) { journal_ = journal; }
    void report(const Step& step) {
        if (journal()) [[unlikely]]
            journal_->reported(step);
    }

    /// Bytes put back as they were, past the journal: keyframes and steps undone.
    void restore(Offset offset, std::uint32_t value) {
        generation_.advance();
        put(offset, value);
    }
    void restore(Offset offset, std::span<const std::byte> bytes) {
        generation_.advance();
        std::memcpy(bytes_.get() + offset, bytes.data(), bytes.size());
    }
    /// Another number, never 0, whenever bytes were changed past the engine: what was derived from
    /// them is worth nothing then.
    std::uint64_t generation() const { return generation_.number(); }

private:
    /// Whatever is assigned over this memory, it is another generation.
    class Generation {
    public:
        Generation() = default;
        Generation(const Generation& other) { (void)other; }
        Generation& operator=(const Generation& other) {
            (void)other;
            advance();
            return *this;
        }
        void advance() { ++number_; }
        std::uint64_t number() const { return number_; }

    private:
        std::uint64_t number_ = 1;
    };

    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    using Bytes = std::unique_ptr<std::byte[], Free>;

    // calloc leaves pages that are never touched unmapped: the tables beside the heap cost nothing
    // until they are used.
    static Bytes allocate(std::uint32_t size_bytes) {
        auto* bytes = static_cast<std::byte*>(std::calloc(size_bytes ? size_bytes : 1, 1));
        if (!bytes) throw std::bad_alloc();
        return Bytes(bytes);
    }

    template <typename T>
    T load(Offset offset) const {
        HEAPCORE_ASSERT(std::uint64_t{offset} + sizeof(T) <= size_bytes_, "a load lies in memory");
        T value;
        std::memcpy(&value, bytes_.get() + offset, sizeof value);
        return value;
    }
    template <typename T>
    void put(Offset offset, T value) {
        HEAPCORE_ASSERT(std::uint64_t{offset} + sizeof(T) <= size_bytes_, "a store lies in memory");
        std::memcpy(bytes_.get() + offset, &value, sizeof value);
    }
    template <typename T>
    void store_part(Offset offset, T value) {
        const Offset word = offset & ~3u;
        std::uint32_t bits = load32(word);
        std::memcpy(reinterpret_cast<std::byte*>(&bits) + (offset - word), &value, sizeof value);
        store32(word, bits);
    }
    [[gnu::noinline]] void record32(Offset offset, std::uint32_t value) {
        const std::uint32_t before = load32(offset);
        if (before != value) journal_->stored(offset, before, value);
    }
    [[gnu::noinline]] void record64(Offset offset, std::uint64_t value) {
        const std::uint64_t before = load64(offset);
        const auto low = static_cast<std::uint32_t>(value);
        const auto high = static_cast<std::uint32_t>(value >> 32);
        if (static_cast<std::uint32_t>(before) != low)
            journal_->stored(offset, static_cast<std::uint32_t>(before), low);
        if (static_cast<std::uint32_t>(before >> 32) != high)
            journal_->stored(offset + 4, static_cast<std::uint32_t>(before >> 32), high);
    }

    Bytes bytes_;
    std::uint32_t size_bytes_;
    std::uint32_t word_bytes_;
    Address base_;
    Journal* journal_ = nullptr;
    Generation generation_;
};

/// The memory for a stretch of work in which nothing listens: of one word size, known to the
/// compiler, and without a door. Precondition: as long as it is used no journal is attached and the
/// memory does not grow.
template <typename Word>
class UnheardMemory {
public:
    static constexpr const ChunkGeometry& geometry = geometry_of(sizeof(Word));

    explicit UnheardMemory(Memory& memory) : UnheardMemory(memory, memory.unheard_bytes()) {}
    /// For a loop that writes down itself what it stores.
    UnheardMemory(Memory& memory, std::byte* bytes) : bytes_(bytes), base_(memory.base()), memory_(&memory) {
        HEAPCORE_ASSERT(memory.word_bytes() == sizeof(Word), "the words are as large as the memory's");
    }

    Memory& memory() const { return *memory_; }
    Address base() const { return base_; }
    Address address_of(Offset offset) const { return base_ + offset; }

    std::uint32_t load32(Offset offset) const { return load<std::uint32_t>(offset); }
    std::uint64_t load64(Offset offset) const { return load<std::uint64_t>(offset); }
    std::uint64_t load_word(Offset offset) const { return load<Word>(offset); }
    Header header(Offset chunk) const { return Header(load32(chunk)); }

    void store64(Offset offset, std::uint64_t value) const { store(offset, value); }
    void store_word(Offset offset, std::uint64_t value) const { store(offset, static_cast<Word>(value)); }
    void store_header(Offset chunk, Header header) const { store(chunk, header.bits()); }

    void prefetch(Offset offset) const { __builtin_prefetch(bytes_ + offset, 1); }

    template <typename T>
    T load(Offset offset) const {
        T value;
        std::memcpy(&value, bytes_ + offset, sizeof value);
        return value;
    }
    template <typename T>
    void store(Offset offset, const T& value) const {
        std::memcpy(bytes_ + offset, &value, sizeof value);
    }

private:
    std::byte* bytes_;
    Address base_;
    Memory* memory_;
};

/// Lets a journal listen for as long as this lives.
class Listening {
public:
    Listening(Memory& memory, Journal& journal) : memory_(memory) { memory_.attach(&journal); }
    ~Listening() { memory_.attach(nullptr); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

private:
    Memory& memory_;
};

}  // namespace heapcore
