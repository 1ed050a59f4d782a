// A file of a stranger through the whole import of one kind of log: surveyed, named, read again and turned into records.
// Every record is a canonical line; the same file again adds nothing.
#pragma once

#include "tests/fuzz/harness.hpp"

#include "recorder/capture/importer.hpp"
#include "tally/line/limits.hpp"
#include "tally/line/parse.hpp"

#include <memory>
#include <set>
#include <sys/mman.h>

namespace tally::fuzz {

using capture::EventId;
using capture::ImportedFile;
using capture::Source;

class Remembered : public capture::Memory {
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

class Lines : public capture::Sink {
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

// False when the file is refused.
inline bool import(const os::fs::path& path, capture::LogFormat& format, Remembered& memory, Lines& lines) {
    static const capture::TimeZone zone = capture::TimeZone::load("Europe/Madrid").value();
    capture::LineSource source(path, "/dev/shm");
    const auto seen = capture::survey(source, format, {});
    if (!seen) {
        FUZZ_REQUIRE(!seen.fault().what.empty());
        return false;
    }
    const auto names = capture::name_sources(format.origin(), *seen, capture::known_sources(memory), "fuzz");
    if (!names || !capture::zone_agrees(*names, memory, zone.name())) {
        return false;
    }
    const auto outcome = capture::import_log(source, format, *seen, *names, {&memory, &lines, &zone});
    FUZZ_REQUIRE(outcome);
    for (const auto& one : outcome->sources) {
        FUZZ_REQUIRE(one.counts.named().size() > 10 && one.written <= lines.count());
    }
    return true;
}

// `make`: gives a new reader for each of the two imports.
template <class Make>
void import_twice(std::string_view bytes, Make make) {
    const os::Descriptor file(::memfd_create("log", MFD_CLOEXEC));
    os::write_all(file, bytes, "log");
    const os::fs::path path = "/proc/self/fd/" + std::to_string(file.get());
    Remembered memory;
    Lines lines(memory);
    if (import(path, *make(), memory, lines)) {
        const std::uint64_t written = lines.count();
        FUZZ_REQUIRE(import(path, *make(), memory, lines) && lines.count() == written);
    }
}

} // namespace tally::fuzz
