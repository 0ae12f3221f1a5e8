// rare: a value that is nearly never there: an optional that takes the room of a pointer while it is not.
#pragma once

#include <memory>
#include <utility>

namespace weir {

template <class T>
class rare {
public:
    rare() = default;
    rare(T value) : value_(std::make_unique<T>(std::move(value))) {}
    rare& operator=(T value) {
        value_ = std::make_unique<T>(std::move(value));
        return *this;
    }

    explicit operator bool() const { return value_ != nullptr; }
    const T& operator*() const { return *value_; }
    T& operator*() { return *value_; }
    const T* operator->() const { return value_.get(); }
    T* operator->() { return value_.get(); }
    void reset() { value_.reset(); }

private:
    std::unique_ptr<T> value_;
};

}  // namespace weir
