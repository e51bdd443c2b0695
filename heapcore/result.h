// A value or the reason there is none. Stands in for C++23's std::expected.
#pragma once

#include <utility>
#include <variant>

namespace heapcore {

template <typename Error>
struct Failure {
    Error error;
};

template <typename Error>
Failure(Error) -> Failure<Error>;

/// Either a Value or an Error. Asking for the one that is not there is a programming error.
template <typename Value, typename Error>
class [[nodiscard]] Result {
public:
    Result(Value value) : content_(std::in_place_index<0>, std::move(value)) {}
    template <typename E>
    Result(Failure<E> failure) : content_(std::in_place_index<1>, std::move(failure.error)) {}

    bool has_value() const { return content_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    Value& value() & { return std::get<0>(content_); }
    const Value& value() const& { return std::get<0>(content_); }
    Value&& value() && { return std::get<0>(std::move(content_)); }
    Value& operator*() & { return value(); }
    const Value& operator*() const& { return value(); }
    Value&& operator*() && { return std::move(*this).value(); }
    Value* operator->() { return &value(); }
    const Value* operator->() const { return &value(); }

    const Error& error() const { return std::get<1>(content_); }

private:
    std::variant<Value, Error> content_;
};

}  // namespace heapcore
