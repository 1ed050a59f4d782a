#include "packager/submission/station_log.hpp"

#include "tally/segment/segment.hpp"

#include <algorithm>

namespace tally::submission {
namespace {

std::string text_of(const line::Fields& fields, std::string_view key) {
    return std::string(fields.string(key).value_or(""));
}

} // namespace

void StationLog::create(const os::fs::path& directory, const SiteId& site, const std::string& label,
                        const os::Clock& clock) {
    journal::Journal::create(directory, {site, label, journal::Role::station, TALLY_VERSION}, clock);
}

StationLog::StationLog(const os::fs::path& directory, const os::Clock& clock, const crypto::PublicKey& first_key)
    : journal_(directory, clock) {
    if (journal_.genesis().key != first_key) {
        throw Error(
            "open", directory.string(),
            "the station's log had to be started anew, so it is not the one that the site file names" +
                (journal_.recovery() ? ": " + journal_.recovery()->text : std::string()),
            {"keep this state directory as it is, and set up the station again in another one with a new site file"});
    }
    roster_.push_back({journal_.host(), first_key, journal_.genesis().log.label, ""});
    line::Fields fields;
    journal_.store().for_each_line(0, journal_.size(), [&](std::uint64_t, std::string_view text) {
        if (!fields.parse(text, line::max_record)) {
            last_wall_ms_ = fields.integer("wall").value_or(0);
            read(fields);
        }
    });
}

void StationLog::read(const line::Fields& fields) {
    const auto type = fields.string("t");
    const auto log = HostId::parse(fields.string("log").value_or(""));
    if (type == "enrol" && log) {
        archive::EnrolledLog entry{*log, {}, text_of(fields, "label"), text_of(fields, "group")};
        if (from_hex(fields.string("key").value_or(""), entry.first_key) && line::log_id(entry.first_key) == *log) {
            roster_.push_back(std::move(entry));
        }
    } else if (type == "arrived" && log) {
        announced_[*log] = fields.integer("next").value_or(0);
    } else if (type == "export") {
        exports_.push_back({text_of(fields, "agreement"),
                            fields.integer("n").value_or(0),
                            text_of(fields, "label"),
                            static_cast<int>(fields.integer("level").value_or(3)),
                            text_of(fields, "zstd"),
                            fields.integer("wall").value_or(0),
                            fields.integer("seq").value_or(0),
                            {},
                            fields.integer("receipt").value_or(0),
                            fields.integer("until"),
                            fields.integer("volume").value_or(0)});
    } else if (type == "exported") {
        const auto digests = fields.array("digests");
        for (auto& entry : exports_) {
            if (digests && entry.agreement == text_of(fields, "agreement") && entry.n == fields.integer("n")) {
                entry.digests.clear();
                line::Items items(*digests);
                for (line::Value item; items.next(item);) {
                    entry.digests.emplace_back(item.text);
                }
            }
        }
    }
}

std::uint64_t StationLog::announced(const HostId& log) const {
    const auto place = announced_.find(log);
    return place == announced_.end() ? 0 : place->second;
}

Enrolled StationLog::enrol(const journal::Genesis& request, const std::string& label, const std::string& group) {
    const bool there =
        std::any_of(roster_.begin(), roster_.end(), [&](const auto& entry) { return entry.id == request.host; });
    if (there) {
        return Enrolled::before;
    }
    line::Object record;
    record.token("t", "enrol").token("log", request.host.text()).token("key", to_hex(request.key));
    record.text("label", label).text("group", group).token("machine", request.machine);
    journal_.append(record);
    roster_.push_back({request.host, request.key, line::encode_text(label), line::encode_text(group)});
    return Enrolled::now;
}

void StationLog::arrived(const HostId& log, std::uint64_t first, std::uint64_t next, const line::Hash& root) {
    line::Object record;
    record.token("t", "arrived")
        .token("log", log.text())
        .integer("first", first)
        .integer("next", next)
        .token("root", to_hex(root));
    journal_.append(record);
    announced_[log] = next;
}

const Export& StationLog::begin_export(const Export& wanted) {
    std::uint64_t last = 0;
    for (const auto& entry : exports_) {
        last = entry.agreement == line::encode_text(wanted.agreement) ? std::max(last, entry.n) : last;
    }
    line::Object record;
    record.token("t", "export").text("agreement", wanted.agreement).integer("n", last + 1).text("label", wanted.label);
    record.integer("level", static_cast<std::uint64_t>(wanted.level)).text("zstd", wanted.zstd);
    if (wanted.receipt > 0) {
        record.integer("receipt", wanted.receipt);
    }
    if (wanted.until_ms) {
        record.integer("until", *wanted.until_ms);
    }
    if (wanted.volume_bytes > 0) {
        record.integer("volume", wanted.volume_bytes);
    }
    const std::uint64_t seq = journal_.append(record);
    journal_.commit();
    const auto text = journal_.store().line(seq);
    line::Fields fields;
    TALLY_ASSERT(text && !fields.parse(*text, line::max_record));
    read(fields);
    return exports_.back();
}

void StationLog::finish_export(const std::string& agreement, std::uint64_t n, const std::vector<std::string>& digests) {
    TALLY_ASSERT(!digests.empty() && digests.size() <= digests_per_line);
    line::Object record;
    record.token("t", "exported").text("agreement", agreement).integer("n", n).tokens("digests", digests);
    journal_.append(record);
    for (auto& entry : exports_) {
        if (entry.agreement == line::encode_text(agreement) && entry.n == n) {
            entry.digests = digests;
        }
    }
}

void StationLog::for_each(std::string_view type, const std::function<void(const line::Fields&)>& take) {
    line::Fields fields;
    journal_.store().for_each_line(0, journal_.size(), [&](std::uint64_t, std::string_view text) {
        if (!fields.parse(text, line::max_record) && fields.string("t") == type) {
            take(fields);
        }
    });
}

bool StationLog::holds(const line::Object& record) {
    static constexpr std::size_t of_every_line = 5; // host, seq, boot, up, wall
    const std::string text = record.str();
    line::Fields wanted;
    TALLY_ASSERT(!wanted.parse(text, line::max_record));
    bool found = false;
    for_each(wanted.string("t").value_or(""), [&](const line::Fields& fields) {
        found =
            found || (fields.size() == wanted.size() + of_every_line &&
                      std::all_of(wanted.begin(), wanted.end(), [&](const line::Field& field) {
                          const auto* there = fields.find(field.key);
                          return there != nullptr && there->kind == field.value.kind && there->text == field.value.text;
                      }));
    });
    return found;
}

void StationLog::announce(const archive::Archive& archive) {
    for (const auto& log : roster_) {
        const std::uint64_t next = archive.next(log.id);
        if (log.id != id() && announced(log.id) < next) {
            arrived(log.id, announced(log.id), next, archive.position(log.id, next).root);
        }
    }
}

bool StationLog::seal(std::string_view reason, archive::Archive& archive) {
    const std::uint64_t before = archive.next(id());
    if (journal_.unsealed() > 0) {
        journal_.seal(reason);
    }
    take_into(archive);
    return archive.next(id()) > before;
}

// As many whole epochs a segment as fit; what is not sealed yet stays behind.
void StationLog::take_into(archive::Archive& archive) {
    std::uint64_t first = archive.next(id());
    std::string raw;
    std::string epoch;
    std::uint64_t sealed = first;
    const auto flush = [&] {
        if (raw.empty()) {
            return;
        }
        const segment::Name name{id(), first, sealed};
        const auto outcome = archive.take(name.text(), segment::pack(raw));
        if (outcome.taken == archive::Taken::refused) {
            throw Error("archive", name.text(), "the station's own log does not hold: " + outcome.reason);
        }
        raw.clear();
        first = sealed;
    };
    line::Fields fields;
    journal_.store().for_each_line(first, journal_.size(), [&](std::uint64_t seq, std::string_view text) {
        epoch.append(text).push_back('\n');
        if (fields.parse(text, line::max_record) || fields.string("t") != "seal") {
            return;
        }
        if (raw.size() + epoch.size() > segment::cut_raw) {
            flush();
        }
        raw += epoch;
        epoch.clear();
        sealed = seq + 1;
    });
    flush();
    archive.commit();
}

} // namespace tally::submission
