// COPY both ways, simple and extended, and its errors.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

constexpr auto copy_in = "copy t from stdin";

bytes copied() { return reply().command_complete("COPY 2").ready('I').str(); }

script& begins_simple(script& s) {
    return s.client(ask::query(copy_in))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query(copy_in))
        .backend(reply().copy_in())
        .client_got(reply().copy_in());
}

SCRIPT(copy, in_by_a_simple_query) {
    begins_simple(s)
        .client(ask::copy_data("1\n") + ask::copy_data("2\n"))
        .backend_got(ask::copy_data("1\n") + ask::copy_data("2\n"))
        .client(ask::copy_done())
        .backend_got(ask::copy_done())
        .backend(copied())
        .client_got(copied())
        .released_clean()
        .asked_position();
}

SCRIPT(copy, in_with_the_next_query_behind_it) {
    begins_simple(s)
        .client(ask::copy_data("1\n") + ask::copy_done() + ask::query("delete from t"))
        .backend_got(ask::copy_data("1\n") + ask::copy_done())
        .backend(copied())
        .client_got(copied())
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("delete from t"))
        .backend(reply().command_complete("DELETE 1").ready('I'))
        .client_got(reply().command_complete("DELETE 1").ready('I'))
        .released_clean();
}

SCRIPT(copy, in_that_the_client_gives_up) {
    begins_simple(s)
        .client(ask::copy_data("1\n") + ask::copy_fail("no more"))
        .backend_got(ask::copy_data("1\n") + ask::copy_fail("no more"))
        .backend(reply().error("57014", "COPY from stdin failed: no more").ready('I'))
        .client_got(reply().error("57014", "COPY from stdin failed: no more").ready('I'))
        .released_clean();
}

SCRIPT(copy, an_error_in_the_middle_swallows_what_comes_late) {
    begins_simple(s)
        .client(ask::copy_data("x\n"))
        .backend_got(ask::copy_data("x\n"))
        .backend(reply().error("22P02", "invalid input").ready('I'))
        .client_got(reply().error("22P02", "invalid input").ready('I'))
        .released_clean()
        .client(ask::copy_data("2\n") + ask::copy_done())
        .expects_no_lease()
        .client_got_nothing()
        .position(0x100)
        .reads_on_a_replica();
}

// Whoever has the connection next would have their first bytes taken for copy data.
SCRIPT(copy, an_error_in_the_middle_of_a_message_leaves_no_half_of_it_behind) {
    const bytes line = ask::copy_data(bytes(40, 'x'));
    const bytes all_but_nine = line.substr(0, line.size() - 9);
    begins_simple(s)
        .client(all_but_nine)
        .backend_got(all_but_nine)
        .backend(reply().error("22P02", "invalid input").ready('I'))
        .client_got(reply().error("22P02", "invalid input").ready('I'))
        .released_clean()
        .old_backend_got(bytes(9, '\0'))
        .client(line.substr(line.size() - 9) + ask::copy_done())
        .expects_no_lease()
        .client_got_nothing()
        .position(0x100)
        .reads_on_a_replica();
}

SCRIPT(copy, the_rest_of_a_large_message_is_waited_for) {
    const bytes line = ask::copy_data(bytes(200 * 1024, 'x'));
    const bytes begun = line.substr(0, 1000);
    begins_simple(s)
        .client(begun)
        .backend_got(begun)
        .backend(reply().error("22P02", "invalid input").ready('I'))
        .backend_got_nothing()
        .client_got(reply().error("22P02", "invalid input").ready('I'))
        .keeps_lease()
        .client(line.substr(1000))
        .released_clean()
        .old_backend_got(line.substr(1000))
        .client(ask::copy_done())
        .position(0x100)
        .reads_on_a_replica();
}

SCRIPT(copy, a_client_that_leaves_before_that_rest_closes_the_connection) {
    const bytes begun = ask::copy_data(bytes(200 * 1024, 'x')).substr(0, 1000);
    begins_simple(s)
        .client(begun)
        .backend_got(begun)
        .backend(reply().error("22P02", "invalid input").ready('I'))
        .client_got(reply().error("22P02", "invalid input").ready('I'))
        .client_leaves()
        .released_closed();
}

SCRIPT(copy, sync_and_flush_in_the_middle_are_the_servers_to_ignore) {
    begins_simple(s)
        .client(ask::copy_data("1\n") + ask::sync() + ask::flush() + ask::copy_done())
        .backend_got(ask::copy_data("1\n") + ask::sync() + ask::flush() + ask::copy_done())
        .backend(copied())
        .client_got(copied())
        .released_clean();
}

SCRIPT(copy, any_other_message_in_the_middle_ends_the_client) {
    begins_simple(s)
        .client(ask::query("select 1"))
        .client_got(
            reply().error("08P01", "unexpected message type during COPY from stdin", "FATAL"))
        .closed_client()
        .released_closed();
}

