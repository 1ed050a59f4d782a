#include "packager/media/envelope.hpp"

#include "tally/bundle/ustar.hpp"
#include "tally/crypto/blake2b.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace tally::media {
namespace {

constexpr const char* age_program = "age";
constexpr std::string_view secret_mark = "AGE-SECRET-KEY-";

// In the order of the format: signature, releases, the list of a set and its releases, the bundle.
std::vector<const Piece*> members_of(const Parcel& parcel) {
    const std::string& bundle = parcel.pieces.front().name;
    std::vector<const Piece*> own;
    std::vector<const Piece*> of_set;
    for (const auto& piece : parcel.pieces) {
        const bool is_list = piece.name.ends_with("_RELEASE.json");
        if (piece.name == bundle + ".minisig" || is_list) {
            auto& group = is_list ? of_set : own;
            group.insert(group.begin(), &piece);
        } else if (piece.name.ends_with(".minisig")) {
            (piece.name.starts_with(bundle) ? own : of_set).push_back(&piece);
        }
    }
    own.insert(own.end(), of_set.begin(), of_set.end());
    own.push_back(&parcel.pieces.front());
    return own;
}

// While it lives, writing to a program that has ended is an error and no signal.
class NoPipeSignal {
public:
    NoPipeSignal() {
        struct sigaction ignore {};
        ignore.sa_handler = SIG_IGN; // NOLINT(*-cast)
        ::sigaction(SIGPIPE, &ignore, &before_);
    }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;
    ~NoPipeSignal() { ::sigaction(SIGPIPE, &before_, nullptr); }

private:
    struct sigaction before_ {};
};

// The program at work: takes bytes, writes to a file of ours.
class Age {
public:
    Age(const os::fs::path& recipients, const os::Descriptor& out)
        : messages_(::memfd_create(age_program, MFD_CLOEXEC)) {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw Error::system("run", age_program);
        }
        const os::Descriptor in(ends[0]);
        in_ = os::Descriptor(ends[1]);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, messages_.get(), STDERR_FILENO);
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes, &defaults);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        std::string words[] = {age_program, "-e", "-R", os::fs::absolute(recipients).string()};
        char* list[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
        const int refused = ::posix_spawnp(&child_, age_program, &actions, &attributes, list, environ);
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
        if (refused != 0) {
            throw Error("run", age_program, refused == ENOENT ? "it is not installed" : std::strerror(refused),
                        {"install it: apt install age",
                         "or carry the bundle as it is: it is signed and released, and not secret"});
        }
    }
    Age(const Age&) = delete;
    Age& operator=(const Age&) = delete;
    ~Age() {
        if (child_ > 0) {
            in_ = os::Descriptor();
            static_cast<void>(wait());
        }
    }

    // False when the program takes no more.
    [[nodiscard]] bool put(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t taken = ::write(in_.get(), bytes.data(), bytes.size());
            if (taken < 0 && errno == EPIPE) {
                return false;
            }
            if (taken < 0 && errno != EINTR) {
                throw Error::system("write to", age_program);
            }
            bytes.remove_prefix(taken < 0 ? 0 : static_cast<std::size_t>(taken));
        }
        return true;
    }

    // After the last byte. Error with what the program said when it failed.
    void finish(bool all_taken) {
        os::Descriptor done = std::move(in_);
        done = os::Descriptor();
        const int status = wait();
        if (!all_taken || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            throw Error("encrypt with", age_program, said(), {"recipients are lines that begin with age1 or ssh-"});
        }
    }

private:
    int wait() {
        int status = 0;
        while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
        }
        child_ = 0;
        return status;
    }
    // Its first line, nothing in it that a terminal would obey.
    [[nodiscard]] std::string said() const {
        std::string text(200, '\0');
        const ssize_t got = ::pread(messages_.get(), text.data(), text.size(), 0);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        text.resize(std::min(text.size(), text.find('\n')));
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
        while (!text.empty() && text.back() == '.') {
            text.pop_back();
        }
        return text.empty() ? "it failed without a word" : text;
    }

    os::Descriptor messages_, in_;
    pid_t child_ = 0;
};

bool put_member(Age& age, const Piece& piece, const os::fs::path& shown, const Progress& progress) {
    const auto header = bundle::ustar_header(piece.name, piece.size);
    bool taken = age.put({header.data(), header.size()}) && age.put(piece.text);
    if (piece.file.is_open()) {
        if (::lseek(piece.file.get(), 0, SEEK_SET) != 0) {
            throw Error::system("read", shown.string());
        }
        std::string chunk(std::size_t{1} << 20U, '\0');
        std::uint64_t size = 0;
        while (const std::size_t got = taken ? os::read_some(piece.file, chunk.data(), chunk.size(), shown) : 0) {
            size += got;
            taken = age.put(std::string_view(chunk).substr(0, got));
            if (progress) {
                progress(got);
            }
        }
        if (taken && size != piece.size) {
            throw Error("read", shown.string(), "it changed meanwhile");
        }
    }
    return taken && age.put(std::string(bundle::padding_after(piece.size), '\0'));
}

void refuse_secrets(const os::fs::path& recipients) {
    std::string bytes = os::read_file(recipients, max_recipients);
    const bool secret = bytes.find(secret_mark) != std::string::npos;
    ::explicit_bzero(bytes.data(), bytes.size());
    if (secret) {
        throw Error("encrypt for", recipients.string(), "it holds a secret key",
                    {"give the recipients only: age-keygen -y KEY.txt prints the one of a key",
                     "this key was on the station: make another"});
    }
}

Envelope measured(const os::fs::path& path) {
    const auto file = os::open_regular(path);
    crypto::Sha256 sha;
    crypto::Blake2b512 blake;
    Envelope envelope;
    std::string chunk(std::size_t{1} << 20U, '\0');
    while (const std::size_t got = os::read_some(file, chunk.data(), chunk.size(), path)) {
        const auto bytes = std::string_view(chunk).substr(0, got);
        sha.update(bytes);
        blake.update(as_bytes(bytes));
        envelope.size += got;
    }
    envelope.sha256 = sha.finish();
    envelope.blake2b512 = blake.finish();
    return envelope;
}

} // namespace

Envelope encrypt(const Parcel& parcel, const os::fs::path& recipients, const os::fs::path& to,
                 const Progress& progress) {
    refuse_secrets(recipients);
    if (parcel.pieces.front().size > bundle::max_member) {
        throw Error("encrypt", parcel.pieces.front().name, "too large for one envelope",
                    {"pack smaller volumes: tally-packager pack --volume-size fat32"});
    }
    const os::fs::path part = to.string() + ".part";
    ::unlink(part.c_str());
    try {
        const os::Descriptor out = os::open(part, O_WRONLY | O_CREAT | O_EXCL, 0644);
        const NoPipeSignal no_signal;
        Age age(recipients, out);
        const auto members = members_of(parcel);
        bool taken = std::all_of(members.begin(), members.end(),
                                 [&](const Piece* piece) { return put_member(age, *piece, piece->name, progress); });
        taken = taken && age.put(std::string(bundle::end_size, '\0'));
        age.finish(taken);
        os::sync(out, part);
        if (::rename(part.c_str(), to.c_str()) != 0) {
            throw Error::system("rename", part.string());
        }
    } catch (...) {
        ::unlink(part.c_str());
        throw;
    }
    os::sync_directory(to.parent_path());
    return measured(to);
}

} // namespace tally::media
