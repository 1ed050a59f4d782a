// Writes made-up sessions of any size to standard output: "generate flexnet N" as a FlexNet debug log, "generate lines N"
// as canonical lines of one log without seals.
#include "tests/bench/render.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace tally::bench;

int main(int count, char** arguments) {
    const bool flexnet = count == 3 && std::strcmp(arguments[1], "flexnet") == 0;
    if (!flexnet && (count != 3 || std::strcmp(arguments[1], "lines") != 0)) {
        std::fprintf(stderr, "usage: %s flexnet|lines SESSIONS\n", arguments[0]);
        return 2;
    }
    SessionStream events(std::strtoull(arguments[2], nullptr, 10));
    const auto put = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); };
    if (flexnet) {
        write_flexnet(events, put);
    } else {
        LineSpeller speller("HAAAAAAAAAAAAAAAAAAAAAAAA");
        std::uint64_t seq = 0;
        for (Event event; events.next(event); ++seq) {
            put(speller.spell(event, seq));
            put("\n");
        }
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
