#include "packager/media/mount.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tally::media {
namespace {

constexpr std::size_t max_text = std::size_t{16} << 20U;

std::vector<std::string_view> split(std::string_view text, char mark) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(mark, at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

bool octal(char c) { return c >= '0' && c <= '7'; }

// The kernel spells space, tab, LF and backslash as three octal digits.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size() && octal(text[at + 1]) && octal(text[at + 2]) &&
            octal(text[at + 3])) {
            plain += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

bool has_option(std::string_view options, std::string_view wanted) {
    const auto all = split(options, ',');
    return std::find(all.begin(), all.end(), wanted) != all.end();
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc() && read.ptr == end ? value : 0;
}

} // namespace

std::vector<Mount> parse_mounts(std::string_view text) {
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    static constexpr std::size_t fixed = 6, after = 4;
    std::vector<Mount> mounts;
    for (const auto line : split(text, '\n')) {
        const auto words = split(line, ' ');
        if (words.size() < fixed + after) {
            continue;
        }
        const auto dash = std::find(words.begin() + fixed, words.end(), "-");
        if (words.end() - dash < static_cast<std::ptrdiff_t>(after) || number(words[0]) == 0) {
            continue;
        }
        mounts.push_back({number(words[0]), std::string(words[2]), unescaped(words[4]), unescaped(dash[1]),
                          unescaped(dash[2]), has_option(words[5], "ro") || has_option(dash[3], "ro")});
    }
    return mounts;
}

Mount mount_of(const os::Descriptor& file, const os::fs::path& shown) {
    static constexpr std::string_view field = "mnt_id:";
    const std::string about =
        os::read_file("/proc/self/fdinfo/" + std::to_string(file.get()), max_text); // lines "mnt_id:\t36"
    std::uint64_t id = 0;
    for (const auto line : split(about, '\n')) {
        if (line.substr(0, field.size()) == field) {
            const auto digits = line.find_first_not_of(" \t", field.size());
            id = digits == std::string_view::npos ? 0 : number(line.substr(digits));
        }
    }
    const auto mounts = parse_mounts(os::read_file("/proc/self/mountinfo", max_text));
    const auto found = std::find_if(mounts.begin(), mounts.end(), [&](const auto& mount) { return mount.id == id; });
    if (id == 0 || found == mounts.end()) {
        throw Error("look at", shown.string(), "the kernel does not list the mount that it lies in",
                    {"see whether /proc/self/mountinfo names it"});
    }
    return *found;
}

Kind kind_of(std::string_view type) {
    static constexpr std::uint64_t fat = UINT32_MAX;
    static constexpr std::array memory{"tmpfs", "ramfs", "devtmpfs"};
    static constexpr std::array network{"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "virtiofs"};
    static constexpr std::array nothing{"proc", "sysfs", "cgroup", "cgroup2", "debugfs", "devpts", "bpf", "securityfs"};
    const auto is_in = [&](const auto& list) { return std::find(list.begin(), list.end(), type) != list.end(); };
    if (is_in(memory)) {
        return {Keeps::memory, UINT64_MAX};
    }
    if (is_in(network)) {
        return {Keeps::network, UINT64_MAX};
    }
    if (is_in(nothing)) {
        return {Keeps::nothing, 0};
    }
    const bool is_fat = type == "vfat" || type == "msdos" || type == "fuse.fusefat";
    return {Keeps::medium, is_fat ? fat : UINT64_MAX};
}

} // namespace tally::media
