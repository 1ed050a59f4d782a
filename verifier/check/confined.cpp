#include "verifier/check/asking.hpp"
#include "verifier/check/checker.hpp"
#include "verifier/check/rows.hpp"
#include "verifier/check/verified_state.hpp"

#include <csignal>
#include <cstring>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tally::check {
namespace {

// Two members, packed, raw and compressed again at the highest level, their digests, 65 536 logs; and room.
constexpr std::uint64_t max_memory = std::uint64_t{1} << 30U;
constexpr std::uint64_t base_cpu_seconds = 600, cpu_seconds_per_mib = 60;
constexpr std::size_t seals_at_once = 4096;

void send_lines(const ChildEnd& end, const VerifiedBundle& bundle) {
    std::string message;
    bundle.for_each_line([&](const LineView& view) {
        pack_row(*view.fields, view.bytes, message);
        if (message.size() >= rows_at_once) {
            end.say(Message::rows, message);
            message.clear();
        }
    });
    if (!message.empty()) {
        end.say(Message::rows, message);
    }
    end.say(Message::end, "");
}

void send_bundle(const ChildEnd& end, const VerifiedBundle& bundle) {
    WireWriter wire;
    wire(bundle.created_ms(), bundle.logs(), bundle.enrolled(), bundle.arrivals(), bundle.set());
    end.say(Message::verified, wire.bytes());
    const auto& seals = bundle.seals();
    for (std::size_t at = 0; at < seals.size(); at += seals_at_once) {
        const auto first = seals.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last = seals.begin() + static_cast<std::ptrdiff_t>(std::min(seals.size(), at + seals_at_once));
        end.say(Message::seals, written(std::vector<AcceptedSeal>(first, last)));
    }
}

void serve_check(const ChildEnd& end, const Options& options, Trust trust, Evidence evidence) {
    const AskingMemory memory(end);
    if (trust.memory != nullptr) {
        trust.memory = &memory;
    }
    const Outcome outcome = Checker(options, trust).run(std::move(evidence));
    end.say(Message::report, written(outcome.report));
    if (outcome.bundle) {
        send_bundle(end, *outcome.bundle);
    }
    end.say(Message::end, "");
    while (outcome.bundle && end.more()) {
        send_lines(end, *outcome.bundle);
    }
}

void serve_kept_lines(const ChildEnd& end, bundle::PrivateCopy copy, const std::string& host, std::uint64_t first,
                      std::uint64_t next) {
    std::string message;
    const auto read = kept_lines(std::move(copy), host, first, next, [&](std::uint64_t, std::string_view bytes) {
        pack_row({}, bytes, message);
        if (message.size() >= rows_at_once) {
            end.say(Message::rows, message);
            message.clear();
        }
    });
    end.say(Message::rows, message);
    WireWriter wire;
    wire(read ? std::string() : read.fault().what, read ? std::uint64_t{0} : std::uint64_t{read.fault().at});
    end.say(Message::end, wire.bytes());
}

void send_error(const ChildEnd& end, const Error& error) {
    WireWriter wire;
    wire(std::string(error.what()), error.hints, static_cast<std::uint64_t>(error.exit));
    end.say(Message::error, wire.bytes());
}

// Never returns into the caller's program: neither its destructors nor its buffered output belong to this process.
using Work = std::function<void(const ChildEnd&, Evidence)>;

[[noreturn]] void run_child(int results, int answers, const std::string& name, const Work& work, Evidence evidence) {
    int code = 0;
    try {
        const ChildEnd end(results, answers);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // NOLINT(*-vararg)
        const auto* copy = std::get_if<bundle::PrivateCopy>(&evidence.bundle);
        const int file = copy != nullptr ? copy->file.get() : answers;
        const std::uint64_t mib = copy != nullptr ? copy->size >> 20U : 0;
        const Sandbox sandbox = enter_sandbox({{results, answers, file, evidence.again.get()},
                                               results,
                                               max_memory,
                                               base_cpu_seconds + cpu_seconds_per_mib * mib});
        end.say(Message::sandbox, written(sandbox));
        try {
            work(end, std::move(evidence));
        } catch (const Error& error) {
            send_error(end, error);
        } catch (const std::bad_alloc&) {
            send_error(end, {"check", name, "out of memory"});
        }
    } catch (...) {
        code = 1; // the parent sees a child that ended too early
    }
    ::_exit(code);
}

// --- the parent ---

class ConfinedProcess {
public:
    // `name` is for messages. The child can use what `work` refers to, as it was at this moment.
    ConfinedProcess(std::string name, Evidence evidence, const Work& work) : name_(std::move(name)) {
        int results[2] = {-1, -1};
        int answers[2] = {-1, -1};
        const bool made =
            ::pipe2(results, O_CLOEXEC) == 0 && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, answers) == 0;
        results_ = os::Descriptor(results[0]);
        answers_ = os::Descriptor(answers[0]);
        const os::Descriptor theirs_out(results[1]);
        const os::Descriptor theirs_in(answers[1]);
        if (!made) {
            throw Error::system("make a channel to check", name_);
        }
        static_cast<void>(::fcntl(results[0], F_SETPIPE_SZ, 1 << 20)); // NOLINT(*-vararg): only speed
        pid_ = ::fork();
        if (pid_ < 0) {
            throw Error::system("start a process to check", name_);
        }
        if (pid_ == 0) {
            run_child(results[1], answers[1], name_, work, std::move(evidence));
        }
        if (auto* copy = std::get_if<bundle::PrivateCopy>(&evidence.bundle)) {
            copy_ = std::move(copy->file);
            digest_ = copy->sha256;
            size_ = copy->size;
        }
    }
    ConfinedProcess(const ConfinedProcess&) = delete;
    ConfinedProcess& operator=(const ConfinedProcess&) = delete;
    ~ConfinedProcess() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            static_cast<void>(wait());
        }
    }

    // The next message that is no question; questions are answered meanwhile.
    Message next(std::string& bytes, const Memory* memory = nullptr) {
        for (;;) {
            const auto kind = receive(results_, bytes);
            if (!kind) {
                explain_end();
            }
            if (*kind == Message::error) {
                rethrow(bytes);
            }
            if (*kind != Message::question) {
                return *kind;
            }
            WireReader::require(memory != nullptr);
            if (!tell(answers_, Message::answer, Asked(bytes).answer(*memory))) {
                explain_end();
            }
        }
    }
    void demand(Message expected, std::string& bytes, const Memory* memory = nullptr) {
        WireReader::require(next(bytes, memory) == expected);
    }
    void ask_for_lines() {
        if (!tell(answers_, Message::more, "")) {
            explain_end();
        }
    }
    // A child that has said everything must also end well.
    void finish() {
        answers_ = os::Descriptor();
        std::string bytes;
        if (receive(results_, bytes) || wait() != 0) {
            throw Error("check", name_, "the confined process did not end as it should: nothing is decided");
        }
    }

    [[nodiscard]] const Hash& digest() const { return digest_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    os::Descriptor take_copy() { return std::move(copy_); }

private:
    int wait() {
        int status = 0;
        const pid_t child = std::exchange(pid_, -1);
        while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        return status;
    }
    [[noreturn]] void explain_end() {
        const int status = wait();
        std::string reason = "the confined process ended before it had an answer: nothing is decided";
        if (WIFSIGNALED(status)) {
            const int number = WTERMSIG(status);
            reason = "the confined process was ended by signal " + std::to_string(number) + " (" +
                     std::string(::strsignal(number)) + "): nothing is decided";
        }
        throw Error("check", name_, reason,
                    {"if this happens again with the same file, keep the file: it may have been made to do this"});
    }
    // The child's own Error, as if it had been thrown here.
    [[noreturn]] static void rethrow(const std::string& bytes) {
        WireReader wire(bytes);
        std::string text;
        std::vector<std::string> hints;
        wire(text, hints);
        const auto exit = static_cast<Exit>(wire.bounded(static_cast<std::uint64_t>(Exit::interrupted)));
        const std::size_t colon = std::min(text.find(": "), text.size());
        throw Error(text.substr(0, colon), "", text.substr(std::min(text.size(), colon + 2)), std::move(hints), exit);
    }

    std::string name_;
    pid_t pid_ = -1;
    os::Descriptor results_, answers_, copy_;
    Hash digest_{};
    std::uint64_t size_ = 0;
};

