// A disk at the moment of a power failure, as strict as POSIX allows it to be (docs/crash-states.md):
// fsync and fdatasync of a file make all its bytes before it durable, not its name; fsync of a directory makes all
// changes of names in that directory durable; syncfs does both for all of them. Of what was not synced, any writes may
// be there and others not, whole or torn at a sector; changes of names happen in their order (a journal of metadata), so
// a beginning of them is there.
#pragma once

#include "tests/crash/calls.hpp"

namespace tally::crash {

// What became of one write or resize that was not synced.
struct Fate {
    std::size_t from = 0; // bytes [from, to) of a write are there
    std::size_t to = std::string::npos;
    bool size_reached = false; // the file is as long as if all of it were there

    static Fate kept() { return {}; }
    static Fate lost() { return {0, 0, false}; }
    static Fate length_only() { return {0, 0, true}; }
};

struct Choice {
    std::size_t names = 0;   // so many of the unsynced changes of names happened
    std::vector<Fate> fates; // of each unsynced write and resize
};

class Disk {
public:
    explicit Disk(const Tree& before);

    // The call is looked at later on: it has to outlive the disk.
    void apply(const Call& call);

    [[nodiscard]] const std::vector<const Call*>& unsynced() const { return edits_; } // writes and resizes
    [[nodiscard]] std::size_t unsynced_names() const { return names_.size(); }
    [[nodiscard]] Tree surviving(const Choice& choice) const;
    [[nodiscard]] Tree everything() const;

private:
    using Names = std::map<std::string, std::size_t>;
    static void change(Names& names, const Call& call);

    std::vector<std::shared_ptr<const Content>> files_; // durable bytes, by number; a directory has none
    Names durable_;
    std::vector<const Call*> names_; // not durable yet, in order
    std::vector<const Call*> edits_;
};

[[nodiscard]] std::size_t hash_of(const Tree& tree);

} // namespace tally::crash
