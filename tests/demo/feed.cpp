// Writes a host's events as lines of its log, through the journal's own writer, with the clock of the events:
//   demo_feed STATE SEGMENTS EVENTS...
// An event is a line of cells separated by tabs: its instant (UTC seconds), its type, then fields "name=s:text",
// "name=i:integer" or "start=r:number" (the line that carries "#=number"). Types beside those of record.md: "boot" (a
// new boot begins), "until" (nothing more happens before that instant), "step" (the wall clock is wrong by that many milliseconds from now on). After each file the log is
// sealed, and its segments go to SEGMENTS/<name of the file>/.
#include "recorder/journal/outbox.hpp"
#include "tally/base/error.hpp"
#include "tally/crypto/sha256.hpp"

#include <cstdio>
#include <fstream>
#include <map>

namespace {

using namespace tally; // NOLINT(google-build-using-namespace): a test program's own file

struct MadeClock {
    std::string name;
    std::uint64_t boots = 0;
    std::int64_t booted = 1'735'689'600, now = booted, off_ms = 0; // 2025-01-01

    [[nodiscard]] os::Stamp stamp() const {
        const auto digest = to_hex(crypto::sha256(name + std::to_string(boots)));
        return {digest.substr(0, 32), static_cast<std::uint64_t>(now - booted + 60) * 1000U,
                static_cast<std::uint64_t>(now * 1000 + off_ms)};
    }
};

class Feed {
public:
    Feed(const os::fs::path& state, os::fs::path segments)
        : clock_{state.string()}, segments_(std::move(segments)), journal_(state, [this] { return clock_.stamp(); }) {
        journal_.group_by(journal::GroupedBy::caller);
    }

    void take(const os::fs::path& events) {
        std::ifstream file(events);
        std::string text;
        while (std::getline(file, text)) {
            event(text);
        }
        journal_.commit();
        journal_.seal("request");
        const auto target = segments_ / events.stem();
        os::fs::create_directories(target);
        for (const auto& segment : journal::drop_segments(journal_)) {
            os::fs::copy_file(journal_.directory() / journal::outbox_name / segment.file, target / segment.file);
        }
    }

private:
    static std::vector<std::string> split(const std::string& text) {
        std::vector<std::string> cells;
        std::size_t from = 0;
        for (auto to = text.find('\t'); to != std::string::npos; to = text.find('\t', from)) {
            cells.push_back(text.substr(from, to - from));
            from = to + 1;
        }
        cells.push_back(text.substr(from));
        return cells;
    }
    void event(const std::string& text) {
        const auto cells = split(text);
        const std::int64_t at = std::stoll(cells.at(0));
        if (at / 86'400 != clock_.now / 86'400 || cells.at(1) == "boot" || cells.at(1) == "step") {
            journal_.commit();
        }
        clock_.now = std::max(clock_.now, at);
        if (cells.at(1) == "boot") {
            ++clock_.boots;
            clock_.booted = clock_.now;
            clock_.off_ms = 0;
        } else if (cells.at(1) == "until") {
            return; // the file's log is sealed at that instant
        } else if (cells.at(1) == "step") {
            clock_.off_ms = std::stoll(cells.at(2));
            journal_.begin(); // takes the time, and so notices
            journal_.commit();
        } else {
            line(cells);
        }
    }
    void line(const std::vector<std::string>& cells) {
        auto record = line::Object().token("t", cells[1]);
        std::string number;
        for (std::size_t i = 2; i < cells.size(); ++i) {
            const std::size_t equals = cells[i].find('=');
            const std::string name = cells[i].substr(0, equals);
            if (name == "#") {
                number = cells[i].substr(equals + 1);
                continue;
            }
            const std::string value = cells[i].substr(equals + 3);
            switch (cells[i].at(equals + 1)) {
            case 's':
                record.text(name, value);
                break;
            case 'r':
                record.integer(name, numbered_.at(value));
                break;
            default:
                record.integer(name, std::stoull(value));
            }
        }
        const auto seq = journal_.append(record);
        if (!number.empty()) {
            numbered_[number] = seq;
        }
    }

    MadeClock clock_;
    os::fs::path segments_;
    journal::Journal journal_;
    std::map<std::string, std::uint64_t> numbered_; // lines that others point to
};

} // namespace

int main(int count, char** words) {
    try {
        Feed feed(words[1], words[2]);
        for (int i = 3; i < count; ++i) {
            feed.take(words[i]);
        }
        return 0;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "demo_feed: %s: %s\n", words[1], problem.what());
        return 1;
    }
}
