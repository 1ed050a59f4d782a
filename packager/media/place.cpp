#include "packager/media/place.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace tally::media {
namespace {

constexpr std::string_view part_suffix = ".part";
constexpr std::size_t chunk_size = std::size_t{1} << 20U;

enum class Missing : std::uint8_t { stays, is_made };

enum class Kept : std::uint8_t { nothing, file, other };

Kept what_is(const os::Descriptor& folder, const std::string& name, const os::fs::path& shown) {
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return S_ISREG(status.st_mode) ? Kept::file : Kept::other;
    }
    if (errno != ENOENT) {
        throw medium_error("look at", shown);
    }
    return Kept::nothing;
}

// Some drivers have no fsync for folders; then the whole file system is asked.
void sync_folder(const os::Descriptor& folder, const os::fs::path& shown) {
    if (::fsync(folder.get()) == 0) {
        return;
    }
    const bool unknown = errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
    if (!unknown || ::syncfs(folder.get()) != 0) {
        throw medium_error("fsync", shown);
    }
}

// An interrupted run may have made names that are not durable yet: those of the parcel, and of the folders above it.
void sync_all_names(const os::Descriptor& folder, const os::fs::path& shown) {
    if (::syncfs(folder.get()) != 0) {
        throw medium_error("sync", shown);
    }
}

std::optional<os::Descriptor> open_folder(const os::Descriptor& above, const std::string& name,
                                          const os::fs::path& shown, Missing missing) {
    if (missing == Missing::is_made) {
        if (::mkdirat(above.get(), name.c_str(), 0755) == 0) {
            sync_folder(above, shown.parent_path());
        } else if (errno != EEXIST) {
            throw medium_error("create", shown);
        }
    }
    os::Descriptor folder(
        ::openat(above.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); // NOLINT(*-vararg)
    if (folder.is_open()) {
        return folder;
    }
    if (errno == ENOENT && missing == Missing::stays) {
        return std::nullopt;
    }
    if (errno == ELOOP || errno == ENOTDIR) {
        throw Error("open", shown.string(), "something that is not a folder has this name",
                    {"it is not touched: move it away, or use another medium"});
    }
    throw medium_error("open", shown);
}

std::optional<os::Descriptor> folder_of(const os::Descriptor& root, const os::fs::path& shown, const Parcel& parcel,
                                        Missing missing) {
    const os::fs::path top = shown / std::string(top_folder);
    auto folder = open_folder(root, std::string(top_folder), top, missing);
    if (folder) {
        folder = open_folder(*folder, parcel.site, top / parcel.site, missing);
    }
    return folder ? open_folder(*folder, parcel.folder, top / parcel.site / parcel.folder, missing) : std::nullopt;
}

os::fs::path shown_folder(const os::fs::path& shown, const Parcel& parcel) {
    return shown / std::string(top_folder) / parcel.site / parcel.folder;
}

bool equal(const ReadBack& read, const Piece& piece) { return read.size == piece.size && read.sha256 == piece.sha256; }

// What has the name of this piece. A file with other bytes is a leftover as long as nothing says otherwise.
void look_for(const os::Descriptor& folder, const os::fs::path& shown, Step& step, const Progress& progress) {
    const os::fs::path path = shown / step.piece->name;
    const Kept kept = what_is(folder, step.piece->name, path);
    if (kept == Kept::other) {
        throw Error("write", path.string(), "something that is not a file has this name",
                    {"it is not touched: move it away, or use another medium"});
    }
    if (kept == Kept::file) {
        const auto read = read_back(folder, step.piece->name, step.piece->size, path, progress);
        step.there = equal(read, *step.piece) ? There::equal : There::leftover;
        step.method = read.method;
    }
}

std::string first_bytes(const os::Descriptor& folder, const std::string& name, const os::fs::path& shown) {
    const os::Descriptor file = open_file_in(folder, name, shown);
    std::string bytes(minisig::max_signature_file, '\0');
    bytes.resize(os::read_some(file, bytes.data(), bytes.size(), shown));
    return bytes;
}

// A parcel is complete when a signature is there: then nothing in it is a leftover.
void judge(const os::Descriptor& folder, const os::fs::path& shown, const std::vector<Step>& steps) {
    const Step& signature = steps.back();
    const bool signed_by_another =
        signature.there == There::leftover &&
        minisig::read_signature_file(first_bytes(folder, signature.piece->name, shown / signature.piece->name)).ok();
    for (const auto& step : steps) {
        const auto path = shown / step.piece->name;
        if (step.there == There::leftover && signed_by_another) {
            throw Error("write", path.string(), "another bundle of that name is there",
                        {"it is not touched: move its folder away, or use another medium"});
        }
        if (step.there == There::leftover && signature.there == There::equal) {
            throw Error("write", path.string(), "it was complete there and is damaged now",
                        {"use another medium: this one does not keep what it is given",
                         "if somebody edited the file, remove it and run the same command again"});
        }
    }
}

void copy(const Piece& piece, const os::Descriptor& out, const os::fs::path& shown, const Progress& progress) {
    crypto::Sha256 sha;
    const auto put = [&](std::string_view bytes) {
        sha.update(bytes);
        while (!bytes.empty()) {
            const ssize_t done = ::write(out.get(), bytes.data(), bytes.size());
            if (done < 0 && errno != EINTR) {
                throw medium_error("write", shown);
            }
            const auto size = done < 0 ? 0 : static_cast<std::size_t>(done);
            bytes.remove_prefix(size);
            if (progress) {
                progress(size);
            }
        }
    };
    put(piece.text);
    std::string chunk(piece.file.is_open() ? chunk_size : 0, '\0');
    for (std::uint64_t at = 0; piece.file.is_open() && at < piece.size;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size - at, chunk.size()));
        const ssize_t got = ::pread(piece.file.get(), chunk.data(), wanted, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            throw got < 0 ? Error::system("read", piece.name) : Error("read", piece.name, "it has become shorter");
        }
        put({chunk.data(), static_cast<std::size_t>(got)});
        at += static_cast<std::uint64_t>(got);
    }
    if (sha.finish() != piece.sha256) {
        throw Error("read", piece.name, "it has changed since it was checked",
                    {"nobody may write into that folder meanwhile; run the same command again"});
    }
}

