// What the client is told by ParameterStatus: as it would see it from a connection of its own, whichever
// connections it is lent.
#include <algorithm>
#include <array>

#include "session/session.hpp"
#include "wire/backend.hpp"

namespace weir::session {
namespace {

constexpr std::string_view application_name = "application_name";

/// Encodings in which a byte of a character can look like ASCII, so that no quote is certain (FACTS 13).
bool hides_quotes(const parameter_map& parameters) {
    static constexpr std::array<std::string_view, 7> encodings = {"SJIS",  "SHIFT_JIS_2004", "BIG5", "GBK",
                                                                  "UHC",   "GB18030",        "JOHAB"};
    const auto encoding = parameters.find("client_encoding");
    const auto quoting = parameters.find("standard_conforming_strings");
    return (encoding != parameters.end() &&
            std::find(encodings.begin(), encodings.end(), encoding->second) != encodings.end()) ||
           (quoting != parameters.end() && quoting->second == "off");
}

void tell_difference(const parameter_map& before, const parameter_map& after, bytes& to) {
    for (const auto& [name, value] : after) {
        const auto was = before.find(name);
        if (was == before.end() || was->second != value)
            wire::backend::append_parameter(to, name, value);
    }
}

/// pg_clean_ascii() and the length of a name: what the server will make of it.
std::string as_server_keeps(std::string_view name) {
    std::string kept(name.substr(0, 63));
    for (char& c : kept)
        if (c < 32 || c > 126) c = '?';
    return kept;
}

}  // namespace

void session::remember_told(parameter_map told) {
    opaque_text_ = hides_quotes(told);
    told_ = env_.parameters.intern(std::move(told));
}

/// At the welcome. reported: by a connection that nobody has used, at a node that may be a replica.
void session::begin_parameters(const parameter_map& reported, bytes& to) {
    parameter_map told = reported;
    if (told.find(role_parameter) != told.end()) told.insert_or_assign(role_parameter, "off");
    if (told.find(application_name) != told.end())
        told.insert_or_assign(application_name, as_server_keeps(who_->application_name));
    tell_difference({}, told, to);
    remember_told(std::move(told));
    told_at_start_ = told_;
}

/// Ahead of a ReadyForQuery, as PostgreSQL does since version 14.
void session::tell_parameters(bytes& to) {
    if (!name_reset_ && link_->parameters.digest() == told_->digest()) return;
    parameter_map now = *told_;
    for (const auto& [name, value] : link_->parameters) {
        if (name == role_parameter) continue;
        // The connection fell back to what it was opened with, the session falls back to its own.
        const bool own = name_reset_ && name == application_name && value.empty();
        now.insert_or_assign(name, own ? told_at_start_->at(application_name) : value);
    }
    tell_difference(*told_, now, to);
    remember_told(std::move(now));
}

/// A rollback leads back to what was set before. Where that was no name at all, the server has nothing to tell.
void session::forget_reset() {
    const auto* name = find(settings_, usual::application_name);
    if (name != nullptr && name->empty()) name_reset_ = false;
}

void session::tell_start_parameters(bytes& to) {
    if (told_ == told_at_start_) return;
    tell_difference(*told_, *told_at_start_, to);
    remember_told(*told_at_start_);
}

}  // namespace weir::session
