// Operations as programs ask for them, right more often than not.
//
// Either on the allocator alone, compared with the linear one in all there is after each operation; or on a
// machine, and on a second one that a journal listens to: audited after each operation, and what a requested
// collection leaves compared with what the naive marker reaches. An input is bytes: what to run on, then an
// operation from each few bytes. A fault prints a trace that leads there.
#include "../heapcore/heap_check.h"
#include "../heapcore/heap_pair.h"
#include "../heapcore/naive_marker.h"
#include "bytes.h"
#include "heapcore/audit.h"
#include "heapcore/machine.h"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

namespace {

using namespace heapcore;

constexpr std::uint32_t most_operations_each = 300;

// --- the allocator ------------------------------------------------------------------------------

/// Now and then one that a free chunk serves whole, or all but.
std::uint32_t bytes_asked(Bytes& bytes, const HeapPair& pair) {
    switch (bytes.below(8)) {
        case 0: return bytes.below(256) * 1024;
        case 1: {
            const auto& list = pair.linear().free_list();
            if (list.empty()) return 0;
            const Offset chunk = list[bytes.below(256) % list.size()];
            return pair.linear().size_of(chunk) - bytes.below(48);
        }
        case 2: return 60;
        default: return bytes.below(256);
    }
}

std::string change(Bytes& bytes, HeapPair& pair) {
    const std::uint32_t choice = bytes.below(16);
    if (pair.size() == 0 || choice < 8) {
        const std::uint32_t type = bytes.below(10);
        return pair.allocate(type, bytes_asked(bytes, pair));
    }
    const std::size_t which = bytes.below(256) % pair.size();
    if (choice == 8) return pair.retype(which, bytes.below(10));
    return choice == 9 ? pair.clone(which) : pair.free(which);
}

void run_allocator(Bytes& bytes) {
    const std::uint32_t word_bytes = bytes.below(2) ? 4 : 8;
    HeapPair pair((256 << 10) + bytes.below(256) * word_bytes, word_bytes);
    Journal journal(1);
    if (bytes.below(2)) pair.attach(&journal);
    while (!bytes.is_empty()) {
        std::string wrong = change(bytes, pair);
        if (wrong.empty()) wrong = pair.difference();
        require(wrong.empty(), wrong, pair.trace());
    }
}

// --- a machine ----------------------------------------------------------------------------------

/// `@WORD` is drawn anew each time, as Program::drawn() says.
constexpr const char* operations[] = {
    "alloc @new @type @bytes",
    "class @new f:ref g:int static.s:ref",
    "class @new extends=@class f:ref h:ref",
    "class @new loader=@loader f:ref static.s:ref g:int",
    "class @new extends=@class loader=@loader h:ref",
    "loader @new",
    "new @new @class",
    "new @new @class",
    "array @new @class @few",
    "array @new @element @few",
    "string @new \"text @few\"",
    "intern @new \"@few\"",
    "weak @new @chunk",
    "clone @new @object",
    "set @object.f @value",
    "set @object.h @value",
    "set @object.g @few",
    "set @class.s @value",
    "set @array[@few] @value",
    "set @array[@few] @value",
    "set @weak.referent @value",
    "permanent @chunk",
    "begin",
    "end",
    "transient @chunk",
    "transient @chunk",
    "pin @chunk",
    "unpin @chunk",
    "thread @new",
    "thread @new object=@object",
    "exit @thread",
    "call @thread m locals=@few",
    "call @thread m locals=@few",
    "return @thread",
    "local @thread @few @cell",
    "push @thread @cell",
    "push @thread @cell",
    "pop @thread",
    "throw @thread @object",
    "catch @thread",
    "gc",
    "gc",
    // What leaves others that refer to it behind.
    "free @chunk",
    "retype @chunk @type",
    "clone @new @chunk",
};
constexpr std::size_t reckless_operations = 3;

class Program {
public:
    explicit Program(Bytes& bytes) : bytes_(bytes), text_("tricolour 1\n" + settings_line(bytes)) {
        auto trace = parse_trace(text_, "fuzz");
        require(trace.has_value(), "the settings are wrong", text_);
        trace_ = std::move(*trace);
        machine_ = std::make_unique<Machine>(trace_.settings);
        heard_ = std::make_unique<Machine>(trace_.settings);
        heard_->memory().attach(&journal_);
        is_reckless_ = bytes.below(4) == 0;
    }

    void run() {
        bool goes_on = true;
        while (goes_on && !bytes_.is_empty() && trace_.operations.size() < most_operations_each)
            goes_on = carry_out(drawn_line());
        require(heard_->is_same_as(*machine_), "what a journal heard left other bytes", text_);
    }

private:
    static std::string settings_line(Bytes& bytes) {
        std::string line = "heap size=256K permanent=60 transient=20";
        line += bytes.below(2) ? " word=4" : " word=8";
        line += bytes.below(2) ? " vm=unified" : "";
        constexpr const char* modes[] = {"auto", "auto", "stress", "manual"};
        return line + " gc=" + modes[bytes.below(4)] + "\n";
    }

