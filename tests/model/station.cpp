// What happens at the station, and what it holds.
#include "packager/archive/collect.hpp"
#include "packager/submission/export_plan.hpp"
#include "tally/bundle/lines_member.hpp"
#include "tests/model/world.hpp"

#include <random>

namespace tally::model {
namespace {

std::string listed(const std::map<std::string, Size>& counts) {
    std::string text;
    for (const auto& [name, count] : counts) {
        text += count > 0 ? name + " " + std::to_string(count) + ", " : "";
    }
    return text;
}

std::string identity(const Bundle& bundle) {
    std::string text = bundle.agreement + " " + std::to_string(bundle.n) + " after " + std::to_string(bundle.previous);
    for (const auto& row : bundle.rows) {
        text += ", " + std::to_string(row.log) + ": " + std::to_string(row.first) + " to line " +
                std::to_string(row.lines.empty() ? 0 : row.lines.back().id);
    }
    return text;
}

// All lines of a bundle file, of all logs in their order.
std::string lines_of(const os::fs::path& path) {
    auto copy = bundle::private_copy(path);
    auto& file = std::get<bundle::PrivateCopy>(copy);
    auto opened = bundle::UnverifiedBundle::open(std::move(file.file), file.size);
    auto& bundle = std::get<bundle::UnverifiedBundle>(opened);
    bundle::LinesReader reader(bundle);
    std::string lines;
    for (std::size_t i = bundle::UnverifiedBundle::first_lines_member; i < bundle.members().size(); ++i) {
        lines += std::get<bundle::Lines>(reader.read(i)).raw;
    }
    return lines;
}

} // namespace

void World::enrol(const Machine& machine) {
    submission::Station real(station_machine_.directory, clock(station_machine_));
    const auto request = journal::read_enrolment(os::read_file(machine.directory / journal::enrolment_name, 4096));
    const bool before = station_.held.contains(machine.journal.log);
    agree("enrolled before", real.log.enrol(*request, request->log.label, "") == submission::Enrolled::before, before);
    real.log.seal("enrol", real.archive);
    station_.enrol(machine.journal.log, time(station_machine_));
}

void World::collect(unsigned count, unsigned seed) {
    submission::Station real(station_machine_.directory, clock(station_machine_));
    archive::Collector collector(real.archive, real.quarantine, [](auto, const auto&, const auto&) {});
    collector.retry_unknown();
    std::vector<Segment> offered;
    std::mt19937 random(seed);
    for (unsigned i = 0; i < count && !media_.empty(); ++i) {
        const std::size_t newest = std::min<std::size_t>(media_.size(), 4);
        const Medium& medium =
            media_[random() % 4 == 0 ? random() % media_.size() : media_.size() - 1 - random() % newest];
        offered.push_back(medium.segment);
        collector.collect(medium.file);
    }
    collector.finish();
    real.log.announce(real.archive);
    real.log.seal("collect", real.archive);
    station_.collect(offered, time(station_machine_));

    const auto& counts = collector.counts();
    agree("outcome of collecting",
          listed({{"added", counts.added},
                  {"known", counts.known},
                  {"quarantined", counts.quarantined},
                  {"refused before", counts.refused_before},
                  {"waiting", counts.waiting}}),
          listed(station_.counts));
    for (const auto& [name, times] : station_.counts) {
        tally_.seen["segment " + name] += times;
    }
    compare_station(real);
}

void World::compare_station(const submission::Station& real) {
    for (const int log : station_.roster) {
        const auto id = *HostId::parse(host(log));
        const Lines& held = station_.held.at(log);
        agree("lines of " + id.text() + " in the archive", real.archive.next(id), held.size());
        real.archive.for_each_line(id, 0, held.size(), [&](std::uint64_t seq, std::string_view text) {
            agree("line " + std::to_string(seq) + " in the archive", std::string(text), texts_.at(held[seq].id));
        });
        std::string waiting;
        std::multiset<archive::Run> runs;
        for (const auto& [name, segment] : station_.waiting) {
            if (segment.log == log) {
                runs.insert({segment.first, segment.next});
            }
        }
        const auto real_runs = real.archive.waiting(id);
        agree("segments of " + id.text() + " that wait", std::multiset(real_runs.begin(), real_runs.end()) == runs,
              true);
    }
    std::map<std::string, std::string> kept;
    for (const auto& entry : real.quarantine.list()) {
        kept[entry.file.filename().string()] = entry.code;
        agree("the quarantined file is there", os::fs::exists(entry.file), true);
    }
    std::map<std::string, std::string> expected;
    for (const auto& [name, entry] : station_.quarantine) {
        expected[name] = entry.first;
        ++tally_.seen["quarantined " + entry.first];
    }
    const auto text = [](const auto& entries) {
        std::string all;
        for (const auto& [name, code] : entries) {
            all += code + " " + name + "\n";
        }
        return all;
    };
    agree("quarantine", text(kept), text(expected));
    const auto own = real.archive.roster().front().id;
    agree("lines of the station in the archive", real.archive.next(own), station_.archived);
}

// Its log is the model's, also between the parts of a step: reading takes no lock.
void World::bind_station() {
    journal::Store store(station_machine_.directory / submission::log_folder, journal::Access::read);
    bind(store, host(station_.log.log), station_.log);
}

int World::write(const submission::Station& real, const submission::Export& wanted, const Bundle& expected,
                 bool slice) {
    auto contents = plan_export(real.site, real.archive, real.log.exports(), wanted);
    bind_station();
    agree("logs of the bundle", contents.logs.size(), expected.rows.size());
    std::string lines;
    for (std::size_t i = 0; i < contents.logs.size(); ++i) {
        const Row& row = expected.rows[i];
        auto& source = contents.logs[i];
        agree("log of the bundle", source.row.host.text(), host(row.log));
        agree("lines of a log in the bundle", source.row.next, row.lines.size());
        for (Size line = row.first; line < row.lines.size(); ++line) {
            lines += texts_.at(row.lines[line].id) + "\n";
        }
        if (slice) {
            const auto at = real.archive.position(source.row.host, row.first);
            source.row.first = row.first;
            source.row.range = at.range;
            source.row.epoch = at.epoch;
            source.row.key = at.key;
            source.lines = [&real, row = source.row](const bundle::LineSink& sink) {
                real.archive.for_each_line(row.host, row.first, row.next, [&](std::uint64_t, std::string_view text) {
                    sink(std::string(text) + "\n");
                });
            };
            std::erase_if(source.seals, [&](std::uint64_t size) { return size <= row.first; });
            contents.expected.clear();
        }
    }
    if (lines.empty()) {
        return -1; // a bundle of nothing cannot be written
    }
    const auto folder = fresh_path("bundle");
    os::fs::create_directory(folder);
    const auto written = write_bundle(folder, contents);
    const auto& head = written.manifest;
    const auto signature =
        minisig::sign(export_key_, written.blake2b512,
                      {std::string(bundle::export_note), bundle::export_comment(head.site, head.n, head.volume)});
    os::replace_file(written.path.string() + ".minisig", minisig::signature_file(signature));
    agree("lines of the bundle", lines_of(written.path), lines);

    const int id = bundles_.try_emplace(identity(expected), static_cast<int>(bundles_.size())).first->second;
    const std::string digest = to_hex(written.sha256);
    agree("bundle " + identity(expected), digest, digests_.try_emplace(id, digest).first->second);
    made_.push_back({expected, written.path});
    made_.back().bundle.id = id;
    return id;
}

// `stop`: the packer is interrupted after it began (1), sealed (2) or wrote the bundle (3).
void World::pack(unsigned which, unsigned stop) {
    submission::Station real(station_machine_.directory, clock(station_machine_));
    const std::string agreement = which == 0 ? "DEFAULT" : "OTHER";
    std::optional<submission::Export> wanted;
    for (const auto& entry : real.log.exports()) {
        wanted = entry.agreement == agreement ? std::optional(entry) : wanted;
    }
    if (!wanted || !wanted->digests.empty()) {
        wanted.reset();
        if (anything_new(real.archive, real.log, agreement)) {
            real.log.announce(real.archive);
            wanted = real.log.begin_export({agreement, 0, "USAGE", 3, bundle::compressor_version()});
        }
    }
    auto* expected = station_.begin_export(agreement, time(station_machine_));
    agree("something to pack", wanted.has_value(), expected != nullptr);
    if (!wanted || stop == 1) {
        return;
    }
    agree("number of the export", wanted->n, expected->n);
    real.log.seal("export", real.archive);
    station_.seal(time(station_machine_));
    if (stop == 2) {
        return;
    }
    const int id = write(real, *wanted, station_.contents(*expected, {}), false);
    if (stop == 3) {
        return;
    }
    real.log.finish_export(agreement, wanted->n, {digests_.at(id)});
    real.log.seal("exported", real.archive);
    expected->bundle = id;
    station_.log.write({Kind::exported, -1, expected->n, agreement}, time(station_machine_));
    station_.seal(time(station_machine_));
}

// The same export once more: the same bytes, or, when it is to begin later, those that a verifier may lack.
void World::pack_again(unsigned which, std::optional<std::pair<unsigned, unsigned>> first) {
    std::vector<std::size_t> finished;
    for (std::size_t i = 0; i < station_.exports.size(); ++i) {
        if (station_.exports[i].bundle >= 0) {
            finished.push_back(i);
        }
    }
    if (finished.empty()) {
        return;
    }
    const auto index = finished[which % finished.size()];
    submission::Station real(station_machine_.directory, clock(station_machine_));
    const auto contents = station_.contents(station_.exports[index], first.value_or(std::pair(0U, 0U)));
    const int id = write(real, real.log.exports().at(index), contents, first.has_value());
    if (!first) {
        agree("bundle packed again", digests_.at(id), digests_.at(station_.exports[index].bundle));
    }
}

void World::lose_index() {
    for (const char* name : {"index.db", "index.db-wal", "index.db-shm"}) {
        os::fs::remove(station_machine_.directory / submission::archive_folder / name);
    }
    compare_station(submission::Station(station_machine_.directory, clock(station_machine_)));
}

} // namespace tally::model
