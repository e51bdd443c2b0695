// Any text either is an error with a place in it, or prints as a trace that reads as the same one.
#include "../heapcore/same_trace.h"
#include "bytes.h"

namespace {

void require_same_when_printed(const heapcore::Trace& trace, const char* sentence) {
    const auto again = heapcore::parse_trace(heapcore::print_trace(trace), "again");
    require(again && heapcore::is_same_trace(trace, *again), sentence);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    auto trace = heapcore::parse_trace(text, "fuzz");
    if (!trace) {
        require(!trace.error().message.empty() && trace.error().line >= 1 && trace.error().column >= 1,
                "an error has no message or no place");
        return 0;
    }
    require_same_when_printed(*trace, "a trace printed over its source reads as another");
    for (std::size_t i = 0; i < trace->operations.size(); i += 2) {
        trace->operations[i].line = 0;
    }
    require_same_when_printed(*trace, "operations printed between source lines read as others");
    trace->source.reset();
    require_same_when_printed(*trace, "a trace printed without its source reads as another");
    return 0;
}
