// Power failures at the packager's station: while segments are taken into the archive, and while a bundle is packed.
// Afterwards the same commands lead to the same archive, the same lines of the station and the same bundle, byte for
// byte.
#include "packager/commands.hpp"
#include "packager/secret_keys.hpp"
#include "packager/submission/station.hpp"
#include "tests/crash/replay.hpp"
#include "tests/crash/steady.hpp"
#include "tests/support/sealed_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::crash;

namespace {

namespace fs = os::fs;
using test::SealedLog;
using test::TempDir;

const SiteId site = *SiteId::parse("SITE1");

// What was handed over on three sticks: the second log's later segment comes before its earlier one, and one file is
// no segment.
struct Sticks {
    TempDir place{TempDir::Where::in_memory};
    SealedLog first, second;
    std::map<std::string, std::string> segments; // every one, by name

    Sticks() {
        for (unsigned epoch = 0; epoch < 3; ++epoch) {
            first.run(20);
            second.run(5);
        }
        put(1, first, 0, 22); // genesis, 20 lines and a seal
        put(1, first, 22, 64);
        put(1, second, 7, 13);
        put(2, second, 0, 7);
        put(3, second, 13, 19);
        os::replace_file(stick(1) / segment::Name{second.host, 900, 901}.text(), "no segment at all");
    }
    [[nodiscard]] fs::path stick(unsigned number) const { return place / std::to_string(number); }
    void put(unsigned number, const SealedLog& log, std::uint64_t from, std::uint64_t to) {
        fs::create_directories(stick(number));
        const auto name = log.name(from, to);
        segments[name] = log.packed(from, to);
        os::replace_file(stick(number) / name, segments[name]);
    }
};

fs::path state_in(const fs::path& top) { return top / "station"; }
fs::path out_in(const fs::path& top) { return top / "out"; }

// Keys of the station's epochs come in the order of its seals, in whichever run.
void draw_next_key(const fs::path& top) {
    journal::Store log(state_in(top) / submission::log_folder, journal::Access::read);
    Steady::draw_from(1000 + log.seals(0).size());
}

Exit collect(const fs::path& top, const fs::path& stick) {
    draw_next_key(top);
    const Silence silence;
    return packager::run_collect({state_in(top), {stick.string()}, packager::Output::text});
}
Exit pack(const fs::path& top) {
    draw_next_key(top);
    const Silence silence;
    packager::PackOptions options;
    options.state = state_in(top);
    options.out = out_in(top);
    return packager::run_pack(options);
}

void set_up(const fs::path& top, const Sticks& sticks) {
    const auto root = minisig::SecretKey::generate();
    const auto exporter = minisig::SecretKey::generate();
    const auto state = state_in(top);
    fs::create_directories(state / submission::keys_folder);
    submission::StationLog::create(state / submission::log_folder, site, "STATION", os::system_clock());
    journal::Store store(state / submission::log_folder, journal::Access::read);
    const auto genesis = journal::read_genesis(store.line(0).value_or(""));
    const site_file::Version version{site, 1, {root.public_key()}, 1, genesis->key, {exporter.public_key()}, {}, 0};
    const std::vector<const minisig::SecretKey*> signers{&root};
    os::replace_file(state / submission::site_file_name, site_file::signed_line(version, signers) + "\n");
    os::replace_file(packager::secret_key_path(state, packager::export_key), minisig::secret_key_file(exporter));
    draw_next_key(top);
    submission::Station station(state, os::system_clock());
    for (const auto* log : {&sticks.first, &sticks.second}) {
        const journal::Genesis request{
            log->host, log->first, std::string(64, '0'), {site, "HOST", journal::Role::recorder, "0"}, {}};
        station.log.enrol(request, log == &sticks.first ? "FIRST" : "SECOND", "");
    }
    station.log.seal("enrol", station.archive);
}

// Everything that the station holds, as text.
std::string facts(const fs::path& top) {
    const submission::Station station(state_in(top), os::system_clock());
    std::string text;
    for (const auto& log : station.archive.roster()) {
        const auto next = station.archive.next(log.id);
        text += log.id.text() + " next " + std::to_string(next) + "\n";
        for (const auto& run : station.archive.waiting(log.id)) {
            text += "waiting " + std::to_string(run.first) + " " + std::to_string(run.next) + "\n";
        }
        for (const auto size : station.archive.seals(log.id, 0, next)) {
            text += to_hex(station.archive.position(log.id, size).root) + "\n";
        }
        station.archive.for_each_line(log.id, 0, next,
                                      [&](std::uint64_t, std::string_view line) { text.append(line).push_back('\n'); });
    }
    for (const auto& entry : station.quarantine.list()) {
        text += "quarantined " + entry.name + " " + entry.code + " " + std::to_string(fs::file_size(entry.file)) + "\n";
    }
    return text + "station " + std::to_string(station.log.size());
}

// Under a name that is final there is all of a file or nothing.
void look_for_halves(const fs::path& top, const Sticks& sticks) {
    for (fs::recursive_directory_iterator at(state_in(top)), end; at != end; ++at) {
        const std::string file = at->path().filename().string();
        const auto dash = file.find('-');
        const std::string name = dash == 16 ? file.substr(17) : file;
        const auto known = sticks.segments.find(name);
        if (known != sticks.segments.end()) {
            demand(os::read_file(at->path(), segment::max_packed) == known->second, "half of " + file);
        }
    }
}

Tree finished_files(const fs::path& directory) {
    Tree tree = fs::exists(directory) ? read_tree(directory) : Tree();
    std::erase_if(tree, [](const auto& entry) { return entry.first.ends_with(".part"); });
    return tree;
}

struct Expected {
    std::string before, after; // facts
    Tree out_first, out;       // the folder of bundles after each pack
};

std::string became(const std::string& found, const Expected& expected) {
    return found == expected.before  ? "as acknowledged"
           : found == expected.after ? "one step ahead"
                                     : "between, completed";
}

std::string examine_collecting(const fs::path& top, const Promises& promised, const Sticks& sticks,
                               const std::vector<std::string>& facts_after) {
    look_for_halves(top, sticks);
    const std::string found = facts(top);
    const auto done = promised["collected"];
    demand(done < 3 || found == facts_after[3], "not what was acknowledged");
    const SealedLog* logs[] = {&sticks.first, &sticks.second};
    const std::uint64_t promised_lines[4][2] = {{0, 0}, {64, 0}, {64, 13}, {64, 19}};
    {
        const submission::Station station(state_in(top), os::system_clock());
        for (unsigned i = 0; i < 2; ++i) {
            demand(station.archive.next(logs[i]->host) >= promised_lines[done][i], "acknowledged segments are gone");
        }
        demand(done == 0 || !station.quarantine.list().empty(), "what was put into quarantine is gone");
    }
    for (auto number = static_cast<unsigned>(done) + 1; number <= 3; ++number) {
        const Exit exit = collect(top, sticks.stick(number));
        demand(exit == Exit::ok || exit == Exit::nothing_to_do || exit == Exit::findings, "collect failed");
    }
    demand(facts(top) == facts_after[3], "collected again it is another archive");
    look_for_halves(top, sticks);
    return became(found, {facts_after[done], facts_after[std::min<std::uint64_t>(done + 1, 3)], {}, {}});
}

struct Collecting {
    Steady steady;
    Sticks sticks;
    std::vector<std::string> facts_after;
    History history;

