// The other service could not be asked, or gave no answer that makes sense.
#pragma once

#include <stdexcept>

namespace shop::service {

class peer_unreachable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace shop::service