class ConfinedLines : public LineSource {
public:
    explicit ConfinedLines(std::unique_ptr<ConfinedProcess> process) : process_(std::move(process)) {}

    void for_each(const std::vector<VerifiedLog>& logs, const std::function<void(const LineView&)>& take) override {
        process_->ask_for_lines();
        RowReader reader(logs);
        std::string bytes;
        for (auto kind = process_->next(bytes); kind != Message::end; kind = process_->next(bytes)) {
            WireReader::require(kind == Message::rows);
            reader.read(bytes, take);
        }
        WireReader::require(reader.complete());
    }

private:
    std::unique_ptr<ConfinedProcess> process_;
};

template <class... Parts>
void read(const std::string& bytes, Parts&... parts) {
    WireReader wire(bytes);
    wire(parts...);
    wire.done();
}

} // namespace

class ConfinedCheck {
public:
    ConfinedCheck(const Options& options, const Trust& trust) : options_(options), trust_(trust) {
        Evidence found = gather_evidence(options);
        if (const auto* bytes = std::get_if<std::string>(&found.signature)) {
            signature_ = *bytes;
        }
        releases_ = found.releases;
        process_ = std::make_unique<ConfinedProcess>(
            options.bundle.string(), std::move(found),
            [&](const ChildEnd& end, Evidence evidence) { serve_check(end, options, trust, std::move(evidence)); });
    }