    const Heap& heap() const { return machine_->heap(); }

    /// A name that stands for what is asked for; without one a name that the operation is refused for.
    template <typename IsRight>
    std::string name_of(IsRight is_right) {
        std::vector<NameId> right;
        for (NameId name = 0; name < trace_.names.size(); ++name)
            if (is_right(machine_->binding(name))) right.push_back(name);
        if (right.empty()) return "nothing";
        return std::string(trace_.names[right[bytes_.below(256) % right.size()]]);
    }
    template <typename IsRight>
    std::string chunk_that(IsRight is_right) {
        return name_of([&](const Binding& binding) {
            return binding.kind == Binding::chunk &&
                   is_right(binding.offset, heap().header(binding.offset).type());
        });
    }
    std::string fresh() { return "n" + std::to_string(bytes_.below(30)); }

    std::string drawn(std::string_view word) {
        const auto number = [&](std::uint32_t bound) { return std::to_string(bytes_.below(bound)); };
        const auto chunk = [&] { return chunk_that([](Offset, AllocationType) { return true; }); };
        if (word == "new") return fresh();
        if (word == "type") return number(10);
        if (word == "few") return number(6);
        if (word == "bytes")
            return std::to_string(bytes_.below(8) ? bytes_.below(200) : bytes_.below(256) * 500);
        if (word == "element") return std::string(word_of(static_cast<ElementType>(1 + bytes_.below(8))));
        if (word == "chunk") return chunk();
        if (word == "value") return bytes_.below(5) ? chunk() : "null";
        if (word == "cell") return cell();
        if (word == "thread")
            return name_of([](const Binding& binding) { return binding.kind == Binding::thread; });
        return chunk_that([&](Offset offset, AllocationType type) {
            if (word == "class") return type == AllocationType::instance_class;
            if (word == "loader") return machine_->vm().is_loader(offset);
            if (word == "weak") return type == AllocationType::weak_reference;
            if (word == "array") return type == AllocationType::object_array;
            return is_object_type(type);
        });
    }
    /// A stack may hold anything: a name, the address of a chunk, of somewhere near, or a number.
    std::string cell() {
        if (bytes_.below(2)) return drawn("value");
        const std::uint32_t place = bytes_.below(256) * 32;
        return std::to_string(heap().memory.base() + place + bytes_.below(2) * 4);
    }

    std::string drawn_line() {
        const std::size_t count = std::size(operations) - (is_reckless_ ? 0 : reckless_operations);
        const std::string_view form = operations[bytes_.below(static_cast<std::uint32_t>(count))];
        std::string line;
        for (std::size_t at = 0; at < form.size();) {
            if (form[at] != '@') {
                line += form[at++];
                continue;
            }
            const std::size_t end =
                std::min(form.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at + 1), form.size());
            line += drawn(form.substr(at + 1, end - at - 1));
            at = end;
        }
        return line;
    }

    /// Whether there is more to come: a refused operation is no part of the trace, so it must not have
    /// collected.
    bool carry_out(const std::string& line) {
        auto operation = parse_operation(trace_, line);
        require(operation.has_value(), "an operation is not read", line + "\n");
        const bool is_compared = !is_reckless_ && operation->kind == OperationKind::gc;
        const std::set<Offset> survivors = is_compared ? NaiveMarker(heap()).survivors() : std::set<Offset>();
        const std::uint64_t collections = heap().get(Register::gc_count);
        trace_.operations.push_back(*operation);
        const Outcome outcome = machine_->apply(trace_, trace_.operations.size() - 1);
        const Outcome heard = heard_->apply(trace_, trace_.operations.size() - 1);
        const std::string trace = text_ + line + "\n";
        require(outcome.kind == heard.kind && outcome.allocated == heard.allocated,
                "what a journal heard came out differently", trace);
        const std::string unexpected = is_compared ? unexpected_survivor(heap(), survivors) : "";
        require(unexpected.empty(), unexpected, trace);
        require_sound(trace);
        if (outcome.kind == Outcome::refused) {
            trace_.operations.pop_back();
            return collections == heap().get(Register::gc_count);
        }
        text_ = trace;
        return true;
    }

    void require_sound(const std::string& trace) {
        for (const Violation& violation : audit(heap())) {
            // An object may outlive its loader, and so its class.
            if (violation.kind == ViolationKind::class_gone) continue;
            require(is_reckless_ && !row_of(violation.kind).is_of_engine, violation.sentence, trace);
        }
    }

    Bytes& bytes_;
    std::string text_;
    Trace trace_;
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<Machine> heard_;
    Journal journal_{1};
    bool is_reckless_ = false;  ///< others may be left referring to what is gone, or is no class any more
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    if (bytes.below(2))
        run_allocator(bytes);
    else
        Program(bytes).run();
    return 0;
}
