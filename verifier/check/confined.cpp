#include "verifier/check/channel.hpp"
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

// --- what the child may ask of the parent's memory ---
enum class Question : std::uint8_t { position, root_at, roster, issued, newest_named, accepted };

template <class Part>
std::string written(const Part& part) {
    WireWriter wire;
    wire(part);
    return wire.bytes();
}

class Asked {
public:
    explicit Asked(const std::string& bytes) : wire_(bytes) {
        enumeration(wire_, question_, Question::accepted);
        wire_(first_, second_, number_);
        wire_.done();
    }
    [[nodiscard]] std::string answer(const Memory& memory) const {
        switch (question_) {
        case Question::position:
            return written(memory.position(first_));
        case Question::root_at:
            return written(memory.root_at(first_, number_));
        case Question::roster:
            return written(memory.roster(first_));
        case Question::issued:
            return written(memory.issued(first_, second_, number_));
        case Question::newest_named:
            return written(memory.newest_named(first_, second_, number_));
        case Question::accepted:
            break;
        }
        return written(memory.accepted(first_, second_, number_));
    }

private:
    WireReader wire_;
    Question question_ = Question::position;
    std::string first_, second_;
    std::uint64_t number_ = 0;
};

// --- the child ---
class ChildEnd {
public:
    ChildEnd(int results, int answers) : results_(results), answers_(answers) {}

    void say(Message kind, std::string_view bytes) const {
        os::write_all(results_, headed(kind, bytes), "(between processes)");
    }
    [[nodiscard]] std::string ask(std::string_view question) const {
        say(Message::question, question);
        std::string bytes;
        if (receive(answers_, bytes) != Message::answer) {
            throw Error("check", "", "the process that asked for it is gone");
        }
        return bytes;
    }
    [[nodiscard]] bool more() const {
        std::string bytes;
        return receive(answers_, bytes) == Message::more;
    }

private:
    os::Descriptor results_, answers_;
};

class AskingMemory : public Memory {
public:
    using Text = const std::string&;
    explicit AskingMemory(const ChildEnd& end) : end_(end) {}
    [[nodiscard]] std::optional<Position> position(const std::string& host) const override {
        return ask<std::optional<Position>>(Question::position, host, "", 0);
    }
    [[nodiscard]] std::optional<Hash> root_at(const std::string& host, std::uint64_t size) const override {
        return ask<std::optional<Hash>>(Question::root_at, host, "", size);
    }
    [[nodiscard]] std::vector<RosterEntry> roster(const std::string& site) const override {
        return ask<std::vector<RosterEntry>>(Question::roster, site, "", 0);
    }
    [[nodiscard]] std::vector<Hash> accepted(Text site, Text agreement, std::uint64_t n) const override {
        return ask<std::vector<Hash>>(Question::accepted, site, agreement, n);
    }
    [[nodiscard]] std::optional<NamedReceipt> issued(Text site, Text agreement, std::uint64_t n) const override {
        return ask<std::optional<NamedReceipt>>(Question::issued, site, agreement, n);
    }
    [[nodiscard]] std::uint64_t newest_named(Text site, Text agreement, std::uint64_t n) const override {
        return ask<std::uint64_t>(Question::newest_named, site, agreement, n);
    }

private:
    template <class Answer>
    Answer ask(Question question, const std::string& first, const std::string& second, std::uint64_t number) const {
        WireWriter wire;
        enumeration(wire, question, Question::accepted);
        wire(first, second, number);
        const std::string bytes = end_.ask(wire.bytes());
        WireReader reader(bytes);
        Answer answer;
        reader(answer);
        return answer;
    }
    const ChildEnd& end_;
};

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
    wire(bundle.created_ms(), bundle.logs(), bundle.enrolled());
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
        }
        return outcome;
    }

private:
    VerifiedBundle receive_bundle(const Report& report) {
        auto state = std::make_unique<VerifiedBundle::State>();
        read(bytes_, state->created_ms, state->logs, state->enrolled);
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
        state->lines = std::make_unique<ConfinedLines>(std::move(process_));
        return VerifiedBundle(std::move(state));
    }

    const Options& options_;
    const Trust& trust_;
    std::unique_ptr<ConfinedProcess> process_;
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
