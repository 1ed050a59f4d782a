// Takes segments from places that nobody vouches for: shares, sticks, a host's outbox, single files. Each file is read
// once, bounded, without following links or opening anything but a regular file; every later decision is about those
// bytes. Order and repetition do not matter, nor does how many threads prove: the same files lead to the same archive,
// the same quarantine and the same reports in the same order.
#pragma once

#include "packager/archive/archive.hpp"
#include "packager/archive/provers.hpp"
#include "packager/archive/quarantine.hpp"

namespace tally::archive {

struct Counts {
    std::uint64_t added = 0;
    std::uint64_t settled = 0; // of those, waiting from an earlier run
    std::uint64_t known = 0;
    std::uint64_t waiting = 0; // put to wait
    std::uint64_t quarantined = 0;
    std::uint64_t refused_before = 0; // the same bytes lie in the quarantine already
    std::uint64_t other_files = 0;    // not named like a segment
    std::uint64_t not_regular = 0;    // links, FIFOs, devices: not opened
    std::uint64_t unreadable = 0;
};

enum class Event : std::uint8_t { added, waiting, quarantined, not_regular, unreadable };
// `text` is a reason or empty.
using Report = std::function<void(Event, const std::string& path, const std::string& text)>;

class Collector {
public:
    Collector(Archive& archive, Quarantine& quarantine, Report report, unsigned threads = Provers::spare_threads());

    // What lies in quarantine only because its log was unknown, and is not any more.
    void retry_unknown();
    // A directory with all below it (16 levels), or one file. Error when the path itself cannot be opened. What becomes of
    // the last files is told by finish() only.
    void collect(const os::fs::path& path);
    // Takes what no longer has to wait; then everything taken is durable.
    void finish();

    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    void walk(const os::Descriptor& directory, const os::fs::path& path, unsigned depth);
    void take_file(const os::Descriptor& directory, const std::string& name, const os::fs::path& path);
    void take(const Offered& segment, const Ahead& ahead);
    void note(const Outcome& outcome, const std::string& name, std::string_view packed, const std::string& path);
    void unreadable(const std::string& path, const std::string& why);
    void commit();

    Archive* archive_;
    Quarantine* quarantine_;
    Report report_;
    Counts counts_;
    std::size_t uncommitted_bytes_ = 0;
    std::vector<os::fs::path> leaving_; // the quarantine, once they are durable in the archive
    Provers provers_;                   // last: its threads end before the rest goes
};

} // namespace tally::archive
