// A random trace that is right, and what must be alive after each of its collections: kept as a
// graph of names, by the memory model's rules, with no look at the heap's bytes.
#pragma once

#include "heapcore/machine.h"

#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace heapcore {

struct ProgramOptions {
    std::uint32_t seed = 0;
    std::uint32_t operations = 60;
    std::uint32_t word_bytes = 8;
    VmMode vm = VmMode::none;
    std::uint64_t size_bytes = 256 << 10;
    bool has_loaders = false;
    bool has_threads = true;
    bool has_collections = true;  ///< on the way
    bool ends_with_collection = true;
};

class RandomProgram {
public:
    explicit RandomProgram(const ProgramOptions& options);

    /// Makes and carries out the operations. What went wrong, or nothing.
    std::string run();
    std::string text() const { return head_ + text_.str(); }
    const Machine& machine() const { return *machine_; }

private:
    enum class Kind { object, object_array, primitive_array, string, weak, loader, class_, raw };
    struct Node {
        Kind kind = Kind::raw;
        std::string name{};
        AllocationType type = AllocationType::data;
        std::vector<int> slots{};           ///< references held, -1: null
        std::vector<std::string> places{};  ///< how each slot is written: ".f" or "[3]"
        int of_class = -1;
        int super = -1;
        int loader = -1;
        std::vector<std::string> statics{}, fields{};  ///< of a class: reference fields of its own
        bool is_alive = true;
        bool is_pooled = false;
        bool is_known = false;  ///< something refers to it, so that it may not be freed by hand
        bool has_class() const { return kind != Kind::raw && kind != Kind::class_; }
    };
    struct Frame {
        std::size_t locals, local_count;
    };
    struct Thread {
        std::string name;
        std::size_t slot = 0;
        std::vector<Frame> frames{};
        std::size_t pointer = 0;
        int object = -1, exception = -1;
    };

    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    bool chance(std::uint32_t percent) { return below(100) < percent; }
    int any(bool (*is_right)(const Node&) = nullptr);
    Outcome carry_out(const std::string& line);
    int add(Node node);
    std::string fresh() { return "n" + std::to_string(names_++); }
    std::string name_or_null(int node);
    std::set<int> reachable() const;

    void make_class();
    void make_something();
    void store();
    void change_roots();
    void change_threads();
    void collect();
    std::string fault_after(const std::set<int>& live, const std::map<int, bool>& weak) const;
    std::vector<Address>& stack_of(const Thread& thread) { return stacks_[thread.slot]; }
    void put_cell(Thread& thread, std::size_t place, Address value);
    Address address_of(int node) const;

    ProgramOptions options_;
    std::mt19937 random_;
    std::string head_;
    std::ostringstream text_;
    Trace trace_;
    std::unique_ptr<Machine> machine_;
    std::vector<Node> nodes_;
    std::map<std::string, int> pool_;
    std::uint32_t names_ = 0;
    std::vector<int> permanent_, transient_, pins_;
    std::vector<std::size_t> blocks_;
    std::vector<Thread> threads_;
    /// Addresses or 0: a cell means whatever lies there when it is looked at. Of a thread that ended,
    /// its slot keeps the residue.
    std::vector<std::vector<Address>> stacks_;
    std::string fault_;
};

}  // namespace heapcore
