// The small books of a session: what is to be sent, which names stand, what is prepared, which portals.
#include <gtest/gtest.h>

#include "session/cycle.hpp"
#include "session/outbox.hpp"
#include "session/portals.hpp"
#include "session/prepared_set.hpp"
#include "session/statement_names.hpp"
#include "unit/session/messages.hpp"

namespace weir::session {
namespace {

std::vector<bytes> pieces(const outbox& of) {
    std::vector<bytes> out;
    of.for_each([&](bytes_view part) { out.emplace_back(part); });
    return out;
}

TEST(outbox, keeps_the_order_of_own_and_lent_bytes) {
    const bytes foreign = "foreign";
    outbox box;
    EXPECT_TRUE(box.empty());
    box.own() += "a";
    box.own() += "b";
    box.lend(foreign);
    box.own() += "c";
    EXPECT_EQ(pieces(box), (std::vector<bytes>{"ab", "foreign", "c"}));
    EXPECT_EQ(box.size(), 10u);
    box.lend("");
    box.own() += "d";
    EXPECT_EQ(pieces(box), (std::vector<bytes>{"ab", "foreign", "cd"}));
}

TEST(outbox, neighbours_are_one_piece) {
    const bytes reply = "one two three";
    outbox box;
    box.lend(bytes_view(reply).substr(0, 4));
    box.lend(bytes_view(reply).substr(4, 4));
    box.lend(bytes_view(reply).substr(8));
    EXPECT_EQ(pieces(box), std::vector<bytes>{reply});
    box.lend(bytes_view(reply).substr(0, 3));
    EXPECT_EQ(pieces(box).size(), 2u);
}

TEST(outbox, own_bytes_may_move_while_they_grow) {
    const bytes foreign = "f";
    outbox box;
    bytes expected;
    for (int i = 0; i < 1000; ++i) {
        box.own() += std::to_string(i);
        box.lend(foreign);
        expected += std::to_string(i) + "f";
    }
    bytes joined;
    box.for_each([&](bytes_view part) { joined.append(part); });
    EXPECT_EQ(joined, expected);
    EXPECT_EQ(box.size(), expected.size());
}

TEST(outbox, cleared_it_is_empty_and_small) {
    outbox box;
    box.own().assign(1 << 20, 'x');
    box.clear();
    EXPECT_TRUE(box.empty());
    EXPECT_TRUE(pieces(box).empty());
    EXPECT_LT(box.own().capacity(), std::size_t{1} << 20);
    box.own() += "a";
    EXPECT_EQ(pieces(box), std::vector<bytes>{"a"});
}

statement_ptr make(std::uint64_t id) {
    statement s;
    s.id = id;
    return std::make_shared<const statement>(s);
}
std::uint64_t id_of(const statement_names& names, std::string_view name) {
    const auto found = names.find(name);
    return found ? found->id : 0;
}

TEST(statement_names, a_change_counts_at_once_and_stands_when_settled) {
    statement_names names;
    names.add("a", make(1));
    EXPECT_EQ(id_of(names, "a"), 1u);
    EXPECT_TRUE(names.has_unsettled());
    names.settle_oldest();
    EXPECT_FALSE(names.has_unsettled());
    names.undo_all();
    EXPECT_EQ(id_of(names, "a"), 1u);
}

TEST(statement_names, an_error_undoes_what_is_not_settled) {
    statement_names names;
    names.add("a", make(1));
    names.add("", make(2));
    names.settle_oldest();
    names.settle_oldest();
    names.remove("a");
    names.add("a", make(3));
    names.add("", make(4));
    names.add("b", make(5));
    names.remove("b");
    EXPECT_EQ(id_of(names, "b"), 0u);
    names.undo_all();
    EXPECT_EQ(id_of(names, "a"), 1u);
    EXPECT_EQ(id_of(names, ""), 2u);
    EXPECT_EQ(id_of(names, "b"), 0u);
    EXPECT_FALSE(names.has_unsettled());
}

TEST(statement_names, only_what_is_left_is_undone) {
    statement_names names;
    names.add("a", make(1));
    names.add("b", make(2));
    names.settle_oldest();
    names.undo_all();
    EXPECT_EQ(id_of(names, "a"), 1u);
    EXPECT_EQ(id_of(names, "b"), 0u);
    names.settle_oldest();  // nothing is left: no harm
    EXPECT_EQ(names.size(), 1u);
}

TEST(statement_names, all_are_removed_but_the_unnamed_one_and_come_back) {
    statement_names names;
    for (const auto name : {"", "a", "b"}) {
        names.add(name, make(1));
        names.settle_oldest();
    }
    names.remove_all();
    names.add("b", make(2));
    EXPECT_EQ(id_of(names, ""), 1u);
    EXPECT_EQ(id_of(names, "a"), 0u);
    EXPECT_EQ(id_of(names, "b"), 2u);
    names.undo_all();
    EXPECT_EQ(id_of(names, "a"), 1u);
    EXPECT_EQ(id_of(names, "b"), 1u);
    names.remove_all();
    names.settle_oldest();
    EXPECT_EQ(names.size(), 1u);
}

TEST(prepared_set, the_least_recently_used_goes_first) {
    prepared_set set;
    for (const std::uint64_t id : {1, 2, 3}) set.add(id);
    EXPECT_TRUE(set.touch(1));
    EXPECT_FALSE(set.touch(9));
    EXPECT_FALSE(set.evict(3).has_value());
    EXPECT_EQ(set.evict(2), 2u);
    EXPECT_EQ(set.evict(0), 3u);
    EXPECT_EQ(set.evict(0), 1u);
    EXPECT_FALSE(set.evict(0).has_value());
}

TEST(prepared_set, adding_twice_is_adding_once) {
    prepared_set set;
    set.add(1);
    set.add(1);
    EXPECT_EQ(set.size(), 1u);
    set.remove(1);
    set.remove(1);
    EXPECT_EQ(set.size(), 0u);
}

TEST(prepared_set, a_clear_under_way_is_settled_or_taken_back) {
    prepared_set set;
    set.add(1);
    set.begin_clear();
    EXPECT_FALSE(set.touch(1));
    set.add(2);
    set.begin_clear();
    set.add(3);
    set.settle_clear();  // the first ran: 1 is gone
    set.take_back_clear();  // the second did not, and nothing behind it
    EXPECT_TRUE(set.touch(2));
    EXPECT_FALSE(set.touch(1));
    EXPECT_FALSE(set.touch(3));
    set.settle_clear();
    set.take_back_clear();  // none is under way: no harm
    EXPECT_EQ(set.size(), 1u);
}

TEST(portals, the_newest_of_a_name_counts) {
    portals open;
    EXPECT_EQ(open.find(""), nullptr);
    open.bind("", make(1));
    open.bind("c", make(2));
    open.bind("", make(3));
    EXPECT_EQ(open.find("")->id, 3u);
    EXPECT_EQ(open.find("c")->id, 2u);
    open.clear();
    EXPECT_TRUE(open.empty());
}

TEST(portals, know_which_cycle_opened_them) {
    portals open;
    open.bind("c", make(1));
    EXPECT_FALSE(open.is_older("c"));
    open.begin_cycle();
    EXPECT_TRUE(open.is_older("c"));
    EXPECT_FALSE(open.is_older("unknown"));
    open.bind("c", make(2));
    EXPECT_FALSE(open.is_older("c"));
}

TEST(statement_store, the_same_text_is_one_statement_while_somebody_holds_it) {
    query::verdict_cache verdicts(1 << 20, 1 << 16, {1, 2});
    statement_store store;
    const auto a = store.intern("select 1", ask::no_types(), verdicts);
    EXPECT_EQ(store.intern("select 1", ask::no_types(), verdicts), a);
    EXPECT_NE(store.intern("select 1", bytes("\0\1\0\0\0\x17", 6), verdicts), a);
    EXPECT_NE(store.intern("select 2", ask::no_types(), verdicts), a);
    EXPECT_TRUE(a->known->read_only);
    EXPECT_EQ(a->server_name(), "weir_" + std::to_string(a->id));
}

TEST(statement_store, forgets_what_nobody_holds) {
    query::verdict_cache verdicts(1 << 20, 1 << 16, {1, 2});
    statement_store store;
    for (int i = 0; i < 5000; ++i)
        store.intern("select " + std::to_string(i), ask::no_types(), verdicts);
    EXPECT_LE(store.size(), 1025u);
}

TEST(statement_store, a_lasting_one_is_held_until_many_others_came) {
    query::verdict_cache verdicts(1 << 20, 1 << 16, {1, 2});
    statement_store store;
    const auto id = store.intern_lasting("begin", ask::no_types(), verdicts)->id;
    EXPECT_EQ(store.intern_lasting("begin", ask::no_types(), verdicts)->id, id);
    for (int i = 0; i < 1000; ++i)
        store.intern_lasting("begin /* " + std::to_string(i) + " */", ask::no_types(), verdicts);
    EXPECT_NE(store.intern_lasting("begin", ask::no_types(), verdicts)->id, id);
    // Long ones are not held at all.
    const bytes text = "begin /* " + bytes(300, 'x') + " */";
    const auto first = store.intern_lasting(text, ask::no_types(), verdicts)->id;
    EXPECT_NE(store.intern_lasting(text, ask::no_types(), verdicts)->id, first);
}

TEST(cycle, keeps_messages_that_come_in_pieces) {
    wire::frame_splitter splitter(wire::frontend_policy());
    const bytes sent = ask::bind("", "s", {bytes(40000, 'v')}) + ask::execute() + ask::sync();
    cycle c;
    for (std::size_t at = 0; at < sent.size(); at += 1000) {
        bytes_view in = bytes_view(sent).substr(at, 1000);
        while (true) {
            const auto piece = splitter.next(in);
            ASSERT_TRUE(piece.has_value());
            if (!*piece) break;
            c.add(**piece);
        }
    }
    ASSERT_EQ(c.messages().size(), 3u);
    EXPECT_EQ(c.size_bytes(), sent.size());
    EXPECT_EQ(bytes(c.raw(c.messages()[0])), ask::bind("", "s", {bytes(40000, 'v')}));
    EXPECT_EQ(c.body(c.messages()[1]).size(), c.body_length(c.messages()[1]));
    EXPECT_EQ(c.last_type(), 'S');
    c.clear();
    EXPECT_TRUE(c.empty());
    EXPECT_EQ(c.last_type(), '\0');
}

TEST(cycle_pool, lends_what_came_back_cleared) {
    cycle_pool pool;
    auto one = pool.take();
    auto* which = one.get();
    pool.put(std::move(one));
    EXPECT_EQ(pool.take().get(), which);
    pool.put(nullptr);
    EXPECT_NE(pool.take(), nullptr);
}

}  // namespace
}  // namespace weir::session