    explicit Collecting(Forget forget = Forget::nothing) {
        const TempDir top(TempDir::Where::in_memory);
        set_up(top.path(), sticks);
        facts_after.push_back(facts(top.path()));
        {
            // The same once more without a recording, because looking at it is a change, too.
            const TempDir other(TempDir::Where::in_memory);
            write_tree(read_tree(top.path()), other.path() / "");
            for (unsigned number = 1; number <= 3; ++number) {
                collect(other.path(), sticks.stick(number));
                facts_after.push_back(facts(other.path()));
            }
        }
        Recording recording(top.path(), forget);
        work(top.path());
        history = recording.finish();
    }
    void work(const fs::path& top) const {
        for (unsigned number = 1; number <= 3; ++number) {
            collect(top, sticks.stick(number));
            Recording::mark("collected", number);
        }
    }
    std::string examine(const fs::path& top, const Promises& promised) const {
        return examine_collecting(top, promised, sticks, facts_after);
    }
    [[nodiscard]] Outcome replayed(const Sampling& how) const {
        return replay("station: collect", history, how,
                      [this](const auto& top, const auto& promised) { return examine(top, promised); });
    }
};

struct Packing {
    Steady steady;
    Sticks sticks;
    Expected expected;
    History history;

    explicit Packing(Forget forget = Forget::nothing) {
        const TempDir top(TempDir::Where::in_memory);
        set_up(top.path(), sticks);
        collect(top.path(), sticks.stick(1));
        expected.before = facts(top.path());
        Recording recording(top.path(), forget);
        work(top.path());
        history = recording.finish();
        expected.out = finished_files(out_in(top.path()));
        expected.after = facts(top.path());
        expected.out_first = expected.out;
        std::erase_if(expected.out_first,
                      [](const auto& entry) { return entry.first.find("_000002_") != std::string::npos; });
    }

