// clock_words: string literals that date/time input takes for the time of the transaction. Such a
// literal is not one like others: what it stands for changes while its text does not.
#pragma once

#include <string_view>

namespace weir::query {

/// Whether a value has the word now, today, tomorrow or yesterday, whatever it is cast to later.
bool has_clock_word(std::string_view value);

/// The same of a literal as it stands in the text, with its quotes, prefix and escapes: true exactly
/// where the value that it stands for has such a word. (A UESCAPE behind it is not looked at.)
bool literal_has_clock_word(std::string_view literal);

}  // namespace weir::query
