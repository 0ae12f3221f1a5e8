// A whole session: its client's bytes, its servers' bytes and what the shell tells it, in any order. The shell of the
// unit tests carries out what it asks for and checks the promises between the two.
#include <algorithm>

#include "fuzz/target.hpp"
#include "unit/session/fake_shell.hpp"
#include "unit/session/messages.hpp"

namespace weir::fuzz {
namespace {

using session::ask::query;
using session::reply;

/// Reads its input as a list of deeds.
class play {
public:
    explicit play(bytes_view script) : rest_(script), shell_(world_, {}) {
        world_.rules->tls = session::tls_need::allow;
        world_.rules->routing.commit_outcome = next() % 2 == 1;
        world_.rules->routing.transactions =
            next() % 2 == 1 ? routing::transaction_policy::split : routing::transaction_policy::safe;
        world_.rules->access = access(next());
        world_.env.login_delay = [](auto, std::string_view user) { return milliseconds(user == "ann" ? 0 : 70); };
        world_.rules->asks_nodes_for_secrets = next() % 2 == 1;
        world_.rules->mode = next() % 4 == 0 ? routing::pool_mode::session : routing::pool_mode::transaction;
    }

    void run() {
        if (next() % 8 != 0) shell_.client_sends(session::ask::startup({{"user", "ann"}, {"database", "shop"}}));
        while (!rest_.empty() && !shell_.closed) {
            act(next());
            identify();
        }
        if (!shell_.closed) shell_.tell_and_read(session::client_closed{});
        insist(shell_.closed, "a client that has gone ends its session");
        insist(shell_.lease == nullptr && shell_.aside == nullptr, "... which keeps no connection");
        insist(!shell_.asked, "... and waits for none");
    }

private:
    unsigned char next() {
        if (rest_.empty()) return 0;
        const auto first = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return first;
    }
    bytes_view some() {
        const std::size_t size = next();
        const auto part = rest_.substr(0, size);
        rest_.remove_prefix(part.size());
        return part;
    }

    static auth::hba_rules access(unsigned char which) {
        using auth::method;
        constexpr method all[] = {method::trust, method::trust, method::trust, method::scram_sha_256,
                                  method::md5,   method::password, method::cert, method::peer};
        if (which % 9 < 8) return auth::hba_rules::same_for_all(all[which % 9]);
        auth::file_access files;
        files.read = [](const std::string&) -> std::variant<std::string, auth::file_access::missing> {
            return "host all all .example.com md5\nhostssl all all all cert clientcert=verify-full\nhost all all all trust\n";
        };
        return auth::hba_rules(auth::parse_hba(auth::read_token_lines("hba", files)).lines);
    }

    /// What the shell looks up for a login.
    void look_up(unsigned char what) {
        if (std::exchange(shell_.wants_host_name, false)) {
            shell_.tell_and_read(session::host_name_known{what % 2 == 1 ? "db.example.com" : ""});
        } else if (std::exchange(shell_.wants_secret, false)) {
            session::secret_known found;
            if (what % 4 == 0) found.trouble = fault{sqlstate::cannot_connect_now, "not now"};
            if (what % 4 == 1) found.secret = session::make_user_secret("secret", "0123456789abcdef");
            if (what % 4 == 2) found.secret = session::make_user_secret("md5a2e43c5e0f2ef04b3ff5f8ed6a0c0be6", "");
            shell_.tell_and_read(std::move(found));
        }
    }

    void identify() {
        static const session::parameter_map welcome{{"server_version", "15.20"}};
        if (!std::exchange(shell_.wants_identity, false) || shell_.closed) return;
        shell_.tell_and_read(session::identified{&welcome, 5000000, "secr", &world_.counters, &world_.view, "10.1.2.3:5"});
    }

