// A bell that wakes every thread waiting for the database, so that the program can end while the
// database does not answer. Once rung it stays rung.
#pragma once

namespace shop::database {

class interrupt {
public:
    interrupt();
    ~interrupt();
    interrupt(const interrupt&) = delete;
    interrupt& operator=(const interrupt&) = delete;

    void ring();
    // Readable once it was rung.
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace shop::database
