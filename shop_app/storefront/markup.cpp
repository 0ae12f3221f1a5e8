#include "storefront/markup.hpp"

#include "core/target.hpp"

namespace shop::storefront {

markup& markup::text(std::string_view words) {
    for (const char c : words) {
        switch (c) {
            case '&':
                html_ += "&amp;";
                break;
            case '<':
                html_ += "&lt;";
                break;
            case '>':
                html_ += "&gt;";
                break;
            case '"':
                html_ += "&quot;";
                break;
            case '\'':
                html_ += "&#39;";
                break;
            default:
                html_ += c;
        }
    }
    return *this;
}

markup& markup::number(std::int64_t value) {
    html_ += std::to_string(value);
    return *this;
}

markup& markup::money(std::int64_t cents) {
    const auto rest = std::to_string(cents % 100);
    html_ += "€ " + std::to_string(cents / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
    return *this;
}

markup& markup::query_value(std::string_view words) {
    html_ += core::percent_encoded(words);
    return *this;
}

markup& markup::part(const markup& other) {
    html_ += other.html_;
    return *this;
}

}  // namespace shop::storefront
