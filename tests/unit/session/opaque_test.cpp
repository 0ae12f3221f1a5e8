// Sessions in whose text a quote cannot be told for certain: nothing is judged, all runs on the primary.
#include "unit/session/door.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

void enters(door& d, const parameter_map& told) {
    d.sends(ask::startup({{"user", "ann"}, {"database", "shop"}}));
    d.identify(&told);
}

DOOR(opaque, a_read_is_a_write_that_may_have_left_anything) {
    for (const auto& told : {parameter_map{{"client_encoding", "SJIS"}},
                             parameter_map{{"standard_conforming_strings", "off"}}}) {
        door one(d.shell().chunks());
        enters(one, told);
        one.sends(ask::query("select 1"));
        ASSERT_EQ(one.shell().asked, primary_node);
        auto& b = one.shell().grant();
        one.shell().backend_sends(b, reply().one_row());
        EXPECT_EQ(shown_to_client(one.shell().client_got), shown_to_client(reply().one_row()));
        EXPECT_EQ(one.shell().lease, &b);
        EXPECT_EQ(one.machine().pins(), pin_cause::procedural);
    }
}

DOOR(opaque, so_it_is_where_it_is_streamed) {
    d.rules().cycle_limit_bytes = 1000;
    enters(d, {{"client_encoding", "GBK"}});
    d.sends(ask::parse("", "select $1") + ask::bind("", "", {bytes(2000, 'v')}) + ask::execute() +
            ask::sync());
    auto& b = d.shell().grant();
    d.shell().backend_sends(b, reply().done("SELECT 1").ready('I'));
    EXPECT_EQ(d.machine().pins(), pin_cause::procedural);
}

DOOR(opaque, begin_is_not_kept_back) {
    enters(d, {{"client_encoding", "BIG5"}});
    EXPECT_EQ(d.sends(ask::query("begin")), "");
    EXPECT_EQ(d.shell().asked, primary_node);
}

DOOR(opaque, other_encodings_are_read) {
    enters(d, {{"client_encoding", "LATIN1"}, {"standard_conforming_strings", "on"}});
    d.sends(ask::query("select 1"));
    EXPECT_NE(d.shell().asked, primary_node);
}

}  // namespace
}  // namespace weir::session
