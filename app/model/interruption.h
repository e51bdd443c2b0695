// Interruption: Ctrl-C while a trace is carried out without a window. The reader of traces, the run and what
// writes long files look whether they are to stop.
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

    /// Each says so in one line, and where; the exit status.
    static int tell_reading(std::ostream& errors, const std::string& file) {
        return tell(errors, "while reading " + file);
    }
    static int tell_writing(std::ostream& errors, const std::string& file) {
        return tell(errors, "while writing " + file);
    }
    /// `line`: of the operation carried out last.
    static int tell_auditing(std::ostream& errors, const std::string& file, std::uint32_t line) {
        return tell(errors, "while auditing the heap after " + file + ":" + std::to_string(line));
    }
    /// `line`: of the operation not carried out to its end.
    static int tell_before(std::ostream& errors, const std::string& file, std::uint32_t line) {
        return tell(errors, "before " + file + ":" + std::to_string(line));
    }
    static int tell_within(std::ostream& errors, const std::string& file, std::uint32_t line) {
        return tell(errors, "within " + file + ":" + std::to_string(line));
    }

private:
    static int tell(std::ostream& errors, const std::string& where) {
        errors << "tricolour: interrupted " << where << '\n';
        return interrupted_status;
    }

    const heapcore::ParseProgress* progress_;
};

}  // namespace tricolour
