#include "recorder/processes/process_event.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <vector>

using namespace tally;
using namespace tally::processes;

namespace {

using Words = std::vector<std::uint32_t>;

// A message as the kernel makes it: always the whole structure, what is not told is zero.
std::string message(std::uint32_t what, std::uint32_t cpu, std::uint32_t sequence, std::uint64_t ns, Words body) {
    constexpr std::size_t body_words = 6;
    body.resize(body_words);
    nlmsghdr header{};
    cn_msg connector{};
    connector.id = {CN_IDX_PROC, CN_VAL_PROC};
    connector.seq = sequence;
    connector.len = 16 + 4 * body_words;
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof connector + connector.len);
    header.nlmsg_type = NLMSG_DONE;
    std::string text;
    const auto add = [&](const auto& part) { text.append(reinterpret_cast<const char*>(&part), sizeof part); };
    add(header);
    add(connector);
    add(what);
    add(cpu);
    add(ns);
    for (const std::uint32_t word : body) {
        add(word);
    }
    return text;
}

std::vector<ProcessEvent> events_of(const std::string& datagram, bool whole = true) {
    std::vector<ProcessEvent> events;
    CHECK(read_events(as_bytes(datagram), [&](const ProcessEvent& event) { events.push_back(event); }) == whole);
    return events;
}

ProcessEvent numbered(std::uint32_t cpu, std::uint32_t sequence, std::uint64_t ns) {
    ProcessEvent event;
    event.what = What::exec;
    event.cpu = cpu;
    event.sequence = sequence;
    event.monotonic_ns = ns;
    return event;
}

} // namespace

TEST_CASE("each kind of event is read") {
    const auto fork = events_of(message(1, 3, 77, 5'000'000'123, {10, 11, 20, 21}));
    REQUIRE(fork.size() == 1);
    CHECK(fork[0].what == What::fork);
    CHECK(fork[0].cpu == 3);
    CHECK(fork[0].sequence == 77);
    CHECK(fork[0].monotonic_ns == 5'000'000'123);
    CHECK(fork[0].parent == 11);
    CHECK(fork[0].pid == 20);
    CHECK(fork[0].process == 21);
    const auto exec = events_of(message(2, 0, 1, 1, {30, 31}));
    CHECK((exec.at(0).what == What::exec && exec[0].pid == 30 && exec[0].process == 31));
    const auto exit = events_of(message(0x80000000U, 0, 1, 1, {40, 41, 0x8b, 17}));
    CHECK((exit.at(0).what == What::exit && exit[0].process == 41 && exit[0].exit_code == 0x8b));
    CHECK(events_of(message(0x40000000U, 0, 1, 1, {40, 41})).at(0).what == What::core_dump);
    CHECK(events_of(message(4, 0, 1, 1, {40, 41})).at(0).what == What::other);
    const auto answer = events_of(message(0, 0xFFFFFFFFU, 0, 1, {1}));
    CHECK((answer.at(0).what == What::acknowledged && answer[0].exit_code == 1));
}

TEST_CASE("several messages of a datagram are read, and what stands before a damaged one") {
    const std::string one = message(2, 0, 1, 1, {30, 31});
    CHECK(events_of(one + one + one).size() == 3);
    CHECK(events_of(one + one.substr(0, 40), false).size() == 1);
    CHECK(events_of(one + "x", false).size() == 1);
    CHECK(events_of("").empty());
}

TEST_CASE("what is no event of the connector is refused") {
    const std::string good = message(2, 0, 1, 1, {30, 31});
    const auto with = [&](std::size_t at, std::uint32_t value) {
        std::string text = good;
        std::memcpy(text.data() + at, &value, sizeof value);
        return text;
    };
    CHECK(events_of(with(0, 8), false).empty()); // shorter than its own head
    CHECK(events_of(with(0, 0xFFFFFFFFU), false).empty());
    CHECK(events_of(with(4, 2), false).empty());  // an error message
    CHECK(events_of(with(16, 2), false).empty()); // another connector
    CHECK(events_of(with(20, 2), false).empty());
    CHECK(events_of(with(32, 0xFFFF), false).empty()); // longer than the message
    CHECK(events_of(with(32, 12), false).empty());
    CHECK(events_of(with(32, 20), false).empty()); // too short for an exec
}

TEST_CASE("what is missing of each processor's numbers is counted exactly") {
    SequenceCount count;
    count.see(numbered(0, 10, 100));
    count.see(numbered(1, 900, 110));
    count.see(numbered(0, 11, 120));
    CHECK(count.take().count == 0);
    count.see(numbered(0, 15, 200));  // 12, 13, 14
    count.see(numbered(1, 902, 190)); // 901
    const auto loss = count.take();
    CHECK(loss.count == 4);
    CHECK(loss.from_ns == 110);
    CHECK(loss.to_ns == 200);
    CHECK(count.take().count == 0);
    ProcessEvent answer = numbered(0, 0, 300);
    answer.what = What::acknowledged;
    count.see(answer);
    count.see(numbered(0, 16, 310));
    CHECK(count.take().count == 0);
}

TEST_CASE("numbers begin again after the last one") {
    SequenceCount count;
    count.see(numbered(0, 0xFFFFFFFFU, 1));
    count.see(numbered(0, 0, 2));
    CHECK(count.take().count == 0);
    count.see(numbered(0, 2, 3));
    CHECK(count.take().count == 1);
}
