#include "cluster/snapshot.hpp"

namespace weir::cluster {

std::string_view to_string(role r) {
    switch (r) {
        case role::unknown:
            return "unknown";
        case role::primary:
            return "primary";
        case role::replica:
            return "replica";
    }
    return "unknown";
}

}  // namespace weir::cluster
