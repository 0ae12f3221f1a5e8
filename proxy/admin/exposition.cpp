#include "admin/exposition.hpp"

#include <charconv>

namespace weir::admin {
namespace {

/// The shortest digits that read back as the same value, never with an exponent.
std::string decimal(double value) {
    char digits[400];  // a double has at most 309 before the point
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
    return {digits, end.ptr};
}

void append_escaped(std::string& out, std::string_view value, bool in_quotes) {
    for (const char c : value) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && in_quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
}

}  // namespace

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += "# HELP " + name_ + " ";
    append_escaped(text_, help, false);
    text_ += "\n# TYPE " + name_ + " ";
    text_ += type;
    text_ += '\n';
}

void exposition::series(std::string_view suffix, labels of, std::string_view bound) {
    text_ += name_;
    text_ += suffix;
    char before = '{';
    const auto append = [&](std::string_view name, std::string_view value) {
        text_ += before;
        before = ',';
        text_ += name;
        text_ += "=\"";
        append_escaped(text_, value, true);
        text_ += '"';
    };
    for (const auto& [name, value] : of) append(name, value);
    if (!bound.empty()) append("le", bound);
    text_ += before == '{' ? " " : "} ";
}

void exposition::end_with(std::uint64_t value) { text_ += std::to_string(value) + "\n"; }

void exposition::end_with(double value) { text_ += decimal(value) + "\n"; }

void exposition::sample(labels of, std::uint64_t value) {
    series("", of);
    end_with(value);
}

void exposition::sample(labels of, double value) {
    series("", of);
    end_with(value);
}

void exposition::sample(labels of, const histogram& value) {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < value.counts.size(); ++i) {
        so_far += value.counts[i];
        const bool last = i == histogram::bounds_seconds.size();
        series("_bucket", of, last ? "+Inf" : decimal(histogram::bounds_seconds[i]));
        end_with(so_far);
    }
    series("_sum", of);
    end_with(value.sum_seconds);
    series("_count", of);
    end_with(so_far);
}

}  // namespace weir::admin
