// Decoders of what comes from the network. Each input is copied to the heap, so that a byte read behind it is found.
#include <algorithm>
#include <array>
#include <vector>

#include "fuzz/target.hpp"
#include "wire/backend.hpp"
#include "wire/frame_splitter.hpp"
#include "wire/frontend.hpp"
#include "wire/scram.hpp"
#include "wire/startup.hpp"

namespace weir::fuzz {
namespace {

/// Of exactly the size of what it holds.
class exact {
public:
    explicit exact(bytes_view of) : data_(of.begin(), of.end()) { data_.shrink_to_fit(); }
    bytes_view view() const { return {data_.data(), data_.size()}; }

private:
    std::vector<char> data_;
};

const wire::scram_secret& secret() {
    static const auto made = wire::make_scram_secret("pencil", "0123456789abcdef", 4096);
    return made;
}

}  // namespace

void startup(bytes_view in) {
    const exact copy(in);
    bytes_view rest = copy.view();
    for (;;) {
        const auto before = rest.size();
        const auto packet = wire::take_first_packet(rest);
        if (!packet || !*packet) {
            insist(rest.size() == before, "what is not whole, or refused, stays where it is");
            return;
        }
        insist(rest.size() < before, "a packet takes bytes");
        if (const auto* request = std::get_if<wire::startup_request>(&**packet)) {
            bytes again;
            wire::append_startup(again, request->minor, request->parameters);
            bytes_view view = again;
            const auto read = wire::take_first_packet(view);
            if (again.size() <= wire::longest_startup_packet)
                insist(read && *read && std::get<wire::startup_request>(**read).parameters == request->parameters,
                       "what was read and written is read alike");
        }
    }
}

void frontend(bytes_view in) {
    if (in.empty()) return;
    const exact copy(in.substr(1));
    const auto body = copy.view();
    switch (in[0] % 7) {
        case 0: (void)wire::frontend::decode_parse(body); break;
        case 1:
            if (const auto bind = wire::frontend::decode_bind(body)) {
                const auto counts = wire::frontend::count_bound(bind->rest);
                for (std::size_t i = 0; counts && i < counts->values && i < 100; ++i)
                    (void)wire::frontend::bound_value(bind->rest, i);
            }
            break;
        case 2: (void)wire::frontend::decode_target(body); break;
        case 3: (void)wire::frontend::decode_target(body, wire::frontend::close); break;
        case 4: (void)wire::frontend::decode_execute(body); break;
        default: (void)wire::frontend::decode_query(body);
    }
}

void backend(bytes_view in) {
    if (in.empty()) return;
    const exact copy(in.substr(1));
    const auto body = copy.view();
    std::array<std::optional<bytes_view>, 3> row;
    switch (in[0] % 7) {
        case 0: (void)wire::backend::decode_ready(body); break;
        case 1: (void)wire::backend::decode_error(body); break;
        case 2: (void)wire::backend::decode_parameter(body); break;
        case 3: (void)wire::backend::decode_key(body); break;
        case 4: (void)wire::backend::decode_tag(body); break;
        case 5: (void)wire::backend::decode_authentication(body); break;
        default: (void)wire::backend::decode_row(body, row);
    }
}

namespace {

/// What comes out of it, piece by piece, when it goes in by this many bytes at a time.
bytes split(const wire::frame_policy& policy, bytes_view in, std::size_t at_once) {
    wire::frame_splitter splitter(policy);
    bytes out;
    while (!in.empty()) {
        const exact part(in.substr(0, at_once));
        in.remove_prefix(std::min(at_once, in.size()));
        bytes_view left = part.view();
        for (;;) {
            const auto piece = splitter.next(left);
            if (!piece) return out + "refused";
            if (!*piece) break;
            out.append((*piece)->raw);
            insist((*piece)->raw.size() >= (*piece)->body.size(), "the body is a part of what came");
        }
        insist(left.empty(), "all is taken in");
    }
    return out + (splitter.at_boundary() ? "whole" : "in part");
}

}  // namespace

void splitter(bytes_view in) {
    if (in.empty()) return;
    const auto which = static_cast<unsigned char>(in[0]);
    const auto& policy = which % 3 == 0   ? wire::frontend_policy()
                         : which % 3 == 1 ? wire::backend_policy()
                                          : wire::password_policy();
    in.remove_prefix(1);
    const auto whole = split(policy, in, std::max<std::size_t>(in.size(), 1));
    // A piece is given out as soon as its head is there: an end that was cut shows sooner, or later, and that is all.
    const auto bytewise = split(policy, in, 1);
    const auto oddly = split(policy, in, which / 3 + 1);
    if (whole.ends_with("whole")) {
        insist(bytewise == whole, "byte by byte the same comes out");
        insist(oddly == whole, "in any chunks the same comes out");
    }
    insist(whole.ends_with("refused") == bytewise.ends_with("refused"), "in any chunks the same is refused");
}

void scram_server(bytes_view in) {
    const auto line = std::min(in.find('\n'), in.size());
    const exact first(in.substr(0, line));
    const exact second(in.substr(std::min(line + 1, in.size())));
    wire::scram_server plain(secret(), "servers-nonce");
    wire::scram_server bound(secret(), "servers-nonce", "end point");
    (void)plain.first(first.view());
    insist(!plain.final(second.view()), "nobody without the password is let in");
    (void)bound.first(first.view(), true);
    insist(!bound.final(second.view()), "nobody without the password is let in");
}

void scram_client(bytes_view in) {
    const auto line = std::min(in.find('\n'), in.size());
    const exact challenge(in.substr(0, line));
    const exact verdict(in.substr(std::min(line + 1, in.size())));
    // Keys: a password would be worked on for as many rounds as the server says.
    wire::scram_client client(wire::scram_keys{}, "clients-nonce");
    (void)client.first();
    (void)client.final(challenge.view());
    insist(!client.verify(verdict.view()), "no server without the secret is believed");
}

void stored_secret(bytes_view in) {
    if (const auto read = wire::parse_scram_secret(in)) {
        const auto again = wire::parse_scram_secret(wire::to_string(*read));
        insist(again && again->stored_key == read->stored_key && again->salt == read->salt, "it is written as it was read");
    }
    if (const auto data = wire::base64_decode(in)) insist(wire::base64_encode(*data) == in, "base64 has one form");
}

}  // namespace weir::fuzz
