#include "tally/bundle/manifest.hpp"

#include "packager/bundle/member_rules.hpp"
#include "tally/line/write.hpp"

namespace tally::bundle {
namespace {

std::vector<std::string> hex_of(const line::CompactRange& range) {
    std::vector<std::string> hashes;
    for (const auto& hash : range.hashes()) {
        hashes.push_back(to_hex(hash));
    }
    return hashes;
}

std::string cut_line(const Cut& cut) {
    TALLY_ASSERT(cut.first > 0 && cut.range.size() == cut.first);
    return line::Object()
        .integer("epoch", cut.epoch.number)
        .integer("first", cut.first)
        .token("host", cut.host.text())
        .token("key", to_hex(cut.key))
        .tokens("range", hex_of(cut.range))
        .str();
}

} // namespace

std::string write_manifest(const Manifest& manifest) {
    std::vector<line::Object> members;
    for (std::size_t index = 0; index < manifest.members.size(); ++index) {
        const Member& member = manifest.members[index];
        TALLY_ASSERT(member.name == expected_name(index, manifest.zstd_level) &&
                     size_problem(index, manifest.zstd_level, member) == nullptr);
        members.push_back(line::Object()
                              .token("name", member.name)
                              .integer("raw", member.raw)
                              .token("sha256", to_hex(member.sha256))
                              .integer("size", member.size));
    }
    TALLY_ASSERT(members.size() >= 3 && members.size() <= max_lines_members + 2 && is_version(manifest.zstd_version));
    line::Object object;
    object.token("agreement", manifest.agreement.text())
        .integer("created", manifest.created_ms)
        .token("format", format_name)
        .token("label", manifest.label.text())
        .objects("members", members)
        .integer("n", manifest.n)
        .token("site", manifest.site.text())
        .value("volume", line::Object().integer("k", manifest.volume.k).integer("n", manifest.volume.n).str())
        .value("zstd", line::Object()
                           .integer("level", static_cast<std::uint64_t>(manifest.zstd_level))
                           .token("version", manifest.zstd_version)
                           .str());
    if (manifest.audience) {
        object.token("audience", to_hex(*manifest.audience));
    }
    if (manifest.previous) {
        object.token("previous", to_hex(*manifest.previous));
    }
    if (manifest.receipt) {
        object.value("receipt", line::Object()
                                    .token("challenge", to_hex(manifest.receipt->challenge))
                                    .token("hash", to_hex(manifest.receipt->hash))
                                    .integer("n", manifest.receipt->n)
                                    .str());
    }
    if (manifest.cut) {
        object.value("cut", cut_line(*manifest.cut));
    }
    if (manifest.until_ms) {
        object.integer("until", *manifest.until_ms);
    }
    return object.str();
}

std::string write_host_row(const HostRow& row) {
    TALLY_ASSERT(row.first <= row.next && row.range.size() == row.first);
    return line::Object()
        .integer("epoch", row.epoch.number)
        .integer("first", row.first)
        .token("host", row.host.text())
        .token("key", to_hex(row.key))
        .integer("next", row.next)
        .tokens("range", hex_of(row.range))
        .token("root", to_hex(row.root))
        .str();
}

} // namespace tally::bundle
