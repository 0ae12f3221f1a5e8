// Where statements go by what their names stand for, and what a change of the catalog does to that.
#include "catalog/builder.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr std::string_view saved =
    "weir-catalog\t1\t150020\tapp\n"
    "schema\t11\tpg_catalog\n"
    "schema\t2200\tpublic\n"
    "schema\t16385\tshop\n"
    "function\t16400\t2200\ttwice\tf\ti\tplpgsql\tf\t1\t0\tf\t\\N\t\\N\t\\N\n"
    "function\t16401\t16385\tin_shop\tf\ti\tplpgsql\tf\t0\t0\tf\t\\N\t\\N\t\\N\n"
    "relation\t16500\t2200\tt\tr\tp\tf\n"
    "relation\t16501\t2200\tv_write\tv\tp\tf\n"
    "relation_reaches\t16501\tf16999\n";

/// What a worker knows of the database, and how its connections start.
struct known_database {
    std::optional<std::string> start_path = "\"$user\", public";
    std::shared_ptr<query::catalog_view> catalog = std::make_shared<query::catalog_view>();

    known_database() {
        catalog->known = *catalog::read(saved);
        catalog->board = std::make_shared<catalog::change_board>();
    }
};

class with_catalog : public ::testing::Test {
protected:
    script& logged_in() {
        static const parameter_map welcome{{"server_version", "15.20"}};
        s.shell().connections_start.search_path = database.start_path.value_or("");
        s.shell().client_sends(ask::startup({{"user", "ann"}, {"database", "app"}}));
        s.shell().tell_and_read(identified{&welcome, 5000000, "secr", &s.around().counters,
                                           &s.around().view, {}, &database.start_path, database.catalog});
        s.shell().client_got.clear();
        return s;
    }

    known_database database;
    script s{chunking{}};
};

TEST_F(with_catalog, what_is_not_built_in_may_be_a_read) {
    logged_in()
        .client(ask::query("select twice(1) from t"))
        .expects_replica()
        .grant()
        .because(reason::read)
        .backend(reply().one_row())
        .released_clean();
}

TEST_F(with_catalog, a_view_that_reaches_what_is_unknown_is_no_read) {
    logged_in().client(ask::query("select * from v_write")).expects_lease(primary_node);
}

TEST_F(with_catalog, without_a_snapshot_the_text_alone_decides) {
    database.catalog->known = nullptr;
    logged_in().client(ask::query("select twice(1) from t")).expects_lease(primary_node);
}

TEST_F(with_catalog, without_a_known_search_path_the_text_alone_decides) {
    database.start_path.reset();
    logged_in().client(ask::query("select twice(1) from t")).expects_lease(primary_node);
}

TEST_F(with_catalog, names_are_looked_for_in_the_search_path_that_connections_start_with) {
    database.start_path = "shop";
    logged_in().client(ask::query("select in_shop()")).expects_replica();
}

TEST_F(with_catalog, a_connection_that_starts_with_another_search_path_is_not_read_from) {
    for (const auto node : {replica_1, replica_2})
        s.shell().idle_connection(node).link.start = {7, 1, "read committed", "shop"};
    logged_in().client(ask::query("select * from t")).expects_replica().grant();
    s.released_clean().expects_lease(primary_node).grant().backend_got(ask::query("select * from t"));
}

TEST_F(with_catalog, a_connection_that_starts_with_the_same_search_path_is_read_from) {
    for (const auto node : {replica_1, replica_2})
        s.shell().idle_connection(node).link.start = {7, 1, "read committed", *database.start_path};
    logged_in().client(ask::query("select * from t")).expects_replica().grant();
    s.backend_got(ask::query("select * from t"));
}

TEST_F(with_catalog, a_statement_that_was_prepared_is_judged_when_it_runs) {
    logged_in()
        .client(ask::parse("p", "select twice(1)") + ask::bind("", "p") + ask::execute() + ask::sync())
        .expects_replica();
}

TEST_F(with_catalog, while_the_catalog_changes_reads_go_to_the_primary) {
    const auto change = std::make_unique<query::catalog_change>(database.catalog->board);
    logged_in().client(ask::query("select * from t")).expects_lease(primary_node);
}

TEST_F(with_catalog, a_command_that_redefines_something_makes_the_catalog_stale_from_its_sending_on) {
    logged_in().client(ask::query("create view w as select 1")).expects_lease(primary_node);
    EXPECT_TRUE(database.catalog->is_current()) << "not sent yet";
    s.grant();
    EXPECT_FALSE(database.catalog->is_current());
    s.backend(reply().command_complete("CREATE VIEW").ready('I'));
    EXPECT_FALSE(database.catalog->is_current()) << "not loaded again yet";
    database.catalog->covers = database.catalog->board->ended();
    EXPECT_TRUE(database.catalog->is_current());
}

TEST_F(with_catalog, a_transaction_that_redefines_something_keeps_it_stale_to_its_end) {
    logged_in().client(ask::query("begin")).client(ask::query("drop view v_write")).grant();
    database.catalog->covers = database.catalog->board->ended();
    EXPECT_FALSE(database.catalog->is_current()) << "loaded before the commit";
}

TEST_F(with_catalog, temporary_objects_change_nothing) {
    logged_in().client(ask::query("create temporary table x (a int)")).grant();
    EXPECT_TRUE(database.catalog->is_current());
    s.backend(reply().command_complete("CREATE TABLE").ready('I'));
    EXPECT_TRUE(database.catalog->is_current());
}

TEST_F(with_catalog, dropping_what_it_does_not_have_changes_nothing) {
    logged_in().client(ask::query("create temporary table x (a int)")).grant();
    s.backend(reply().command_complete("CREATE TABLE").ready('I'));
    s.client(ask::query("drop table x"));
    EXPECT_TRUE(database.catalog->is_current());
    s.backend(reply().command_complete("DROP TABLE").ready('I'));
    EXPECT_TRUE(database.catalog->is_current());
}

TEST_F(with_catalog, nor_does_making_sure_of_that) {
    logged_in().client(ask::query("drop table if exists x; create temporary table x (a int)")).grant();
    s.backend(reply().command_complete("DROP TABLE").command_complete("CREATE TABLE").ready('I'));
    EXPECT_TRUE(database.catalog->is_current());
}

TEST_F(with_catalog, dropping_what_it_has_makes_it_stale) {
    logged_in().client(ask::query("drop table x, t")).grant();
    EXPECT_FALSE(database.catalog->is_current());
}

TEST_F(with_catalog, a_write_of_rows_changes_nothing) {
    logged_in().client(ask::query("insert into t values (1)")).grant();
    EXPECT_TRUE(database.catalog->is_current());
}

}  // namespace
}  // namespace weir::session
