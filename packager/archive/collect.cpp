#include "packager/archive/collect.hpp"

#include "tally/segment/segment.hpp"

#include <algorithm>
#include <dirent.h>
#include <memory>

namespace tally::archive {
namespace {

constexpr unsigned max_depth = 16;
constexpr std::size_t commit_bytes = std::size_t{64} << 20U; // of segments between two commits

bool named_like_a_segment(const std::string& name) { return name.starts_with("SEG_") && name.ends_with(".jsonl.zst"); }

std::vector<std::string> names_in(const os::Descriptor& directory, const os::fs::path& path) {
    const int own = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); // NOLINT(*-vararg)
    std::unique_ptr<DIR, int (*)(DIR*)> stream(own >= 0 ? ::fdopendir(own) : nullptr, &::closedir);
    if (!stream) {
        throw Error::system("read", path.string());
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") {
            names.push_back(name);
        }
        errno = 0;
    }
    if (errno != 0) {
        throw Error::system("read", path.string());
    }
    return names;
}

// Segments of one log in their order, so that few have to wait.
bool earlier(const std::string& a, const std::string& b) {
    const auto left = segment::Name::parse(a);
    const auto right = segment::Name::parse(b);
    if (left && right) {
        return std::tie(left->host, left->first, left->next) < std::tie(right->host, right->first, right->next);
    }
    return left.has_value() == right.has_value() ? a < b : left.has_value();
}

// At most segment::max_packed bytes of an open file.
std::string read_bounded(const os::Descriptor& file, const os::fs::path& path) {
    std::string bytes;
    std::size_t size = 0;
    for (std::size_t got = 1; got != 0 && size <= segment::max_packed; size += got) {
        bytes.resize(std::min(segment::max_packed + 1, size + std::max<std::size_t>(size, 1U << 16U)));
        got = os::read_some(file, bytes.data() + size, bytes.size() - size, path);
    }
    bytes.resize(size);
    bytes.shrink_to_fit(); // many wait for their turn
    return bytes;
}

} // namespace

Collector::Collector(Archive& archive, Quarantine& quarantine, Report report, unsigned threads)
    : archive_(&archive), quarantine_(&quarantine), report_(std::move(report)),
      provers_(archive, threads, [this](const Offered& segment, const Ahead& ahead) { take(segment, ahead); }) {}

void Collector::retry_unknown() {
    for (const auto& entry : quarantine_->list()) {
        const auto name = segment::Name::parse(entry.name);
        if (entry.code != code_of(Refusal::unknown_log) || !name || archive_->find(name->host) == nullptr) {
            continue;
        }
        try {
            provers_.put(
                {entry.name, os::read_file(entry.file, segment::max_packed), entry.file.string(), From::quarantine});
        } catch (const Error& error) {
            unreadable(entry.file.string(), error.what());
        }
    }
}

void Collector::collect(const os::fs::path& path) {
    // The operator's own word: a link given here is followed, links below are not.
    const os::Descriptor given(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)); // NOLINT(*-vararg)
    struct stat status {};
    if (!given.is_open() || ::fstat(given.get(), &status) != 0) {
        throw Error::system("open", path.string());
    }
    if (S_ISDIR(status.st_mode)) {
        walk(given, path, 0);
        return;
    }
    const auto folder = path.has_parent_path() ? path.parent_path() : os::fs::path(".");
    const os::Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!parent.is_open()) {
        throw Error::system("open", folder.string());
    }
    take_file(parent, path.filename().string(), path);
}

void Collector::walk(const os::Descriptor& directory, const os::fs::path& path, unsigned depth) {
    auto names = names_in(directory, path);
    std::sort(names.begin(), names.end(), earlier);
    for (const auto& name : names) {
        struct stat status {};
        if (::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            unreadable((path / name).string(), std::strerror(errno));
        } else if (S_ISDIR(status.st_mode)) {
            const os::Descriptor below(::openat(directory.get(), name.c_str(),
                                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)); // NOLINT(*-vararg)
            if (below.is_open() && depth + 1 < max_depth) {
                walk(below, path / name, depth + 1);
            } else {
                unreadable((path / name).string(), below.is_open() ? "too many levels" : std::strerror(errno));
            }
        } else {
            take_file(directory, name, path / name);
        }
    }
}

void Collector::take_file(const os::Descriptor& directory, const std::string& name, const os::fs::path& path) {
    struct stat status {};
    if (::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(status.st_mode)) {
        ++counts_.not_regular;
        report_(Event::not_regular, path.string(), "not a regular file: not opened");
        return;
    }
    if (!named_like_a_segment(name)) {
        ++counts_.other_files;
        return;
    }
    // What the name meant a moment ago may have been swapped: the open file is asked again.
    const os::Descriptor file(::openat(directory.get(), name.c_str(),
                                       O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        unreadable(path.string(), file.is_open() ? "not a regular file" : std::strerror(errno));
        return;
    }
    std::string packed;
    try {
        packed = read_bounded(file, path);
    } catch (const Error& error) {
        unreadable(path.string(), error.what());
        return;
    }
    if (packed.size() > segment::max_packed) {
        unreadable(path.string(), "larger than any segment: left where it is");
        return;
    }
    provers_.put({name, std::move(packed), path.string()});
}

void Collector::unreadable(const std::string& path, const std::string& why) {
    ++counts_.unreadable;
    report_(Event::unreadable, path, why);
}

void Collector::take(const Offered& segment, const Ahead& ahead) {
    uncommitted_bytes_ += segment.packed.size();
    try {
        const Outcome outcome = archive_->take(segment.name, segment.packed, ahead);
        note(outcome, segment.name, segment.packed, segment.path);
        if (segment.from == From::quarantine && outcome.taken != Taken::refused) { // else under its new reason
            leaving_.emplace_back(segment.path);
        }
    } catch (const DamagedCopy& damaged) { // of this log; the others have nothing to do with it
        unreadable(segment.path, damaged.what());
    }
    if (uncommitted_bytes_ > commit_bytes) {
        commit();
    }
}

void Collector::commit() {
    archive_->commit();
    quarantine_->commit();
    quarantine_->remove(leaving_);
    leaving_.clear();
    uncommitted_bytes_ = 0;
}

void Collector::note(const Outcome& outcome, const std::string& name, std::string_view packed,
                     const std::string& path) {
    switch (outcome.taken) {
    case Taken::added:
        ++counts_.added;
        report_(Event::added, path, "");
        break;
    case Taken::known:
        ++counts_.known;
        break;
    case Taken::waiting:
        ++counts_.waiting;
        report_(Event::waiting, path, "an earlier segment of its log has not arrived yet");
        break;
    case Taken::refused:
        if (quarantine_->keep(name, packed, outcome)) {
            ++counts_.quarantined;
            report_(Event::quarantined, path, std::string(code_of(outcome.refusal)) + ": " + outcome.reason);
        } else {
            ++counts_.refused_before;
        }
    }
}

void Collector::finish() {
    provers_.finish();
    if (!leaving_.empty()) { // before one of them comes to light as a fork, and is kept again under the same name
        commit();
    }
    archive_->settle([&](const std::string& name, std::string_view packed, const Outcome& outcome) {
        if (outcome.taken == Taken::waiting) {
            unreadable(name, outcome.reason);
            return;
        }
        counts_.settled += outcome.taken == Taken::added ? 1 : 0;
        note(outcome, name, packed, name);
    });
    commit();
}

} // namespace tally::archive
