#include "tests/media/stick.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>

namespace tally::media_test {
namespace {

std::string found(const std::string& program) {
    for (const char* folder : {"/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"}) {
        if (::access((folder + program).c_str(), X_OK) == 0) {
            return folder + program;
        }
    }
    return "";
}

pid_t start(std::vector<std::string> words, int output = -1) {
    words[0] = words[0][0] == '/' ? words[0] : found(words[0]);
    std::vector<char*> list;
    for (auto& word : words) {
        list.push_back(word.data());
    }
    list.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int nothing = ::open("/dev/null", O_RDWR);
        ::dup2(nothing, STDIN_FILENO);
        ::dup2(output < 0 ? nothing : output, STDOUT_FILENO);
        ::dup2(nothing, STDERR_FILENO);
        ::execv(list[0], list.data());
        ::_exit(127);
    }
    return child;
}

int finish(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void demand(bool done, const std::string& what) {
    if (!done) {
        throw std::runtime_error(what);
    }
}

dev_t device_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_dev : 0;
}

std::string attach(const fs::path& image) {
    int ends[2];
    demand(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
    const pid_t child = start({"losetup", "-f", "--show", image.string()}, ends[1]);
    ::close(ends[1]);
    char name[64] = {};
    const ssize_t got = ::read(ends[0], name, sizeof name - 1);
    ::close(ends[0]);
    demand(finish(child) == 0 && got > 1, "losetup " + image.string());
    return std::string(name, static_cast<std::size_t>(got) - 1);
}

} // namespace

std::string name_of(FileSystem kind) {
    return kind == FileSystem::fat32 ? "fat32" : kind == FileSystem::exfat ? "exfat" : "ext4";
}

std::string cannot_run() {
    for (const char* program :
         {"fusefat", "mount.exfat-fuse", "fuse2fs", "mkfs.fat", "mkfs.exfat", "mkfs.ext4", "fsck.fat", "losetup"}) {
        if (found(program).empty()) {
            return std::string(program) + " is not installed (tests/packages.txt)";
        }
    }
    if (::geteuid() != 0 || ::access("/dev/fuse", R_OK | W_OK) != 0) {
        return "media are put in by root, through /dev/fuse";
    }
    return "";
}

void demand_media() {
    const auto why = cannot_run();
    if (!why.empty()) {
        std::printf("skip: %s\n", why.c_str());
        std::fflush(stdout);
        std::_Exit(77);
    }
}

int run(const std::vector<std::string>& words) { return finish(start(words)); }

Stick::Stick(FileSystem kind, const std::string& size, std::size_t cluster_bytes) : kind_(kind) {
    const auto usual = kind == FileSystem::fat32 ? "40M" : "8M"; // a smaller one is no FAT32
    fs::create_directory(mount_);
    const std::string image = image_.string();
    demand(run({"truncate", "-s", size.empty() ? usual : size, image}) == 0, "truncate");
    std::vector<std::string> words;
    if (kind == FileSystem::fat32) {
        words = {"mkfs.fat", "-F", "32", "-i", "3A2107FF", "-s", std::to_string(cluster_bytes / 512)};
        words.resize(cluster_bytes == 0 ? 5 : 7);
    } else if (kind == FileSystem::exfat) {
        words = {"mkfs.exfat", "-c", std::to_string(cluster_bytes)};
        words.resize(cluster_bytes == 0 ? 1 : 3);
    } else {
        words = {
            "mkfs.ext4", "-q", "-F", "-U", "6f2c1b0a-0000-4000-8000-00000000abcd", "-b", std::to_string(cluster_bytes)};
        words.resize(cluster_bytes == 0 ? 5 : 7);
    }
    words.push_back(image);
    demand(run(words) == 0, words[0]);
    if (kind == FileSystem::exfat) {
        loop_ = attach(image_);
    }
}

Stick::~Stick() {
    if (daemon_ != 0) {
        pull_out();
    }
    if (!loop_.empty()) {
        run({"losetup", "-d", loop_});
    }
}

std::vector<std::string> Stick::driver(const std::string& options) const {
    const std::string image = image_.string(), mount = mount_.string();
    if (kind_ == FileSystem::fat32) {
        return {"fusefat", "-f", "-o", options.empty() ? "rw+" : options, image, mount};
    }
    if (kind_ == FileSystem::exfat) { // -d stays in the foreground
        return {"mount.exfat-fuse", "-d", "-o", options.empty() ? "rw" : options, loop_, mount};
    }
    return {"fuse2fs", image, mount, "-f", "-o", options.empty() ? "rw" : options};
}

void Stick::put_in(const std::string& options) {
    const dev_t before = device_of(mount_);
    daemon_ = start(driver(options));
    for (int waited = 0; device_of(mount_) == before || device_of(mount_) == 0; ++waited) {
        demand(waited < 20'000 && ::waitpid(daemon_, nullptr, WNOHANG) == 0, "the driver does not take the medium");
        ::usleep(500);
    }
}

void Stick::take_out() {
    demand(::umount2(mount_.c_str(), 0) == 0, "unmount");
    finish(daemon_);
    daemon_ = 0;
}

void Stick::kill_driver() {
    if (daemon_ != 0) {
        ::kill(daemon_, SIGKILL);
        finish(daemon_);
        daemon_ = 0;
    }
}

bool Stick::driver_ends() {
    int status = 0;
    for (int waited = 0; daemon_ != 0 && ::waitpid(daemon_, &status, WNOHANG) != daemon_; ++waited) {
        if (waited == 2'000) {
            return false;
        }
        ::usleep(1'000);
    }
    std::printf("the driver of %s ended by itself, status %#x\n", name_of(kind_).c_str(),
                static_cast<unsigned>(status));
    daemon_ = 0;
    return true;
}

void Stick::pull_out() {
    kill_driver();
    ::umount2(mount_.c_str(), MNT_DETACH);
}

void Stick::mend() {
    const std::string image = loop_.empty() ? image_.string() : loop_;
    if (kind_ == FileSystem::fat32) {
        run({"fsck.fat", "-a", "-w", image});
    } else if (kind_ == FileSystem::exfat) {
        run({"fsck.exfat", "-y", image});
    } else {
        run({"e2fsck", "-fy", image});
    }
}

void Stick::save() { demand(run({"cp", "--sparse=always", image_.string(), image_.string() + ".saved"}) == 0, "cp"); }

void Stick::restore() {
    // Into the same file: a loop device holds on to it, and forgets what it remembered of the old bytes.
    demand(run({"cp", "--sparse=always", "--no-preserve=all", image_.string() + ".saved", image_.string()}) == 0, "cp");
    if (!loop_.empty()) {
        demand(run({"blockdev", "--flushbufs", loop_}) == 0, "blockdev");
    }
}

} // namespace tally::media_test
