// What happens on hosts behind the gap.
#include "recorder/journal/outbox.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/segment/segment.hpp"
#include "tests/model/world.hpp"

namespace tally::model {
namespace {

constexpr std::int64_t first_wall = 1'790'000'000'000;
constexpr std::size_t most_machines = 5;

const char* type_of(Kind kind) {
    static constexpr const char* names[] = {"genesis", "start", "end",     "import", "seal",
                                            "clock",   "enrol", "arrived", "export", "exported"};
    return names[static_cast<std::size_t>(kind)];
}

std::string hex_of(const std::string& text, std::size_t digits) {
    return to_hex(crypto::sha256(text)).substr(0, digits);
}

void copy_all(const os::fs::path& from, const os::fs::path& to) {
    os::fs::remove_all(to);
    os::fs::copy(from, to, os::fs::copy_options::recursive);
}

Lines::const_iterator last_seal(const Lines& lines) {
    return lines.begin() + static_cast<std::ptrdiff_t>(sealed(lines, lines.size()));
}

} // namespace

Time World::time(const Machine& machine) const {
    return {machine.boot, now_ - machine.booted, first_wall + now_ + machine.offset};
}

os::Clock World::clock(const Machine& machine) const {
    const Time now = time(machine);
    return [now] {
        const std::string number = std::to_string(now.boot);
        return os::Stamp{std::string(32 - number.size(), '0') + number, static_cast<std::uint64_t>(now.up),
                         static_cast<std::uint64_t>(now.wall)};
    };
}

// The journal's lines are those of the model: old ones byte for byte, new ones of the right type.
void World::bind(journal::Store& store, const std::string& real_host, const Journal& journal) {
    agree("log of the journal", hosts_.try_emplace(journal.log, real_host).first->second, real_host);
    agree("lines of the journal", store.size(), journal.lines.size());
    line::Fields fields;
    store.for_each_line(0, journal.lines.size(), [&](std::uint64_t seq, std::string_view text) {
        const Line& line = journal.lines[seq];
        const auto [known, fresh] = texts_.try_emplace(line.id, text);
        agree("line " + std::to_string(seq) + " of the journal", std::string(text), known->second);
        if (fresh && !fields.parse(text, line::max_record)) {
            agree("type of line " + std::to_string(seq), std::string(fields.string("t").value_or("")),
                  type_of(line.kind));
        }
    });
}

std::unique_ptr<journal::Journal> World::open(Machine& machine) {
    auto real = std::make_unique<journal::Journal>(machine.directory, clock(machine),
                                                   journal::Surroundings{machine.identity, {}});
    agree("a new log had to begin", real->recovery().has_value(), machine.broken);
    if (machine.broken) {
        const int old = machine.journal.log;
        machine.journal = {++logs_};
        machine.journal.add({Kind::genesis, old}, time(machine));
        machine.broken = false;
        ++tally_.seen["new log in place of another"];
    }
    return real;
}

void World::append(journal::Journal& journal, Machine& machine, const Line& line) {
    const std::string source = "flexnet:" + line.word.substr(0, line.word.find('/')) + ":daemon";
    line::Object object;
    object.token("t", type_of(line.kind));
    if (line.kind == Kind::import) {
        const std::uint64_t at = 1'780'000'000 + 1000 * static_cast<std::uint64_t>(line.word.back());
        object.token("src", source).token("format", "flexnet").text("name", line.word);
        object.token("digest", hex_of(line.word, 64)).token("zone", "UTC").integer("lines", 4);
        object.integer("first", at).integer("last", at + 999).value("counts", "{\"new\":3}");
    } else {
        object.integer("at", 1'780'000'000);
        if (line.kind == Kind::start) {
            object.token("src", source).token("daemon", "daemon").token("feature", "SOLVER").token("client", "pc1");
            object.token("user", line.word.substr(line.word.find('/') + 1)).token("layer", "feature");
        } else {
            object.integer("start", line.size).token("kind", "returned");
        }
    }
    journal.append(object);
    machine.journal.write(line, time(machine));
}

void World::record(Machine& machine, unsigned lines, unsigned choice) {
    const auto real = open(machine);
    for (unsigned i = 0; i < lines; ++i) {
        std::set<Size> running;
        for (Size seq = 0; seq < machine.journal.lines.size(); ++seq) {
            const Line& line = machine.journal.lines[seq];
            if (line.kind == Kind::start) {
                running.insert(seq);
            } else if (line.kind == Kind::end) {
                running.erase(line.size);
            }
        }
        const bool ends = (choice >> i & 1U) != 0 && !running.empty();
        const std::string event = "own" + std::to_string(machine.journal.log) + "/" + std::to_string(++sessions_);
        append(*real, machine, ends ? Line{Kind::end, -1, *running.begin()} : Line{Kind::start, -1, 0, event});
    }
    real->commit();
    bind(real->store(), real->host().text(), machine.journal);
}

// The events of a file, two of them alike; what the log knows already is not written again.
void World::import(Machine& machine, unsigned file) {
    const std::string source = "server" + std::to_string(file / 2);
    const std::string name = source + "/file" + std::to_string(file);
    const auto real = open(machine);
    const auto& lines = machine.journal.lines;
    if (std::none_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return line.kind == Kind::import && line.word == name; })) {
        const std::string event = source + "/" + std::to_string(file);
        append(*real, machine, {Kind::start, -1, 0, event + "a"});
        const Size first = lines.size() - 1;
        append(*real, machine, {Kind::start, -1, 0, event + "b"});
        append(*real, machine, {Kind::start, -1, 0, event + "b"});
        append(*real, machine, {Kind::end, -1, first});
        append(*real, machine, {Kind::import, -1, 0, name});
        real->commit();
    }
    bind(real->store(), real->host().text(), machine.journal);
}

