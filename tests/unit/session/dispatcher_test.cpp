// What a client's messages become on a connection, message by message, and what is owed for them then.
#include "session/dispatcher.hpp"

#include <gtest/gtest.h>

#include "session/statement_names.hpp"
#include "unit/session/messages.hpp"
#include "unit/session/shown.hpp"

namespace weir::session {
namespace {

/// A connection with what was put on it; statements are made by hand.
class wire_end {
public:
    explicit wire_end(std::size_t limit = 1000) : limit_(limit) {}

    backend_link link;
    outbox out;
    rare<fault> stand_in;

    bool puts(bytes_view raw, const client_message& m) {
        kept_.push_back(std::make_unique<bytes>(raw));
        dispatcher to(link, out, limit_);
        const bool rest_too = to.message(m, *kept_.back());
        if (to.stand_in()) stand_in = std::move(to.stand_in());
        return rest_too;
    }
    bool puts(bytes_view raw, statement_ptr what = nullptr, bool changes_names = false) {
        client_message m{raw[0], 0, 0, std::move(what)};
        m.changes_names = changes_names;
        return puts(raw, m);
    }
    std::vector<std::string> sent() {
        bytes joined;
        out.for_each([&](bytes_view part) { joined.append(part); });
        out.clear();
        name_table none;
        return show_messages(joined, [&](char type, bytes_view body) {
            return show_from_client(type, body, numbered_);
        });
    }
    /// The kinds and acts that are owed, in order.
    std::string owed() {
        std::string seen;
        auto copy = link.owed;
        while (!copy.empty()) {
            auto made_up = copy.take_made_up();
            if (made_up) {
                seen += "m" + std::to_string(static_cast<int>(made_up->kind)) + " ";
                continue;
            }
            static constexpr std::string_view ends = "12nnC3ZZZ";
            for (std::size_t kind = 0; kind < ends.size(); ++kind) {
                auto probe = copy;
                auto verdict = probe.on_message(ends[kind]);
                if (!verdict || !verdict->done || static_cast<std::size_t>(verdict->done->kind) != kind)
                    continue;
                seen += std::string(1, "fsmr"[static_cast<int>(verdict->act)]) + std::to_string(kind) + " ";
                copy = probe;
                break;
            }
        }
        return seen;
    }

private:
    std::size_t limit_;
    std::vector<std::unique_ptr<bytes>> kept_;  // what was lent
    name_table numbered_;
};

std::vector<std::string> shown(bytes_view expected) {
    name_table names;
    return shown_to_server(expected, names);
}

/// Statements weir_7000001, ...: $1, $2 in what is shown.
statement_ptr make(std::uint64_t number, const std::string& text = "insert into t values (1)") {
    auto s = std::make_shared<statement>();
    s->id = 7000000 + number;
    s->text = text;
    s->parameter_types = ask::no_types();
    s->known = std::make_shared<const query::facts>();
    return s;
}

TEST(dispatcher, names_are_exchanged_and_what_is_missing_is_prepared_first) {
    wire_end end;
    const auto what = make(1);
    EXPECT_TRUE(end.puts(ask::bind("p", "s1", {"value"}), what));
    EXPECT_TRUE(end.puts(ask::describe("s1"), what));
    EXPECT_TRUE(end.puts(ask::execute("p"), what));
    EXPECT_TRUE(end.link.unsynced);
    EXPECT_TRUE(end.puts(ask::sync()));
    EXPECT_FALSE(end.link.unsynced);
    EXPECT_EQ(end.sent(), shown(ask::parse("$1", what->text) + ask::bind("p", "$1", {"value"}) +
                                ask::describe("$1") + ask::execute("p") + ask::sync()));
    EXPECT_EQ(end.owed(), "s0 f1 f2 f4 f6 ");
}

TEST(dispatcher, a_parse_that_the_connection_has_is_made_up) {
    wire_end end;
    const auto what = make(1);
    end.puts(ask::parse("s1", what->text), what, true);
    end.puts(ask::parse("s2", what->text), what, true);
    EXPECT_EQ(end.sent(), shown(ask::parse("$1", what->text)));
    EXPECT_EQ(end.owed(), "f0 m0 ");
}

TEST(dispatcher, a_close_is_made_up_and_the_statement_stays) {
    wire_end end;
    const auto what = make(1);
    end.puts(ask::parse("s1", what->text), what, true);
    end.puts(ask::close("s1"), what, true);
    end.puts(ask::close("s1"));
    end.puts(ask::close_portal("s1"));
    EXPECT_EQ(end.sent(), shown(ask::parse("$1", what->text) + ask::close("s1") + ask::close_portal("s1")));
    EXPECT_EQ(end.owed(), "f0 m5 f5 f5 ");
    EXPECT_TRUE(end.link.prepared.touch(what->id));
}

TEST(dispatcher, a_name_like_weirs_own_is_never_closed_for_a_client) {
    wire_end end;
    end.puts(ask::close("weir_7000001"));
    EXPECT_TRUE(end.sent().empty());
    EXPECT_EQ(end.owed(), "m5 ");
}

TEST(dispatcher, the_unnamed_statement_is_put_there_again_where_it_is_another) {
    wire_end end;
    const auto a = make(1, "insert into a values (1)");
    const auto b = make(2, "insert into b values (1)");
    end.puts(ask::parse("", a->text), a, true);
    end.puts(ask::bind("", ""), a);
    end.puts(ask::bind("", ""), b);
    end.puts(ask::describe(""), b);
    EXPECT_EQ(end.sent(), shown(ask::parse("", a->text) + ask::bind("", "") + ask::parse("", b->text) +
                                ask::bind("", "") + ask::describe("")));
    EXPECT_EQ(end.owed(), "f0 f1 s0 f1 f2 ");
    end.puts(ask::close(""), b, true);
    end.puts(ask::bind("", ""), b);
    EXPECT_EQ(end.sent(), shown(ask::close("") + ask::parse("", b->text) + ask::bind("", "")));
}

TEST(dispatcher, a_simple_query_destroys_the_unnamed_statement_and_ends_what_was_sent) {
    wire_end end;
    const auto a = make(1);
    end.puts(ask::parse("", a->text), a, true);
    EXPECT_TRUE(end.link.unsynced);
    end.puts(ask::query("select 1"));
    EXPECT_FALSE(end.link.unsynced);
    EXPECT_EQ(end.link.unnamed, 0u);
    end.puts(ask::message('F', "body"));
    EXPECT_FALSE(end.link.unsynced);
    EXPECT_EQ(end.owed(), "f0 f7 f8 ");
}

TEST(dispatcher, an_unknown_statement_is_never_looked_for_where_others_left_theirs) {
    for (const auto name : {"", "weir_7000001"}) {
        wire_end end;
        end.link.prepared.add(7000001);
        EXPECT_FALSE(end.puts(ask::bind("", name, {bytes(100, 'v')})));
        EXPECT_EQ(end.sent(), shown(ask::describe("weir_0")));
        EXPECT_EQ(end.owed(), "r2 ");
        ASSERT_TRUE(bool(end.stand_in));
        EXPECT_EQ(end.stand_in->sqlstate, "26000");
        EXPECT_FALSE(end.puts(ask::describe(name)));
    }
    wire_end end;
    EXPECT_TRUE(end.puts(ask::bind("", "sql_name")));
    EXPECT_TRUE(end.puts(ask::describe("sql_name")));
    EXPECT_EQ(end.sent(), shown(ask::bind("", "sql_name") + ask::describe("sql_name")));
    EXPECT_FALSE(bool(end.stand_in));
}

TEST(dispatcher, a_duplicate_is_checked_and_then_refused) {
    wire_end end;
    const auto what = make(1);
    client_message m{'P', 0, 0, what};
    m.duplicate = true;
    end.puts(ask::parse("s1", what->text), m);
    EXPECT_EQ(end.sent(), shown(ask::parse("$1", what->text) + ask::describe("weir_0")));
    EXPECT_EQ(end.owed(), "s0 r2 ");
    EXPECT_EQ(end.stand_in->sqlstate, "42P05");
}

TEST(dispatcher, what_is_used_least_makes_room) {
    wire_end end(2);
    for (std::uint64_t i = 1; i <= 2; ++i) end.puts(ask::bind("", "s"), make(i));
    end.puts(ask::bind("", "s"), make(1));
    end.sent();
    end.puts(ask::bind("", "s"), make(3));
    EXPECT_EQ(end.sent(), shown(ask::close("$2") + ask::parse("$3", make(3)->text) + ask::bind("", "$3")));
    EXPECT_EQ(end.link.prepared.size(), 2u);
    EXPECT_EQ(end.owed(), "s0 f1 s0 f1 f1 s5 s0 f1 ");
}

TEST(dispatcher, a_limit_of_none_keeps_one) {
    wire_end end(0);
    end.puts(ask::bind("", "s"), make(1));
    end.puts(ask::bind("", "s"), make(2));
    EXPECT_EQ(end.link.prepared.size(), 1u);
}

TEST(dispatcher, the_head_of_a_large_bind_says_its_whole_length) {
    wire_end end;
    const auto what = make(1);
    end.link.prepared.add(what->id);
    const bytes whole = ask::bind("p", "a name", {bytes(30000, 'v')});
    EXPECT_TRUE(end.puts(bytes_view(whole).substr(0, 20000), what));
    bytes sent;
    end.out.for_each([&](bytes_view part) { sent.append(part); });
    sent += whole.substr(20000);
    EXPECT_EQ(sent, ask::bind("p", what->server_name(), {bytes(30000, 'v')}));
}

TEST(dispatcher, begin_goes_ahead_without_sync) {
    wire_end end;
    dispatcher to(end.link, end.out, 10);
    to.begin(*make(1, "begin"), true);
    EXPECT_EQ(end.sent(), shown(ask::begin_as("$1", "begin")));
    EXPECT_EQ(end.owed(), "s0 s1 s4 ");
    EXPECT_TRUE(end.link.unsynced);
}

TEST(dispatcher, while_the_server_skips_only_sync_is_sent) {
    wire_end end;
    end.puts(ask::bind("", "x"));
    ASSERT_TRUE(end.link.owed.on_message('E').has_value());
    end.sent();
    EXPECT_FALSE(end.puts(ask::execute()));
    EXPECT_FALSE(end.puts(ask::query("select 1")));
    EXPECT_FALSE(end.puts(ask::flush()));
    EXPECT_TRUE(end.puts(ask::sync()));
    EXPECT_EQ(end.sent(), shown(ask::sync()));
}

}  // namespace
}  // namespace weir::session
