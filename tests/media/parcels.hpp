// Bundles of a small site on disk, ready to be carried, and what a medium must hold of them.
#pragma once

#include "packager/media/place.hpp"
#include "packager/media/verify.hpp"
#include "tests/support/bundle_builder.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <sstream>

namespace tally::media_test {

inline std::string slurp(const os::fs::path& path) {
    std::ifstream in(path.string(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

struct Bundles {
    test::TempDir dir{test::TempDir::Where::in_memory};
    test::Site site{"media"};
    std::vector<os::fs::path> paths;
    site_file::Chain chain = *site_file::read_chain(site.file);

    explicit Bundles(std::size_t count, std::uint64_t lines = 50) {
        test::Log& host = site.host("H");
        for (std::size_t i = 0; i < count; ++i) {
            for (std::uint64_t line = 0; line < lines; ++line) {
                host.session(i * lines + line, i * lines + line + 10);
            }
            host.seal();
            const auto draft = site.draft();
            paths.push_back(draft.write(dir.path(), site.exporter));
            site.exported(draft);
        }
    }
    [[nodiscard]] std::vector<media::Parcel> parcels() const {
        const auto folder = os::open(dir.path(), O_RDONLY | O_DIRECTORY);
        std::vector<media::Parcel> all;
        for (const auto& path : paths) {
            all.push_back(media::read_parcel(folder, path.filename().string(), dir.path(), chain));
        }
        return all;
    }
    [[nodiscard]] std::vector<crypto::Hash> digests() const {
        std::vector<crypto::Hash> all;
        for (const auto& path : paths) {
            all.push_back(crypto::sha256(slurp(path)));
        }
        return all;
    }
};

inline os::Descriptor open_folder(const os::fs::path& path) {
    os::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) {
        throw Error::system("open", path.string());
    }
    return folder;
}

inline std::vector<media::Step> write_all(const os::fs::path& to, const std::vector<media::Parcel>& parcels) {
    const auto root = open_folder(to);
    auto steps = media::survey(root, to, parcels);
    media::place(root, to, steps);
    return steps;
}

inline media::MediumSeen look(const os::fs::path& at, const Bundles& bundles) {
    return media::verify(open_folder(at), at, bundles.chain, bundles.digests());
}

inline os::fs::path folder_on(const os::fs::path& medium, const media::Parcel& parcel) {
    return medium / "TALLY" / parcel.site / parcel.folder;
}

// What a piece must be on the medium, told without the code under test.
inline std::string bytes_of(const Bundles& bundles, const media::Piece& piece) {
    return piece.text.empty() ? slurp(bundles.dir / piece.name) : piece.text;
}

} // namespace tally::media_test
