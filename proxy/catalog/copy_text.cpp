#include "catalog/copy_text.hpp"

#include <utility>

namespace weir::catalog {
namespace {

constexpr std::string_view plain = "\\\t\n\r\b\f\v";
constexpr std::string_view letters = "\\tnrbfv";

field unescape(std::string_view raw) {
    if (raw == "\\N") return std::nullopt;
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            out.push_back(raw[i]);
            continue;
        }
        const char c = raw[++i];
        const auto at = letters.find(c);
        out.push_back(at == std::string_view::npos ? c : plain[at]);
    }
    return out;
}

}  // namespace

std::vector<field> split_row(std::string_view line) {
    std::vector<field> fields;
    for (;;) {
        const auto end = line.find('\t');
        fields.push_back(unescape(line.substr(0, end)));
        if (end == std::string_view::npos) return fields;
        line.remove_prefix(end + 1);
    }
}

void append_row(std::string& to, const std::vector<field>& fields) {
    bool first = true;
    for (const auto& f : fields) {
        if (!std::exchange(first, false)) to.push_back('\t');
        if (!f) {
            to += "\\N";
            continue;
        }
        for (const char c : *f) {
            const auto at = plain.find(c);
            if (at != std::string_view::npos) {
                to.push_back('\\');
                to.push_back(letters[at]);
            } else {
                to.push_back(c);
            }
        }
    }
    to.push_back('\n');
}

}  // namespace weir::catalog
