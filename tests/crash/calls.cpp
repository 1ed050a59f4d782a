#include "tests/crash/calls.hpp"

#include "tests/crash/disk.hpp"

#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <optional>
#include <set>
#include <sys/wait.h>

namespace tally::crash {
namespace {

using Kind = Call::Kind;

// What the recording knows of the directory while it changes.
class Journalist {
public:
    Journalist(const os::fs::path& root, Forget forget) : root_(os::fs::canonical(root)), forget_(forget) {
        history_.before = read_tree(root_);
        for (const auto& [name, content] : history_.before) {
            if (content) {
                written_.insert(next_);
                files_[name] = next_++;
            }
        }
    }

    [[nodiscard]] std::optional<std::string> inside(int directory, const char* path) const {
        std::string full = path;
        if (full.empty() || full[0] != '/') {
            full = (directory == AT_FDCWD ? os::fs::current_path().string() : name_of(directory)) + "/" + full;
        }
        return relative(full);
    }
    void opened(int descriptor, const std::string& name, int flags) {
        struct stat status {};
        const bool nameless = (flags & O_TMPFILE) == O_TMPFILE; // gone with the process in any case
        if (nameless || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
            return;
        }
        auto place = files_.find(name);
        if (place == files_.end()) {
            place = files_.emplace(name, next_++).first;
            add({Kind::create_file, place->second, name, "", 0, ""});
        } else if ((flags & O_TRUNC) != 0) {
            add({Kind::resize, place->second, "", "", 0, ""});
        }
        open_[descriptor] = place->second;
    }
    void end_after(std::size_t calls) { end_at_ = calls; }
    void closed(int descriptor) { open_.erase(descriptor); }
    void wrote(int descriptor, std::uint64_t at, std::string bytes) {
        if (const auto file = file_of(descriptor)) {
            written_.insert(*file);
            add({Kind::write, *file, "", "", at, std::move(bytes)});
        }
    }
    void resized(int descriptor, std::uint64_t size) {
        if (const auto file = file_of(descriptor)) {
            add({Kind::resize, *file, "", "", size, ""});
        }
    }
    // What another process wrote into a file of ours is seen when we sync that: then all of it, as one write.
    void take_in(int descriptor, std::size_t file, std::size_t size) {
        if (size > 0 && written_.insert(file).second) {
            std::string bytes(size, '\0');
            const os::Descriptor again(::open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_RDONLY));
            bytes.resize(os::read_some(again, bytes.data(), size, "what another process wrote"));
            add({Kind::write, file, "", "", 0, std::move(bytes)});
        }
    }
    void synced(int descriptor) {
        struct stat status {};
        if (::fstat(descriptor, &status) != 0) {
            return;
        }
        if (const auto file = file_of(descriptor)) {
            take_in(descriptor, *file, static_cast<std::size_t>(status.st_size));
        }
        if (S_ISDIR(status.st_mode)) {
            const auto name = relative(name_of(descriptor));
            if (name && forget_ != Forget::directory_syncs && forget_ != Forget::all_syncs) {
                add({Kind::sync_directory, 0, *name, "", 0, ""});
            }
        } else if (const auto file = file_of(descriptor)) {
            if (forget_ != Forget::file_syncs && forget_ != Forget::all_syncs) {
                add({Kind::sync_file, *file, "", "", 0, ""});
            }
        }
    }
    // The file system below a descriptor: everything recorded here, if that lies there.
    void synced_all(int descriptor) {
        if (forget_ == Forget::nothing && relative(name_of(descriptor))) {
            add({Kind::sync_all, 0, "", "", 0, ""});
        }
    }
    void renamed(const std::string& from, const std::string& to) {
        const auto place = files_.find(from);
        if (place == files_.end()) {
            throw Error("record", from, "a directory was renamed, which the model does not know");
        }
        const std::size_t file = place->second;
        files_.erase(place);
        files_[to] = file;
        add({Kind::rename, file, from, to, 0, ""});
    }
    void removed(const std::string& name) {
        files_.erase(name);
        add({Kind::remove, 0, name, "", 0, ""});
    }
    void made_directory(const std::string& name) { add({Kind::create_directory, 0, name, "", 0, ""}); }
    void mark(const std::string& what, std::uint64_t value) { add({Kind::mark, 0, what, "", value, ""}); }