// Takes the name away from nobody: a file that appeared meanwhile stays. Drivers without such a rename are asked first.
void give_name(const os::Descriptor& folder, const std::string& part, const Step& step, const os::fs::path& shown) {
    const std::string& name = step.piece->name;
    if (step.there == There::leftover) {
        if (::renameat(folder.get(), part.c_str(), folder.get(), name.c_str()) != 0) {
            throw medium_error("rename", shown);
        }
        return;
    }
    if (::renameat2(folder.get(), part.c_str(), folder.get(), name.c_str(), RENAME_NOREPLACE) == 0) {
        return;
    }
    const bool unknown = errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
    if (errno == EEXIST || (unknown && what_is(folder, name, shown) != Kept::nothing)) {
        throw Error("write", shown.string(), "a file of that name appeared meanwhile",
                    {"nobody else may write to the medium meanwhile"});
    }
    if (!unknown || ::renameat(folder.get(), part.c_str(), folder.get(), name.c_str()) != 0) {
        throw medium_error("rename", shown);
    }
}

void clear_part(const os::Descriptor& folder, const std::string& part, const os::fs::path& shown) {
    const Kept kept = what_is(folder, part, shown);
    if (kept == Kept::other) {
        throw Error("write", shown.string(), "something that is not a file has this name",
                    {"it is not touched: move it away, or use another medium"});
    }
    if (kept == Kept::file && ::unlinkat(folder.get(), part.c_str(), 0) != 0) {
        throw medium_error("remove", shown);
    }
}

void write_piece(const os::Descriptor& folder, const os::fs::path& shown, const Step& step, const Progress& progress) {
    const std::string part = step.piece->name + std::string(part_suffix);
    const os::fs::path path = shown / part;
    clear_part(folder, part, path);
    const os::Descriptor file = open_in(folder, part, O_WRONLY | O_CREAT | O_EXCL, path);
    try {
        copy(*step.piece, file, path, progress);
        if (::fsync(file.get()) != 0) {
            throw medium_error("fsync", path);
        }
        give_name(folder, part, step, shown / step.piece->name);
    } catch (...) {
        ::unlinkat(folder.get(), part.c_str(), 0);
        throw;
    }
    sync_folder(folder, shown);
}

void bring(const os::Descriptor& folder, const os::fs::path& shown, Step& step, const Progress& progress) {
    write_piece(folder, shown, step, progress);
    const os::fs::path path = shown / step.piece->name;
    const auto read = read_back(folder, step.piece->name, step.piece->size, path, progress);
    if (!equal(read, *step.piece)) {
        throw Error("read back", path.string(), "the medium does not give back what was written to it",
                    {"throw this medium away: it is failing, or smaller than it says", "write to another one"});
    }
    step.method = read.method;
}

} // namespace

std::vector<Step> survey(const os::Descriptor& root, const os::fs::path& shown, const std::vector<Parcel>& parcels,
                         const Progress& progress) {
    std::vector<Step> all;
    for (const auto& parcel : parcels) {
        std::vector<Step> steps;
        for (const auto& piece : parcel.pieces) {
            steps.push_back({&parcel, &piece, There::absent, Method::memory});
        }
        if (const auto folder = folder_of(root, shown, parcel, Missing::stays)) {
            for (auto& step : steps) {
                look_for(*folder, shown_folder(shown, parcel), step, progress);
            }
            judge(*folder, shown_folder(shown, parcel), steps);
        }
        all.insert(all.end(), steps.begin(), steps.end());
    }
    return all;
}

void place(const os::Descriptor& root, const os::fs::path& shown, std::vector<Step>& steps, const Progress& progress) {
    for (auto& step : steps) {
        if (step.there == There::equal) {
            continue;
        }
        const auto folder = folder_of(root, shown, *step.parcel, Missing::is_made);
        TALLY_ASSERT(folder.has_value());
        if (step.piece == &step.parcel->pieces.back()) {
            sync_all_names(*folder, shown_folder(shown, *step.parcel));
        }
        bring(*folder, shown_folder(shown, *step.parcel), step, progress);
    }
}

} // namespace tally::media
