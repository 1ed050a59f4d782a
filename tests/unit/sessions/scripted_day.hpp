// A machine whose clocks stand until a test moves them, and a recorder on it that can be stopped, killed and rebooted.
// What became durable is what stood at the last commit.
#pragma once

#include "recorder/sessions/book.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tally::test {

using namespace tally::sessions;

struct Notes : Lines { // lines as they were appended, without the quotes
    std::vector<std::string> all;
    std::uint64_t append(std::string_view fields) override {
        std::string text(fields);
        std::erase(text, '"');
        all.push_back(text);
        return all.size() - 1;
    }
};

struct Drawer : Shelf {
    std::map<std::string, std::string, std::less<>> rows;
    void put(std::string_view key, std::string_view body) override { rows[std::string(key)] = std::string(body); }
    void drop(std::string_view key) override { rows.erase(std::string(key)); }
    void for_each(const Visit& visit) override {
        const auto copy = rows;
        for (const auto& [key, body] : copy) {
            visit(key, body);
        }
    }
};

constexpr std::uint64_t epoch_ms = 1'772'470'800'000; // wall clock of the machine's first boot

struct Day {
    Moment moment{{"b0000000000000000000000000000001", 1000, epoch_ms + 1000}, 1000};
    Rules rules;
    privacy::Naming naming;
    Notes notes;
    Drawer drawer;
    Notes durable_notes;
    Drawer durable_drawer;
    Host host{"n04", "", "", "Linux 6"};
    std::unique_ptr<Book> book;
    std::vector<Off> off;
    std::set<ProcessId> running;

    explicit Day(Rules with = {}) : rules(with) {
        run();
        notes.all.clear(); // identity
        commit();
    }
    void run() { // a run of the recorder begins
        book = std::make_unique<Book>(
            rules, [this] { return moment; }, notes, drawer, naming);
        book->resume(host, off);
        book->scanned([this](const ProcessId& process) { return running.contains(process); });
        commit();
    }
    void commit() {
        book->tick();
        durable_notes.all = notes.all;
        durable_drawer.rows = drawer.rows;
    }
    void kill() { // what was not committed is gone
        notes.all = durable_notes.all;
        drawer.rows = durable_drawer.rows;
        book.reset();
    }
    void pass(double seconds) {
        const auto ms = static_cast<std::uint64_t>(seconds * 1000);
        moment.stamp.up_ms += ms;
        moment.stamp.wall_ms += ms;
        moment.awake_ms += ms;
    }
    void sleep(double seconds) {
        pass(seconds);
        moment.awake_ms -= static_cast<std::uint64_t>(seconds * 1000);
    }
    void set_clock(std::int64_t seconds) {
        moment.stamp.wall_ms =
            static_cast<std::uint64_t>(static_cast<std::int64_t>(moment.stamp.wall_ms) + seconds * 1000);
    }
    void reboot(double off_s) {
        pass(off_s);
        moment.stamp.boot[31] = static_cast<char>(moment.stamp.boot[31] + 1);
        moment.stamp.up_ms = 10'000;
        moment.awake_ms = 10'000;
        running.clear();
    }
    [[nodiscard]] std::uint64_t up() const { return moment.stamp.up_ms; }
    // Seconds since the first boot, as lines have instants.
    [[nodiscard]] static std::string at(std::int64_t seconds) {
        return std::to_string(static_cast<std::int64_t>(epoch_ms / 1000) + seconds);
    }

    static ProcessId process(int pid, std::uint64_t start = 7) { return {pid, start, 0}; }
    static Subject subject(const std::string& user = "hig", const std::string& version = "2026") {
        return {"revit", version, user, "", "", "", Class::interactive};
    }
    void start(int pid, const Subject& what = subject()) {
        running.insert(process(pid));
        book->started({process(pid), what, When::at(up())});
    }
    void end(int pid, Ending ending = Ending::exit) {
        running.erase(process(pid));
        book->ended(process(pid), ending, When::at(up()));
    }
    Begun report(const std::string& id, int pid = 0) {
        Begun begun;
        begun.id = id;
        begun.subject = subject();
        begun.when = When::at(up());
        begun.process = pid == 0 ? ProcessId() : process(pid);
        begun.bound = pid == 0 ? Bound::heartbeat : Bound::process;
        begun.beat_ms = pid == 0 ? 60'000 : 0;
        return begun;
    }
    // Lines of a type since the last call of any kind, in order.
    std::vector<std::string> take(const std::string& type = "") {
        std::vector<std::string> found;
        for (; taken < notes.all.size(); ++taken) {
            if (type.empty() || notes.all[taken].find("t:" + type + ",") != std::string::npos ||
                notes.all[taken].find("t:" + type + "}") != std::string::npos) {
                found.push_back(notes.all[taken]);
            }
        }
        return found;
    }
    std::size_t taken = 0;
};

using Texts = std::vector<std::string>;

} // namespace tally::test
