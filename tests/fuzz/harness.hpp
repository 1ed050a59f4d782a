// What every harness includes: the entry point that libFuzzer and replay.cpp call, and a check that ends the run.
// A harness never fails on input that is refused; it fails when an answer contradicts itself.
#pragma once

#include "tally/base/encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

#define FUZZ_REQUIRE(expression) \
    do { \
        if (!(expression)) { \
            std::fprintf(stderr, "fuzz: %s (%s:%d)\n", #expression, __FILE__, __LINE__); \
            std::abort(); \
        } \
    } while (false)
