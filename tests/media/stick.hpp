// A medium in a file: an image with a file system, put in through a real driver in user space, taken out properly, or
// pulled out (the driver is killed). Needs /dev/fuse and root; a machine without them is told apart by can_run().
#pragma once

#include "tests/support/temp_dir.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace tally::media_test {

namespace fs = boost::filesystem;

enum class FileSystem { fat32, exfat, ext4 };
inline constexpr FileSystem all_file_systems[] = {FileSystem::fat32, FileSystem::exfat, FileSystem::ext4};
[[nodiscard]] std::string name_of(FileSystem kind);

// "" or what is missing.
[[nodiscard]] std::string cannot_run();
// Ends the test program with 77, "skip: why", where it cannot run.
void demand_media();

// Exit status of a program found on the PATH or in the folders of the system's own; its output is thrown away.
int run(const std::vector<std::string>& words);

class Stick {
public:
    // `cluster_bytes`: of ext4 its blocks; 0: what the tool chooses.
    explicit Stick(FileSystem kind, const std::string& size = "", std::size_t cluster_bytes = 0);
    Stick(const Stick&) = delete;
    Stick& operator=(const Stick&) = delete;
    ~Stick();

    void put_in(const std::string& options = "");
    void take_out(); // nobody may have a file on it open
    void kill_driver();
    // Whether it ends without being told to, which takes it a moment after its files are gone; then the medium is to be
    // pulled out. False after two seconds.
    [[nodiscard]] bool driver_ends();
    void pull_out(); // kill_driver() and what a desktop does then
    void mend();     // as the tool of that file system does without asking

    void save(); // the image as it is now …
    void restore();

    [[nodiscard]] const fs::path& path() const { return mount_; }
    [[nodiscard]] const fs::path& image() const { return image_; }
    [[nodiscard]] FileSystem kind() const { return kind_; }

private:
    std::vector<std::string> driver(const std::string& options) const;

    FileSystem kind_;
    test::TempDir dir_{test::TempDir::Where::in_memory};
    fs::path image_ = dir_ / "image";
    fs::path mount_ = dir_ / "mount";
    std::string loop_; // exFAT's driver wants a block device
    pid_t daemon_ = 0;
};

} // namespace tally::media_test
