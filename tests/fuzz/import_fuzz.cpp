// A log file of a stranger through the whole import: plain, gzip or zstd, surveyed, named, read again and turned into
// records. Every record is a canonical line; the same file again adds nothing.
#include "tests/fuzz/harness.hpp"

#include "recorder/capture/importer.hpp"
#include "tally/line/limits.hpp"
#include "tally/line/parse.hpp"

#include <set>
#include <sys/mman.h>

using namespace tally;
using namespace tally::capture;

namespace {

class Remembered : public Memory {
public:
    [[nodiscard]] bool seen(std::int64_t second, EventId event) override { return events_.contains({second, event}); }
    void remember(std::int64_t second, EventId event) override { events_.emplace(second, event); }
    void forget_changes() { changes_.clear(); }

private:
    void keep_daemon(const Source& /*source*/, const std::string& /*daemon*/) override {}
    void keep_stop(const Source& /*source*/, const std::string& /*daemon*/, std::int64_t /*at*/) override {}
    void keep_component(const Source& /*source*/, const std::string& /*package*/, const std::string& /*component*/,
                        std::uint64_t /*seq*/) override {}
    void keep_file(const Source& /*source*/, const ImportedFile& /*file*/) override {}

    std::set<std::pair<std::int64_t, EventId>> events_;
};

class Lines : public Sink {
public:
    explicit Lines(Remembered& memory) : memory_(&memory) {}
    std::uint64_t append(std::string_view fields) override {
        FUZZ_REQUIRE(!parsed_.parse(fields, line::max_record) && parsed_.string("t"));
        return count_++;
    }
    void commit() override { memory_->forget_changes(); }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    Remembered* memory_;
    line::Fields parsed_;
    std::uint64_t count_ = 0;
};

bool import(const os::fs::path& path, Remembered& memory, Lines& lines) {
    static const TimeZone zone = TimeZone::load("Europe/Madrid").value();
    LineSource source(path, "/dev/shm");
    const auto seen = survey(source, {});
    if (!seen) {
        FUZZ_REQUIRE(!seen.fault().what.empty());
        return false;
    }
    const auto names = name_sources(*seen, known_sources(memory), "fuzz");
    if (!names || !zone_agrees(*names, memory, zone.name())) {
        return false;
    }
    const auto outcome = import_log(source, *seen, *names, {&memory, &lines, &zone});
    FUZZ_REQUIRE(outcome);
    for (const auto& one : outcome->sources) {
        FUZZ_REQUIRE(one.counts.named().size() > 10 && one.written <= lines.count());
    }
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    os::Descriptor file(::memfd_create("log", MFD_CLOEXEC));
    os::write_all(file, as_text({data, size}), "log");
    const os::fs::path path = "/proc/self/fd/" + std::to_string(file.get());
    Remembered memory;
    Lines lines(memory);
    if (import(path, memory, lines)) {
        const std::uint64_t written = lines.count();
        FUZZ_REQUIRE(import(path, memory, lines) && lines.count() == written);
    }
    return 0;
}
