// From a packed bundle to the medium: released by an officer, put into an envelope, written, looked at again.
#include "packager/media/medium.hpp"
#include "packager/media/verify.hpp"
#include "packager/submission/station.hpp"
#include "packager/way_out_commands.hpp"
#include "tally/releases/envelope.hpp"
#include "tally/releases/releases.hpp"
#include "tests/faults/workloads.hpp"
#include "tests/support/stock_age.hpp"

#include <algorithm>

namespace tally::faults {
namespace {

namespace fs = os::fs;

constexpr const char* label = "STICK";

constexpr const char* recipients = "reader.txt";

fs::path medium_in(const fs::path& top) { return top / "medium"; }
fs::path envelope_in(const fs::path& top) { return bundle_in(top).string() + std::string(releases::envelope_suffix); }

void demand(bool good, const std::string& what) {
    if (!good) {
        throw Error("examine", "", what);
    }
}

std::string acts_of(const fs::path& top, std::string_view type) {
    submission::Station station(station_in(top), os::system_clock());
    std::uint64_t acts = 0;
    station.log.for_each(type, [&](const line::Fields&) { ++acts; });
    return std::to_string(acts) + " " + std::string(type);
}

Exit release(const fs::path& top, const Acknowledge&) {
    packager::ReleaseOptions options;
    options.state = station_in(top);
    options.bundles = {bundle_in(top)};
    options.key = top / officer_key;
    return packager::run_release(options);
}
// Half a signature under its name is none; a second one of the same person should not be there.
std::string look_at_releases(const fs::path& top, std::uint64_t) {
    std::string text = acts_of(top, "released");
    for (std::size_t number = 1; number <= releases::max_files; ++number) {
        const auto path = releases::release_path(bundle_in(top), number);
        if (fs::exists(path)) {
            demand(minisig::read_signature_file(os::read_file(path, minisig::max_signature_file)).ok(),
                   "half a release");
            text += ", " + path.filename().string();
        }
    }
    return text;
}

Exit encrypt(const fs::path& top, const Acknowledge&) {
    packager::EncryptOptions options;
    options.state = station_in(top);
    options.bundles = {bundle_in(top)};
    options.recipients = top / recipients;
    return packager::run_encrypt(options);
}
media::Parcel envelope_at(const fs::path& top) {
    const os::Descriptor folder(::open(out_in(top).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    return media::read_parcel(folder, envelope_in(top).filename().string(), out_in(top),
                              submission::read_site(station_in(top)));
}
// With its signature it is whole; without, it has not been made yet, whatever lies there.
std::string look_at_envelope(const fs::path& top, std::uint64_t) {
    if (!fs::exists(envelope_in(top).string() + ".minisig")) {
        return "no envelope";
    }
    return envelope_at(top).pieces.size() == 2 ? "an envelope" : "";
}

Exit write(const fs::path& top, const Acknowledge&) {
    packager::WriteOptions options;
    options.state = station_in(top);
    options.bundles = {bundle_in(top)};
    if (fs::exists(envelope_in(top))) {
        options.bundles.push_back(envelope_in(top));
    }
    options.to = medium_in(top);
    options.medium = label;
    options.staging = packager::Staging::yes;
    options.paper = top / "paper.txt";
    return packager::run_write(options);
}
std::string look_at_medium(const fs::path& top, std::uint64_t) {
    std::string text = acts_of(top, "written");
    const os::Descriptor root(::open(medium_in(top).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    const auto seen = media::verify(root, medium_in(top), submission::read_site(station_in(top)), {});
    for (const auto& remark : seen.remarks) {
        const bool interrupted = remark.doubt == media::Doubt::incomplete || remark.where.ends_with(".part");
        demand(interrupted, std::string(media::name_of(remark.doubt)) + " " + remark.where + " " + remark.what);
    }
    for (const auto& parcel : seen.whole) {
        text += ", " + parcel.bundle;
    }
    return text + (fs::exists(top / "paper.txt") ? ", a delivery note" : "");
}

Exit verify(const fs::path& top, const Acknowledge&) {
    packager::VerifyMediaOptions options;
    options.state = station_in(top);
    options.medium = medium_in(top);
    options.label = label;
    return packager::run_verify_media(options);
}

} // namespace

void set_up_way_out(const fs::path& top) {
    fs::create_directories(medium_in(top));
    os::replace_file(top / recipients, std::string(test::age_recipient) + "\n");
}

std::vector<Workload> way_out() {
    std::vector<Workload> all{{"release", release, look_at_releases}};
    if (test::stock_age_is_there()) {
        all.push_back({"encrypt", encrypt, look_at_envelope});
    }
    all.push_back({"write", write, look_at_medium});
    all.push_back({"verify-media", verify, look_at_medium, true});
    return all;
}

} // namespace tally::faults
