// While one lives, time stands still and secret keys come in a fixed order, so that a run that was interrupted and made
// again can be compared with one that was not, byte for byte.
#pragma once

#include <cstdint>

namespace tally::crash {

class Steady {
public:
    Steady();
    ~Steady();
    Steady(const Steady&) = delete;
    Steady& operator=(const Steady&) = delete;

    // The next random bytes are those of this number, then of the ones after it.
    static void draw_from(std::uint64_t number);
};

// What is printed meanwhile goes nowhere.
class Silence {
public:
    Silence();
    ~Silence();
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    int out_;
    int error_;
};

} // namespace tally::crash
