// What the visitor whose request a thread serves has seen of the database. Behind Weir a connection that a
// visitor meets next is told, and what it then reads is no older: the shop's servers need no connection in
// common. Straight at PostgreSQL nothing comes of it.
#pragma once

#include <string>
#include <vector>

#include "database/connection.hpp"

namespace shop::database {

class sight {
public:
    // tokens: of the visitor's last request, one of each cluster. In force in this thread until its end; there is one
    // at a time.
    explicit sight(std::vector<std::string> tokens);
    ~sight();
    sight(const sight&) = delete;
    sight& operator=(const sight&) = delete;

    // Before a piece of the visitor's work. Throws failure where the connection is of no use.
    static void bring_to(connection& on);
    // After a write, which has been done whatever this comes to. What the connection has seen by now, "" where it
    // cannot be had.
    static std::string note(connection& on) noexcept;
    // One token that is nobody's in particular, to a connection of its cluster.
    static void bring(connection& on, const std::string& token);

    bool has_gained() const { return has_gained_; }
    const std::vector<std::string>& tokens() const { return tokens_; }

private:
    void keep(const std::string& token);

    std::vector<std::string> tokens_;
    bool has_gained_ = false;
};

}  // namespace shop::database
