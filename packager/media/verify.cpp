#include "packager/media/verify.hpp"

#include "tally/line/write.hpp"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <memory>
#include <optional>

namespace tally::media {
namespace {

constexpr std::size_t most_names = 100'000; // of one folder

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

std::vector<std::string> names_in(const os::Descriptor& folder, const os::fs::path& shown) {
    os::Descriptor own(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    const std::unique_ptr<DIR, CloseFolder> listing(own.is_open() ? ::fdopendir(::dup(own.get())) : nullptr);
    if (listing == nullptr) {
        throw medium_error("list", shown);
    }
    std::vector<std::string> names;
    for (errno = 0; const auto* entry = ::readdir(listing.get());) {
        const std::string name = static_cast<const char*>(entry->d_name);
        if (name != "." && name != "..") {
            names.push_back(name);
        }
        if (names.size() > most_names) {
            throw Error("list", shown.string(), "more than " + std::to_string(most_names) + " names");
        }
        errno = 0;
    }
    if (errno != 0) {
        throw medium_error("list", shown);
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Look {
public:
    Look(const os::fs::path& shown, const site_file::Chain& site, const Progress& progress)
        : shown_(shown), site_(site), progress_(progress) {}

    void whole_medium(const os::Descriptor& root) {
        const std::string top(top_folder);
        if (const auto folder = enter(root, top)) {
            for (const auto& name : names_in(*folder, shown_ / top)) {
                const std::string where = top + "/" + name;
                if (name != site_.current().site.text()) {
                    remark(Doubt::foreign, where, "not of this site");
                } else if (const auto mine = enter(*folder, name, where)) {
                    all_parcels(*mine, where);
                }
            }
        }
    }

    void expect(const std::vector<crypto::Hash>& digests) {
        for (const auto& digest : digests) {
            const bool there =
                std::any_of(seen.whole.begin(), seen.whole.end(), [&](const auto& it) { return it.sha256 == digest; });
            if (!there) {
                remark(Doubt::missing, std::string(top_folder),
                       "the bundle with SHA-256 " + to_hex(digest) + " was written here and is not whole");
            }
        }
    }

    MediumSeen seen;

private:
    void remark(Doubt doubt, const std::string& where, const std::string& what) {
        seen.remarks.push_back({doubt, line::encode_text(where), line::encode_text(what)});
    }

    std::optional<os::Descriptor> enter(const os::Descriptor& above, const std::string& name) {
        return enter(above, name, name);
    }
    std::optional<os::Descriptor> enter(const os::Descriptor& above, const std::string& name,
                                        const std::string& where) {
        os::Descriptor folder(
            ::openat(above.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); // NOLINT(*-vararg)
        if (folder.is_open()) {
            return folder;
        }
        if (errno == ELOOP || errno == ENOTDIR) {
            remark(Doubt::foreign, where, "not a folder");
        } else if (errno != ENOENT) {
            remark(Doubt::damaged, where, medium_error("open", shown_ / where).what());
        }
        return std::nullopt;
    }

    void all_parcels(const os::Descriptor& folder, const std::string& where) {
        for (const auto& name : names_in(folder, shown_ / where)) {
            const std::string inside = where + "/" + name;
            const auto parcel = enter(folder, name, inside);
            if (!parcel) {
                continue;
            }
            try {
                one_parcel(*parcel, inside, name);
            } catch (const Error& error) {
                remark(Doubt::damaged, inside, error.what());
            }
        }
    }

    void one_parcel(const os::Descriptor& folder, const std::string& where, const std::string& name) {
        const std::string bundle = file_of(name);
        const auto names = names_in(folder, shown_ / where);
        const auto has = [&](const std::string& wanted) {
            return std::find(names.begin(), names.end(), wanted) != names.end();
        };
        if (!has(bundle + ".minisig")) {
            remark(has(bundle) || names.empty() || has(bundle + ".part") ? Doubt::incomplete : Doubt::foreign, where,
                   "no signature: the write did not come to its end");
            return;
        }
        // Past the page cache first: what was read once through it would answer the second time.
        const auto first = read_back(folder, bundle, UINT64_MAX, shown_ / where / bundle, progress_);
        const auto parcel = read_parcel(folder, bundle, shown_ / where, site_);
        ParcelSeen whole{name, parcel.agreement, bundle, parcel.n, first.size, first.sha256, first.method};
        bool good = first.sha256 == parcel.digest;
        if (!good) {
            remark(Doubt::unsteady, where + "/" + bundle, "two readings give different bytes");
        }
        for (const auto& piece : parcel.pieces) {
            if (piece.name != bundle) {
                good = whole_piece(folder, where, piece, whole.method) && good;
            }
        }
        for (const auto& other : names) {
            if (std::none_of(parcel.pieces.begin(), parcel.pieces.end(),
                             [&](const auto& piece) { return piece.name == other; })) {
                remark(Doubt::foreign, where + "/" + other, "not of the parcel");
            }
        }
        if (good) {
            seen.whole.push_back(std::move(whole));
        }
    }

    bool whole_piece(const os::Descriptor& folder, const std::string& where, const Piece& piece, Method& method) {
        const std::string inside = where + "/" + piece.name;
        try {
            const auto read = read_back(folder, piece.name, piece.size, shown_ / inside, progress_);
            method = weaker(method, read.method);
            if (read.size == piece.size && read.sha256 == piece.sha256) {
                return true;
            }
            remark(Doubt::damaged, inside, "other bytes than belong there");
        } catch (const Error& error) {
            remark(Doubt::damaged, inside, error.what());
        }
        return false;
    }

    const os::fs::path& shown_;
    const site_file::Chain& site_;
    const Progress& progress_;
};

} // namespace

std::string_view name_of(Doubt doubt) {
    static constexpr std::array names{"incomplete", "damaged", "unsteady", "missing", "foreign"};
    return names.at(static_cast<std::size_t>(doubt));
}

bool MediumSeen::sound() const {
    return !whole.empty() && std::all_of(remarks.begin(), remarks.end(),
                                         [](const auto& remark) { return remark.doubt == Doubt::foreign; });
}

MediumSeen verify(const os::Descriptor& root, const os::fs::path& shown, const site_file::Chain& site,
                  const std::vector<crypto::Hash>& expected, const Progress& progress) {
    Look look(shown, site, progress);
    look.whole_medium(root);
    look.expect(expected);
    return std::move(look.seen);
}

} // namespace tally::media
