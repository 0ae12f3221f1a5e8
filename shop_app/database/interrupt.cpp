#include "database/interrupt.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace shop::database {

interrupt::interrupt() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

interrupt::~interrupt() { close(descriptor_); }

void interrupt::ring() { eventfd_write(descriptor_, 1); }

}  // namespace shop::database
