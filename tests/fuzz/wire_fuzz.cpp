// What the confined process says to its parent, from one that an attacker has taken over: every message is refused by an
// Error or read to values that are written again as they came, with printable texts; and rows are records of the logs
// that were promised, in their order. Its questions are answered from the memory, or refused. Byte 0 chooses the kind of
// message.
#include "tests/fuzz/harness.hpp"

#include "verifier/check/asking.hpp"
#include "verifier/check/rows.hpp"

using namespace tally;
using namespace tally::check;

namespace {

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

template <class... Parts>
std::string spelled(const Parts&... parts) {
    WireWriter wire;
    wire(parts...);
    return wire.bytes();
}

// What was read is written and read again as the same; texts with bytes that were replaced have kept their length.
template <class... Parts>
void read_twice(std::string_view bytes, Parts&... parts) {
    WireReader wire(bytes);
    wire(parts...);
    wire.done();
    const std::string once = spelled(parts...);
    FUZZ_REQUIRE(once.size() == bytes.size());
    WireReader again(once);
    again(parts...);
    again.done();
    FUZZ_REQUIRE(spelled(parts...) == once);
}

void as_report(std::string_view bytes) {
    Report report;
    read_twice(bytes, report);
    for (const auto& finding : report.findings) {
        FUZZ_REQUIRE(printable(to_text(finding)) && !name(finding.code).empty());
    }
    for (const auto& log : report.logs) {
        FUZZ_REQUIRE(printable(log.host) && printable(log.label) && printable(log.role));
    }
    FUZZ_REQUIRE(printable(report.site) && printable(report.agreement));
}

void as_verified(std::string_view bytes) {
    std::uint64_t created = 0;
    std::vector<VerifiedLog> logs;
    std::vector<RosterEntry> enrolled;
    std::vector<Arrival> arrivals;
    Hash set{};
    read_twice(bytes, created, logs, enrolled, arrivals, set);
}

void as_seals(std::string_view bytes) {
    std::vector<AcceptedSeal> seals;
    read_twice(bytes, seals);
    for (const auto& seal : seals) {
        FUZZ_REQUIRE(line::CompactRange::from(seal.after.range.size(), seal.after.range.hashes()));
    }
}

// Two logs with three lines each, of which the second log's first was accepted earlier.
void as_rows(std::string_view bytes) {
    static const std::vector<VerifiedLog> logs{{"H1", "", "station", {}, 0, 0, 3}, {"H2", "", "recorder", {}, 0, 1, 3}};
    RowReader reader(logs);
    std::uint64_t count = 0;
    reader.read(bytes, [&](const LineView& line) {
        FUZZ_REQUIRE(count < 5 && line.log == (count < 3 ? 0U : 1U) && line.seq == (count < 3 ? count : count - 2));
        FUZZ_REQUIRE(line.fields->string("host") == logs[line.log].host && line.fields->integer("seq") == line.seq);
        for (const auto& [key, value] : *line.fields) {
            FUZZ_REQUIRE(key.data() >= line.bytes.data() && value.text.data() >= line.bytes.data());
            FUZZ_REQUIRE(key.data() + key.size() <= line.bytes.data() + line.bytes.size());
            FUZZ_REQUIRE(value.text.data() + value.text.size() <= line.bytes.data() + line.bytes.size());
        }
        ++count;
    });
    FUZZ_REQUIRE(reader.complete() == (count == 5));
}

// Remembers one of each kind, and what it was asked for.
class OneOfEach : public Memory {
public:
    [[nodiscard]] std::optional<Position> position(const std::string& host) const override {
        ask(host);
        return Position{};
    }
    [[nodiscard]] std::optional<Hash> root_at(const std::string& host, std::uint64_t) const override {
        ask(host);
        return Hash{};
    }
    [[nodiscard]] std::vector<RosterEntry> roster(const std::string& site) const override {
        ask(site);
        return {{site, "A", {}}};
    }
    [[nodiscard]] std::vector<Hash> accepted(const std::string& site, const std::string& agreement,
                                             std::uint64_t) const override {
        ask(site + agreement);
        return {Hash{}};
    }
    [[nodiscard]] std::uint64_t asked() const { return asked_; }

private:
    void ask(const std::string& name) const {
        FUZZ_REQUIRE(printable(name));
        ++asked_;
    }
    mutable std::uint64_t asked_ = 0;
};

void as_question(const std::string& bytes) {
    const OneOfEach memory;
    FUZZ_REQUIRE(!Asked(bytes).answer(memory).empty() && memory.asked() <= 1);
}

void as_sandbox(std::string_view bytes) {
    Sandbox sandbox;
    read_twice(bytes, sandbox);
    FUZZ_REQUIRE(!to_text(sandbox).empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const std::string_view rest = bytes.substr(std::min<std::size_t>(1, size));
    try {
        switch (bytes.empty() ? '\0' : bytes[0]) {
        case 'r':
            as_report(rest);
            break;
        case 'v':
            as_verified(rest);
            break;
        case 's':
            as_seals(rest);
            break;
        case 'l':
            as_rows(rest);
            break;
        case 'q':
            as_question(std::string(rest));
            break;
        default:
            as_sandbox(rest);
        }
    } catch (const Error&) { // refused
    }
    return 0;
}
