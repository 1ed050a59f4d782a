#include "recorder/journal/verify.hpp"

#include <algorithm>

namespace tally::journal {
namespace {

class Walk {
public:
    Walk(std::optional<line::CompactRange> beginning, const Visit& told)
        : beginning_(std::move(beginning)), told_(&told) {
        result.begins = beginning_ ? beginning_->size() + 1 : 0;
    }

    void visit(std::uint64_t seq, std::string_view line) {
        if (!result.holds() || (!chain_ && !start(seq, line))) {
            return;
        }
        if (seq < result.begins) {
            return look_at_kept(seq, line);
        }
        if (seq != result.lines) {
            return fail("line is missing");
        }
        follow(line);
    }
    void finish() {
        if (result.holds() && result.lines < std::max<std::uint64_t>(result.begins, 1)) {
            fail(result.begins == 0 ? "there is no line" : "line is missing");
        }
    }
    void fail(std::string problem) {
        result.first_bad = result.lines;
        result.problem = std::move(problem);
    }

    Verification result;

private:
    bool start(std::uint64_t seq, std::string_view line) {
        const auto genesis = seq == 0 ? read_genesis(line) : Result<Genesis>(Fault{"line is missing"});
        if (!genesis) {
            fail(seq == 0 ? "not a genesis line: " + genesis.fault().what : genesis.fault().what);
            return false;
        }
        result.host = genesis->host.text();
        chain_.emplace(result.host, line::CompactRange(), Epoch{}, genesis->key);
        return true;
    }

    // A line from before the beginning. The seals are all there; each is signed by the key that the one before it named.
    void look_at_kept(std::uint64_t seq, std::string_view line) {
        result.lines = seq;
        if (const auto problem = fields_.parse(line, line::max_record)) {
            return fail(problem.what);
        }
        if (fields_.string("host") != result.host || fields_.integer("seq") != seq) {
            return fail("not the line of this place");
        }
        if (fields_.string("t") != "seal") {
            return seq == beginning_->size() ? fail("the seal before the first line is missing") : void();
        }
        const auto seal = line::read_seal(fields_);
        if (!seal || !(seal->epoch == chain_->epoch()) || !line::seal_signed_by(line, *seal, chain_->key())) {
            return fail(!seal ? seal.fault().what
                              : std::string(text_of(seal->epoch == chain_->epoch() ? line::Chain::Fault::wrong_signature
                                                                                   : line::Chain::Fault::wrong_epoch)));
        }
        const bool last = seq == beginning_->size();
        line::CompactRange range = last ? std::move(*beginning_) : line::CompactRange();
        if (last && range.root(hasher_) != seal->root) {
            return fail("the tree of the removed lines is not the one that their last seal signs");
        }
        if (last) {
            range.append(hasher_, hasher_.leaf(line));
            result.lines = range.size();
            result.sealed = range.size();
        }
        ++result.seals;
        result.last_seal = *seal;
        chain_.emplace(result.host, std::move(range), seal->epoch.next(), seal->next);
    }

    void follow(std::string_view line) {
        const bool told = *told_ && !fields_.parse(line, line::max_record);
        if (told) {
            before_ = chain_->range();
        }
        const auto fault = told ? chain_->feed(line, fields_) : chain_->feed(line);
        if (fault != line::Chain::Fault::none) {
            return fail(std::string(text_of(fault)));
        }
        ++result.lines;
        if (chain_->sealed()) {
            ++result.seals;
            result.sealed = result.lines;
            result.last_seal = chain_->last_seal();
        }
        if (told) {
            (*told_)(before_, line, fields_);
        }
    }

    std::optional<line::CompactRange> beginning_;
    const Visit* told_;
    std::optional<line::Chain> chain_;
    line::CompactRange before_;
    line::Fields fields_;
    line::TreeHasher hasher_;
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

namespace {

// All that is read is of one moment, while another process may write.
class Moment {
public:
    explicit Moment(Store& store) : database_(&store.database()), mine_(sqlite3_get_autocommit(database_->get()) != 0) {
        if (mine_) {
            database_->run("BEGIN");
        }
    }
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;
    ~Moment() {
        if (mine_) {
            sqlite3_exec(database_->get(), "ROLLBACK", nullptr, nullptr, nullptr); // nothing was written
        }
    }

private:
    sqlite::Database* database_;
    bool mine_;
};

} // namespace

Verification verify(Store& store, const Visit& visit) {
    std::optional<Walk> walk;
    const Moment moment(store);
    try {
        walk.emplace(store.beginning(), visit);
        store.for_each_line(0, line::max_tree,
                            [&](std::uint64_t seq, std::string_view line) { walk->visit(seq, line); });
        walk->finish();
    } catch (const sqlite::Corrupt&) {
        if (!walk) {
            walk.emplace(std::nullopt, visit);
        }
        walk->fail("the database is damaged here");
    }
    return walk->result;
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
