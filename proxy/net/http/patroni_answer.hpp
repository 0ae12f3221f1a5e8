// patroni_answer: the body of Patroni's GET /cluster -> members of the cluster. As of Patroni 2.1 to 4.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cluster/membership.hpp"

namespace weir::net {

/// The members, or what is wrong with the answer. A member without a name is passed over; one whose
/// address is not known yet has none.
std::variant<std::vector<cluster::member>, std::string> read_patroni(std::string_view body);

}  // namespace weir::net
