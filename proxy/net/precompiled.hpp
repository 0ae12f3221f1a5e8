// Headers that nearly every file of net/ needs and that take long to compile.
#pragma once

#include <spdlog/spdlog.h>

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>
