#include "packager/media/image.hpp"

#include "packager/media/place.hpp"
#include "tally/os/private_directory.hpp"

#include <algorithm>
#include <cstdio>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace tally::media {
namespace {

constexpr const char* image_program = "xorriso";

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (auto& word : words) {
        list.push_back(word.data());
    }
    list.push_back(nullptr);
    return list;
}

std::string said(int file) {
    std::string text(std::size_t{16} << 10U, '\0');
    const ssize_t got = ::pread(file, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    for (char& c : text) { // one line, nothing that a terminal would obey
        c = c == '\n' ? ';' : (c < ' ' || c > '~') ? '?' : c;
    }
    while (!text.empty() && text.back() == ';') {
        text.pop_back();
    }
    const std::size_t last = text.find("FAILURE : ");
    return last == std::string::npos ? text.substr(0, 200) : text.substr(last, text.find(';', last) - last);
}

// Dates inside an image follow SOURCE_DATE_EPOCH (reproducible-builds.org); xorriso heeds it.
void run_xorriso(std::vector<std::string> words, std::uint64_t made_ms, const os::fs::path& about) {
    words.insert(words.begin(), image_program);
    std::vector<std::string> settings{"SOURCE_DATE_EPOCH=" + std::to_string(made_ms / 1000), "LC_ALL=C"};
    for (char** variable = environ; *variable != nullptr; ++variable) { // NOLINT(*-pointer-arithmetic)
        const std::string_view text = *variable;
        if (text.rfind("SOURCE_DATE_EPOCH=", 0) != 0 && text.rfind("LC_ALL=", 0) != 0) {
            settings.emplace_back(text);
        }
    }
    const os::Descriptor messages(::memfd_create("xorriso", MFD_CLOEXEC));
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, messages.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, messages.get(), STDERR_FILENO);
    pid_t child = 0;
    const int refused =
        ::posix_spawnp(&child, image_program, &actions, nullptr, pointers(words).data(), pointers(settings).data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (refused != 0) {
        throw Error("run", image_program, refused == ENOENT ? "it is not installed" : std::strerror(refused),
                    {"install it: apt install xorriso",
                     "or write the folders with --staging and burn them with another program"});
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw Error("make", about.string(), std::string(image_program) + " refused: " + said(messages.get()));
    }
}

std::vector<crypto::Hash> digests(const std::vector<Parcel>& parcels) {
    std::vector<crypto::Hash> list;
    for (const auto& parcel : parcels) {
        list.push_back(parcel.digest);
    }
    return list;
}

void prove(const os::fs::path& taken_out, const os::fs::path& image, const std::vector<Parcel>& parcels,
           const site_file::Chain& site, const Progress& progress) {
    const auto folder = os::open(taken_out, O_RDONLY | O_DIRECTORY);
    const auto seen = verify(folder, taken_out, site, digests(parcels), progress);
    if (!seen.sound()) {
        const std::string what = seen.remarks.empty() ? "nothing is in it" : seen.remarks.front().what;
        throw Error("read back", image.string(), "what is in the image is not what was to be in it: " + what);
    }
}

} // namespace

Image make_image(const os::fs::path& path, const std::vector<Parcel>& parcels, const Preset& preset,
                 const site_file::Chain& site, const Progress& progress) {
    if (os::fs::exists(os::fs::symlink_status(path))) {
        throw Error("write", path.string(), "a file of that name is there", {"it is not replaced: give another name"});
    }
    std::uint64_t made_ms = UINT64_MAX;
    for (const auto& parcel : parcels) {
        made_ms = std::min(made_ms, parcel.made_ms);
    }
    const os::PrivateDirectory scratch(path.parent_path(), path.filename().string() + ".work");
    const auto tree = scratch.path() / "in";
    const auto taken_out = scratch.path() / "out";
    os::make_directories(tree);
    const auto root = os::open(tree, O_RDONLY | O_DIRECTORY);
    auto steps = survey(root, tree, parcels);
    place(root, tree, steps, progress);

    const auto made = scratch.path() / "image";
    run_xorriso({"-as", "mkisofs", "-quiet", "-iso-level", "3", "-r", "-J", "-joliet-long", "-V", "TALLY",
                 "--set_all_file_dates", "=" + std::to_string(made_ms / 1000), "-o", made.string(), tree.string()},
                made_ms, path);
    run_xorriso(
        {"-report_about", "SORRY", "-osirrox", "on", "-indev", made.string(), "-extract", "/", taken_out.string()},
        made_ms, path);
    prove(taken_out, path, parcels, site, progress);

    const auto folder = os::open(scratch.path(), O_RDONLY | O_DIRECTORY);
    const auto read = read_back(folder, "image", UINT64_MAX, made);
    if (read.size > preset.capacity) {
        throw Error("write", path.string(),
                    std::to_string(read.size) + " bytes do not fit a medium of the kind " + std::string(preset.name) +
                        ", which holds " + std::to_string(preset.capacity),
                    {"pack smaller volumes, and write each to a medium of its own"});
    }
    os::sync(open_file_in(folder, "image", made), made);
    if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
        throw Error::system("rename", path.string());
    }
    os::sync_directory(path.parent_path());
    return {path, read.size, read.sha256};
}

} // namespace tally::media
