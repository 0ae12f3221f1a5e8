// What all shoppers together have seen. Of one thread.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "load/options.hpp"

namespace shop::load {

// The shop did something that a shop must not do.
struct trouble {
    std::string words;
};

class tally {
public:
    tally() { begin(); }

    // Counts from here on; what was trouble stays.
    void begin();

    void add(const std::string& name, std::uint64_t number = 1) { counts_[name] += number; }
    void request_took(std::chrono::duration<double> time);
    void checkout_took(std::chrono::duration<double> time) { checkout_seconds_.push_back(time.count()); }
    void note(const std::string& name, std::string words);
    void note_books(boost::json::object found, bool balance);
    std::uint64_t count(const std::string& name) const;

    boost::json::object summary(const options& asked) const;
    bool is_fine(const options& asked) const;

private:
    std::chrono::steady_clock::time_point began_;
    std::map<std::string, std::uint64_t> counts_;
    std::vector<double> seconds_;
    std::vector<double> checkout_seconds_;
    double longest_ = 0;
    std::vector<std::string> examples_;
    boost::json::object books_;
    bool balance_ = true;
};

}  // namespace shop::load
