// Interruption: Ctrl-C while a trace is carried out without a window. The reader of traces and the run look
// whether they are to stop; nothing is ended in the middle of an operation.
#pragma once

#include "heapcore/trace.h"

#include <cstdint>
#include <ostream>
#include <string>

namespace tricolour {

inline constexpr int interrupted_status = 130;  ///< what shells make of SIGINT

class Interruption {
public:
    /// `progress`: its `cancel` is set from outside, also by a signal handler. Null: nothing interrupts.
    explicit Interruption(const heapcore::ParseProgress* progress) : progress_(progress) {}

    bool is_wanted() const { return progress_ && progress_->cancel.load(std::memory_order_relaxed); }

    /// Says so in one line; the exit status. `line`: of the operation not carried out, 0 while reading.
    static int tell(std::ostream& errors, const std::string& file, std::uint32_t line) {
        errors << "tricolour: interrupted";
        if (line)
            errors << " before " << file << ':' << line << '\n';
        else
            errors << " while reading " << file << '\n';
        return interrupted_status;
    }

private:
    const heapcore::ParseProgress* progress_;
};

}  // namespace tricolour
