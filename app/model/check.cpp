#include "app/model/check.h"

#include "app/model/interruption.h"
#include "app/model/narration.h"
#include "app/model/progress_line.h"
#include "heapcore/audit.h"
#include "heapcore/machine.h"

#include <ostream>
#include <set>
#include <string>

namespace tricolour {

using namespace heapcore;

namespace {

/// When to audit: after every so many operations, or as often as a budget spread over the trace allows, so
/// that a large trace on a large heap comes to its end.
class Pace {
public:
    Pace(std::size_t operations, std::optional<std::uint64_t> every)
        : operations_(operations), every_(every) {}

    bool is_due(std::size_t operation) const {
        const std::size_t done = operation + 1;
        if (done == operations_) return true;
        if (every_) return done % *every_ == 0;
        return spent_ <= budget / static_cast<double>(operations_) * static_cast<double>(operation);
    }
    void spend(const Heap& heap) {
        constexpr double bytes_per_chunk_looked_at = 1024;  // what an audit costs even if there is no chunk
        spent_ += static_cast<double>(heap.get(Register::chunks)) +
                  static_cast<double>(heap.size_bytes()) / bytes_per_chunk_looked_at;
        ++audits_;
    }
    std::size_t audits() const { return audits_; }

private:
    static constexpr double budget = 4e8;  ///< chunks looked at in all

    std::size_t operations_;
    std::optional<std::uint64_t> every_;
    double spent_ = 0;
    std::size_t audits_ = 0;
};

/// Tells a violation when it comes up, and again only after it had gone.
class Report {
public:
    Report(std::ostream& output, const std::string& file) : output_(output), file_(file) {}

    void add(const std::vector<Violation>& violations, std::uint32_t line) {
        std::set<std::string> present;
        for (const Violation& violation : violations) {
            const bool is_known = present_.contains(violation.sentence);
            if (!present.insert(violation.sentence).second || is_known) continue;
            ++count_;
            output_ << file_ << ':' << line << ": violation: " << violation.sentence << '\n';
        }
        present_ = std::move(present);
    }
    std::size_t count() const { return count_; }

private:
    std::ostream& output_;
    const std::string& file_;
    std::set<std::string> present_;
    std::size_t count_ = 0;
};

std::string counted(std::size_t count, const char* one, const char* many) {
    return count_text(count) + (count == 1 ? one : many);
}

}  // namespace

int check(const CheckOptions& options, std::ostream& output, std::ostream& errors) {
    const Interruption interruption(options.progress);
    ProgressLine progress(options.terminal, options.progress);
    auto trace = read_trace(options.trace, options.progress);
    if (!trace) progress.end();
    if (interruption.is_wanted()) return Interruption::tell_reading(errors, options.trace.string());
    if (!trace) {
        errors << trace.error().text() << '\n';
        return 2;
    }
    progress.begin_operations(trace->operations.size());
    Machine machine(trace->settings);
    Pace pace(trace->operations.size(), options.every);
    Report report(output, trace->file);
    for (std::size_t i = 0; i < trace->operations.size(); ++i) {
        if (interruption.is_wanted()) {
            progress.end();
            return Interruption::tell_before(errors, trace->file, trace->operations[i].line);
        }
        progress.carried_out(i);
        const Operation& operation = trace->operations[i];
        const Outcome outcome = machine.apply(*trace, i);
        if (outcome.kind == Outcome::refused) {
            progress.end();
            const auto column =
                column_of(trace->source_line(operation.line), operation.kind, outcome.argument);
            errors << TraceError{trace->file, operation.line, column, outcome.message}.text() << '\n';
            return 2;
        }
        if (!pace.is_due(i)) continue;
        pace.spend(machine.heap());
        const auto violations = audit_until(machine.heap(), [&] { return interruption.is_wanted(); });
        if (!violations) {
            progress.end();
            return Interruption::tell_auditing(errors, trace->file, operation.line);
        }
        progress.aside([&] { report.add(*violations, operation.line); });
    }
    progress.end();
    output << trace->file << ": "
           << (report.count() ? counted(report.count(), " violation", " violations") : "no violation")
           << " in " << counted(pace.audits(), " audit", " audits") << " over "
           << counted(trace->operations.size(), " operation", " operations") << '\n';
    return report.count() ? 1 : 0;
}

}  // namespace tricolour
