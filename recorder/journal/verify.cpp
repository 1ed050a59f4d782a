#include "recorder/journal/verify.hpp"

namespace tally::journal {
namespace {

class Walk {
public:
    void visit(std::uint64_t seq, std::string_view line) {
        if (!result.holds()) {
            return;
        }
        if (seq != result.lines) {
            return fail("line is missing");
        }
        if (!chain_ && !start(line)) {
            return;
        }
        const auto fault = chain_->feed(line);
        if (fault != line::Chain::Fault::none) {
            return fail(std::string(text_of(fault)));
        }
        ++result.lines;
        if (chain_->sealed()) {
            ++result.seals;
            result.sealed = result.lines;
            result.last_seal = chain_->last_seal();
        }
    }
    void fail(std::string problem) {
        result.first_bad = result.lines;
        result.problem = std::move(problem);
    }

    Verification result;

private:
    bool start(std::string_view line) {
        const auto genesis = read_genesis(line);
        if (!genesis) {
            fail("not a genesis line: " + genesis.fault().what);
            return false;
        }
        result.host = genesis->host.text();
        chain_.emplace(result.host, line::CompactRange(), Epoch{}, genesis->key);
        return true;
    }

    std::optional<line::Chain> chain_;
};

} // namespace

std::string_view text_of(line::Chain::Fault fault) {
    switch (fault) {
    case line::Chain::Fault::none:
        return "holds";
    case line::Chain::Fault::non_canonical:
        return "not a canonical line";
    case line::Chain::Fault::wrong_host:
        return "line of another log";
    case line::Chain::Fault::wrong_sequence:
        return "sequence number is not that of its place";
    case line::Chain::Fault::wrong_epoch:
        return "seal of another epoch";
    case line::Chain::Fault::wrong_root:
        return "seal does not cover the lines before it: one of its epoch was altered";
    case line::Chain::Fault::wrong_signature:
        return "seal is not signed by the key of its epoch";
    case line::Chain::Fault::bad_seal:
        return "seal is malformed";
    }
    return "unknown";
}

Verification verify(Store& store) {
    Walk walk;
    try {
        store.for_each_line(0, line::max_tree,
                            [&](std::uint64_t seq, std::string_view line) { walk.visit(seq, line); });
    } catch (const sqlite::Corrupt&) {
        walk.fail("the database is damaged here");
    }
    if (walk.result.holds() && walk.result.lines == 0) {
        walk.fail("there is no line");
    }
    return walk.result;
}

Verification verify(const os::fs::path& directory) {
    if (!os::fs::exists(directory / Store::file_name)) {
        throw Error("open", directory.string(), "there is no log here");
    }
    try {
        Store store(directory, Access::read);
        return verify(store);
    } catch (const sqlite::Corrupt& corrupt) {
        Verification result;
        result.first_bad = 0;
        result.problem = corrupt.what();
        return result;
    }
}

} // namespace tally::journal
