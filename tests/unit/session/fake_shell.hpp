// fake_shell: a session with what stands around it in a worker, without sockets: it feeds bytes in chunks
// as sockets might, carries out the actions, keeps pooled connections and checks the promises between
// session and shell.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "session/session.hpp"
#include "unit/session/world.hpp"

namespace weir::session {

/// How many bytes come at once from each side; 0: all that there are.
struct chunking {
    std::size_t client = 0;
    std::size_t backend = 0;
};

/// A backend connection, its server being the script.
struct fake_backend {
    enum class state { idle, lent, cleaning, closed };
    node_id node;
    backend_link link;
    state now = state::lent;
    bytes got;  // what it was sent and no check has seen
    std::optional<give_back> how;  // it was given back last
};

class fake_shell {
public:
    fake_shell(world& of, chunking by, const arrival& from = {})
        : world_(of),
          by_(by),
          machine_(std::make_unique<session>(of.env, from, of.now)) {}

    session& machine() { return *machine_; }
    chunking chunks() const { return by_; }

    // ---- what the world does ----
    void client_sends(bytes_view data) {
        socket_.append(data);
        read_client();
    }
    void backend_sends(fake_backend& from, bytes_view data) {
        while (!data.empty() && from.now != fake_backend::state::closed) {
            const auto part = data.substr(0, by_.backend == 0 ? data.size() : by_.backend);
            data.remove_prefix(part.size());
            on_backend_part(from, part);
            read_client();
        }
    }
    void backend_closes(fake_backend& which) {
        const bool lent = which.now == fake_backend::state::lent;
        if (lent) tell(backend_closed{});
        which.now = fake_backend::state::closed;
        read_client();
    }
    fake_backend& grant() {
        EXPECT_TRUE(asked.has_value()) << "no lease was asked for";
        const node_id node = asked.value_or(primary_node);
        asked.reset();
        auto& b = idle_or_new(node);
        b.now = fake_backend::state::lent;
        EXPECT_TRUE(b.link.may_be_lent());
        lease = &b;
        tell(lease_granted{&b.link, node, world_.view.known->nodes[node.value].is == cluster::role::replica});
        read_client();
        return b;
    }
    void delay(bool held) {
        EXPECT_TRUE(asked.has_value()) << "no lease was asked for";
        tell_and_read(lease_delayed{held});
    }
    void let_ask_again() {
        EXPECT_TRUE(asked.has_value()) << "no lease was asked for";
        asked.reset();
        tell_and_read(ask_again{});
    }
    void refuse(const fault& why, bool unreachable) {
        EXPECT_TRUE(asked.has_value()) << "no lease was asked for";
        asked.reset();
        tell_and_read(lease_refused{why, unreachable});
    }
    template <class Event>
    void tell_and_read(Event&& e) {
        tell(std::forward<Event>(e));
        read_client();
    }
    void pass_time(duration by) {
        world_.now += by;
        if (deadline <= world_.now) tell_and_read(time_passed{});
    }

    /// Another client, for whose session the connections are as the last one has left them.
    void next_client() {
        EXPECT_TRUE(closed) << "the last client is still there";
        machine_ = std::make_unique<session>(world_.env, arrival{}, world_.now);
        closed = wants_identity = false;
        wants_client = true;
        deadline = never;
        client_got.clear();
        socket_.clear();
    }
    /// A connection that waits in the pool.
    fake_backend& idle_connection(node_id node) {
        auto& b = idle_or_new(node);
        b.now = fake_backend::state::idle;
        return b;
    }

    // ---- what the session has asked for ----
    bytes client_got;
    std::optional<node_id> asked;
    std::optional<std::uint32_t> asked_position;
    std::optional<cancel_target> cancel;
    std::optional<std::string> console;  // text of the first step
    std::vector<console_step> steps;     // for the console
    std::vector<node_id> probed;
    std::vector<node_id> conflicts;  // of replay with reads
    bool wants_tls = false;
    bool wants_identity = false;
    bool wants_host_name = false;
    bool wants_secret = false;
    bool closed = false;
    bool cancelled_backend = false;
    bool cancelled_console = false;
    bool wants_client = true;
    instant deadline = never;
    fake_backend* lease = nullptr;
    fake_backend* aside = nullptr;
    fake_backend* last_released = nullptr;
    parameter_map connections_report{{"server_version", "15.20"}};
    connection_start connections_start{7, 1, "read committed", ""};

    std::size_t unread() const { return socket_.size(); }
    const std::vector<std::unique_ptr<fake_backend>>& backends() const { return backends_; }

private:
    /// Dies after the event, as a receive buffer that is used again does.
    using heap_copy = std::vector<char>;
    static bytes_view view(const heap_copy& data) { return {data.data(), data.size()}; }

