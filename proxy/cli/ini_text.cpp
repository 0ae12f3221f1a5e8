#include "cli/ini_text.hpp"

namespace weir::cli {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// What stands behind the = : in quotes as it is, else up to a comment.
std::string value_of(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('\'')) {
        std::string value;
        for (std::size_t i = 1; i < text.size(); ++i) {
            if (text[i] == '\'' && i + 1 < text.size() && text[i + 1] == '\'') ++i;
            else if (text[i] == '\'') break;
            value += text[i];
        }
        return value;
    }
    for (const auto* mark : {" ;", " #", "\t;", "\t#"}) text = text.substr(0, text.find(mark));
    return std::string(trimmed(text));
}

}  // namespace

std::vector<ini_entry> read_ini(std::string_view text) {
    std::vector<ini_entry> entries;
    std::string section;
    for (unsigned number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.empty() || line[0] == ';' || line[0] == '#') continue;
        if (line[0] == '[') {
            section = std::string(trimmed(line.substr(1, line.find(']') - 1)));
            continue;
        }
        const auto equals = line.find('=');
        if (equals == line.npos) {
            entries.push_back({section, std::string(line), "", number});
        } else {
            entries.push_back({section, std::string(trimmed(line.substr(0, equals))), value_of(line.substr(equals + 1)), number});
        }
    }
    return entries;
}

}  // namespace weir::cli