    History finish() {
        history_.after = read_tree(root_);
        Disk disk(history_.before);
        for (const auto& call : history_.calls) {
            disk.apply(call);
        }
        const std::string apart = difference(disk.everything(), history_.after);
        if (!apart.empty()) {
            throw Error("record", apart, "was changed by a call that is not recorded");
        }
        return std::move(history_);
    }

private:
    static std::string name_of(int descriptor) {
        return os::fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor)).string();
    }
    [[nodiscard]] std::optional<std::string> relative(const std::string& full) const {
        const std::string path = os::fs::path(full).lexically_normal().string();
        const std::string& root = root_.string();
        if (path == root) {
            return "";
        }
        const bool below = path.size() > root.size() && path.compare(0, root.size(), root) == 0 &&
                           path[root.size()] == '/' && !path.ends_with("-shm");
        return below ? std::optional(path.substr(root.size() + 1)) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> file_of(int descriptor) const {
        const auto place = open_.find(descriptor);
        return place == open_.end() ? std::nullopt : std::optional(place->second);
    }
    void add(Call call) {
        changes_ += call.kind == Kind::mark ? 0 : 1;
        history_.calls.push_back(std::move(call));
        if (changes_ == end_at_) {
            ::raise(SIGKILL);
        }
    }

    os::fs::path root_;
    Forget forget_;
    History history_;
    std::map<std::string, std::size_t> files_; // by their present names
    std::map<int, std::size_t> open_;
    std::set<std::size_t> written_; // files with bytes that the recording knows
    std::size_t next_ = 0;
    std::size_t changes_ = 0;
    std::size_t end_at_ = std::string::npos;
};

std::recursive_mutex& gate() {
    static std::recursive_mutex mutex;
    return mutex;
}
std::unique_ptr<Journalist>& journalist() {
    static std::unique_ptr<Journalist> one;
    return one;
}
// What is done for the recording itself, or while it is done, is not recorded.
thread_local bool busy = false;

template <class Function>
Function* following(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name)); // NOLINT(*-reinterpret-cast)
}

// Does the call, and when it succeeded tells of it, as one step among all threads.
template <class Do, class Tell>
auto recorded(Do call, Tell tell) -> decltype(call()) {
    if (busy) {
        return call();
    }
    const std::lock_guard<std::recursive_mutex> lock(gate());
    const auto result = call();
    if (result >= 0 && journalist()) {
        const int kept = errno;
        busy = true;
        try {
            tell(*journalist(), result);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "recording: %s\n", error.what());
            std::abort();
        }
        busy = false;
        errno = kept;
    }
    return result;
}

int open_recorded(int directory, const char* path, int flags, mode_t mode) {
    using Openat = int(int, const char*, int, ...);
    static auto* const real = following<Openat>("openat64");
    return recorded([&] { return real(directory, path, flags, mode); },
                    [&](Journalist& to, int descriptor) {
                        if (const auto name = to.inside(directory, path)) {
                            to.opened(descriptor, *name, flags);
                        }
                    });
}

mode_t mode_in(int flags, std::va_list& more) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0; // NOLINT(*-vararg)
}

ssize_t pwrite_recorded(int descriptor, const void* data, std::size_t size, off64_t at) {
    using Pwrite = ssize_t(int, const void*, std::size_t, off64_t);
    static auto* const real = following<Pwrite>("pwrite64");
    return recorded([&] { return real(descriptor, data, size, at); },
                    [&](Journalist& to, ssize_t done) {
                        to.wrote(descriptor, static_cast<std::uint64_t>(at),
                                 {static_cast<const char*>(data), static_cast<std::size_t>(done)});
                    });
}

