// Who is let in: files of the operator, and names and addresses of clients that are held against them.
#include "admin/command.hpp"
#include "auth/client_host.hpp"
#include "auth/hba_rules.hpp"
#include "auth/name_map.hpp"
#include "fuzz/target.hpp"

namespace weir::fuzz {
namespace {

/// The text up to the first line "====", and the lines behind it.
std::pair<bytes_view, std::vector<bytes_view>> parts_of(bytes_view in) {
    constexpr bytes_view mark = "\n====\n";
    const auto at = in.find(mark);
    if (at == bytes_view::npos) return {in, {}};
    std::vector<bytes_view> lines;
    auto rest = in.substr(at + mark.size());
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        lines.push_back(rest.substr(0, end));
        rest.remove_prefix(end == bytes_view::npos ? rest.size() : end + 1);
    }
    return {in.substr(0, at), lines};
}

/// Every file that is named is this one, so that files include themselves.
auth::token_lines lines_of(bytes_view text) {
    auth::file_access files;
    int left = 20;
    files.read = [&, text](const std::string& path) -> std::variant<std::string, auth::file_access::missing> {
        if (path.size() > 20 || left-- <= 0) return auth::file_access::missing{"is not there"};
        return std::string(text.substr(0, 1000));
    };
    files.list = [](const std::string&) -> std::variant<std::vector<std::string>, auth::file_access::missing> {
        return std::vector<std::string>{"a.conf", "b.conf", ".c.conf", "d"};
    };
    return auth::read_token_lines("hba", files);
}

bytes_view at_or_empty(const std::vector<bytes_view>& lines, std::size_t i) {
    return i < lines.size() ? lines[i] : bytes_view();
}

}  // namespace

void hba(bytes_view in) {
    const auto [text, asks] = parts_of(in);
    auto parsed = auth::parse_hba(lines_of(text));
    for (const auto& fault : parsed.faults) insist(!fault.message.empty(), "a line is refused with a reason");
    const auto count = parsed.lines.size();
    const auth::hba_rules rules(std::move(parsed.lines));
    auth::visitor who{at_or_empty(asks, 0), at_or_empty(asks, 1)};
    who.address = at_or_empty(asks, 2);
    for (int bits = 0; bits < 8; ++bits) {
        who.local = bits & 1;
        who.encrypted = bits & 2;
        who.physical_replication = bits & 4;
        who.host_name.reset();
        const auto found = rules.find(who, {});
        who.host_name = at_or_empty(asks, 3);
        const auto known = rules.find(who, {});
        insist(!std::holds_alternative<auth::needs_host_name>(known), "a name that is known is not asked for");
        if (const auto* line = std::get_if<const auth::hba_line*>(&found))
            insist(*line == std::get<const auth::hba_line*>(known), "a name that is not asked for changes nothing");
        insist(count > 0 || std::get<const auth::hba_line*>(known) == nullptr, "no line lets nobody in");
    }
}

void name_map(bytes_view in) {
    const auto [text, asks] = parts_of(in);
    const auto parsed = auth::parse_name_map(lines_of(text));
    const auto outside = at_or_empty(asks, 1);
    const auto user = at_or_empty(asks, 2);
    (void)parsed.map.lets(at_or_empty(asks, 0), outside, user);
    insist(parsed.map.lets("", outside, user) == (outside == user && !outside.empty()), "without a map names are the same");
    insist(!parsed.map.lets(at_or_empty(asks, 0), "", user), "nobody is nobody");
}

void client_address(bytes_view in) {
    const auto host = auth::client_host(in);
    insist(auth::client_host(in) == host, "a client has one host");
    const auto exact = client_range::parse(in);
    const auto any = client_range::parse_any(in);
    insist(!exact || in == "unix" || any, "what is a range is one with bits behind its mask, too");
    if (exact && any) insist(exact->contains(*any) && any->contains(*exact), "... and the same one");
    const auto half = in.size() / 2;
    (void)client_range::parse_masked(in.substr(0, half), in.substr(half));
    if (any) (void)any->contains(in);
}

void console_command(bytes_view in) {
    const auto order = admin::parse_command(in);
    insist(order.has_value() || !order.error().message.empty(), "what is no command is told to be none");
}

}  // namespace weir::fuzz
