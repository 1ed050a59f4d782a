#include "recorder/journal/beginning.hpp"

#include "recorder/journal/box_key.hpp"
#include "recorder/journal/key_slots.hpp"
#include "recorder/journal/store.hpp"
#include "recorder/journal/verify.hpp"
#include "tally/crypto/blake2b.hpp"

namespace tally::journal {
namespace {

constexpr std::size_t enrolment_limit = 4096;

bool is_there(const os::fs::path& path) { return os::fs::symlink_status(path).type() != os::fs::file_not_found; }

void rename_into(const os::fs::path& folder, const os::fs::path& file) {
    if (is_there(file) && ::rename(file.c_str(), (folder / file.filename()).c_str()) != 0) {
        throw Error::system("rename", file.string());
    }
}

os::fs::path frozen_path(const os::fs::path& directory, unsigned number) {
    return directory / ("frozen-" + std::to_string(number));
}

unsigned next_frozen(const os::fs::path& directory) {
    unsigned number = 1;
    while (is_there(frozen_path(directory, number))) {
        ++number;
    }
    return number;
}

// Old files keep their names; journal.db goes first, so that it is never left behind without its -wal.
os::fs::path freeze(const os::fs::path& directory) {
    const unsigned next = next_frozen(directory);
    const std::string database = Store::file_name;
    if (Store::is_blank(directory)) {
        for (const auto& name : {database, database + "-wal", database + "-shm"}) {
            os::fs::remove(directory / name);
        }
    }
    // Stopped while freezing, or before the new log began, the last time.
    const bool resumed =
        next > 1 && !is_there(directory / database) &&
        !(is_there(directory / enrolment_name) && is_there(frozen_path(directory, next - 1) / enrolment_name));
    const auto folder = frozen_path(directory, resumed ? next - 1 : next);
    if (!resumed) {
        os::fs::create_directory(folder);
        os::fs::permissions(folder, os::fs::owner_all);
    }
    os::sync_directory(directory); // the folder outlives what is moved into it
    for (const auto& name : {database, database + "-wal", database + "-shm", std::string(enrolment_name)}) {
        rename_into(folder, directory / name);
    }
    os::sync_directory(folder);
    os::sync_directory(directory);
    return folder;
}

struct Old {
    std::optional<NewLog> log;
    Replaced replaced;
};

// What can still be learnt of the old log. Its last good seal is found from the lines, whatever else is broken.
Old learn(const os::fs::path& folder) {
    Old old;
    old.replaced.root = crypto::sha256(""); // of the empty tree
    if (is_there(folder / enrolment_name)) {
        if (const auto request = read_enrolment(os::read_file(folder / enrolment_name, enrolment_limit))) {
            old.log = request->log;
            old.replaced.host = request->host.text();
        }
    }
    if (!is_there(folder / Store::file_name)) {
        return old;
    }
    try {
        Store store(folder, Access::read);
        const auto genesis = read_genesis(store.line(0).value_or(""));
        if (genesis) {
            old.log = genesis->log;
            old.replaced.host = genesis->host.text();
            const auto proof = verify(store);
            old.replaced.size = proof.last_seal ? proof.last_seal->size : 0;
            old.replaced.root = proof.last_seal ? proof.last_seal->root : old.replaced.root;
        }
    } catch (const sqlite::Corrupt&) {
        return old; // what the enrolment request says must do
    }
    return old;
}

std::string spelt_out(const std::string& reason) {
    std::string text = reason;
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

} // namespace

bool has_trace_of_log(const os::fs::path& directory) {
    return !Store::is_blank(directory) || is_there(directory / enrolment_name) || next_frozen(directory) > 1;
}

void write_enrolment(const os::fs::path& directory, const Genesis& genesis) {
    const auto path = directory / enrolment_name;
    Genesis asking = genesis;
    if (genesis.log.role == Role::recorder) {
        asking.box = ensure_box_key(directory);
    }
    const std::string request = enrolment_request(asking);
    if (!is_there(path) || os::read_file(path, enrolment_limit) != request) {
        os::replace_file(path, request, 0600);
    }
}

void begin_log(const os::fs::path& directory, const NewLog& log, std::string_view machine_id, const os::Stamp& stamp,
               const std::optional<Replaced>& replaces) {
    KeySlots::create(directory);
    const auto key = crypto::SecretKey::generate();
    const auto line = genesis_line(log, key.public_key(), machine_digest(machine_id), stamp, replaces);
    const auto genesis = read_genesis(line);
    TALLY_ASSERT(genesis.ok());
    KeySlots(directory).write(Epoch{0}, key);

    Store store(directory, Access::create);
    sqlite::Transaction transaction(store.database());
    store.create_schema();
    store.insert(0, line);
    line::TreeHasher hasher;
    State state;
    state.range.append(hasher, hasher.leaf(line));
    store.save_state(state);
    transaction.commit();
    os::sync_directory(directory);
    write_enrolment(directory, *genesis);
}

Recovery replace_log(const os::fs::path& directory, const std::string& reason, std::string_view machine_id,
                     const os::Stamp& stamp) {
    Recovery recovery;
    recovery.frozen = freeze(directory);
    Old old = learn(recovery.frozen);
    old.replaced.reason = reason;
    recovery.old = old.replaced;
    if (!old.log) {
        throw Error("open", directory.string(), "the old log cannot be read, nor which site and label it had",
                    {"its files are kept in " + recovery.frozen.string(),
                     "start a new one in another directory: tally-recorder init"});
    }
    old.log->version = TALLY_VERSION;
    begin_log(directory, *old.log, machine_id, stamp, old.replaced);
    recovery.text = "log " + old.replaced.host + " cannot be continued (" + spelt_out(reason) +
                    "): its files are kept in " + recovery.frozen.string() + ", proved up to line " +
                    std::to_string(old.replaced.size);
    return recovery;
}

} // namespace tally::journal
