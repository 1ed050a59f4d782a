#include "recorder/inbox/instructions.hpp"
#include "recorder/journal/outbox.hpp"
#include "recorder/running.hpp"
#include "recorder/state.hpp"
#include "tally/crypto/secret_memory.hpp"
#include "tally/pseudonym/privacy.hpp"

#include <algorithm>

namespace tally::recorder {
namespace {

struct Status {
    journal::Genesis genesis;
    std::uint64_t lines = 0;
    std::uint64_t begins = 0; // lines before it were removed
    std::uint64_t sealed = 0; // lines up to and including the last seal
    std::uint64_t epoch = 0;  // the open one
    std::uint64_t segments = 0;
    std::uint64_t in_outbox = 0;
    std::uint64_t pending = 0;
    std::uint64_t journal_bytes = 0;
    std::uint64_t free_bytes = 0;
    std::string last_import = {};                      // its line, "" when there was none
    std::optional<host_package::Package> package = {}; // in force
    std::optional<std::uint64_t> names_epoch = {};     // of the pseudonyms; nothing: names are recorded in clear
    crypto::Locking secrets = crypto::Locking::locked;
    Running running = {};
};

std::uint64_t bytes_of(const os::fs::path& file) {
    boost::system::error_code none;
    const auto size = os::fs::file_size(file, none);
    return none ? 0 : size;
}

Status read_status(const os::fs::path& state) {
    auto store = open_to_read(state);
    store.database().run("BEGIN"); // all of one moment, while another process may write
    Status status{genesis_of(store), store.size(), store.begins()};
    const auto seals = store.seals(0);
    if (!seals.empty()) {
        status.sealed = seals.back().seq + 1;
        status.epoch = seals.back().epoch + 1;
    }
    for (const auto& segment : journal::list_segments(state, store)) {
        ++status.segments;
        status.in_outbox += segment.present ? 1 : 0;
        status.pending += segment.dropped.written == journal::Written::no ? 1 : 0;
    }
    const std::string file = (state / journal::Store::file_name).string();
    status.journal_bytes = bytes_of(file) + bytes_of(file + "-wal");
    boost::system::error_code none;
    status.free_bytes = os::fs::space(state, none).available;
    sqlite::Statement last(store.database(),
                           "SELECT body FROM line WHERE instr(body, CAST('\"t\":\"import\"' AS BLOB)) > 0 "
                           "ORDER BY seq DESC LIMIT 1");
    if (last.bind().step()) {
        status.last_import = last.text(0);
    }
    status.package = inbox::kept_package(state);
    if (const auto privacy = pseudonym::load_privacy(state)) {
        status.names_epoch = privacy->current().epoch();
    }
    status.secrets = crypto::locking();
    status.running = find_running(state);
    return status;
}

bool is_for_this_log(const Status& status) { return status.package && status.package->host == status.genesis.host; }

std::string package_as_json(const Status& status) {
    const auto& package = *status.package;
    line::Object object;
    object.integer("n", package.n).integer("version", package.version);
    object.token("fingerprint", to_hex(package.fingerprint)).token("host", package.host.text());
    if (package.names) {
        object.integer("epoch", package.names->secrets.back().epoch);
        object.token("policy", pseudonym::policy_digest(package.names->policy));
    }
    if (package.catalogue) {
        object.token("catalogue", to_hex(*package.catalogue));
    }
    return object.str();
}

std::string package_in_words(const Status& status) {
    if (!status.package) {
        return "no: take enrolment.json to the station, and its answer to tally-recorder enrol";
    }
    const auto& package = *status.package;
    const std::string names = package.names
                                  ? ", names by policy, epoch " + std::to_string(package.names->secrets.back().epoch)
                                  : ", says nothing of names";
    return "package " + std::to_string(package.n) + ", site file version " + std::to_string(package.version) + names +
           (is_for_this_log(status) ? "" : "; made for log " + package.host.text() + ": enrol this log");
}

std::string as_json(const Status& status) {
    line::Object fields;
    fields.token("host", status.genesis.host.text()).token("site", status.genesis.log.site.text());
    fields.token("label", status.genesis.log.label).token("role", name_of(status.genesis.log.role));
    fields.integer("lines", status.lines)
        .integer("sealed", status.sealed)
        .integer("unsealed", status.lines - status.sealed);
    if (status.begins > 0) {
        fields.integer("begins", status.begins);
    }
    fields.integer("epoch", status.epoch).integer("segments", status.segments).integer("outbox", status.in_outbox);
    fields.integer("pending", status.pending).integer("journal_bytes", status.journal_bytes);
    fields.integer("free_bytes", std::min(status.free_bytes, line::max_integer));
    if (!status.last_import.empty()) {
        fields.value("last_import", status.last_import);
    }
    fields.token("memory", status.secrets == crypto::Locking::locked ? "locked" : "swappable");
    fields.token("names", status.names_epoch ? "policy" : "clear");
    if (status.running.service) {
        fields.value("service", status.running.service->text);
    }
    if (status.package) {
        fields.value("package", package_as_json(status));
    }
    return fields.str() + "\n";
}

std::string import_in_words(const std::string& line) {
    line::Fields fields;
    if (line.empty() || fields.parse(line, line::max_record)) {
        return "none";
    }
    return std::string(fields.string("name").value_or("?")) + ", " +
           std::to_string(fields.integer("lines").value_or(0)) + " lines, from " +
           std::string(fields.string("src").value_or("?"));
}

std::string service_in_words(const Running& running) {
    if (!running.service) {
        return running.holder == Holder::nobody ? "is not running" : "another command works on this state";
    }
    const auto& service = *running.service;
    return "runs as process " + std::to_string(service.pid) + ", " + std::to_string(service.sessions) +
           " sessions open, " + std::to_string(service.messages) + " messages" +
           (service.trouble.empty() ? "" : "; cannot write: " + service.trouble);
}

std::string as_text(const Status& status) {
    const auto row = [](const std::string& name, const std::string& value) {
        return name + std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') + value + "\n";
    };
    const auto megabytes = [](std::uint64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
    return row("log", status.genesis.host.text()) + row("site", status.genesis.log.site.text()) +
           row("label", status.genesis.log.label) + row("enrolled", package_in_words(status)) +
           row("names", status.names_epoch ? "by policy, pseudonyms of epoch " + std::to_string(*status.names_epoch)
                                           : "in clear: no policy is enrolled here") +
           row("lines", std::to_string(status.lines) +
                            (status.begins > 0 ? ", those before " + std::to_string(status.begins) + " removed" : "")) +
           row("sealed", std::to_string(status.sealed) + (status.sealed == status.lines ? " (all)" : "")) +
           row("open epoch", std::to_string(status.epoch) + ", " + std::to_string(status.lines - status.sealed) +
                                 " lines not sealed yet") +
           row("outbox",
               std::to_string(status.in_outbox) + " of " + std::to_string(status.segments) + " segments" +
                   (status.pending > 0 ? ", " + std::to_string(status.pending) + " still to be written" : "")) +
           row("service", service_in_words(status.running)) + row("last import", import_in_words(status.last_import)) +
           row("journal", megabytes(status.journal_bytes)) + row("disk", megabytes(status.free_bytes) + " free") +
           row("secrets", status.secrets == crypto::Locking::locked
                              ? "kept out of swap"
                              : "may be swapped to the disk: this user may not lock enough memory (ulimit -l)");
}

} // namespace

Exit run_status(const StatusOptions& options) {
    const Status status = read_status(options.state);
    print(options.output == Output::json ? as_json(status) : as_text(status));
    return Exit::ok;
}

} // namespace tally::recorder
