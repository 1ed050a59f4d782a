// What the confined process may ask of its parent's memory, and how both spell it. A memory that asks over the channel
// takes the place of the ledger there; what it is told is bounded and made sense of in one place (wire.hpp).
#pragma once

#include "verifier/check/channel.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/wire.hpp"

namespace tally::check {

enum class Question : std::uint8_t { position, root_at, roster, accepted, volumes, issued, newest_named, arrivals };

template <class Part>
std::string written(const Part& part) {
    WireWriter wire;
    wire(part);
    return wire.bytes();
}

class Asked {
public:
    explicit Asked(const std::string& bytes) : wire_(bytes) {
        enumeration(wire_, question_, Question::arrivals);
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
        case Question::accepted:
            return written(memory.accepted(first_, second_, number_));
        case Question::volumes:
            return written(memory.volumes(first_, second_, number_));
        case Question::issued:
            return written(memory.issued(first_, second_, number_));
        case Question::newest_named:
            return written(memory.newest_named(first_, second_, number_));
        case Question::arrivals:
            break;
        }
        return written(memory.arrivals(first_));
    }

private:
    WireReader wire_;
    Question question_ = Question::position;
    std::string first_, second_;
    std::uint64_t number_ = 0;
};

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
    [[nodiscard]] std::vector<Hash> accepted(const std::string& site, const std::string& agreement,
                                             std::uint64_t n) const override {
        return ask<std::vector<Hash>>(Question::accepted, site, agreement, n);
    }
    [[nodiscard]] std::vector<KnownVolume> volumes(const std::string& site, const std::string& agreement,
                                                   std::uint64_t n) const override {
        return ask<std::vector<KnownVolume>>(Question::volumes, site, agreement, n);
    }
    [[nodiscard]] std::vector<Arrival> arrivals(const std::string& host) const override {
        return ask<std::vector<Arrival>>(Question::arrivals, host, "", 0);
    }
    [[nodiscard]] std::optional<NamedReceipt> issued(const std::string& site, const std::string& agreement,
                                                     std::uint64_t n) const override {
        return ask<std::optional<NamedReceipt>>(Question::issued, site, agreement, n);
    }
    [[nodiscard]] std::uint64_t newest_named(const std::string& site, const std::string& agreement,
                                             std::uint64_t n) const override {
        return ask<std::uint64_t>(Question::newest_named, site, agreement, n);
    }

private:
    template <class Answer>
    Answer ask(Question question, const std::string& first, const std::string& second, std::uint64_t number) const {
        WireWriter wire;
        enumeration(wire, question, Question::arrivals);
        wire(first, second, number);
        const std::string bytes = end_.ask(wire.bytes());
        WireReader reader(bytes);
        Answer answer;
        reader(answer);
        return answer;
    }
    const ChildEnd& end_;
};

} // namespace tally::check
