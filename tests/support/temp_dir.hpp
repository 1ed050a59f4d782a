// A directory of a test's own, removed with everything in it. in_memory: where files cost no disk, if the machine has
// such a place.
#pragma once

#include <boost/filesystem.hpp>
#include <unistd.h>

namespace tally::test {

class TempDir {
public:
    enum class Where { on_disk, in_memory };

    explicit TempDir(Where where = Where::on_disk)
        : path_(base(where) / boost::filesystem::unique_path("tally-%%%%%%%%%%%%")) {
        boost::filesystem::create_directories(path_);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        boost::system::error_code ignored;
        boost::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const boost::filesystem::path& path() const { return path_; }
    [[nodiscard]] boost::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    static boost::filesystem::path base(Where where) {
        const boost::filesystem::path memory = "/dev/shm";
        return where == Where::in_memory && ::access(memory.c_str(), W_OK | X_OK) == 0
                   ? memory
                   : boost::filesystem::temp_directory_path();
    }

    boost::filesystem::path path_;
};

} // namespace tally::test
