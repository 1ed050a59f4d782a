#include "packager/archive/proof.hpp"

#include "tally/segment/segment.hpp"

namespace tally::archive {
namespace {

// In a canonical line nothing else is spelled like that (docs/formats/line.md); deeper inside it may stand as well.
bool may_be_a_seal(std::string_view text) { return text.find("\"t\":\"seal\"") != std::string_view::npos; }

// The lines between two seals, hashed many at a time.
class Between {
public:
    explicit Between(line::Chain& chain) : chain_(&chain) {}

    void add(std::string_view text) { lines_.push_back(text); }
    [[nodiscard]] bool empty() const { return lines_.empty(); }
    void join() {
        chain_->hasher().add_leaves(lines_, leaves_);
        chain_->range().append(chain_->hasher(), leaves_);
        lines_.clear();
        leaves_.clear();
    }

private:
    line::Chain* chain_;
    std::vector<std::string_view> lines_;
    std::vector<line::Hash> leaves_;
};

} // namespace

const char* describe(line::Chain::Fault fault) {
    switch (fault) {
    case line::Chain::Fault::none:
        return "";
    case line::Chain::Fault::non_canonical:
        return "not a canonical line";
    case line::Chain::Fault::wrong_host:
        return "a line of another log";
    case line::Chain::Fault::wrong_sequence:
        return "a line out of sequence";
    case line::Chain::Fault::wrong_epoch:
        return "a seal of another epoch than the next";
    case line::Chain::Fault::wrong_root:
        return "a seal over other lines";
    case line::Chain::Fault::wrong_signature:
        return "a seal that the log's key of that epoch did not sign";
    case line::Chain::Fault::bad_seal:
        return "a malformed seal";
    }
    return "";
}

// That every line is canonical, of this log and in its place, segment::read has seen already.
Proof prove(const HostId& log, const Position& from, std::uint64_t first, std::string_view raw) {
    Proof proof{from, Refusal::none, "", {}};
    line::Chain chain(log.text(), from.range, from.epoch, from.key);
    Between lines(chain);
    auto fault = line::Chain::Fault::none;
    line::Fields fields;
    std::uint64_t seq = first;
    segment::for_each_line(raw, [&](std::string_view text) {
        if (seq++ < from.range.size() || fault != line::Chain::Fault::none) {
            return;
        }
        if (!may_be_a_seal(text) || fields.parse(text, line::max_record) || fields.string("t") != "seal") {
            lines.add(text);
            return;
        }
        lines.join();
        fault = chain.feed(text, fields);
        if (fault == line::Chain::Fault::none) {
            proof.seals.push_back({chain.range(), chain.range().root(chain.hasher()), chain.epoch(), chain.key(),
                                   fields.integer("wall").value_or(0)});
        }
    });
    if (fault != line::Chain::Fault::none) {
        proof.reason = std::string(describe(fault)) + " at " + std::to_string(chain.range().size());
    } else if (!lines.empty() || proof.seals.empty()) {
        proof.reason = "does not end in a seal";
    }
    if (!proof.reason.empty()) {
        proof.refusal = Refusal::bad_chain;
        proof.seals.clear();
    }
    return proof;
}

} // namespace tally::archive
