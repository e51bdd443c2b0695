// Ctrl-C while something is written.
#pragma once

#include "heapcore/trace.h"

#include <sstream>

namespace tricolour {

/// Interrupts once so much was written to it.
class Interrupter final : public std::stringbuf {
public:
    Interrupter(heapcore::ParseProgress& progress, std::size_t bytes) : progress_(progress), bytes_(bytes) {}

protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        const std::streamsize written = std::stringbuf::xsputn(text, size);
        if (str().size() >= bytes_) progress_.cancel = true;
        return written;
    }

private:
    heapcore::ParseProgress& progress_;
    std::size_t bytes_;
};

}  // namespace tricolour