void World::seal(Machine& machine) {
    const auto real = open(machine);
    real->seal("request");
    machine.journal.seal(time(machine));
    bind(real->store(), real->host().text(), machine.journal);
}

// The courier copies a segment of the outbox.
void World::pick_up(Machine& machine, const Size first, const Size next) {
    const segment::Name name{*HostId::parse(host(machine.journal.log)), first, next};
    const auto outbox = machine.directory / journal::outbox_name / name.text();
    const std::string bytes = os::read_file(outbox, segment::max_packed);
    const std::string contents = std::to_string(first) + " to " + std::to_string(machine.journal.lines.at(next - 1).id);
    agree("bytes of segment " + contents, hex_of(bytes, 64),
          hex_of(segments_.try_emplace(contents, bytes).first->second, 64));
    const auto folder = fresh_path("medium");
    os::fs::create_directory(folder);
    os::replace_file(folder / name.text(), bytes);
    media_.push_back(
        {folder / name.text(),
         outbox,
         {machine.journal.log, first, next, cut(machine.journal.lines, next), hex_of(bytes, 16) + "-" + name.text()}});
}

void World::drop(Machine& machine) {
    const auto real = open(machine);
    const auto dropped = journal::drop_segments(*real);
    const Size next = sealed(machine.journal.lines, machine.journal.lines.size());
    bind(real->store(), real->host().text(), machine.journal);
    agree("segments dropped", dropped.size(), next > machine.journal.dropped ? 1 : 0);
    if (!dropped.empty()) {
        agree("first line of the segment", dropped[0].first, machine.journal.dropped);
        agree("next line of the segment", dropped[0].next, next);
        pick_up(machine, machine.journal.dropped, next);
        machine.journal.dropped = next;
    }
}

void World::redrop(Machine& machine) {
    const auto real = open(machine);
    std::uint64_t missing = 0;
    for (const auto& segment : journal::list_segments(machine.directory, real->store())) {
        missing += segment.present ? 0 : 1;
    }
    const auto dropped = journal::redrop_segments(*real);
    bind(real->store(), real->host().text(), machine.journal);
    agree("segments dropped again", dropped.size(), missing);
    for (const auto& segment : dropped) {
        pick_up(machine, segment.first, segment.next);
        ++tally_.seen["segment dropped again"];
    }
}

void World::lose_segment(unsigned which) {
    if (!media_.empty()) {
        const auto place = media_.begin() + static_cast<std::ptrdiff_t>(which % media_.size());
        os::fs::remove(place->file);
        os::fs::remove(place->outbox);
        media_.erase(place);
    }
}

void World::snapshot(std::size_t which) {
    auto& saved = saved_[which];
    if (saved.directory.empty()) {
        saved.directory = fresh_path("snapshot");
    }
    copy_all(machines_[which].directory, saved.directory);
    saved.machine = machines_[which];
}

// The disk goes back; the machine's clock does not.
void World::restore(std::size_t which) {
    if (const auto saved = saved_.find(which); saved != saved_.end()) {
        copy_all(saved->second.directory, machines_[which].directory);
        machines_[which].journal = saved->second.machine.journal;
        machines_[which].broken = saved->second.machine.broken;
    }
}

// The journal's file goes back, the key slots do not: it can go on only when no key was used up since.
void World::restore_journal_alone(std::size_t which) {
    const auto saved = saved_.find(which);
    Machine& machine = machines_[which];
    if (saved == saved_.end() || saved->second.machine.journal.log != machine.journal.log || machine.broken) {
        return;
    }
    const auto& before = saved->second.machine;
    for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm"}) {
        os::fs::remove(machine.directory / name);
        if (os::fs::exists(before.directory / name) || os::fs::exists(saved->second.directory / name)) {
            os::fs::copy_file(saved->second.directory / name, machine.directory / name);
        }
    }
    const auto was = last_seal(machine.journal.lines) - machine.journal.lines.begin();
    const auto is = last_seal(before.journal.lines) - before.journal.lines.begin();
    machine.broken =
        before.broken || was != is || !same(machine.journal.lines, before.journal.lines, static_cast<Size>(is));
    machine.journal = before.journal;
}

void World::clone(const Machine& machine, bool same_identity) {
    if (machines_.size() < most_machines) {
        Machine copy = machine;
        copy.directory = fresh_path("host");
        copy_all(machine.directory, copy.directory);
        copy.boot = ++boots_;
        copy.booted = now_;
        if (!same_identity) {
            copy.identity = "machine " + std::to_string(machines_.size());
            copy.broken = true;
        }
        machines_.push_back(copy);
    }
}

void World::lose_keys(Machine& machine) {
    for (const char* name : {"key.0", "key.1"}) {
        os::replace_file(machine.directory / name, std::string(128, '\0'));
    }
    machine.broken = true;
}

} // namespace tally::model
