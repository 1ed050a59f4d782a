// A directory of a test's own, removed with everything in it.
#pragma once

#include <boost/filesystem.hpp>

namespace tally::test {

class TempDir {
public:
    TempDir() : path_(boost::filesystem::temp_directory_path() / boost::filesystem::unique_path("tally-%%%%%%%%%%%%")) {
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
    boost::filesystem::path path_;
};

} // namespace tally::test
