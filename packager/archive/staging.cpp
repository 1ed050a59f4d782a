#include "packager/archive/staging.hpp"

namespace tally::archive {
namespace {

// Up to so many are synced one by one; beyond, the file system as a whole is.
constexpr std::size_t few = 2;

std::string beside(const std::string& path) { return path + ".part"; }
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

void sync_file_system(const std::string& folder) {
    const os::Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!handle.is_open() || ::syncfs(handle.get()) != 0) {
        throw Error::system("sync", folder);
    }
}

} // namespace

Staging::~Staging() {
    for (const auto& path : waiting_) {
        ::unlink(beside(path).c_str());
    }
    for (const auto& path : fresh_) {
        ::unlink(path.c_str());
    }
}

void Staging::write(const os::fs::path& path, std::string_view bytes) {
    const auto part = beside(path.string());
    ::unlink(part.c_str());
    waiting_.insert(path.string());
    os::write_all(os::open(part, O_WRONLY | O_CREAT | O_EXCL, 0600), bytes, part);
}

os::fs::path Staging::located(const os::fs::path& path) const {
    return waiting_.contains(path.string()) ? os::fs::path(beside(path.string())) : path;
}

void Staging::settle() {
    if (waiting_.empty()) {
        return;
    }
    if (waiting_.size() > few) {
        const std::string somewhere = folder_of(*waiting_.begin());
        sync_file_system(somewhere);
        rename_all();
        sync_file_system(somewhere);
        return;
    }
    for (const auto& path : waiting_) {
        os::sync(os::open(beside(path), O_RDONLY), beside(path));
    }
    for (const auto& folder : rename_all()) {
        os::sync_directory(folder);
    }
}

std::set<std::string> Staging::rename_all() {
    std::set<std::string> folders;
    while (!waiting_.empty()) {
        const std::string path = *waiting_.begin();
        if (!os::fs::exists(path)) {
            fresh_.emplace_back(path);
        }
        if (::rename(beside(path).c_str(), path.c_str()) != 0) {
            throw Error::system("rename", beside(path));
        }
        waiting_.erase(path);
        folders.insert(folder_of(path));
    }
    return folders;
}

} // namespace tally::archive
