// Boost.JSON, compiled once for all who include it (its documentation, "Header-Only").
#include <boost/json/src.hpp>
