#include "load/tally.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

namespace shop::load {
namespace json = boost::json;
namespace {

constexpr std::size_t kept_examples = 5;
constexpr std::size_t kept_times = 2'000'000;  // of a stream that may run all day: the first ones

double rounded(double value) { return std::round(value * 100) / 100; }

// Milliseconds; null where there is none.
json::value percentile(std::vector<double> seconds, double part) {
    if (seconds.empty()) return nullptr;
    const auto at = std::min(seconds.size() - 1, static_cast<std::size_t>(static_cast<double>(seconds.size()) * part));
    std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(at), seconds.end());
    return rounded(seconds[at] * 1000);
}

}  // namespace

void tally::begin() {
    began_ = std::chrono::steady_clock::now();
    const std::map<std::string, std::uint64_t> before = std::move(counts_);
    counts_.clear();
    seconds_.clear();
    checkout_seconds_.clear();
    longest_ = 0;
    for (const auto* name : {"visits", "registrations", "log_ins", "lists", "searches", "product_pages", "checkouts",
                             "repeated_checkouts", "out_of_stock", "order_pages", "stale_order_pages", "lost_orders",
                             "cancelled", "too_many_at_once", "errors"}) {
        counts_[name] = 0;
    }
    for (const auto* name : {"stale_order_pages", "lost_orders", "errors"}) {
        if (const auto found = before.find(name); found != before.end()) counts_[name] = found->second;
    }
}

void tally::request_took(std::chrono::duration<double> time) {
    ++counts_["pages"];
    longest_ = std::max(longest_, time.count());
    if (seconds_.size() < kept_times) seconds_.push_back(time.count());
}

void tally::note(const std::string& name, std::string words) {
    ++counts_[name];
    if (examples_.size() < kept_examples) examples_.push_back(std::move(words));
}

void tally::note_books(json::object found, bool balance) {
    books_ = std::move(found);
    balance_ = balance;
}

std::uint64_t tally::count(const std::string& name) const {
    const auto found = counts_.find(name);
    return found == counts_.end() ? 0 : found->second;
}

json::object tally::summary(const options& asked) const {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    json::object out{{"seconds", rounded(took.count())},
                     {"shoppers", asked.shoppers},
                     {"pages_per_second", rounded(static_cast<double>(count("pages")) / took.count())},
                     {"checkouts_per_second", rounded(static_cast<double>(count("checkouts")) / took.count())},
                     {"p50_ms", percentile(seconds_, 0.5)},
                     {"p99_ms", percentile(seconds_, 0.99)},
                     {"longest_ms", rounded(longest_ * 1000)},
                     {"checkout_p50_ms", percentile(checkout_seconds_, 0.5)},
                     {"checkout_p99_ms", percentile(checkout_seconds_, 0.99)}};
    for (const auto& [name, number] : counts_) out[name] = number;
    json::array examples;
    for (const auto& words : examples_) examples.push_back(json::string(words));
    out["examples"] = std::move(examples);
    if (!asked.books.empty()) out["books"] = books_;
    return out;
}

bool tally::is_fine(const options& asked) const {
    const bool did_something = asked.only_reads ? count("lists") + count("searches") > 0
                                                : count("checkouts") > 0 && count("order_pages") > 0;
    return balance_ && did_something && count("errors") + count("stale_order_pages") + count("lost_orders") == 0;
}

}  // namespace shop::load
