// Any operations, right or wrong, in any order: the heap stays sound, what is refused changes
// nothing, and a session that goes back and forth over them ends where it began.
// An input is bytes: the heap's settings, then an operation from each few bytes.
#include "../heapcore/heap_check.h"
#include "bytes.h"
#include "heapcore/session.h"

namespace {

using namespace heapcore;

std::string settings_line(Bytes& bytes) {
    std::string line = "heap size=256K permanent=40 transient=8";
    line += bytes.below(2) ? " word=4" : " word=8";
    line += bytes.below(2) ? " vm=unified" : "";
    constexpr const char* modes[] = {"auto", "auto", "stress", "manual"};
    return line + " gc=" + modes[bytes.below(4)] + "\n";
}

std::string operation_line(Bytes& bytes, const Heap& heap) {
    const auto name = [&] { return std::string(1, static_cast<char>('a' + bytes.below(12))); };
    const auto number = [&](std::uint32_t bound) { return std::to_string(bytes.below(bound)); };
    const auto value = [&]() -> std::string {
        switch (bytes.below(4)) {
            case 0: return "null";
            case 1: return std::to_string(static_cast<int>(bytes.below(256)) - 100);
            // An address: of a chunk's user data, if the offset is lucky.
            case 2:
                return std::to_string(heap.memory.base() + bytes.below(256) * 8 + 4 + bytes.below(2) * 2048);
            default: return name();
        }
    };
    const auto bytes_asked = [&] {
        return std::to_string(bytes.below(8) == 0 ? 1000 * bytes.below(256) : bytes.below(200));
    };
    constexpr const char* elements[] = {"boolean", "byte", "char", "short", "int", "long", "float", "double"};
    constexpr const char* fields[] = {"next",    "referent", "class", "chars", "length", "count",
                                      "classes", "f",        "g",     "s",     "offset"};
    const auto field = [&] { return std::string(fields[bytes.below(11)]); };
    switch (bytes.below(33)) {
        case 0:
        case 1: return "alloc " + name() + " " + number(10) + " " + bytes_asked();
        case 2:
        case 3: return "free " + name();
        case 4: return "retype " + name() + " " + number(10);
        case 5: return "clone " + name() + " " + name();
        case 6: return "loader " + name();
        case 7: return "class " + name() + " f:ref g:int static.s:ref";
        case 8:
            return "class " + name() + " extends=" + name() + " loader=" + name() + " next:ref static.g:int";
        case 9: return "class " + name() + " loader=" + name() + " f:ref";
        case 10:
        case 11: return "new " + name() + " " + name();
        case 12: return "array " + name() + " " + name() + " " + number(20);
        case 13: return "array " + name() + " " + elements[bytes.below(8)] + " " + number(200);
        case 14: return "string " + name() + " \"" + std::string(bytes.below(30), 'x') + "\"";
        case 15: return "intern " + name() + " \"" + number(256) + "\"";
        case 16: return "weak " + name() + " " + name();
        case 17:
        case 18: return "set " + name() + "." + field() + " " + value();
        case 19:
        case 20: return "set " + name() + "[" + number(20) + "] " + value();
        case 21: return "permanent " + name();
        case 22: return bytes.below(2) ? "begin" : "end";
        case 23: return "transient " + name();
        case 24: return bytes.below(3) ? "thread " + name() + " object=" + name() : "thread " + name();
        case 25: return bytes.below(4) ? "call " + name() + " m locals=" + number(256) : "exit " + name();
        case 26: return "return " + name();
        case 27: return "local " + name() + " " + number(8) + " " + value();
        case 28: return "push " + name() + " " + value();
        case 29: return bytes.below(2) ? "pop " + name() : "catch " + name();
        case 30: return "throw " + name() + " " + name();
        case 31: return (bytes.below(2) ? "pin " : "unpin ") + name();
        default: return "gc";
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    std::string text = "tricolour 1\n" + settings_line(bytes);
    auto trace = parse_trace(text, "fuzz");
    require(trace.has_value(), "the settings are wrong", text);
    Machine machine(trace->settings);
    Machine twin(trace->settings);  // is given only what is not refused
    while (!bytes.is_empty() && trace->operations.size() < 400) {
        const std::string line = operation_line(bytes, machine.heap());
        auto operation = parse_operation(*trace, line);
        require(operation.has_value(), "an operation is not read", line + "\n");
        trace->operations.push_back(*operation);
        const std::uint64_t collections = machine.heap().get(Register::gc_count);
        const Outcome outcome = machine.apply(*trace, trace->operations.size() - 1);
        const std::string broken = broken_invariant(machine.heap());
        require(broken.empty(), broken, text + line + "\n");
        if (outcome.kind == Outcome::refused) {
            trace->operations.pop_back();
            require(machine.is_same_as(twin) || collections != machine.heap().get(Register::gc_count),
                    "what was refused changed something", text + line + "\n");
            if (collections != machine.heap().get(Register::gc_count)) break;
        } else {
            twin.apply(*trace, trace->operations.size() - 1);
            text += line + "\n";
        }
    }
    const std::size_t operations = trace->operations.size();
    Session session(std::move(*trace), {.keyframe_budget_bytes = 1 << 20, .journal_window = 64});
    session.extend_index([] { return false; });
    require(!session.index().error, "an operation is refused when it is carried out again", text);
    require(session.seek_end(), "the end is not reached", text);
    const Machine end(session.machine());
    session.retreat(100);
    session.seek({operations / 2, 1});
    session.back(Rung::object);
    session.next(Rung::phase);
    session.seek_end();
    require(session.machine().is_same_as(end), "the session ends elsewhere after going back", text);
    return 0;
}
