// The lines of a script, one by one. Included by script.hpp alone.
#pragma once

namespace weir::session {

inline script& script::logs_in(const std::vector<wire::startup_parameter>& parameters) {
    shell_.client_sends(ask::startup(parameters));
    static const parameter_map welcome{{"server_version", "15.20"}};
    identified_with(&welcome);
    shell_.client_got.clear();
    return *this;
}

inline script& script::identified_with(const parameter_map* welcome) {
    EXPECT_TRUE(shell_.wants_identity);
    shell_.tell_and_read(
        identified{welcome, 5000000, "secr", &world_.counters, &world_.view, "10.1.2.3:5000"});
    return *this;
}

inline script& script::grant(where w) {
    if (!shell_.asked) fail(w, "no lease was asked for");
    if (shell_.asked) shell_.grant();
    return *this;
}

inline script& script::backend(bytes_view data, where w) {
    auto* to = shell_.lease;
    if (to == nullptr) {
        fail(w, "no lease is held");
    } else {
        shell_.backend_sends(*to, data);
    }
    return *this;
}

inline script& script::backend_closes(where w) {
    if (shell_.lease == nullptr) {
        fail(w, "no lease is held");
    } else {
        shell_.backend_closes(*shell_.lease);
    }
    return *this;
}

inline script& script::old_backend(bytes_view data, where w) {
    if (shell_.last_released == nullptr) {
        fail(w, "no lease was given back");
    } else {
        shell_.backend_sends(*shell_.last_released, data);
    }
    return *this;
}

inline script& script::replica_reaches(node_id which, std::uint64_t at) {
    world_.cluster_becomes([&](cluster::snapshot& next) {
        next.nodes[which.value].known = at_lsn(at);
        next.nodes[which.value].probed = world_.now;
    });
    shell_.tell_and_read(cluster_changed{});
    return *this;
}

inline script& script::primary_goes() {
    world_.cluster_becomes([](cluster::snapshot& next) {
        next.primary.reset();
        next.nodes[0].up = false;
    });
    shell_.tell_and_read(cluster_changed{});
    return *this;
}

inline script& script::primary_comes() {
    world_.cluster_becomes([](cluster::snapshot& next) {
        next.primary = primary_node;
        next.nodes[0].up = true;
    });
    shell_.tell_and_read(cluster_changed{});
    return *this;
}

inline script& script::expects_lease(node_id node, where w) {
    if (node != primary_node && !shell_.asked && machine().now_in() == phase::waiting) position(0x100);
    if (!shell_.asked) {
        fail(w, "no lease is asked for");
    } else {
        same(w, "the lease is asked for at node", shell_.asked->value, node.value);
    }
    return *this;
}

inline script& script::expects_replica(where w) {
    if (!shell_.asked && machine().now_in() == phase::waiting) position(0x100);
    if (!shell_.asked) {
        fail(w, "no lease is asked for");
    } else if (*shell_.asked == primary_node) {
        fail(w, "the lease is asked for at the primary");
    }
    return *this;
}

inline script& script::expects_no_lease(where w) {
    if (shell_.asked) fail(w, "a lease is asked for at node " + std::to_string(shell_.asked->value));
    return *this;
}

inline script& script::backend_got(bytes_view expected, where w) {
    if (shell_.lease == nullptr) {
        fail(w, "no lease is held");
        return *this;
    }
    same(w, "the backend got", shown_to_server(shell_.lease->got, names_),
         shown_to_server(expected, as_written_));
    shell_.lease->got.clear();
    return *this;
}

inline script& script::old_backend_got(bytes_view expected, where w) {
    if (shell_.last_released == nullptr) {
        fail(w, "no lease was given back");
        return *this;
    }
    same(w, "the connection given back got", shown_to_server(shell_.last_released->got, names_),
         shown_to_server(expected, as_written_));
    shell_.last_released->got.clear();
    return *this;
}

inline script& script::client_got(bytes_view expected, where w) {
    same(w, "the client got", shown_to_client(shell_.client_got), shown_to_client(expected));
    shell_.client_got.clear();
    return *this;
}

inline script& script::keeps_lease(where w) {
    if (shell_.lease == nullptr) fail(w, "the lease is not held any more");
    return *this;
}

inline script& script::released(const give_back& how, const char* word, where w) {
    if (shell_.lease != nullptr) {
        fail(w, "the lease is still held");
    } else if (shell_.last_released == nullptr) {
        fail(w, "no lease was given back");
    } else {
        const auto& given = *shell_.last_released->how;
        const bool same_way = given.close == how.close && given.roll_back == how.roll_back &&
                              given.discard == how.discard;
        if (!same_way)
            fail(w, std::string("not given back ") + word + ": close " + std::to_string(given.close) +
                        ", roll back " + std::to_string(given.roll_back) + ", discard " +
                        std::to_string(given.discard));
    }
    return *this;
}

inline script& script::old_backend_is(fake_backend::state state, where w) {
    if (shell_.last_released == nullptr) {
        fail(w, "no lease was given back");
    } else {
        same(w, "the connection given back is", static_cast<int>(shell_.last_released->now),
             static_cast<int>(state));
    }
    return *this;
}

inline script& script::asked_position(where w) {
    if (!shell_.asked_position) fail(w, "no position was asked for");
    return *this;
}

inline script& script::asked_no_position(where w) {
    if (shell_.asked_position) fail(w, "a position was asked for");
    return *this;
}

inline script& script::is_in(phase p, where w) {
    same(w, "phase", to_string(machine().now_in()), to_string(p));
    return *this;
}

inline script& script::pinned_by(query::pin_cause causes, where w) {
    same(w, "pins", static_cast<int>(machine().pins()), static_cast<int>(causes));
    return *this;
}

inline script& script::closed_client(where w) {
    if (!shell_.closed) fail(w, "the client was not closed");
    return *this;
}

inline script& script::cancelled_backend(where w) {
    if (!shell_.cancelled_backend) fail(w, "the backend was not cancelled");
    shell_.cancelled_backend = false;
    return *this;
}

inline script& script::because(routing::reason why, where w) {
    const std::string word(routing::to_string(why));
    if (world_.explained.empty()) {
        fail(w, "nothing was decided");
    } else if (world_.explained.back().find(word) == std::string::npos) {
        fail(w, "not for the reason " + word + ": " + world_.explained.back());
    }
    return *this;
}

inline script& script::ends(where w) {
    same(w, "left over, the client got", shown_to_client(shell_.client_got),
         std::vector<std::string>{});
    for (const auto& b : shell_.backends())
        same(w, "left over, a backend got", shown_to_server(b->got, names_), std::vector<std::string>{});
    if (shell_.asked) fail(w, "left over, a lease is asked for");
    if (shell_.cancelled_backend) fail(w, "left over, a backend was cancelled");
    if (!shell_.closed) same(w, "left over, bytes of the client", shell_.unread(), 0u);
    return *this;
}

inline script& script::reads_on(node_id node, where w) {
    client(ask::query("select 1")).expects_lease(node, w);
    return read_is_answered(w);
}

inline script& script::reads_on_a_replica(where w) {
    client(ask::query("select 1")).expects_replica(w);
    return read_is_answered(w);
}

inline script& script::read_is_answered(where w) {
    return grant(w)
        .backend_got(ask::query("select 1"), w)
        .backend(reply().one_row(), w)
        .client_got(reply().one_row(), w)
        .released_clean(w);
}

inline script& script::writes(std::uint64_t position_after, where w) {
    shell_.asked_position.reset();
    writes_unasked(w).asked_position(w);
    return position_after == 0 ? *this : position(position_after);
}

inline script& script::writes_unasked(where w) {
    const auto text = "insert into t values (1)";
    return client(ask::query(text))
        .expects_lease(primary_node, w)
        .grant(w)
        .backend_got(ask::query(text), w)
        .backend(reply().command_complete("INSERT 0 1").ready('I'), w)
        .client_got(reply().command_complete("INSERT 0 1").ready('I'), w)
        .released_clean(w);
}

}  // namespace weir::session
