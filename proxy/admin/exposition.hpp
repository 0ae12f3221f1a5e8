// exposition: writes Prometheus' text format 0.0.4. It knows the form; what is told and by which
// labels is metrics' business.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/histogram.hpp"

namespace weir::admin {

class exposition {
public:
    using label = std::pair<std::string_view, std::string_view>;
    using labels = std::initializer_list<label>;

    /// Begins a metric; its samples follow. type: counter, gauge or histogram. help is one line.
    void family(std::string_view name, std::string_view type, std::string_view help);

    /// Label values are escaped here, and must be UTF-8 (readable()).
    void sample(labels of, std::uint64_t value);
    void sample(labels of, double value);
    /// Buckets are cumulative and end in +Inf; seconds.
    void sample(labels of, const histogram& value);

    std::string take() { return std::move(text_); }

private:
    void series(std::string_view suffix, labels of, std::string_view bound = {});
    void end_with(double value);
    void end_with(std::uint64_t value);

    std::string text_;
    std::string name_;
};

}  // namespace weir::admin
