#include "tally/bundle/manifest.hpp"

#include "packager/bundle/member_rules.hpp"

#include "tally/line/parse.hpp"

namespace tally::bundle {
namespace {

std::optional<std::vector<Hash>> hashes_of(std::string_view array) {
    std::vector<Hash> hashes;
    line::Items items(array);
    for (line::Value item; items.next(item);) {
        Hash hash{};
        if (item.kind != line::Kind::string || hashes.size() == 48 || !from_hex(item.text, hash)) {
            return std::nullopt;
        }
        hashes.push_back(hash);
    }
    return hashes;
}

std::uint64_t offset_of(std::string_view line, std::string_view part) {
    return static_cast<std::uint64_t>(part.data() - line.data());
}

} // namespace

std::optional<line::CompactRange> read_range(std::uint64_t size, std::string_view array) {
    auto hashes = hashes_of(array);
    return hashes ? line::CompactRange::from(size, std::move(*hashes)) : std::nullopt;
}

Result<HostRow> read_host_row(std::string_view line) {
    line::Fields fields;
    if (const auto problem = fields.parse(line, line::max_roster)) {
        return Fault{problem.what, problem.at};
    }
    const auto epoch = fields.integer("epoch");
    const auto first = fields.integer("first");
    const auto next = fields.integer("next");
    const auto host = fields.string("host");
    const auto key = fields.string("key");
    const auto range = fields.array("range");
    const auto root = fields.string("root");
    if (fields.size() != 7 || !epoch || !first || !next || !host || !key || !range || !root) {
        return Fault{"a host has exactly epoch, first, host, key, next, range and root", 0};
    }
    if (*first > *next || *next >= line::max_tree) {
        return Fault{"first must not be above next, next must be below 2^48",
                     offset_of(line, fields.find("next")->text)};
    }
    const auto id = HostId::parse(*host);
    if (!id) {
        return Fault{"not a log's name", offset_of(line, *host)};
    }
    HostRow row{*id, *first, *next, {}, {}, {*epoch}, {}};
    if (!from_hex(*root, row.root) || !from_hex(*key, row.key) || !crypto::acceptable(row.key)) {
        return Fault{"root is not a hash or key is not an acceptable public key", offset_of(line, *key)};
    }
    auto compact = read_range(*first, *range);
    if (!compact) {
        return Fault{"range does not fit first", offset_of(line, *range)};
    }
    row.range = std::move(*compact);
    return row;
}

} // namespace tally::bundle
