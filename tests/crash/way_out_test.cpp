// Power failures between packing and carrying out: while a bundle is released, written onto a medium, put into an
// envelope, and that is written. Nothing is ever signed on the medium that is not whole there, and the same commands lead
// to the same medium and the same lines of the station.
#include "packager/media/medium.hpp"
#include "packager/media/verify.hpp"
#include "packager/secret_keys.hpp"
#include "packager/submission/station.hpp"
#include "packager/way_out_commands.hpp"
#include "tally/releases/envelope.hpp"
#include "tally/releases/releases.hpp"
#include "tests/crash/replay.hpp"
#include "tests/crash/steady.hpp"
#include "tests/support/sealed_log.hpp"
#include "tests/support/stock_age.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::crash;

namespace {

namespace fs = os::fs;
using test::SealedLog;
using test::TempDir;

const SiteId site = *SiteId::parse("SITE1");
const std::string name = "SITE1_USAGE_000001_V1OF1.tally";

fs::path state_in(const fs::path& top) { return top / "station"; }
fs::path medium_in(const fs::path& top) { return top / "medium"; }
fs::path bundle_in(const fs::path& top) { return top / "out" / name; }
fs::path envelope_in(const fs::path& top) { return bundle_in(top).string() + std::string(releases::envelope_suffix); }

// Keys of the station's epochs come in the order of its seals, in whichever run.
void draw_next_key(const fs::path& top) {
    journal::Store log(state_in(top) / submission::log_folder, journal::Access::read);
    Steady::draw_from(1000 + log.seals(0).size());
}

void demand_done(Exit exit, const std::string& what) {
    demand(exit == Exit::ok || exit == Exit::nothing_to_do, what + " failed");
}

void release(const fs::path& top) {
    draw_next_key(top);
    const Silence silence;
    packager::ReleaseOptions options;
    options.state = state_in(top);
    options.bundles = {bundle_in(top)};
    options.key = top / "anna.key";
    demand_done(packager::run_release(options), "release");
}
void write(const fs::path& top, const fs::path& bundle) {
    draw_next_key(top);
    const Silence silence;
    packager::WriteOptions options;
    options.state = state_in(top);
    options.bundles = {bundle};
    options.to = medium_in(top);
    options.medium = "STICK";
    options.staging = packager::Staging::yes;
    demand_done(packager::run_write(options), "write");
}
void encrypt(const fs::path& top) {
    const Silence silence;
    packager::EncryptOptions options;
    options.state = state_in(top);
    options.bundles = {bundle_in(top)};
    options.recipients = top / "reader.txt";
    demand_done(packager::run_encrypt(options), "encrypt");
}

// A station with one host, whose only bundle is packed; an officer has to release it.
void set_up(const fs::path& top) {
    const auto root = minisig::SecretKey::generate();
    const auto exporter = minisig::SecretKey::generate();
    const auto officer = minisig::SecretKey::generate();
    const auto state = state_in(top);
    fs::create_directories(state / submission::keys_folder);
    fs::create_directories(medium_in(top));
    fs::create_directories(top / "in");
    submission::StationLog::create(state / submission::log_folder, site, "STATION", os::system_clock());
    journal::Store store(state / submission::log_folder, journal::Access::read);
    const auto genesis = journal::read_genesis(store.line(0).value_or(""));
    site_file::Version version{site, 1, {root.public_key()}, 1, genesis->key, {exporter.public_key()}, {}, 1};
    version.officers = {{officer.public_key(), *SiteId::parse("ANNA"), std::nullopt}};
    const std::vector<const minisig::SecretKey*> signers{&root};
    os::replace_file(state / submission::site_file_name, site_file::signed_line(version, signers) + "\n");
    os::replace_file(packager::secret_key_path(state, packager::export_key), minisig::secret_key_file(exporter), 0600);
    os::replace_file(top / "anna.key", minisig::secret_key_file(officer), 0600);
    os::replace_file(top / "reader.txt", std::string(test::age_recipient) + "\n");
    SealedLog log;
    log.run(20);
    {
        draw_next_key(top);
        submission::Station station(state, os::system_clock());
        const journal::Genesis request{
            log.host, log.first, std::string(64, '0'), {site, "HOST", journal::Role::recorder, "0"}, {}};
        station.log.enrol(request, "HOST", "");
        station.log.seal("enrol", station.archive);
    }
    os::replace_file(top / "in" / log.name(0, 22), log.packed(0, 22));
    const Silence silence;
    draw_next_key(top);
    demand_done(packager::run_collect({state, {(top / "in").string()}, packager::Output::text}), "collect");
    draw_next_key(top);
    packager::PackOptions options;
    options.state = state;
    options.out = top / "out";
    demand_done(packager::run_pack(options), "pack");
}

media::MediumSeen seen_on(const fs::path& top) {
    const os::Descriptor root(::open(medium_in(top).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    return media::verify(root, medium_in(top), submission::read_site(state_in(top)), {});
}

// What is signed on the medium is whole; what is not, is nothing but a write that did not come to its end.
std::uint64_t whole_on(const fs::path& top) {
    const auto seen = seen_on(top);
    for (const auto& remark : seen.remarks) {
        demand(remark.doubt == media::Doubt::incomplete || remark.where.ends_with(".part"),
               "on the medium: " + std::string(media::name_of(remark.doubt)) + " " + remark.where + " " + remark.what);
    }
    return seen.whole.size();
}

std::string lines_of(const fs::path& top) {
    { const submission::Station opened(state_in(top), os::system_clock()); } // finishes what a seal left open
    journal::Store log(state_in(top) / submission::log_folder, journal::Access::read);
    std::string text;
    log.for_each_line(0, log.size(), [&](std::uint64_t, std::string_view line) { text.append(line).push_back('\n'); });
    return text;
}

bool envelope_is_whole(const fs::path& top) {
    const fs::path signature = envelope_in(top).string() + ".minisig";
    if (!fs::exists(signature)) {
        return false;
    }
    const os::Descriptor folder(::open((top / "out").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    const auto parcel = media::read_parcel(folder, envelope_in(top).filename().string(), top / "out",
                                           submission::read_site(state_in(top)));
    return parcel.pieces.size() == 2;
}

Tree bundle_on(const fs::path& top) {
    Tree tree = read_tree(medium_in(top));
    std::erase_if(tree, [](const auto& entry) {
        return entry.first.find("_AGE") != std::string::npos || entry.first.ends_with(".part");
    });
    return tree;
}

enum class With : std::uint8_t { bundle, envelope };

struct Carrying {
    Steady steady;
    With with;
    std::string lines_before, lines; // of the station, at the end
    Tree medium;                     // the bundle's part of it, at the end
    History history;

    explicit Carrying(With what, Forget forget = Forget::nothing) : with(what) {
        const TempDir top(TempDir::Where::in_memory);
        set_up(top.path());
        lines_before = lines_of(top.path());
        Recording recording(top.path(), forget);
        work(top.path());
        history = recording.finish();
        lines = lines_of(top.path());
        medium = bundle_on(top.path());
    }
    void work(const fs::path& top) const { go_on(top, {}); }
    // The commands whose end was not seen, in their order.
    void go_on(const fs::path& top, const Promises& promised) const {
        if (promised["released"] < 1) {
            release(top);
            Recording::mark("released", 1);
        }
        if (promised["written"] < 1) {
            write(top, bundle_in(top));
            Recording::mark("written", 1);
        }
        if (with == With::envelope && promised["encrypted"] < 1) {
            encrypt(top);
            Recording::mark("encrypted", 1);
        }
        if (with == With::envelope && promised["written"] < 2) {
            write(top, envelope_in(top));
            Recording::mark("written", 2);
        }
    }
    [[nodiscard]] std::uint64_t parcels() const { return with == With::envelope ? 2 : 1; }

    std::string examine(const fs::path& top, const Promises& promised) const {
        const auto release_file = releases::release_path(bundle_in(top), 1);
        demand(!fs::exists(release_file) ||
                   minisig::read_signature_file(os::read_file(release_file, minisig::max_signature_file)).ok(),
               "half a release");
        demand(promised["released"] == 0 || fs::exists(release_file), "a release is gone");
        const auto there = whole_on(top);
        demand(there >= promised["written"], "what was written is not on the medium");
        const bool sealed_up = envelope_is_whole(top);
        demand(promised["encrypted"] == 0 || sealed_up, "the envelope is gone");
        const std::string found = lines_of(top);
        demand(lines.starts_with(found) || with == With::envelope, "the station says something else");
        go_on(top, promised);
        demand_as_without_failure(top);
        work(top);
        demand_as_without_failure(top);
        return found == lines_before && there == 0 ? "as packed"
               : there == parcels()                ? "carried"
                                                   : "between, completed";
    }
    void demand_as_without_failure(const fs::path& top) const {
        demand(whole_on(top) == parcels(), "written again it is not all whole");
        const std::string apart = difference(bundle_on(top), medium);
        demand(apart.empty(), "written again it is another " + apart);
        // Of an envelope the bytes, and so the digest in the log, are other ones each time.
        const std::string after = lines_of(top);
        demand(with == With::envelope
                   ? std::count(after.begin(), after.end(), '\n') == std::count(lines.begin(), lines.end(), '\n')
                   : after == lines,
               "done again the station says something else");
    }
    [[nodiscard]] Outcome replayed(const Sampling& how) const {
        return replay(with == With::envelope ? "station: envelope" : "station: release and write", history, how,
                      [this](const auto& top, const auto& promised) { return examine(top, promised); });
    }
};

} // namespace

TEST_CASE("no power failure on the way to the medium leaves a signature where something is missing") {
    require_none(Carrying(With::bundle).replayed(sampling(2, 120)));
}

TEST_CASE("no power failure while an envelope is made and written leaves half of one with a signature") {
    if (test::stock_age_is_there()) {
        require_none(Carrying(With::envelope).replayed(sampling(1, 60)));
    }
}

TEST_CASE("releasing and writing that were killed are finished by the same commands") {
    const Carrying carrying(With::bundle);
    require_none(kill(
        "station: release and write, killed", carrying.history, 40, [&](const auto& top) { carrying.work(top); },
        [&](const auto& top, const auto& promised) { return carrying.examine(top, promised); }));
}

TEST_CASE("a medium that was not synced would be found out") {
    CHECK(Carrying(With::bundle, Forget::file_syncs).replayed({1, 0, 1, 1}).violations > 0);
    CHECK(Carrying(With::bundle, Forget::directory_syncs).replayed({1, 0, 1, 1}).violations > 0);
}
