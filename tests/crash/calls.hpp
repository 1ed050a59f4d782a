// Records every call of this process that changes names or bytes below one directory, with its data and in order, by
// standing in front of the C library (SQLite's calls pass here too). What a crash may leave of them is told by Disk.
// finish() compares the calls, replayed, with what really lies there: a kind of call that is not known here fails.
// Not recorded: names that end in -shm, SQLite's index of its WAL, written through memory and made anew at every start.
#pragma once

#include "tally/os/file.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tally::crash {

struct Content {
    explicit Content(std::string text) : bytes(std::move(text)), hash(std::hash<std::string>{}(bytes)) {}
    std::string bytes;
    std::size_t hash;
};
// Names relative to the root; a directory has no content. The root itself is not in it.
using Tree = std::map<std::string, std::shared_ptr<const Content>>;
[[nodiscard]] Tree read_tree(const os::fs::path& root);
void write_tree(const Tree& tree, const os::fs::path& root);
// The first name that is not equal in both, or "".
[[nodiscard]] std::string difference(const Tree& left, const Tree& right);

struct Call {
    enum class Kind {
        create_file,
        create_directory,
        write,
        resize,
        sync_file,
        sync_directory,
        sync_all,
        rename,
        remove,
        mark
    };
    Kind kind = Kind::mark;
    std::size_t file = 0;     // number of the file, whatever its name is by then
    std::string name;         // create, sync_directory, rename, remove; of a mark: what was acknowledged
    std::string to;           // rename
    std::uint64_t offset = 0; // write; the new size of resize; of a mark: how far
    std::string bytes;        // write
};

struct History {
    Tree before;
    std::vector<Call> calls;
    Tree after;
};

// Calls that a program is made to forget, so that a test can see what would come of it.
enum class Forget { nothing, file_syncs, directory_syncs, all_syncs };

// One at a time, begun before the recorded part opens any file.
class Recording {
public:
    explicit Recording(const os::fs::path& root, Forget forget = Forget::nothing);
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    // From here on `what` is promised up to `value`.
    static void mark(const std::string& what, std::uint64_t value);
    // Error when something happened that was not recorded.
    [[nodiscard]] History finish();
};

// Does the work in a process of its own that ends with SIGKILL right after so many calls that change files below the
// root. False when the work was done before. Error when it failed.
[[nodiscard]] bool killed_after(std::size_t calls, const os::fs::path& root, const std::function<void()>& work);

} // namespace tally::crash
