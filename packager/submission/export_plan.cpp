#include "packager/submission/export_plan.hpp"

#include "packager/submission/positions.hpp"

#include <algorithm>

namespace tally::submission {
namespace {

// Runs of lines are gathered so that the writer sees few large pieces.
constexpr std::size_t gathered_bytes = 256U << 10U;

bundle::LogSource source_of(const archive::Archive& archive, const HostId& log, std::uint64_t first,
                            std::uint64_t next) {
    const archive::Position from = archive.position(log, first);
    bundle::HostRow row{log, first, next, from.range, archive.position(log, next).root, from.epoch, from.key};
    const auto lines = [&archive, log, first, next](const bundle::LineSink& sink) {
        std::string gathered;
        archive.for_each_line(log, first, next, [&](std::uint64_t, std::string_view text) {
            gathered += text;
            gathered += '\n';
            if (gathered.size() >= gathered_bytes) {
                sink(gathered);
                gathered.clear();
            }
        });
        if (!gathered.empty()) {
            sink(gathered);
        }
    };
    const auto cut = [&archive, log](std::uint64_t size) {
        const archive::Position at = archive.position(log, size);
        return bundle::Cut{log, size, at.range, at.epoch, at.key};
    };
    return {std::move(row), lines, archive.seals(log, first, next), cut};
}

std::string site_bytes(const site_file::Chain& site) {
    std::string bytes;
    for (const auto& text : site.lines()) {
        bytes += text + "\n";
    }
    return bytes;
}

SiteId id_of(const std::string& text, const char* what) {
    const auto id = SiteId::parse(text);
    if (!id) {
        throw Error("pack", text, std::string("not a ") + what, {"1 to 24 characters of A-Z, 0-9 and _"}, Exit::usage);
    }
    return *id;
}

std::optional<bundle::Hash> previous_digest(const std::vector<Export>& exports, const Export& wanted) {
    const auto before = std::find_if(exports.begin(), exports.end(), [&](const Export& other) {
        return other.agreement == wanted.agreement && other.n + 1 == wanted.n && !other.digests.empty();
    });
    bundle::Hash digest{};
    return before != exports.end() && from_hex(before->digests.back(), digest) ? std::optional(digest) : std::nullopt;
}

std::vector<bundle::Hash> recorded_digests(const Export& wanted) {
    std::vector<bundle::Hash> digests;
    for (const auto& text : wanted.digests) {
        if (!from_hex(text, digests.emplace_back())) {
            throw Error("pack", "", "the station's log names a digest of an earlier export that is none");
        }
    }
    return digests;
}

} // namespace

bundle::Contents plan_export(const site_file::Chain& site, const archive::Archive& archive,
                             const std::vector<Export>& exports, const Export& wanted) {
    TALLY_ASSERT(wanted.level >= bundle::stored_level && wanted.level <= bundle::max_level);
    bundle::Contents contents{{site.current().site,
                               id_of(wanted.agreement, "name of an agreement"),
                               std::nullopt,
                               id_of(wanted.label, "label of a bundle"),
                               wanted.wall_ms,
                               wanted.n,
                               previous_digest(exports, wanted),
                               wanted.level,
                               "",
                               {},
                               {}},
                              {},
                              site_bytes(site),
                              recorded_digests(wanted),
                              wanted.volume_bytes};
    contents.head.until_ms = wanted.until_ms;
    const Positions ends = ends_of(archive, wanted);
    const Positions from = begins_of(archive, exports, wanted);
    for (const auto& log : archive.roster()) {
        if (const auto end = ends.find(log.id); end != ends.end()) {
            const auto begun = from.find(log.id);
            const std::uint64_t first = begun == from.end() ? 0 : std::min(begun->second, end->second);
            contents.logs.push_back(source_of(archive, log.id, first, end->second));
        }
    }
    return contents;
}

bool anything_new(const archive::Archive& archive, const StationLog& log, const std::string& agreement) {
    std::optional<std::uint64_t> last; // seq of the `export` line
    for (const auto& entry : log.exports()) {
        if (entry.agreement == agreement && !entry.digests.empty()) {
            last =
                entry.until_ms ? std::nullopt : std::optional(entry.seq); // one that was restricted left things behind
        }
    }
    bool found = !last;
    line::Fields fields;
    for (const auto& entry : archive.roster()) {
        found = found || (entry.id != log.id() && archive.next(entry.id) > log.announced(entry.id));
    }
    if (!found) {
        archive.for_each_line(log.id(), *last + 1, archive.next(log.id()), [&](std::uint64_t, std::string_view text) {
            const auto problem = fields.parse(text, line::max_record);
            const auto type = fields.string("t");
            found = found || problem || worth_packing(type.value_or(""));
        });
    }
    return found;
}

} // namespace tally::submission
