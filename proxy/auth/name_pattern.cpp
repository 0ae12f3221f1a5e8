#include "auth/name_pattern.hpp"

#include <re2/re2.h>


namespace weir::auth {
namespace {

constexpr std::int64_t most_regex_bytes = 1 << 20;

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::variant<name_pattern, std::string> name_pattern::make(const token& from) {
    name_pattern made;
    made.text_ = from.text;
    made.quoted_ = from.quoted;
    if (!from.text.starts_with('/')) return made;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_longest_match(true);  // as POSIX has it
    options.set_max_mem(most_regex_bytes);
    auto regex = std::make_shared<RE2>(piece(std::string_view(from.text).substr(1)), options);
    if (!regex->ok()) return "\"" + from.text + "\" is no regular expression: " + regex->error();
    made.regex_ = std::move(regex);
    return made;
}

bool name_pattern::matches(std::string_view name) const {
    return regex_ ? RE2::PartialMatch(piece(name), *regex_) : name == text_;
}

bool name_pattern::has_group() const { return regex_ && regex_->NumberOfCapturingGroups() > 0; }

std::optional<std::string> name_pattern::first_group(std::string_view name) const {
    if (!regex_) return std::nullopt;
    re2::StringPiece groups[2];
    const int wanted = has_group() ? 2 : 1;
    if (!regex_->Match(piece(name), 0, name.size(), RE2::UNANCHORED, groups, wanted)) return std::nullopt;
    return std::string(groups[1].data() == nullptr ? "" : groups[1].data(), groups[1].size());
}

}  // namespace weir::auth