    template <class Event>
    void tell(Event&& e) {
        world_.now += std::chrono::microseconds(1);
        out_.clear();
        machine_->on(std::forward<Event>(e), world_.now, out_);
        carry_out();
    }

    void read_client() {
        while (!socket_.empty() && wants_client && !closed && !wants_tls) {
            const auto size = by_.client == 0 ? socket_.size() : std::min(by_.client, socket_.size());
            const heap_copy part(socket_.data(), socket_.data() + size);
            socket_.erase(0, size);
            tell(client_bytes{view(part)});
        }
    }

    void on_backend_part(fake_backend& from, bytes_view data) {
        const heap_copy part(data.begin(), data.end());
        switch (from.now) {
            case fake_backend::state::lent: tell(backend_bytes{view(part)}); break;
            case fake_backend::state::cleaning: clean(from, view(part)); break;
            case fake_backend::state::idle:
                ADD_FAILURE() << "the script answers on a connection that nobody uses";
                break;
            case fake_backend::state::closed: break;
        }
    }

    void carry_out() {
        out_.client.for_each([&](bytes_view part) { client_got.append(part); });
        if (out_.take_back) {
            if (out_.release) release(*std::exchange(out_.release, std::nullopt));
            ASSERT_NE(aside, nullptr) << "no lease was set aside";
            lease = std::exchange(aside, nullptr);
        }
        if (!out_.backend.empty()) {
            ASSERT_NE(lease, nullptr) << "bytes for a lease that is not held";
            out_.backend.for_each([&](bytes_view part) { lease->got.append(part); });
        }
        if (out_.release) release(*out_.release);
        if (out_.set_aside) {
            EXPECT_EQ(aside, nullptr) << "two leases are set aside";
            aside = std::exchange(lease, nullptr);
        }
        if (out_.release_aside) {
            lease = std::exchange(aside, nullptr);
            release(*out_.release_aside);
        }
        EXPECT_EQ(machine_->has_lease(), lease != nullptr);
        if (out_.drop_request) asked.reset();
        if (out_.take_lease) {
            EXPECT_FALSE(asked.has_value()) << "a lease is asked for twice";
            EXPECT_EQ(lease, nullptr) << "a lease is asked for while one is held";
            asked = out_.take_lease;
        }
        if (out_.ask_position) asked_position = out_.ask_position;
        if (out_.cancel) cancel = out_.cancel;
        if (out_.console) {
            steps = *out_.console;
            console = steps.front().text;
        }
        if (out_.probe.valid()) probed.push_back(out_.probe);
        if (out_.conflict.valid()) conflicts.push_back(out_.conflict);
        wants_tls = wants_tls || out_.start_tls;
        wants_identity = wants_identity || out_.identify;
        wants_host_name = wants_host_name || out_.look_up_host;
        wants_secret = wants_secret || out_.look_up_secret;
        cancelled_backend = cancelled_backend || out_.cancel_backend;
        cancelled_console = cancelled_console || out_.cancel_console;
        closed = closed || out_.close_client;
        wants_client = out_.want_client;
        deadline = out_.deadline;
        out_.spent.clear();  // freed, so that whatever still looks at them is found
        bytes().swap(out_.input);
    }

    void release(const give_back& how) {
        ASSERT_NE(lease, nullptr) << "a lease is given back that is not held";
        auto& b = *lease;
        last_released = lease;
        lease = nullptr;
        b.how = how;
        if (how.close) {
            b.now = fake_backend::state::closed;
        } else if (how.clean()) {
            EXPECT_TRUE(b.link.may_be_lent());
            EXPECT_TRUE(out_.backend_rest.empty());
            b.now = fake_backend::state::idle;
        } else {
            b.now = fake_backend::state::cleaning;
            b.link.begin_cleaning(how, b.got);
            clean(b, out_.backend_rest);
        }
    }

    void clean(fake_backend& b, bytes_view data) {
        auto clean = b.link.on_cleaning_bytes(data);
        if (!clean) {
            b.now = fake_backend::state::closed;
        } else if (*clean) {
            b.now = fake_backend::state::idle;
        }
    }

    fake_backend& idle_or_new(node_id node) {
        for (auto& b : backends_)
            if (b->now == fake_backend::state::idle && b->node == node) return *b;
        backends_.push_back(std::make_unique<fake_backend>());
        backends_.back()->node = node;
        backends_.back()->link.parameters = connections_report;
        backends_.back()->link.start = connections_start;
        backends_.back()->link.at_start = std::make_shared<const parameter_map>(connections_report);
        return *backends_.back();
    }

    world& world_;
    chunking by_;
    bytes socket_;  // sent by the client and not read
    std::vector<std::unique_ptr<fake_backend>> backends_;
    std::unique_ptr<session> machine_;
    actions out_;
};

}  // namespace weir::session
