// host_name: the name of a client's host, confirmed: the address that it stands for is the client's (as check_hostname()
// of PostgreSQL's hba.c does it). The system's resolver can only block, so it does that on threads nobody waits for.
#pragma once

#include <functional>
#include <string>

namespace weir::net {

/// address: "10.1.2.3:5000" or "[::1]:5000". Answers on another thread; an empty name: there is none, or too many are
/// being looked up.
void look_up_host_name(const std::string& address, std::function<void(std::string name)> answer);

}  // namespace weir::net
