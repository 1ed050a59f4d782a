#include "recorder/inbox/instructions.hpp"
#include "recorder/journal/outbox.hpp"
#include "recorder/running.hpp"
#include "recorder/session_client.hpp"
#include "recorder/state.hpp"
#include "tally/line/write.hpp"

namespace tally::recorder {
namespace {

namespace wire = session_socket;

constexpr std::uint64_t stale_s = 180; // the service writes about itself every minute
constexpr std::uint64_t least_free_bytes = 100'000'000;

enum class Health : std::uint8_t { good, note, bad };

class Findings {
public:
    void add(Health health, const std::string& what, const std::string& text, const std::string& hint = "") {
        static constexpr std::array<std::string_view, 3> words{"good", "note", "bad"};
        const auto word = words.at(static_cast<std::size_t>(health));
        bad_ = bad_ || health == Health::bad;
        text_ += std::string(word) + std::string(6 - word.size(), ' ') + what +
                 std::string(what.size() < 10 ? 10 - what.size() : 1, ' ') + text + "\n" +
                 (hint.empty() ? "" : "      do: " + hint + "\n");
        line::Object object;
        object.token("check", what).token("health", word).text("text", text);
        json_ += (hint.empty() ? object : object.text("hint", hint)).str() + "\n";
    }
    Exit print_as(Output output) const {
        print(output == Output::json ? json_ : text_);
        return bad_ ? Exit::findings : Exit::ok;
    }

private:
    std::string text_;
    std::string json_;
    bool bad_ = false;
};

void look_at_service(Findings& findings, const Running& running, const std::string& state) {
    if (running.holder == Holder::nobody) {
        findings.add(Health::bad, "service", "is not running: nothing is recorded but what is imported",
                     "systemctl start tally-recorder, or: tally-recorder run --state " + state);
        return;
    }
    if (running.holder == Holder::command) {
        findings.add(Health::note, "service", "another command works on this state, or a service of another user runs");
        return;
    }
    const RunningService& service = *running.service;
    const std::uint64_t now = os::clock_ms(CLOCK_REALTIME) / 1000;
    const std::uint64_t silent = now - std::min(now, service.alive_s);
    findings.add(
        silent > stale_s ? Health::bad : Health::good, "service",
        "runs as process " + std::to_string(service.pid) + ", " + std::to_string(service.sessions) +
            " sessions open, " + std::to_string(service.messages) + " messages, " + std::to_string(service.refused) +
            " refused",
        silent > stale_s ? "it was silent for " + std::to_string(silent) + " s: systemctl restart tally-recorder" : "");
    if (service.trouble.empty()) {
        findings.add(Health::good, "writing", "the log can be written");
    } else {
        findings.add(Health::bad, "writing", service.trouble,
                     "free some space, or make the disk writable; what happens meanwhile waits in memory");
    }
    if (service.lost > 0) {
        findings.add(Health::bad, "memory",
                     std::to_string(service.lost) + " events were lost while it could not write");
    }
}

void look_at_watching(Findings& findings, const RunningService& service) {
    if (service.watch == "no") {
        findings.add(Health::note, "watching", "only what programs tell themselves is recorded",
                     "to see programs that tell nothing: tally-recorder run --watch");
        return;
    }
    findings.add(service.watch == "exact" ? Health::good : Health::note, "watching",
                 std::to_string(service.watched) + " programs of the catalogue run, seen as " + service.watch,
                 service.watch == "exact" ? "" : "for exact times give it CAP_NET_ADMIN, outside of any container");
    if (service.denied > 0) {
        findings.add(Health::note, "rights",
                     std::to_string(service.denied) + " programs of other users could not be looked at",
                     "give it CAP_SYS_PTRACE");
    }
}

void look_at_socket(Findings& findings, const std::string& path) {
    try {
        SessionClient client(path);
        const std::string nobody(32, 'f'); // no session has it: to be refused is the answer
        wire::Message message;
        message.id = nobody;
        client.ask(message);
        findings.add(Health::good, "socket", path + " answers");
    } catch (const Error& error) {
        findings.add(Health::bad, "socket", error.what(),
                     error.hints.empty() ? "see its permissions: ls -l " + path : error.hints.front());
    }
}

void look_at_log(Findings& findings, const os::fs::path& state) {
    auto store = open_to_read(state);
    store.database().run("BEGIN");
    const auto genesis = genesis_of(store);
    const std::uint64_t size = store.size();
    const auto seals = store.seals(0);
    const std::uint64_t unsealed = size - (seals.empty() ? 0 : seals.back().seq + 1);
    findings.add(Health::good, "log",
                 genesis.host.text() + ", " + std::to_string(size) + " lines, " + std::to_string(unsealed) +
                     " not sealed yet");
    const auto package = inbox::kept_package(state);
    if (!package || package->host != genesis.host) {
        findings.add(Health::note, "enrolment",
                     package ? "the package here was made for another log" : "no answer of the station is here yet",
                     "take enrolment.json to the station, and its answer to: tally-recorder enrol");
    } else {
        findings.add(Health::good, "enrolment", "package " + std::to_string(package->n) + " is in force");
    }
}

} // namespace

Exit run_doctor(const DoctorOptions& options) {
    Findings findings;
    look_at_log(findings, options.state);
    const Running running = find_running(options.state);
    look_at_service(findings, running, options.state.string());
    if (running.service) {
        look_at_socket(findings, running.service->socket);
        look_at_watching(findings, *running.service);
    }
    boost::system::error_code none;
    const auto space = os::fs::space(options.state, none);
    if (!none) {
        const std::string free = std::to_string(space.available / 1'000'000) + " MB free";
        findings.add(space.available < least_free_bytes ? Health::bad : Health::good, "disk", free,
                     space.available < least_free_bytes ? "free some space: " + options.state.string() : "");
    }
    return findings.print_as(options.output);
}

} // namespace tally::recorder
