// Sessions in whose text a quote cannot be told for certain: nothing is judged, all runs on the primary,
// and what it may have left there keeps the lease.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

/// A client that connects in an encoding, or with quoting, of its own.
script& enters(script& s, bytes_view name, bytes_view value) {
    static parameter_map told;
    told = {{"server_version", "15.20"}};
    told.insert_or_assign(name, value);
    s.shell().connections_report = told;
    s.client_leaves();
    s.shell().next_client();
    s.client(ask::startup({{"user", "ann"}, {"database", "shop"}})).identified_with(&told);
    s.shell().client_got.clear();
    return s;
}

SCRIPT(opaque, a_read_is_a_write_that_may_have_left_anything) {
    for (const auto& [name, value] : {std::pair{"client_encoding", "SJIS"},
                                      std::pair{"client_encoding", "GBK"},
                                      std::pair{"standard_conforming_strings", "off"}}) {
        enters(s, name, value)
            .client(ask::query("select 1"))
            .expects_lease(primary_node)
            .grant()
            .backend_got(ask::query("select 1"))
            .backend(reply().one_row())
            .client_got(reply().one_row())
            .keeps_lease()
            .pinned_by(pin_cause::opaque)
            .client_leaves()
            .released({.discard = true}, "to be discarded")
            .old_backend_got(ask::query("DISCARD ALL"));
    }
}

SCRIPT(opaque, so_it_is_where_it_is_streamed) {
    s.rules().cycle_limit_bytes = 1000;
    const bytes cycle = ask::parse("", "select $1") + ask::bind("", "", {bytes(2000, 'v')}) +
                        ask::execute() + ask::sync();
    enters(s, "client_encoding", "GBK")
        .client(cycle)
        .grant()
        .backend_got(cycle)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .keeps_lease()
        .pinned_by(pin_cause::opaque);
}

SCRIPT(opaque, begin_is_not_kept_back) {
    enters(s, "client_encoding", "BIG5")
        .client(ask::query("begin"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("begin"))
        .client_got_nothing();
}

SCRIPT(opaque, other_encodings_are_read) {
    enters(s, "client_encoding", "LATIN1").reads_on_a_replica();
    enters(s, "standard_conforming_strings", "on").reads_on_a_replica();
}

SCRIPT(opaque, it_begins_and_ends_with_what_the_server_reports) {
    enters(s, "client_encoding", "UTF8")
        .client(ask::query("set client_encoding to 'SJIS'"))
        .grant()
        .backend_got(ask::query("set client_encoding to 'SJIS'"))
        .backend(reply().command_complete("SET").parameter("client_encoding", "SJIS").ready('I'))
        .client_got(reply().command_complete("SET").parameter("client_encoding", "SJIS").ready('I'))
        .inspected(pin_cause::settings, {setting_row("client_encoding", "SJIS")})
        .released_clean()
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .keeps_lease()
        .pinned_by(pin_cause::opaque);
    s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")});
    s.client(ask::query("discard all"))
        .backend_got(ask::query("discard all"))
        .backend(reply().command_complete("DISCARD ALL").parameter("client_encoding", "UTF8").ready('I'))
        .client_got(
            reply().command_complete("DISCARD ALL").parameter("client_encoding", "UTF8").ready('I'))
        .inspected(pin_cause::settings | pin_cause::listen)
        .released_clean()
        .pinned_by(pin_cause::none)
        .position(0x100)
        .reads_on_a_replica();
}

SCRIPT(opaque, nothing_but_discard_all_ends_it) {
    enters(s, "client_encoding", "SJIS");
    for (const auto& [text, tag] : {std::pair{"select 1", "SELECT 1"}, std::pair{"reset all", "RESET"},
                                    std::pair{"discard temp", "DISCARD TEMP"},
                                    std::pair{"unlisten *", "UNLISTEN"},
                                    std::pair{"deallocate all", "DEALLOCATE ALL"}}) {
        s.runs(text, tag);
        if (s.machine().now_in() == phase::inspecting) s.inspected(pin_cause::settings);
        s.keeps_lease().pinned_by(pin_cause::opaque);
    }
}

}  // namespace
}  // namespace weir::session
