// HTML under construction. Only literals of the program go in as they are; every other text is
// escaped, so that no name or search word can become markup.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shop::storefront {

class markup {
public:
    template <std::size_t N>
    markup& tag(const char (&literal)[N]) {
        html_.append(literal, N - 1);
        return *this;
    }

    // Safe between tags and in a quoted attribute.
    markup& text(std::string_view words);
    markup& number(std::int64_t value);
    // Cents as "12.34", with the currency sign before.
    markup& money(std::int64_t cents);
    // One part of a query, escaped for a link inside a quoted attribute.
    markup& query_value(std::string_view words);
    markup& part(const markup& other);

    const std::string& html() const { return html_; }

private:
    std::string html_;
};

}  // namespace shop::storefront
