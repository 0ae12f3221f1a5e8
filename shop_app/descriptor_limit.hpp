// How many files and sockets this process may have open at once.
#pragma once

#include <cstddef>

namespace shop {

// Raises the soft limit to `wanted` where the hard one allows it; the limit that holds then.
std::size_t raise_descriptor_limit(std::size_t wanted);

}  // namespace shop
