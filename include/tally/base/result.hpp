// A value or the reason why the input could not give one. For malformed input only: the direct caller
// decides what it means. Failures of the machine are thrown as Error (error.hpp); doubts about the
// evidence are findings (tally/check). Result never allocates on success beyond what T does.
#pragma once

#include "tally/base/assert.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace tally {

// `what`: lower case, no full stop. `at`: byte offset or line number, whichever the parser documents.
struct Fault {
    std::string what;
    std::uint64_t at = 0;
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Fault fault) : state_(std::in_place_index<1>, std::move(fault)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return checked(); }
    T&& value() && { return std::move(checked()); }
    const T& value() const& { return const_cast<Result*>(this)->checked(); }
    T& operator*() { return checked(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &checked(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const Fault& fault() const {
        TALLY_ASSERT(!ok());
        return std::get<1>(state_);
    }

private:
    T& checked() {
        TALLY_ASSERT(ok());
        return std::get<0>(state_);
    }

    std::variant<T, Fault> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Fault fault) : fault_(std::move(fault)), ok_(false) {}

    [[nodiscard]] bool ok() const { return ok_; }
    explicit operator bool() const { return ok_; }
    [[nodiscard]] const Fault& fault() const {
        TALLY_ASSERT(!ok_);
        return fault_;
    }

private:
    Fault fault_;
    bool ok_ = true;
};

} // namespace tally
