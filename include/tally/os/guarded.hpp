// What must be in the hands of one user: folders in which nobody else may put, swap or remove a file, and files that are
// read into memory for secrets. Looks at owners and permission bits as they are now; an access control list is seen as
// far as it shows in them.
#pragma once

#include "tally/os/file.hpp"

#include <cstdlib>
#include <grp.h>
#include <pwd.h>
#include <span>

namespace tally::os {

// Whose hands a site accepts besides root's and its own, on purpose: names (or numbers) of users and groups, and
// `everybody`, separated by commas.
inline constexpr const char* trust_variable = "TALLY_TRUST";

inline bool is_trusted(std::string_view name) {
    const char* list = std::getenv(trust_variable); // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    for (std::string_view rest = list == nullptr ? "" : list; !rest.empty();) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        if (rest.substr(0, end) == name) {
            return true;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

inline std::string name_of_user(uid_t id) {
    const passwd* user = ::getpwuid(id); // NOLINT(concurrency-mt-unsafe): before any thread is started
    return user == nullptr ? std::to_string(id) : user->pw_name;
}
inline std::string name_of_group(gid_t id) {
    const group* found = ::getgrgid(id); // NOLINT(concurrency-mt-unsafe)
    return found == nullptr ? std::to_string(id) : found->gr_name;
}

// A group that is called as the user and has no other members: where every user has one, umask 002 is harmless.
inline bool is_group_of_one(gid_t id, uid_t owner) {
    const std::string name = name_of_user(owner);
    const group* found = ::getgrgid(id); // NOLINT(concurrency-mt-unsafe)
    if (found == nullptr || name != found->gr_name) {
        return false;
    }
    for (char** member = found->gr_mem; *member != nullptr; ++member) { // NOLINT(*-pointer-arithmetic)
        if (name != *member) {
            return false;
        }
    }
    return true;
}

enum class Level : std::uint8_t { itself, above };

inline void refuse_other_hands(const fs::path& folder, const struct stat& status, Level level) {
    const std::string place = folder.string();
    const auto refuse = [&](const std::string& why, std::string what_to_do, const std::string& name) {
        throw Error("use", place, why,
                    {std::move(what_to_do), "if it is meant to be so: " + (trust_variable + ("=" + name))});
    };
    const uid_t owner = status.st_uid;
    const bool roots_work = level == Level::above && ::geteuid() == 0; // root may keep a state below anybody's folder
    if (owner != 0 && owner != ::geteuid() && !roots_work && !is_trusted(name_of_user(owner))) {
        const std::string name = name_of_user(owner);
        refuse("it belongs to another user, " + name,
               "run this as its owner, or give it to yourself: chown " + name_of_user(::geteuid()) + " " + place, name);
    }
    const bool sticky = level == Level::above && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & S_IWOTH) != 0 && !sticky && !is_trusted("everybody")) {
        refuse("everybody on this machine may write into it", "take the permission away: chmod o-w " + place,
               "everybody");
    }
    if ((status.st_mode & S_IWGRP) != 0 && !sticky && !is_group_of_one(status.st_gid, owner) &&
        !is_trusted(name_of_group(status.st_gid)) && !is_trusted("everybody")) {
        const std::string name = name_of_group(status.st_gid);
        refuse("the group " + name + " may write into it", "take the permission away: chmod g-w " + place, name);
    }
}

// Error when somebody else could change what lies in `folder`: by its own owner and permissions, or by those of a
// folder above it. What does not exist yet is passed over.
inline void refuse_other_hands(const fs::path& folder) {
    const fs::path whole = fs::weakly_canonical(fs::absolute(folder));
    for (fs::path at = whole; !at.empty(); at = at.parent_path()) {
        struct stat status {};
        if (::stat(at.c_str(), &status) == 0) {
            refuse_other_hands(at, status, at == whole ? Level::itself : Level::above);
        } else if (errno != ENOENT) {
            throw Error::system("stat", at.string());
        }
    }
}

// The whole regular file into memory of the caller; how many bytes it has. Longer is an Error, never a cut.
inline std::size_t read_file_into(const Descriptor& file, std::span<std::uint8_t> into, const fs::path& name) {
    std::size_t have = 0;
    while (have < into.size()) {
        const std::size_t got = read_some(file, into.data() + have, into.size() - have, name);
        if (got == 0) {
            return have;
        }
        have += got;
    }
    char more = 0;
    if (read_some(file, &more, 1, name) != 0) {
        throw Error("read", name.string(), "larger than " + std::to_string(into.size()) + " bytes");
    }
    return have;
}

} // namespace tally::os