    void act(unsigned char what) {
        switch (what % 17) {
            case 0: shell_.client_sends(bytes(some())); break;
            case 1: shell_.client_sends(said_by_client(next())); break;
            case 2: shell_.client_sends(said_by_client(next())); break;
            case 3: from_server(bytes(some())); break;
            case 4: from_server(said_by_server(next())); break;
            case 5: from_server(said_by_server(next())); break;
            case 6:
            case 7:
                if (shell_.asked) shell_.grant();
                break;
            case 8:
                if (shell_.lease != nullptr) shell_.backend_closes(*shell_.lease);
                break;
            case 9:
                if (shell_.asked) shell_.refuse({"53300", "too many"}, next() % 2 == 1);
                break;
            case 10: shell_.pass_time(milliseconds(next() * 10)); break;
            case 11:
                shell_.tell_and_read(session::position_known{shell_.asked_position.value_or(0), session::at_lsn(next())});
                break;
            case 12: change_cluster(next()); break;
            case 13: shell_.tell_and_read(session::cancel_requested{}); break;
            case 14:
                if (shell_.wants_tls) {
                    shell_.wants_tls = false;
                    shell_.tell_and_read(session::tls_established{false, next() % 2 == 1, "ann", "end point"});
                }
                break;
            case 15: look_up(next()); break;
            default: shell_.tell_and_read(session::drain_begun{});
        }
    }

    void from_server(const bytes& data) {
        if (shell_.lease != nullptr) {
            shell_.backend_sends(*shell_.lease, data);
        } else if (shell_.last_released != nullptr &&
                   shell_.last_released->now == session::fake_backend::state::cleaning) {
            shell_.backend_sends(*shell_.last_released, data);
        }
    }

    void change_cluster(unsigned char how) {
        world_.cluster_becomes([&](cluster::snapshot& next) {
            const auto number = static_cast<std::size_t>(how % 3);
            next.nodes[number].up = how % 2 == 1;
            if (how % 5 == 0) {
                next.primary = node_id{static_cast<std::uint16_t>(number)};
                for (auto& n : next.nodes) n.is = n.id == *next.primary ? cluster::role::primary : cluster::role::replica;
            }
            if (how % 7 == 0) next.primary.reset();
        });
        shell_.tell_and_read(session::cluster_changed{});
    }

    static bytes said_by_client(unsigned char which) {
        using namespace session::ask;
        switch (which % 20) {
            case 0: return query("select 1");
            case 1: return query("insert into t values (1)");
            case 2: return query("begin");
            case 3: return query("begin read only");
            case 4: return query("commit");
            case 5: return query("rollback");
            case 6: return query("set work_mem = '1MB'");
            case 7: return query("select 1; insert into t values (1); commit");
            case 8: return parse("a", "select $1") + sync();
            case 9: return bind("", "a", {"1"}) + execute() + sync();
            case 10: return extended("select 1") + sync();
            case 11: return extended("insert into t values (1)") + flush();
            case 12: return describe("a") + flush();
            case 13: return close("a") + sync();
            case 14: return query("copy t from stdin");
            case 15: return copy_data("1\n") + copy_done();
            case 16: return query("listen x");
            case 17: return query("prepare p as select 1") + query("execute p");
            case 18: return query("discard all");
            default: return sync();
        }
    }

    static bytes said_by_server(unsigned char which) {
        switch (which % 20) {
            case 0: return reply().ready('I').str();
            case 1: return reply().ready('T').str();
            case 2: return reply().ready('E').str();
            case 3: return reply().command_complete("SELECT 1").str();
            case 4: return reply().command_complete("INSERT 0 1").ready('I').str();
            case 5: return reply().done("BEGIN").str();
            case 6: return reply().one_row('I').str();
            case 7: return reply().one_row('T').str();
            case 8: return reply().error("25006", "read only").ready('E').str();
            case 9: return reply().error("57P01", "going down", "FATAL").str();
            case 10: return reply().error("42601", "no").ready('I').str();
            case 11: return reply().parse_complete().str();
            case 12: return reply().bind_complete().str();
            case 13: return reply().row_description().data_row().str();
            case 14: return reply().copy_in().str();
            case 15: return reply().copy_out().copy_data("1\n").copy_done().str();
            case 16: return reply().parameter("TimeZone", "UTC").str();
            case 17: return reply().notification().str();
            case 18: return reply().command_complete("COMMIT").ready('I').str();
            default: return reply().no_data().str();
        }
    }

    bytes_view rest_;
    session::world world_;
    session::fake_shell shell_;
};

}  // namespace

void session(bytes_view in) { play(in).run(); }

}  // namespace weir::fuzz
