// Segments that were refused, kept beside a line that says why: DIR/<digest16>-<name> and DIR/<digest16>-<name>.reason.
// Nothing in here is ever evidence; nothing leaves it but by a person, or because its log has been enrolled since.
#pragma once

#include "packager/archive/archive.hpp"
#include "packager/archive/staging.hpp"

#include <vector>

namespace tally::archive {

[[nodiscard]] const char* code_of(Refusal refusal); // BAD_SEGMENT, UNKNOWN_LOG, BAD_CHAIN, FORK

class Quarantine {
public:
    explicit Quarantine(os::fs::path directory);

    // Durable after commit() only. False when these bytes under this name are there already for the same kind of reason.
    bool keep(const std::string& name, std::string_view packed, const Outcome& outcome);

    struct Entry {
        os::fs::path file;
        std::string name; // as it was offered
        std::string code;
        std::string reason;
    };
    [[nodiscard]] std::vector<Entry> list() const; // sorted by file name; without what was not committed
    // By `file`; durable on return.
    void remove(const std::vector<os::fs::path>& files);
    void commit();

private:
    os::fs::path directory_;
    Staging staging_;
};

} // namespace tally::archive