    Outcome run() {
        Outcome outcome;
        Sandbox sandbox;
        process_->demand(Message::sandbox, bytes_);
        read(bytes_, sandbox);
        process_->demand(Message::report, bytes_, trust_.memory);
        read(bytes_, outcome.report);
        WireReader::require(outcome.report.verdict == verdict_of(outcome.report.findings));
        outcome.report.file = options_.bundle.string();
        outcome.report.digest = process_->digest();
        outcome.report.bytes = process_->size();
        outcome.report.sandbox = std::move(sandbox);
        if (process_->next(bytes_) == Message::verified) {
            WireReader::require(outcome.report.verdict != Verdict::rejected && trust_.basis == Trust::Basis::enrolled);
            outcome.bundle = receive_bundle(outcome.report);
        } else {
            process_->finish();
            if (can_wait(outcome.report) && options_.wanted == Wanted::bundle) {
                outcome.waiting.emplace(process_->take_copy(), outcome.report.bytes, signature_, releases_);
            }
        }
        return outcome;
    }

private:
    // A volume that waits is no evidence of anything yet; who says that it does is the confined process, as with OK.
    [[nodiscard]] bool can_wait(const Report& report) const {
        return trust_.basis == Trust::Basis::enrolled && waits_for_volume(report.findings);
    }
    VerifiedBundle receive_bundle(const Report& report) {
        auto state = std::make_unique<VerifiedBundle::State>();
        read(bytes_, state->created_ms, state->logs, state->enrolled, state->arrivals, state->set);
        while (process_->next(bytes_) == Message::seals) {
            std::vector<AcceptedSeal> some;
            read(bytes_, some);
            for (auto& seal : some) {
                WireReader::require(seal.log < state->logs.size());
                state->seals.push_back(std::move(seal));
            }
        }
        state->report = report;
        state->copy = process_->take_copy();
        state->signature = signature_;
        state->releases = releases_;
        state->lines = std::make_unique<ConfinedLines>(std::move(process_));
        return VerifiedBundle(std::move(state));
    }

    const Options& options_;
    const Trust& trust_;
    std::unique_ptr<ConfinedProcess> process_;
    releases::Beside releases_;     // nor these
    std::string bytes_, signature_; // the latter never looked into here
};

Outcome check_confined(const Options& options, const Trust& trust) { return ConfinedCheck(options, trust).run(); }

Result<void> read_kept_confined(const os::fs::path& copy, const Hash& digest, const std::string& host,
                                std::uint64_t first, std::uint64_t next, const TakeLine& take) {
    auto kept = kept_copy(copy, digest);
    if (!kept) {
        return kept.fault();
    }
    Evidence evidence{std::move(*kept), {}, ""};
    ConfinedProcess process(copy.string(), std::move(evidence), [&](const ChildEnd& end, Evidence file) {
        serve_kept_lines(end, std::move(std::get<bundle::PrivateCopy>(file.bundle)), host, first, next);
    });
    std::string bytes;
    process.demand(Message::sandbox, bytes);
    for (auto kind = process.next(bytes); kind != Message::end; kind = process.next(bytes)) {
        WireReader::require(kind == Message::rows);
        for_each_packed(bytes, [&](std::string_view, std::string_view line) {
            WireReader::require(first < next);
            take(first++, line);
        });
    }
    std::string what;
    std::uint64_t at = 0;
    read(bytes, what, at);
    WireReader::require(!what.empty() || first == next);
    return what.empty() ? Result<void>() : Result<void>(Fault{what, static_cast<std::size_t>(at)});
}

} // namespace tally::check
