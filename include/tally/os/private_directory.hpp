// A folder for one run that nobody else may enter, gone with this object; one that a killed run has left behind is
// removed by the next run of the same user with the same name.
#pragma once

#include "tally/os/file.hpp"

#include <sys/file.h>

namespace tally::os {

class PrivateDirectory {
public:
    // PLACE/NAME-XXXXXX. The place may be one like /tmp: everybody may write there, nobody remove what is another's.
    PrivateDirectory(const fs::path& place, const std::string& name) {
        remove_abandoned(place.empty() ? "." : place, name + "-");
        while (!lock_.is_open()) { // somebody may have taken the new one for an abandoned one: then another
            std::string made = (place / (name + "-XXXXXX")).string();
            if (::mkdtemp(made.data()) == nullptr) {
                throw Error::system("create", made);
            }
            path_ = made;
            lock_ = taken(path_);
        }
    }
    PrivateDirectory(const PrivateDirectory&) = delete;
    PrivateDirectory& operator=(const PrivateDirectory&) = delete;
    ~PrivateDirectory() { remove(path_); }

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    // Its lock, when it is a folder of ours that is still there and nobody works in.
    static Descriptor taken(const fs::path& folder) {
        Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); // NOLINT(*-vararg)
        struct stat held {};
        struct stat named {};
        const bool ours = handle.is_open() && ::flock(handle.get(), LOCK_EX | LOCK_NB) == 0 &&
                          ::fstat(handle.get(), &held) == 0 && ::lstat(folder.c_str(), &named) == 0 &&
                          held.st_ino == named.st_ino && held.st_dev == named.st_dev && held.st_uid == ::geteuid();
        return ours ? std::move(handle) : Descriptor();
    }
    static void remove_abandoned(const fs::path& place, const std::string& prefix) {
        boost::system::error_code ignored; // what cannot be removed is in nobody's way
        for (fs::directory_iterator at(place, ignored), end; at != end; at.increment(ignored)) {
            const std::string name = at->path().filename().string();
            if (name.rfind(prefix, 0) == 0 && name.size() == prefix.size() + 6) {
                if (const Descriptor held = taken(at->path()); held.is_open()) {
                    remove(at->path());
                }
            }
        }
    }
    static void remove(const fs::path& folder) {
        boost::system::error_code ignored; // folders in it may have come from a disc: not to be written to
        for (fs::recursive_directory_iterator at(folder, ignored), end; at != end; at.increment(ignored)) {
            if (fs::is_directory(at->symlink_status(ignored))) {
                fs::permissions(at->path(), fs::owner_all, ignored);
            }
        }
        fs::remove_all(folder, ignored);
    }

    fs::path path_;
    Descriptor lock_;
};

} // namespace tally::os
