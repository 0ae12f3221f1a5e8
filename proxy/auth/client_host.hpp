// client_host: whose limits a client's address counts for: its host, without the port; of IPv6 the network of 64 bits,
// because whoever has one address there has all of them.
#pragma once

#include <string>
#include <string_view>

namespace weir::auth {

/// address: "10.1.2.3:5000", "[2001:db8::1]:5000" or "unix". What is no address stays as it is.
std::string client_host(std::string_view address);

}  // namespace weir::auth
