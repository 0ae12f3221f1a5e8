// storm: what the seed lets happen to the nodes, for a time; then it passes: one primary, all others follow it.
#pragma once

#include <memory>
#include <vector>

#include "simulation/node.hpp"
#include "simulation/plan.hpp"
#include "simulation/server.hpp"

namespace weir::simulation {

class storm {
public:
    storm(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes);

    void begin();
    bool is_over() const { return over_; }
    /// Of the highest timeline.
    node& primary();
    std::size_t failovers() const { return failovers_; }

private:
    void blow();
    void pass();
    void disturb_replica();
    void disturb_primary();
    void strike(unsigned how);
    void aim_at_commits();
    void change_lag();
    void change_primary(node& to);
    void fail_over(node& from);
    void switch_over();
    void two_primaries();
    void let_follow(node& one);
    void end_a_connection(node& of, bool only_idle_in_transaction);
    node* replica();
    node* successor(node& of);
    duration soon(milliseconds most) { return in_.chances.between(milliseconds(1), most); }

    surroundings& in_;
    const plan& plan_;
    std::vector<std::unique_ptr<node>>& nodes_;
    std::uint32_t timeline_ = 1;
    std::size_t failovers_ = 0;
    bool primary_moves_ = false;
    bool over_ = false;
};

}  // namespace weir::simulation
