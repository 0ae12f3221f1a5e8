// ring: a queue in one piece of memory that is used again and again: what comes and goes in turn takes nothing from the
// heap once it has grown to its size. std::deque takes and gives back a block every few entries.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace weir {

template <class T>
class ring {
public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    T& operator[](std::size_t i) { return slots_[place(i)]; }
    const T& operator[](std::size_t i) const { return slots_[place(i)]; }
    T& front() { return slots_[first_]; }
    const T& front() const { return slots_[first_]; }
    T& back() { return (*this)[size_ - 1]; }
    const T& back() const { return (*this)[size_ - 1]; }

    void push_back(T value) {
        if (size_ == slots_.size()) grow();
        slots_[place(size_)] = std::move(value);
        ++size_;
    }
    void pop_front() {
        slots_[first_] = T();
        first_ = place(1);
        if (--size_ == 0) rest();
    }
    void pop_back() {
        back() = T();
        if (--size_ == 0) rest();
    }
    void clear() {
        while (!empty()) pop_back();
    }
    /// Those for which `wanted` does not hold are gone; the others keep their order.
    template <class Predicate>
    void keep_if(Predicate wanted) {
        const std::size_t had = size_;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < had; ++i) {
            if (!wanted((*this)[i])) continue;
            if (kept != i) (*this)[kept] = std::move((*this)[i]);
            ++kept;
        }
        while (size_ > kept) pop_back();
    }

    template <class Ring, class Value>
    class walk {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = Value*;
        using reference = Value&;

        walk() = default;
        walk(Ring& of, std::size_t at) : of_(&of), at_(at) {}
        Value& operator*() const { return (*of_)[at_]; }
        Value* operator->() const { return &(*of_)[at_]; }
        walk& operator++() {
            ++at_;
            return *this;
        }
        walk operator++(int) {
            auto before = *this;
            ++at_;
            return before;
        }
        bool operator==(const walk& other) const { return at_ == other.at_; }

    private:
        Ring* of_ = nullptr;
        std::size_t at_ = 0;
    };
    auto begin() { return walk<ring, T>(*this, 0); }
    auto end() { return walk<ring, T>(*this, size_); }
    auto begin() const { return walk<const ring, const T>(*this, 0); }
    auto end() const { return walk<const ring, const T>(*this, size_); }

private:
    static constexpr std::size_t smallest = 4;
    static constexpr std::size_t kept_empty = 64;  // more of a long queue is given back

    std::size_t place(std::size_t i) const { return (first_ + i) & (slots_.size() - 1); }
    void grow() {
        std::vector<T> wider(slots_.empty() ? smallest : 2 * slots_.size());
        for (std::size_t i = 0; i < size_; ++i) wider[i] = std::move((*this)[i]);
        slots_ = std::move(wider);
        first_ = 0;
    }
    void rest() {
        first_ = 0;
        if (slots_.size() > kept_empty) slots_ = {};
    }

    std::vector<T> slots_;  // a power of two of them, or none
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace weir
