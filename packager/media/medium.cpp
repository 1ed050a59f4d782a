#include "packager/media/medium.hpp"

#include "tally/base/encoding.hpp"

#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace tally::media {
namespace {

constexpr std::size_t superblock_size = 2048;

std::string little_endian_serial(std::string_view bytes) { // "ABCD-1234" as every system prints it
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
        if (i == bytes.size() / 2) {
            text += '-';
        }
    }
    return text;
}

std::string uuid_text(std::string_view bytes) {
    std::string text = to_hex(as_bytes(bytes));
    for (const std::size_t at : {8U, 13U, 18U, 23U}) {
        text.insert(at, "-");
    }
    return text;
}

std::string superblock_of(const std::string& source) {
    std::string bytes(superblock_size, '\0');
    if (source.empty() || source[0] != '/') {
        return "";
    }
    const os::Descriptor device(::open(source.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)); // NOLINT(*-vararg)
    struct stat status {};
    if (!device.is_open() || ::fstat(device.get(), &status) != 0 ||
        !(S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))) {
        return "";
    }
    const ssize_t got = ::pread(device.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
}

// What udev wrote down when the device came; printable or nothing, because it ends up in a log.
std::string udev_property(const std::string& device, std::string_view key) {
    const os::fs::path path = "/run/udev/data/b" + device;
    boost::system::error_code ignored;
    if (!os::fs::is_regular_file(path, ignored)) {
        return "";
    }
    const std::string text = "\n" + os::read_file(path, std::size_t{1} << 20U);
    const std::string wanted = "\nE:" + std::string(key) + "=";
    const std::size_t at = text.find(wanted);
    if (at == std::string::npos) {
        return "";
    }
    const std::size_t from = at + wanted.size();
    std::string value = text.substr(from, text.find('\n', from) - from).substr(0, 64);
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    return printable ? value : "";
}

// The disk that a partition is a part of.
std::string whole_disk(const std::string& device) {
    boost::system::error_code missing;
    const auto place = os::fs::canonical("/sys/dev/block/" + device, missing);
    if (missing || !os::fs::exists(place / "partition", missing)) {
        return device;
    }
    const auto above = place.parent_path() / "dev";
    if (!os::fs::is_regular_file(above, missing)) {
        return device;
    }
    std::string text = os::read_file(above, 64);
    std::erase(text, '\n');
    return text;
}

std::uint64_t room_for(const Need& need, std::uint64_t cluster) {
    std::uint64_t sum = 0;
    for (const auto size : need.files) {
        sum += (size + cluster - 1) / cluster * cluster;
    }
    return sum + (need.folders + 1) * cluster;
}

void add_place_obstacles(const Medium& medium, const std::vector<os::fs::path>& own, std::vector<Obstacle>& found) {
    if (medium.kind.keeps == Keeps::memory) {
        found.push_back({"it is memory (" + medium.mount.type + "), not a medium: nothing would be left of it",
                         "see whether the medium is mounted there; --staging is for a folder that is carried further"});
    } else if (medium.kind.keeps == Keeps::network) {
        found.push_back({"it is on another machine (" + medium.mount.type + ")",
                         "--staging writes to a folder that is carried further by other means"});
    }
    for (const auto& directory : own) {
        struct stat mine {
        }, there{};
        if (::stat(directory.c_str(), &mine) != 0 || ::fstat(medium.directory.get(), &there) != 0) {
            continue;
        }
        const std::string device = std::to_string(major(mine.st_dev)) + ":" + std::to_string(minor(mine.st_dev));
        if (mine.st_dev == there.st_dev || whole_disk(device) == medium.whole_disk) {
            found.push_back({"it is the disk that " + directory.string() + " is on, so nothing would leave",
                             "see whether the medium is mounted; --staging writes here all the same"});
            return;
        }
    }
}

} // namespace

std::string id_in(std::string_view superblock) {
    const auto at = [&](std::size_t from, std::string_view mark) {
        return superblock.substr(from, mark.size()) == mark;
    };
    if (superblock.size() < superblock_size) {
        return "";
    }
    if (at(3, "EXFAT   ")) {
        return little_endian_serial(superblock.substr(100, 4));
    }
    if (at(82, "FAT32   ")) {
        return little_endian_serial(superblock.substr(67, 4));
    }
    if (at(54, "FAT1")) {
        return little_endian_serial(superblock.substr(39, 4));
    }
    return at(1080, "\x53\xEF") ? uuid_text(superblock.substr(1128, 16)) : "";
}

Medium look_at(const os::fs::path& path) {
    Medium medium;
    medium.path = path;
    medium.directory = os::Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!medium.directory.is_open()) {
        Error error = Error::system("open", path.string());
        error.hints = {"name the folder where the medium is mounted"};
        throw error;
    }
    medium.mount = mount_of(medium.directory, path);
    medium.kind = kind_of(medium.mount.type);
    medium.id = id_in(superblock_of(medium.mount.source));
    if (medium.id.empty()) {
        medium.id = udev_property(medium.mount.device, "ID_FS_UUID");
    }
    medium.device_id = udev_property(medium.mount.device, "ID_SERIAL_SHORT");
    medium.whole_disk = whole_disk(medium.mount.device);
    struct statvfs room {};
    if (::fstatvfs(medium.directory.get(), &room) != 0) {
        throw Error::system("look at", path.string());
    }
    medium.cluster = std::max<std::uint64_t>(room.f_frsize, 512);
    medium.free_bytes = std::max<std::uint64_t>(room.f_bavail, ::geteuid() == 0 ? room.f_bfree : 0) * medium.cluster;
    medium.says_free = room.f_blocks != 0;
    medium.longest_name = room.f_namemax == 0 ? medium.longest_name : room.f_namemax;
    medium.mount.read_only = medium.mount.read_only || (room.f_flag & ST_RDONLY) != 0;
    return medium;
}

std::vector<Obstacle> obstacles(const Medium& medium, const Need& need, Place place,
                                const std::vector<os::fs::path>& own) {
    std::vector<Obstacle> found;
    if (medium.kind.keeps == Keeps::nothing) {
        return {
            {"a " + medium.mount.type + " file system keeps no files", "name the folder where the medium is mounted"}};
    }
    if (medium.mount.read_only) {
        found.push_back({"read-only file system", "release the write protection, or mount it for writing"});
    }
    if (place == Place::medium) {
        add_place_obstacles(medium, own, found);
    }
    const auto largest = need.files.empty() ? 0 : *std::max_element(need.files.begin(), need.files.end());
    if (largest > medium.kind.largest_file) {
        found.push_back({"a file of " + std::to_string(largest) + " bytes does not fit a file system of type " +
                             medium.mount.type + ", which ends at " + std::to_string(medium.kind.largest_file),
                         "pack smaller volumes, or use a medium with exFAT"});
    }
    if (need.longest_name > medium.longest_name) {
        found.push_back({"a name of " + std::to_string(need.longest_name) + " characters does not fit: at most " +
                             std::to_string(medium.longest_name),
                         "use another file system"});
    }
    const std::uint64_t room = room_for(need, medium.cluster);
    if (medium.says_free && room > medium.free_bytes) {
        found.push_back({"no room: " + std::to_string(room) + " bytes are needed, " +
                             std::to_string(medium.free_bytes) + " are free",
                         "use an empty medium, or pack smaller volumes and write each to one of its own"});
    }
    return found;
}

} // namespace tally::media