int resize_recorded(int descriptor, off64_t size) {
    using Truncate = int(int, off64_t);
    static auto* const real = following<Truncate>("ftruncate64");
    return recorded([&] { return real(descriptor, size); },
                    [&](Journalist& to, int) { to.resized(descriptor, static_cast<std::uint64_t>(size)); });
}

int sync_recorded(const char* function, int descriptor) {
    using Sync = int(int);
    return recorded([&] { return following<Sync>(function)(descriptor); },
                    [&](Journalist& to, int) { to.synced(descriptor); });
}

int rename_recorded(int from_directory, const char* from, int to_directory, const char* to) {
    using Rename = int(int, const char*, int, const char*);
    static auto* const real = following<Rename>("renameat");
    return recorded([&] { return real(from_directory, from, to_directory, to); },
                    [&](Journalist& told, int) {
                        const auto old_name = told.inside(from_directory, from);
                        const auto new_name = told.inside(to_directory, to);
                        if (old_name.has_value() != new_name.has_value()) {
                            throw Error("record", from, "renamed into or out of the recorded directory");
                        }
                        if (old_name) {
                            told.renamed(*old_name, *new_name);
                        }
                    });
}

int remove_recorded(int directory, const char* path, int flags) {
    using Unlink = int(int, const char*, int);
    static auto* const real = following<Unlink>("unlinkat");
    return recorded([&] { return real(directory, path, flags); },
                    [&](Journalist& to, int) {
                        if (const auto name = to.inside(directory, path)) {
                            to.removed(*name);
                        }
                    });
}

int make_directory_recorded(int directory, const char* path, mode_t mode) {
    using Mkdir = int(int, const char*, mode_t);
    static auto* const real = following<Mkdir>("mkdirat");
    return recorded([&] { return real(directory, path, mode); },
                    [&](Journalist& to, int) {
                        if (const auto name = to.inside(directory, path)) {
                            to.made_directory(*name);
                        }
                    });
}

} // namespace

Tree read_tree(const os::fs::path& root) {
    Tree tree;
    for (os::fs::recursive_directory_iterator at(root), end; at != end; ++at) {
        const std::string name = at->path().string().substr(root.string().size() + 1);
        if (os::fs::is_directory(at->path())) {
            tree[name] = nullptr;
        } else if (!name.ends_with("-shm")) {
            tree[name] = std::make_shared<const Content>(os::read_file(at->path(), std::size_t{1} << 30U));
        }
    }
    return tree;
}

void write_tree(const Tree& tree, const os::fs::path& root) {
    for (const auto& [name, content] : tree) { // a directory comes before what is in it
        const os::fs::path path = root / name;
        if (!content) {
            if (::mkdir(path.c_str(), 0700) != 0) {
                throw Error::system("create", path.string());
            }
        } else {
            os::write_all(os::open(path, O_WRONLY | O_CREAT | O_EXCL, 0600), content->bytes, path);
        }
    }
}

std::string difference(const Tree& left, const Tree& right) {
    for (const auto& [name, content] : left) {
        const auto other = right.find(name);
        const bool equal = other != right.end() && (content == nullptr) == (other->second == nullptr) &&
                           (!content || content->bytes == other->second->bytes);
        if (!equal) {
            return name;
        }
    }
    for (const auto& [name, content] : right) {
        if (!left.contains(name)) {
            return name;
        }
    }
    return "";
}

Recording::Recording(const os::fs::path& root, Forget forget) {
    const std::lock_guard<std::recursive_mutex> lock(gate());
    busy = true;
    journalist() = std::make_unique<Journalist>(root, forget);
    busy = false;
}
Recording::~Recording() {
    const std::lock_guard<std::recursive_mutex> lock(gate());
    journalist().reset();
}

void Recording::mark(const std::string& what, std::uint64_t value) {
    const std::lock_guard<std::recursive_mutex> lock(gate());
    if (journalist()) {
        journalist()->mark(what, value);
    }
}

