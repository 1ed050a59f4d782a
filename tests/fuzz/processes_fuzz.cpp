// What the kernel says of processes, as a stranger might want it to be: messages of the connector, texts of /proc, boot
// records. The first byte says how the rest is read.
#include "tests/fuzz/harness.hpp"

#include "recorder/processes/boot_records.hpp"
#include "recorder/processes/proc_text.hpp"
#include "recorder/processes/process_event.hpp"

#include <algorithm>

namespace {

using namespace tally;
using namespace tally::processes;

void check_events(Bytes datagram) {
    constexpr std::size_t least_message = 16 + 20 + 16;
    std::size_t events = 0;
    SequenceCount count;
    read_events(datagram, [&](const ProcessEvent& event) {
        ++events;
        count.see(event);
    });
    FUZZ_REQUIRE(events * least_message <= datagram.size());
    FUZZ_REQUIRE(count.take().count <= events << 32U);
    FUZZ_REQUIRE(count.take().count == 0);
}

void check_texts(std::string_view text) {
    if (const auto stat = read_stat(text)) {
        FUZZ_REQUIRE(stat->pid > 0 && stat->parent >= 0);
        FUZZ_REQUIRE(text.size() <= most_stat && text.starts_with(std::to_string(stat->pid) + " ("));
    }
    if (const auto uid = read_loginuid(text)) {
        FUZZ_REQUIRE(read_loginuid(std::to_string(*uid)) == uid);
    }
    if (const auto uid = read_uid(text)) {
        FUZZ_REQUIRE(text.find("Uid:\t" + std::to_string(*uid)) != std::string_view::npos ||
                     text.find("Uid:\t0") != std::string_view::npos);
    }
    const std::string line = read_command_line(text);
    FUZZ_REQUIRE(line.size() <= 3 * most_command_line);
    FUZZ_REQUIRE(line.find('\0') == std::string::npos);
    FUZZ_REQUIRE(text.starts_with(program_path(text)));
}

void check_boot_records(std::string_view text) {
    for (const auto& span : read_boot_records(text)) {
        FUZZ_REQUIRE(0 < span.from_s && span.from_s < span.to_s && span.how == "wtmp");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const Bytes rest = Bytes(data, size).subspan(1);
    if (data[0] == 'e') {
        check_events(rest);
    } else if (data[0] == 'b') {
        check_boot_records(as_text(rest));
    } else {
        check_texts(as_text(rest));
    }
    return 0;
}
