// Traces in files: reading and writing, compressed or not.
#include "heapcore/trace.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <new>
#include <system_error>

#include <zlib.h>

namespace heapcore {
namespace {

constexpr std::size_t block_bytes = 1 << 18;
constexpr std::string_view gzip_magic = "\x1f\x8b";

bool is_cancelled(const ParseProgress* progress) {
    return progress != nullptr && progress->cancel.load(std::memory_order_relaxed);
}

std::string system_message(int error) {
    return error == 0 ? "the system gives no reason" : std::generic_category().message(error);
}

/// Everything in the stream; the error is a sentence.
Result<std::string, std::string> read_stream(std::istream& stream, const ParseProgress* progress,
                                             const TraceLimits& limits) {
    std::string bytes;
    std::size_t size = 0;
    while (stream) {
        if (is_cancelled(progress)) {
            return Failure{std::string("cancelled")};
        }
        if (size > limits.bytes) {
            return Failure{limits.largest_text()};
        }
        bytes.resize(size + block_bytes);
        stream.read(bytes.data() + size, block_bytes);
        size += static_cast<std::size_t>(stream.gcount());
    }
    if (stream.bad()) {
        return Failure{"cannot be read: " + system_message(errno)};
    }
    bytes.resize(size);
    return bytes;
}

Result<std::string, std::string> read_bytes(const std::filesystem::path& path, const ParseProgress* progress,
                                            const TraceLimits& limits) {
    if (path == "-") {
        return read_stream(std::cin, progress, limits);
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return Failure{std::string("is a directory; expected a trace")};
    }
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        return Failure{"cannot be opened: " + system_message(errno)};
    }
    return read_stream(stream, progress, limits);
}

/// Undoes gzip, of one member or several behind each other.
class Inflater {
public:
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    explicit Inflater(std::string_view bytes) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());  // at most largest_trace_bytes
        is_ready_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK;
    }
    ~Inflater() { inflateEnd(&stream_); }

    Result<std::string, std::string> run(const ParseProgress* progress, const TraceLimits& limits) {
        int status = is_ready_ ? Z_OK : Z_MEM_ERROR;
        while (status == Z_OK) {
            if (is_cancelled(progress)) {
                return Failure{std::string("cancelled")};
            }
            if (size_ > limits.bytes) {
                return Failure{limits.largest_text() + " once decompressed"};
            }
            status = step();
        }
        if (status != Z_STREAM_END) {
            return Failure{problem(status)};
        }
        bytes_.resize(size_);
        return std::move(bytes_);
    }

private:
    int step() {
        bytes_.resize(size_ + block_bytes);
        stream_.next_out = reinterpret_cast<Bytef*>(bytes_.data() + size_);
        stream_.avail_out = block_bytes;
        const int status = inflate(&stream_, Z_NO_FLUSH);
        size_ += block_bytes - stream_.avail_out;
        return status == Z_STREAM_END && stream_.avail_in != 0 ? inflateReset(&stream_) : status;
    }
    static std::string problem(int status) {
        switch (status) {
            case Z_BUF_ERROR: return "the compressed file ends too early";
            case Z_MEM_ERROR: return "there is not enough memory to decompress the file";
            default: return "the compressed file is damaged";
        }
    }

    z_stream stream_{};
    bool is_ready_ = false;
    std::string bytes_;
    std::size_t size_ = 0;
};

Result<std::string, std::string> read_text_of(const std::filesystem::path& path,
                                              const ParseProgress* progress, const TraceLimits& limits) {
    auto bytes = read_bytes(path, progress, limits);
    if (bytes && bytes->starts_with(gzip_magic)) {
        if (bytes->size() > limits.bytes) {
            return Failure{limits.largest_text()};
        }
        return Inflater(*bytes).run(progress, limits);
    }
    return bytes;
}

/// The text as a gzip member; empty when there is not enough memory.
std::string gzipped(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        return {};
    }
    std::string bytes(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    const bool is_done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    bytes.resize(is_done ? stream.total_out : 0);
    deflateEnd(&stream);
    return bytes;
}

/// Writes beside the file, then renames. A link keeps pointing where it did, and a file keeps its
/// permissions.
std::optional<std::string> replace_file(std::filesystem::path path, std::string_view bytes) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (fs::is_symlink(path, error)) {
        path = fs::weakly_canonical(path, error);
    }
    const fs::file_status status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        return "cannot write " + path.string() + ": it is not a file";
    }
    fs::path beside = path;
    beside += ".being-saved";
    errno = 0;
    std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream) {
        const std::string reason = system_message(errno);
        fs::remove(beside, error);
        return "cannot write " + path.string() + ": " + reason;
    }
    if (fs::exists(status)) {
        fs::permissions(beside, status.permissions(), error);
    }
    fs::rename(beside, path, error);
    if (error) {
        const std::string reason = error.message();
        fs::remove(beside, error);
        return "cannot write " + path.string() + ": " + reason;
    }
    return std::nullopt;
}

}  // namespace

Result<Trace, TraceError> read_trace(const std::filesystem::path& path, ParseProgress* progress,
                                     const TraceLimits& limits) {
    try {
        auto text = read_text_of(path, progress, limits);
        if (!text) {
            return Failure{TraceError{path.string(), 0, 0, text.error()}};
        }
        return parse_trace(std::move(*text), path.string(), progress, limits);
    } catch (const std::bad_alloc&) {
        return Failure{TraceError{path.string(), 0, 0, "there is not enough memory to read this trace"}};
    }
}

std::optional<std::string> write_trace(const Trace& trace, const std::filesystem::path& path) {
    std::string text = print_trace(trace);
    if (text.size() > largest_trace_bytes) {
        return "cannot write " + path.string() + ": " + TraceLimits{}.largest_text();
    }
    if (path.extension() == ".gz") {
        text = gzipped(text);
        if (text.empty()) {
            return "cannot write " + path.string() + ": there is not enough memory to compress it";
        }
    }
    return replace_file(path, text);
}

}  // namespace heapcore
