#include "packager/submission/export_plan.hpp"

#include <algorithm>

namespace tally::submission {
namespace {

// Runs of lines are gathered so that the writer sees few large pieces.
constexpr std::size_t gathered_bytes = 256U << 10U;

bundle::LogSource source_of(const archive::Archive& archive, const archive::EnrolledLog& log, std::uint64_t next) {
    bundle::HostRow row{log.id, 0, next, {}, archive.position(log.id, next).root, {}, log.first_key};
    return {std::move(row), [&archive, id = log.id, next](const bundle::LineSink& sink) {
                std::string gathered;
                archive.for_each_line(id, 0, next, [&](std::uint64_t, std::string_view text) {
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
            }};
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

std::optional<bundle::Hash> recorded_digest(const Export& wanted) {
    bundle::Hash digest{};
    return !wanted.digests.empty() && from_hex(wanted.digests.back(), digest) ? std::optional(digest) : std::nullopt;
}

// What the station's lines before the `export` line say of every log.
class Enrolment {
public:
    Enrolment(const archive::Archive& archive, const Export& wanted) {
        const HostId station = archive.roster().front().id;
        line::Fields fields;
        archive.for_each_line(station, 0, wanted.seq, [&](std::uint64_t, std::string_view text) {
            const auto problem = fields.parse(text, line::max_record);
            const auto type = fields.string("t");
            if (problem || (type != "enrol" && type != "arrived")) {
                return;
            }
            // An enrolled log that has sent nothing yet stands in the roster with no lines.
            std::uint64_t& next = next_[std::string(fields.string("log").value_or(""))];
            next = std::max(next, fields.integer("next").value_or(0));
        });
    }
    [[nodiscard]] bool known(const HostId& log) const { return next_.contains(log.text()); }
    [[nodiscard]] std::uint64_t next(const HostId& log) const { return next_.at(log.text()); }

private:
    std::map<std::string, std::uint64_t> next_;
};

} // namespace

bundle::Contents plan_export(const site_file::Chain& site, const archive::Archive& archive,
                             const std::vector<Export>& exports, const Export& wanted) {
    const archive::Roster& roster = archive.roster();
    const auto seals = archive.seals(roster.front().id, wanted.seq, archive.next(roster.front().id));
    TALLY_ASSERT(!seals.empty() && wanted.level >= 1 && wanted.level <= bundle::max_level);
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
                              recorded_digest(wanted)};
    contents.logs.push_back(source_of(archive, roster.front(), seals.front()));
    const Enrolment enrolled(archive, wanted);
    for (std::size_t i = 1; i < roster.size(); ++i) {
        if (enrolled.known(roster[i].id)) {
            contents.logs.push_back(source_of(archive, roster[i], enrolled.next(roster[i].id)));
        }
    }
    return contents;
}

bool anything_new(const archive::Archive& archive, const StationLog& log, const std::string& agreement) {
    std::optional<std::uint64_t> last; // seq of the `export` line
    for (const auto& entry : log.exports()) {
        if (entry.agreement == agreement && !entry.digests.empty()) {
            last = entry.seq;
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
            found = found || problem || (type != "seal" && type != "exported" && type != "export" && type != "clock");
        });
    }
    return found;
}

} // namespace tally::submission
