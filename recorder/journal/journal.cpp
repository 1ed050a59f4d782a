#include "recorder/journal/journal.hpp"

#include "recorder/journal/leaf_batches.hpp"
#include "tally/os/guarded.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>
#include <array>

namespace tally::journal {
namespace {

// An epoch is never cut, and a segment of one has to stay below what its readers accept.
constexpr std::uint64_t most_epoch_bytes = segment::max_raw - (1U << 16U);
constexpr std::uint64_t clock_tolerance_ms = 2000; // docs/formats/record.md, `clock`

os::fs::path existing(const os::fs::path& directory) {
    if (!os::fs::is_directory(directory) || !has_trace_of_log(directory)) {
        throw Error("open", directory.string(), "there is no log here",
                    {"start one: tally-recorder init --state " + directory.string() + " --site SITE --label LABEL"});
    }
    refuse_unsuitable_file_system(directory);
    os::refuse_other_hands(directory);
    return directory;
}

bool is_left_by_interrupted_creation(const os::fs::path& name) {
    static constexpr std::array<std::string_view, 11> ours = {"lock",
                                                              "key.0",
                                                              "key.1",
                                                              "import.secret",
                                                              "journal.db",
                                                              "journal.db-wal",
                                                              "journal.db-shm",
                                                              "journal.db-journal",
                                                              "import.secret.part",
                                                              "box.key",
                                                              "box.key.part"};
    return std::find(ours.begin(), ours.end(), name.string()) != ours.end();
}

void make_directory(const os::fs::path& directory) {
    if (os::fs::exists(directory) && !os::fs::is_directory(directory)) {
        throw Error("create", directory.string(), "not a directory");
    }
    os::refuse_other_hands(directory);
    os::make_directories(directory);
    for (const auto& entry : os::fs::directory_iterator(directory)) {
        if (!is_left_by_interrupted_creation(entry.path().filename())) {
            throw Error("create", directory.string(), "the directory is not empty", {"name a new one with --state"});
        }
    }
    refuse_unsuitable_file_system(directory);
    if (::chmod(directory.c_str(), 0700) != 0) {
        throw Error::system("chmod", directory.string());
    }
}

// Stopped, or out of room, when the first line of that very log was durable and the request to enrol it was not.
bool finish_creation(const os::fs::path& directory, const NewLog& log) {
    if (!os::fs::is_directory(directory) || os::fs::exists(directory / enrolment_name) || Store::is_blank(directory)) {
        return false;
    }
    const os::ExclusiveLock lock(directory / "lock");
    try {
        Store store(directory, Access::write);
        const auto genesis = read_genesis(store.line(0).value_or(""));
        if (!genesis || store.size() != 1 || genesis->log.site != log.site || genesis->log.label != log.label ||
            genesis->log.role != log.role) {
            return false;
        }
        write_enrolment(directory, *genesis);
        return true;
    } catch (const sqlite::Corrupt&) {
        return false;
    }
}

// `"key":value` of an accepted line, with its quotes.
std::string_view spelling(const line::Field& field) {
    const char* begin = field.key.data() - 1;
    const char* end =
        field.value.text.data() + field.value.text.size() + (field.value.kind == line::Kind::string ? 1 : 0);
    return {begin, static_cast<std::size_t>(end - begin)};
}

} // namespace

void Journal::create(const os::fs::path& directory, const NewLog& log, const os::Clock& clock,
                     const Surroundings& surroundings) {
    if (!SiteId::parse(log.label)) { // labels follow the same rule as site names
        throw Error("create", directory.string(), "'" + log.label + "' is not a label",
                    {"1 to 24 characters A-Z, 0-9 and _"}, Exit::usage);
    }
    if (finish_creation(directory, log)) {
        return;
    }
    if (os::fs::is_directory(directory) && has_trace_of_log(directory)) {
        throw Error("create", directory.string(), "there is a log already; nothing was changed",
                    {"see it with: tally-recorder status --state " + directory.string()}, Exit::nothing_to_do);
    }
    make_directory(directory);
    const os::ExclusiveLock lock(directory / "lock");
    begin_log(directory, log, surroundings.machine_id, clock(), std::nullopt);
    os::sync_directory(directory.parent_path());
}

Journal::Journal(const os::fs::path& directory, os::Clock clock, Surroundings surroundings)
    : directory_(existing(directory)), clock_(std::move(clock)), surroundings_(std::move(surroundings)),
      lock_(directory_ / "lock") {
    open_or_replace();
}

Journal::~Journal() {
    if (in_transaction_ && sqlite3_get_autocommit(database().get()) == 0) {
        sqlite3_exec(database().get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Journal::open_or_replace() {
    const std::string reason = try_open();
    if (!reason.empty()) {
        store_.reset();
        slots_.reset();
        recovery_ = replace_log(directory_, reason, surroundings_.machine_id, clock_());
        const std::string again = try_open();
        if (!again.empty()) {
            throw Error("open", directory_.string(), "the new log does not read back (" + again + ")",
                        {"look at the disk: what was just written is not what it gives back"});
        }
        recovery_->text += "; new log " + host().text() +
                           " was started and has to be enrolled: " + (directory_ / enrolment_name).string();
    }
    write_enrolment(directory_, *genesis_);
}

// "" when the log can be continued, else why not.
std::string Journal::try_open() {
    if (Store::is_blank(directory_)) {
        return "missing";
    }
    try {
        store_ = std::make_unique<Store>(directory_, Access::write);
        const auto genesis = read_genesis(store_->line(0).value_or(""));
        auto state = store_->load_state();
        if (!genesis || !state) {
            return "unreadable";
        }
        genesis_ = *genesis;
        state_ = std::move(*state);
        if (genesis_->machine != machine_digest(surroundings_.machine_id)) {
            return "machine_changed";
        }
        const bool has_seal = state_.sealed.size() > 0;
        open_from_ = has_seal ? state_.sealed.size() + 1 : 0;
        const std::string last = store_->line(state_.range.size() - 1).value_or("");
        if (!load_open_epoch() || fields_.parse(last, line::max_record)) {
            return "tree_mismatch";
        }
        stamp_ = {std::string(fields_.string("boot").value_or("")), fields_.integer("up").value_or(0),
                  fields_.integer("wall").value_or(0)};
        return take_key(has_seal ? store_->line(state_.sealed.size()).value_or("") : "");
    } catch (const sqlite::Corrupt&) {
        return "unreadable";
    }
}

// `namer`: the line of the last seal, or "" when genesis names the key.
std::string Journal::take_key(const std::string& namer) {
    crypto::PublicKey key = genesis_->key;
    epoch_ = {};
    if (!namer.empty()) {
        const auto problem = fields_.parse(namer, line::max_record);
        const auto seal = problem ? Result<line::Seal>(Fault{problem.what, problem.at}) : line::read_seal(fields_);
        if (!seal || seal->root != state_.sealed.root(hasher_)) {
            return "tree_mismatch";
        }
        key = seal->next;
        epoch_ = seal->epoch.next();
    }
    if (!KeySlots::are_there(directory_)) {
        return "key_mismatch";
    }
    slots_.emplace(directory_);
    auto secret = slots_->find(epoch_, key);
    if (!secret) {
        return "key_mismatch";
    }
    key_ = std::move(*secret);
    const unsigned other = epoch_.next().slot();
    if (!slots_->is_erased(other)) { // left by a rotation that was interrupted, before or after its seal
        slots_->erase(other);
    }
    return "";
}

// True when the lines from the last seal on, as the database gives them back, make the tree that was committed.
bool Journal::load_open_epoch() {
    line::CompactRange range = state_.sealed;
    open_lines_.clear();
    store_->for_each_line(range.size(), line::max_tree, [&](std::uint64_t seq, std::string_view line) {
        if (seq == range.size() && open_lines_.size() <= segment::max_raw) {
            range.append(hasher_, hasher_.leaf(line));
            open_lines_.append(seq < open_from_ ? "" : std::string(line) + '\n');
        }
    });
    size_ = range.size();
    committed_bytes_ = open_lines_.size();
    return range == state_.range && store_->size() == size_;
}

// The tree over all lines, made from those of the open epoch as the database gives them back. Error when they are not
// the ones that were written, byte for byte.
line::CompactRange Journal::read_back() {
    line::CompactRange range = state_.sealed;
    LeafBatches leaves(hasher_, range);
    std::string_view written = open_lines_;
    bool same = true;
    store_->for_each_line(range.size(), line::max_tree, [&](std::uint64_t seq, std::string_view line) {
        same = same && seq == leaves.size();
        leaves.add(line);
        if (seq >= open_from_) {
            same = same && written.size() > line.size() && written.substr(0, line.size()) == line &&
                   written[line.size()] == '\n';
            written.remove_prefix(std::min(written.size(), line.size() + 1));
        }
    });
    leaves.finish();
    const bool all_committed = committed_bytes_ == open_lines_.size();
    if (!same || !written.empty() || range.size() != size_ || (all_committed && range != state_.range)) {
        throw Error("seal", directory_.string(),
                    "the stored lines are not those that were recorded: they are not sealed",
                    {"the next command freezes this log and starts a new one; look at the disk"});
    }
    return range;
}

// Takes the time for the lines that follow. A wall clock that moved against the time since boot is said in a line of
// its own and sealed at once: everything before it was written under the old clock.
void Journal::stamp_group() {
    const os::Stamp before = stamp_;
    stamp_ = clock_();
    if (before.boot != stamp_.boot || stamp_.up_ms < before.up_ms) {
        return;
    }
    const std::uint64_t expected = before.wall_ms + (stamp_.up_ms - before.up_ms);
    const std::uint64_t apart = expected > stamp_.wall_ms ? expected - stamp_.wall_ms : stamp_.wall_ms - expected;
    if (apart > clock_tolerance_ms) {
        start_transaction();
        insert(line::Object().token("t", "clock").integer("from", expected).integer("to", stamp_.wall_ms).str());
        commit_group();
        rotate("clock_step");
    }
}

void Journal::begin() {
    if (!in_transaction_) {
        stamp_group();
        start_transaction();
    }
}

void Journal::start_transaction() {
    database().run("BEGIN IMMEDIATE");
    in_transaction_ = true;
}

std::uint64_t Journal::append(const line::Object& record) { return append(record.str()); }

std::uint64_t Journal::append(std::string_view record) {
    if (grouped_by_ == GroupedBy::journal && size_ - state_.range.size() >= group_lines) {
        commit();
    }
    begin();
    insert(record);
    return size_ - 1;
}

// Merges the fields of every line with those of the record, both sorted, without rendering the record again.
void Journal::insert(std::string_view record) {
    TALLY_ASSERT(!fields_.parse(record, line::max_record));
    const auto quoted = [](std::string_view key, std::string_view text) {
        return '"' + std::string(key) + "\":\"" + std::string(text) + '"';
    };
    if (size_ == state_.range.size()) {
        stamp_fields_ = {{{"boot", quoted("boot", stamp_.boot)},
                          {"host", quoted("host", host().text())},
                          {"seq", {}},
                          {"up", "\"up\":" + std::to_string(stamp_.up_ms)},
                          {"wall", "\"wall\":" + std::to_string(stamp_.wall_ms)}}};
    }
    stamp_fields_[2].second = "\"seq\":" + std::to_string(size_);
    line_.assign(1, '{');
    const auto add = [this](std::string_view text) {
        if (line_.size() > 1) {
            line_ += ',';
        }
        line_ += text;
    };
    auto own = stamp_fields_.begin();
    for (const auto& field : fields_) {
        for (; own != stamp_fields_.end() && own->first < field.key; ++own) {
            add(own->second);
        }
        TALLY_ASSERT(own == stamp_fields_.end() || own->first != field.key);
        add(spelling(field));
    }
    for (; own != stamp_fields_.end(); ++own) {
        add(own->second);
    }
    line_ += '}';
    add_line(line_);
}

void Journal::add_line(std::string_view line) {
    TALLY_ASSERT(line.size() <= line::max_record);
    if (open_lines_.size() + line.size() > most_epoch_bytes) {
        rollback();
        throw Error("write", store_->database().path(), "a group of lines is larger than an epoch may be",
                    {"this is a fault of the program: it has to commit earlier"});
    }
    try {
        store_->insert(size_, line);
    } catch (...) {
        rollback();
        throw;
    }
    open_lines_ += line;
    open_lines_ += '\n';
    ++size_;
}

bool Journal::epoch_is_full() const { return unsealed() >= epoch_lines || open_lines_.size() >= epoch_bytes; }

void Journal::commit() {
    if (in_transaction_ && epoch_is_full()) {
        rotate("size"); // the lines and their seal in one transaction
    } else {
        commit_group();
    }
}

void Journal::commit_if_due() {
    const std::uint64_t most = grouped_by_ == GroupedBy::caller ? bulk_group_lines : group_lines;
    if (size_ - state_.range.size() >= most || epoch_is_full()) {
        commit();
    }
}

void Journal::commit_group() {
    if (!in_transaction_) {
        return;
    }
    State next = state_;
    LeafBatches leaves(hasher_, next.range);
    for (std::size_t at = committed_bytes_; at < open_lines_.size();) {
        const std::size_t end = open_lines_.find('\n', at);
        leaves.add(std::string_view(open_lines_).substr(at, end - at));
        at = end + 1;
    }
    leaves.finish();
    commit_as(std::move(next));
    committed_bytes_ = open_lines_.size();
}

void Journal::commit_as(State next) {
    // SQLite ends a transaction by itself when the disk is full: what follows would be a transaction without its start.
    if (sqlite3_get_autocommit(database().get()) != 0) {
        rollback();
        throw Error("write", store_->database().path(), "the group of lines was abandoned after an earlier error");
    }
    try {
        if (next.range != state_.range) {
            store_->save_state(next);
        }
        database().run("COMMIT");
    } catch (...) {
        rollback();
        throw;
    }
    in_transaction_ = false;
    state_ = std::move(next);
}

void Journal::rollback() {
    if (in_transaction_ && sqlite3_get_autocommit(database().get()) == 0) {
        sqlite3_exec(database().get(), "ROLLBACK", nullptr, nullptr, nullptr); // a failure leaves nothing to roll back
    }
    in_transaction_ = false;
    size_ = state_.range.size();
    open_lines_.resize(committed_bytes_);
}

void Journal::seal(std::string_view reason) {
    commit_group();
    stamp_group();
    if (unsealed() > 0) {
        rotate(reason);
    }
}

void Journal::rotate(std::string_view reason) {
    try {
        State next{{}, read_back()};
        auto key = crypto::SecretKey::generate();
        slots_->write(epoch_.next(), key);
        after(RotationStep::next_key_written);

        if (!in_transaction_) {
            start_transaction();
        }
        next.range = seal_as_next_epoch(reason, next.sealed, key.public_key());
        commit_as(std::move(next));
        key_ = std::move(key);
    } catch (...) {
        rollback();
        throw;
    }
    open_from_ = size_;
    open_lines_.clear();
    committed_bytes_ = 0;
    epoch_ = epoch_.next();
    after(RotationStep::seal_durable);

    slots_->erase(epoch_.next().slot());
    after(RotationStep::old_key_erased);
}

// Adds the seal line; returns the tree with it.
line::CompactRange Journal::seal_as_next_epoch(std::string_view reason, const line::CompactRange& covered,
                                               const crypto::PublicKey& next) {
    line::Object fields;
    fields.token("host", host().text()).integer("seq", size_).token("boot", stamp_.boot).integer("up", stamp_.up_ms);
    fields.integer("wall", stamp_.wall_ms).token("reason", reason).token("erasure", "best_effort");
    const std::string line = line::make_seal(fields, epoch_, covered.root(hasher_), next, key_);
    store_->add_seal({size_, epoch_.number});
    add_line(line);
    line::CompactRange range = covered;
    range.append(hasher_, hasher_.leaf(line));
    return range;
}

void Journal::after(RotationStep step) const {
    if (surroundings_.after_step) {
        surroundings_.after_step(step);
    }
}

} // namespace tally::journal
