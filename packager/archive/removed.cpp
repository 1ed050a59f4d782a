#include "packager/archive/removed.hpp"

#include "packager/archive/proof.hpp"

namespace tally::archive {
namespace {

std::string_view taken_line(std::string_view& rest) {
    const std::string_view text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    return text;
}

// {"range":[…]}; nothing when it is anything else.
std::optional<std::vector<line::Hash>> read_hashes(std::string_view text, line::Fields& fields) {
    const auto list = fields.parse(text, line::max_roster) ? std::nullopt : fields.array("range");
    if (!list || fields.size() != 1) {
        return std::nullopt;
    }
    std::vector<line::Hash> hashes;
    line::Items items(*list);
    for (line::Value item; items.next(item);) {
        if (item.kind != line::Kind::string || !from_hex(item.text, hashes.emplace_back())) {
            return std::nullopt;
        }
    }
    return hashes;
}

} // namespace

std::string kept_seal(const line::CompactRange& before, std::string_view seal) {
    std::vector<std::string> words;
    words.reserve(before.hashes().size());
    for (const auto& hash : before.hashes()) {
        words.push_back(to_hex(hash));
    }
    return line::Object().tokens("range", words).str() + "\n" + std::string(seal) + "\n";
}

Result<std::vector<KeptSeal>> read_kept_seals(const EnrolledLog& log, std::string_view bytes) {
    std::vector<KeptSeal> seals;
    line::Fields fields;
    Epoch epoch;
    crypto::PublicKey key = log.first_key;
    std::string_view rest = bytes;
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with a line feed"};
    }
    for (std::uint64_t at = 1; !rest.empty(); at += 2) {
        auto hashes = read_hashes(taken_line(rest), fields);
        if (!hashes || rest.empty()) {
            return Fault{"not a tree before a seal", at};
        }
        const std::string_view text = taken_line(rest);
        const std::uint64_t size = fields.parse(text, line::max_record) ? 0 : fields.integer("seq").value_or(0);
        auto range = line::CompactRange::from(size, std::move(*hashes));
        if (!range || (!seals.empty() && size < seals.back().after.range.size())) {
            return Fault{"not a seal of that tree", at + 1};
        }
        line::Chain chain(log.id.text(), std::move(*range), epoch, key);
        const auto fault = chain.feed(text);
        if (fault != line::Chain::Fault::none || !chain.sealed()) {
            return Fault{fault == line::Chain::Fault::none ? "not a seal" : describe(fault), at + 1};
        }
        epoch = chain.epoch();
        key = chain.key();
        seals.push_back(
            {{chain.range(), chain.range().root(chain.hasher()), epoch, key, fields.integer("wall").value_or(0)},
             bytes.size() - rest.size()});
    }
    return seals;
}

} // namespace tally::archive
