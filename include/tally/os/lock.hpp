// One process at a time over a state directory: flock on a file inside it, freed by the kernel at exit.
#pragma once

#include "tally/os/file.hpp"

#include <sys/file.h>

namespace tally::os {

class ExclusiveLock {
public:
    // Throws Error with Exit::locked at once when another process holds it.
    explicit ExclusiveLock(const fs::path& path) : file_(open(path, O_RDWR | O_CREAT)) {
        if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) {
                throw Error("lock", path.string(), "in use by another process",
                            {"wait until it has finished, or see who holds it: fuser " + path.string()}, Exit::locked);
            }
            throw Error::system("lock", path.string());
        }
    }

private:
    Descriptor file_;
};

} // namespace tally::os