SCRIPT(copy, several_in_one_string) {
    s.client(ask::query("copy t from stdin; copy u from stdin"))
        .grant()
        .backend_got(ask::query("copy t from stdin; copy u from stdin"))
        .backend(reply().copy_in())
        .client_got(reply().copy_in())
        .client(ask::copy_data("1\n") + ask::copy_done())
        .backend_got(ask::copy_data("1\n") + ask::copy_done())
        .backend(reply().command_complete("COPY 1").copy_in())
        .client_got(reply().command_complete("COPY 1").copy_in())
        .client(ask::copy_data("2\n") + ask::copy_done())
        .backend_got(ask::copy_data("2\n") + ask::copy_done())
        .backend(copied())
        .client_got(copied())
        .released_clean();
}

/// Parse, Bind, Execute and the Sync that voids itself.
script& begins_extended(script& s) {
    return s.client(ask::extended(copy_in) + ask::sync())
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::extended(copy_in) + ask::sync())
        .backend(reply().parse_complete().bind_complete().copy_in())
        .client_got(reply().parse_complete().bind_complete().copy_in());
}

SCRIPT(copy, in_by_the_extended_protocol_has_two_syncs_and_one_ready) {
    begins_extended(s)
        .client(ask::copy_data("1\n") + ask::copy_done() + ask::sync())
        .backend_got(ask::copy_data("1\n") + ask::copy_done() + ask::sync())
        .backend(copied())
        .client_got(copied())
        .released_clean()
        .asked_position();
}

SCRIPT(copy, in_by_the_extended_protocol_begun_with_flush) {
    s.client(ask::extended(copy_in) + ask::flush())
        .grant()
        .backend_got(ask::extended(copy_in) + ask::flush())
        .backend(reply().parse_complete().bind_complete().copy_in())
        .client_got(reply().parse_complete().bind_complete().copy_in())
        .client(ask::copy_data("1\n") + ask::copy_done())
        .backend_got(ask::copy_data("1\n") + ask::copy_done())
        .backend(reply().command_complete("COPY 1"))
        .client_got(reply().command_complete("COPY 1"))
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(copy, an_error_in_the_middle_of_an_extended_one) {
    begins_extended(s)
        .client(ask::copy_data("x\n"))
        .backend_got(ask::copy_data("x\n"))
        .backend(reply().error("22P02", "invalid input"))
        .client_got(reply().error("22P02", "invalid input"))
        .client(ask::copy_data("y\n") + ask::copy_done() + ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(copy, in_that_the_client_gives_up_in_an_extended_one) {
    begins_extended(s)
        .client(ask::copy_fail("no") + ask::sync())
        .backend_got(ask::copy_fail("no") + ask::sync())
        .backend(reply().error("57014", "COPY from stdin failed: no").ready('I'))
        .client_got(reply().error("57014", "COPY from stdin failed: no").ready('I'))
        .released_clean();
}

SCRIPT(copy, an_extended_one_that_is_refused_before_it_begins) {
    s.client(ask::extended(copy_in) + ask::sync())
        .grant()
        .backend_got(ask::extended(copy_in) + ask::sync())
        .backend(reply().parse_complete().bind_complete().error("42501", "no right").ready('I'))
        .client_got(reply().parse_complete().bind_complete().error("42501", "no right").ready('I'))
        .released_clean()
        // A driver that had sent its data along.
        .client(ask::copy_data("1\n") + ask::copy_done())
        .expects_no_lease();
}

SCRIPT(copy, out_streams_from_a_replica) {
    s.client(ask::query("copy t to stdout"))
        .expects_replica()
        .grant()
        .backend_got(ask::query("copy t to stdout"))
        .backend(reply().copy_out())
        .client_got(reply().copy_out())
        .backend(reply().copy_data("1\n").copy_data("2\n"))
        .client_got(reply().copy_data("1\n").copy_data("2\n"))
        .backend(reply().copy_done().command_complete("COPY 2").ready('I'))
        .client_got(reply().copy_done().command_complete("COPY 2").ready('I'))
        .released_clean();
}

SCRIPT(copy, out_by_the_extended_protocol) {
    s.client(ask::extended("copy t to stdout") + ask::sync())
        .expects_replica()
        .grant()
        .backend_got(ask::extended("copy t to stdout") + ask::sync())
        .backend(reply().parse_complete().bind_complete().copy_out().copy_data("1\n").copy_done())
        .backend(reply().command_complete("COPY 1").ready('I'))
        .client_got(reply()
                        .parse_complete()
                        .bind_complete()
                        .copy_out()
                        .copy_data("1\n")
                        .copy_done()
                        .command_complete("COPY 1")
                        .ready('I'))
        .released_clean();
}

SCRIPT(copy, a_client_that_leaves_in_the_middle_closes_the_connection) {
    begins_simple(s)
        .client(ask::copy_data("1\n"))
        .backend_got(ask::copy_data("1\n"))
        .client_leaves()
        .released_closed();
}

SCRIPT(copy, large_data_passes_in_the_pieces_that_came) {
    const bytes large = ask::copy_data(bytes(100000, 'x'));
    begins_simple(s)
        .client(bytes_view(large).substr(0, 60000))
        .backend_got(bytes_view(large).substr(0, 60000))
        .client(bytes_view(large).substr(60000))
        .backend_got(bytes_view(large).substr(60000))
        .client(ask::copy_done())
        .backend_got(ask::copy_done())
        .backend(copied())
        .client_got(copied())
        .released_clean();
}

}  // namespace
}  // namespace weir::session
