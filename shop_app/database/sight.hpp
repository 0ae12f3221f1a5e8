// What the visitor whose request a thread serves has seen of the database. Behind Weir a connection that a
// visitor meets next is told, and what it then reads is no older: the shop's servers need no connection in
// common. Straight at PostgreSQL nothing comes of it.
#pragma once

#include <string>

#include "database/connection.hpp"

namespace shop::database {

class sight {
public:
    // token: of the visitor's last request, "" for none. In force in this thread until its end; there is one at
    // a time.
    explicit sight(std::string token);
    ~sight();
    sight(const sight&) = delete;
    sight& operator=(const sight&) = delete;

    // Before a piece of the visitor's work. Throws failure where the connection is of no use.
    static void bring_to(connection& on);
    // After a write, which has been done whatever this comes to.
    static void note(connection& on) noexcept;

    // What there is to tell the visitor; "": nothing new.
    const std::string& gained() const { return gained_; }

private:
    void bring(connection& on);
    void ask(connection& on);

    std::string token_;
    std::string gained_;
};

}  // namespace shop::database