History Recording::finish() {
    const std::lock_guard<std::recursive_mutex> lock(gate());
    const auto one = std::move(journalist());
    return one->finish();
}

bool killed_after(std::size_t calls, const os::fs::path& root, const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            const Recording recording(root);
            journalist()->end_after(calls);
            work();
            ::_exit(0);
        } catch (...) {
            ::_exit(1);
        }
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || (WIFEXITED(status) && WEXITSTATUS(status) != 0)) {
        throw Error("run", root.string(), "the work failed before it was killed");
    }
    return WIFSIGNALED(status);
}

} // namespace tally::crash

// The C library's functions, found here first by the program and by every library that it loads.
using namespace tally::crash; // NOLINT(*-build-using-namespace)

extern "C" {

int open(const char* path, int flags, ...) { // NOLINT(*-vararg)
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = mode_in(flags, more);
    va_end(more);
    return open_recorded(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) { // NOLINT(*-vararg)
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = mode_in(flags, more);
    va_end(more);
    return open_recorded(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char* path, int flags, ...) { // NOLINT(*-vararg)
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = mode_in(flags, more);
    va_end(more);
    return open_recorded(directory, path, flags, mode);
}
int openat64(int directory, const char* path, int flags, ...) { // NOLINT(*-vararg)
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = mode_in(flags, more);
    va_end(more);
    return open_recorded(directory, path, flags, mode);
}
int close(int descriptor) {
    using Close = int(int);
    static auto* const real = following<Close>("close");
    return recorded([&] { return real(descriptor); }, [&](Journalist& to, int) { to.closed(descriptor); });
}
ssize_t write(int descriptor, const void* data, std::size_t size) {
    using Write = ssize_t(int, const void*, std::size_t);
    static auto* const real = following<Write>("write");
    return recorded([&] { return real(descriptor, data, size); },
                    [&](Journalist& to, ssize_t done) {
                        const off64_t end = ::lseek64(descriptor, 0, SEEK_CUR);
                        to.wrote(descriptor, end < done ? 0 : static_cast<std::uint64_t>(end - done),
                                 {static_cast<const char*>(data), static_cast<std::size_t>(done)});
                    });
}
ssize_t pwrite(int descriptor, const void* data, std::size_t size, off_t at) {
    return pwrite_recorded(descriptor, data, size, at);
}
ssize_t pwrite64(int descriptor, const void* data, std::size_t size, off64_t at) {
    return pwrite_recorded(descriptor, data, size, at);
}
int ftruncate(int descriptor, off_t size) noexcept { return resize_recorded(descriptor, size); }
int ftruncate64(int descriptor, off64_t size) noexcept { return resize_recorded(descriptor, size); }
int fsync(int descriptor) { return sync_recorded("fsync", descriptor); }
int fdatasync(int descriptor) { return sync_recorded("fdatasync", descriptor); }
int syncfs(int descriptor) {
    using Sync = int(int);
    static auto* const real = following<Sync>("syncfs");
    return recorded([&] { return real(descriptor); }, [&](Journalist& to, int) { to.synced_all(descriptor); });
}
int rename(const char* from, const char* to) noexcept { return rename_recorded(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    return rename_recorded(from_directory, from, to_directory, to);
}
int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) noexcept {
    if (flags != 0 && ::faccessat(to_directory, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST; // RENAME_NOREPLACE, the one flag that is used here
        return -1;
    }
    return rename_recorded(from_directory, from, to_directory, to);
}
int unlink(const char* path) noexcept { return remove_recorded(AT_FDCWD, path, 0); }
int unlinkat(int directory, const char* path, int flags) noexcept { return remove_recorded(directory, path, flags); }
int rmdir(const char* path) noexcept { return remove_recorded(AT_FDCWD, path, AT_REMOVEDIR); }
int mkdir(const char* path, mode_t mode) noexcept { return make_directory_recorded(AT_FDCWD, path, mode); }
int mkdirat(int directory, const char* path, mode_t mode) noexcept {
    return make_directory_recorded(directory, path, mode);
}

} // extern "C"
