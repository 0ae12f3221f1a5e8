// What a case is: a name and a function that throws where something differs from what PostgreSQL
// does.
#pragma once

#include <string>
#include <vector>

struct client {
    int number;         // 0, 1, ...: each runs all cases at the same time as the others
    std::string table;  // (id integer primary key, word text): this client's own, ten rows at first
};

struct named_case {
    const char* name;
    void (*run)(const client&);
    bool alone =
        false;  // takes two connections at a time, so that all clients at once would starve
};

extern const std::vector<named_case> query_cases;
extern const std::vector<named_case> pipeline_cases;
extern const std::vector<named_case> stream_cases;
extern const std::vector<named_case> session_cases;
