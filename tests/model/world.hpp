// A small world driven twice, step by step: by the real journal, archive, packer, check and ledger in a folder of its
// own, and by the reference model. After each step both must tell the same; the first difference is thrown. Steps name
// what they touch by small numbers taken modulo what there is, so any subset of a history is a history.
#pragma once

#include "packager/bundle/writer.hpp"
#include "packager/submission/station.hpp"
#include "recorder/journal/journal.hpp"
#include "tests/model/reference.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/ledger/ledger.hpp"

#include <deque>
#include <stdexcept>

namespace tally::model {

struct Step {
    std::string verb;
    unsigned a = 0, b = 0;
};

struct Disagreement : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// How often each thing was predicted and found; `forgotten` is left out of every prediction, to see the test fail.
struct Tally {
    std::map<std::string, std::uint64_t> seen;
    std::string forgotten;
};

class World {
public:
    explicit World(Tally& tally);
    void apply(const Step& step);

private:
    struct Machine {
        os::fs::path directory;
        std::string identity;
        Journal journal;
        int boot = 0;
        std::int64_t booted = 0, offset = 0; // ms
        bool broken = false;                 // the next opening must begin a new log
    };
    struct Saved {
        os::fs::path directory;
        Machine machine;
    };
    struct Medium { // a segment on its way
        os::fs::path file, outbox;
        Segment segment;
    };
    struct Made {
        Bundle bundle;
        os::fs::path path;
    };

    // Machines
    void record(Machine& machine, unsigned lines, unsigned choice);
    void import(Machine& machine, unsigned file);
    void seal(Machine& machine);
    void drop(Machine& machine);
    void redrop(Machine& machine);
    void snapshot(std::size_t machine);
    void restore(std::size_t machine);
    void restore_journal_alone(std::size_t machine);
    void clone(const Machine& machine, bool same_identity);
    void lose_keys(Machine& machine);
    void lose_segment(unsigned which);
    std::unique_ptr<journal::Journal> open(Machine& machine);
    void pick_up(Machine& machine, const Size first, const Size next);
    void append(journal::Journal& journal, Machine& machine, const Line& line);

    // Station
    void enrol(const Machine& machine);
    void collect(unsigned count, unsigned seed);
    void pack(unsigned agreement, unsigned stop);
    void pack_again(unsigned which, std::optional<std::pair<unsigned, unsigned>> first);
    void lose_index();
    void bind_station();
    void compare_station(const submission::Station& real);
    [[nodiscard]] int write(const submission::Station& real, const submission::Export& wanted, const Bundle& contents,
                            bool slice);

    // Verifiers
    void check(const Made& made, unsigned verifier, bool accept);
    void compare_ledger(unsigned verifier);

    [[nodiscard]] Time time(const Machine& machine) const;
    [[nodiscard]] os::Clock clock(const Machine& machine) const;
    void bind(journal::Store& store, const std::string& host, const Journal& journal);
    void agree(const std::string& what, const std::string& real, const std::string& model) const;
    void agree(const std::string& what, std::uint64_t real, std::uint64_t model) const {
        agree(what, std::to_string(real), std::to_string(model));
    }
    [[nodiscard]] std::string host(int log) const;
    [[nodiscard]] std::string told(const Findings& findings) const;
    os::fs::path fresh_path(const std::string& kind) { return directory_ / (kind + std::to_string(++paths_)); }

    Tally& tally_;
    test::TempDir directory_{test::TempDir::Where::in_memory};
    std::deque<Machine> machines_;
    std::map<std::size_t, Saved> saved_;
    std::vector<Medium> media_;
    std::vector<Made> made_;
    Machine station_machine_;
    Station station_;
    std::optional<std::pair<os::fs::path, Station>> saved_station_;
    minisig::SecretKey export_key_ = minisig::SecretKey::generate();
    struct Verifier {
        ledger::Ledger real;
        Ledger model;
    };
    std::deque<Verifier> verifiers_;
    std::map<int, std::string> hosts_;            // log -> its real name
    std::map<int, std::string> texts_;            // line -> its real bytes
    std::map<std::string, int> bundles_;          // contents -> id
    std::map<int, std::string> digests_;          // bundle -> SHA-256
    std::map<std::string, std::string> segments_; // contents -> bytes
    std::int64_t now_ = 1'000'000;                // ms
    int boots_ = 0, logs_ = 0, sessions_ = 0, paths_ = 0;
};

} // namespace tally::model