    void work(const fs::path& top) const {
        pack(top);
        Recording::mark("packed", 1);
        collect(top, sticks.stick(2));
        Recording::mark("collected", 1);
        pack(top);
        Recording::mark("packed", 2);
    }
    std::string examine(const fs::path& top, const Promises& promised) const {
        const Tree there = finished_files(out_in(top));
        for (const auto& [name, content] : there) {
            const auto wanted = expected.out.find(name);
            demand(wanted != expected.out.end(), "a file nobody asked for: " + name);
            const bool bundle = name.find(".tally") != std::string::npos;
            demand(!bundle || content->bytes == wanted->second->bytes, "another " + name);
        }
        const auto& acknowledged = promised["packed"] == 2   ? expected.out
                                   : promised["packed"] == 1 ? expected.out_first
                                                             : Tree();
        for (const auto& [name, content] : acknowledged) {
            demand(there.contains(name), name + " was acknowledged and is gone");
        }
        const std::string found = facts(top);
        if (promised["packed"] < 1) {
            run_again(pack(top));
        }
        if (promised["collected"] < 1) {
            run_again(collect(top, sticks.stick(2)));
        }
        if (promised["packed"] < 2) {
            run_again(pack(top));
        }
        const std::string apart = difference(finished_files(out_in(top)), expected.out);
        demand(apart.empty(), "packed again it is another " + apart);
        demand(facts(top) == expected.after, "packed again the station says something else");
        return became(found, expected);
    }
    static void run_again(Exit exit) {
        demand(exit == Exit::ok || exit == Exit::nothing_to_do, "the same command failed");
    }
    [[nodiscard]] Outcome replayed(const Sampling& how) const {
        return replay("station: pack", history, how,
                      [this](const auto& top, const auto& promised) { return examine(top, promised); });
    }
};

} // namespace

TEST_CASE("no power failure while segments are collected loses one or leads to another archive") {
    require_none(Collecting().replayed(sampling(3, 120)));
}

TEST_CASE("no power failure while a bundle is packed leads to another bundle or loses one") {
    require_none(Packing().replayed(sampling(3, 120)));
}

TEST_CASE("collecting and packing that were killed are finished by the same commands") {
    const Collecting collecting;
    require_none(kill(
        "station: collect, killed", collecting.history, 60, [&](const auto& top) { collecting.work(top); },
        [&](const auto& top, const auto& promised) { return collecting.examine(top, promised); }));
    const Packing packing;
    require_none(kill(
        "station: pack, killed", packing.history, 60, [&](const auto& top) { packing.work(top); },
        [&](const auto& top, const auto& promised) { return packing.examine(top, promised); }));
}

TEST_CASE("a station that did not sync would be found out") {
    CHECK(Collecting(Forget::file_syncs).replayed({1, 0, 1, 1}).violations > 0);
    CHECK(Packing(Forget::directory_syncs).replayed({1, 0, 1, 1}).violations > 0);
}
