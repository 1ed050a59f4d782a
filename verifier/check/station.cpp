#include "verifier/check/station.hpp"

#include "tally/line/seal.hpp"

#include <algorithm>

namespace tally::check {

Station::Station(const std::vector<RosterEntry>& known) {
    for (const auto& entry : known) {
        if (roster_.emplace(entry.host, entry).second) {
            remembered_.push_back(entry.host);
        }
    }
}

// Lines that tell again what is known may be some of it: they leave it in its order. Where they tell another order, the
// station's log has forked, and theirs is that of this bundle.
std::vector<std::string> Station::order() const {
    std::vector<std::string> order, again;
    std::copy_if(remembered_.begin(), remembered_.end(), std::back_inserter(again),
                 [&](const auto& host) { return is_told_.contains(host); });
    const bool as_known = std::equal(again.begin(), again.end(), told_.begin(),
                                     told_.begin() + static_cast<std::ptrdiff_t>(std::min(again.size(), told_.size())));
    std::copy_if(remembered_.begin(), remembered_.end(), std::back_inserter(order),
                 [&](const auto& host) { return as_known || !is_told_.contains(host); });
    order.insert(order.end(), as_known ? told_.begin() + static_cast<std::ptrdiff_t>(again.size()) : told_.begin(),
                 told_.end());
    return order;
}

void Station::check_order(const std::unordered_map<std::string, std::size_t>& rows, Findings& findings) const {
    std::size_t before = 0;
    for (const auto& host : order()) {
        const auto row = rows.find(host);
        if (row == rows.end() || row->second == 0) {
            continue;
        }
        if (row->second < before) {
            Finding& finding = findings.add(Code::non_canonical, "not in the order of the station's enrolments");
            finding.host = host;
            finding.member = bundle::hosts_name;
            return;
        }
        before = row->second;
    }
}

std::vector<Arrival> Station::arrivals_beyond(const std::map<std::string, std::uint64_t>& reached) const {
    std::vector<Arrival> arrivals;
    for (const auto& [host, told] : arrived_) {
        const auto size = reached.find(host);
        for (auto at = told.upper_bound(size == reached.end() ? 0 : size->second); at != told.end(); ++at) {
            arrivals.push_back({host, at->first, at->second});
        }
    }
    return arrivals;
}

const char* Station::enrol(const line::Fields& fields) {
    RosterEntry entry;
    entry.host = *fields.string("log");
    entry.label = *fields.string("label");
    if (!from_hex(*fields.string("key"), entry.first_key) || !crypto::acceptable(entry.first_key)) {
        return "an enrolment with an unacceptable key";
    }
    if (line::log_id(entry.first_key).text() != entry.host) {
        return "an enrolment whose key does not give the log's name";
    }
    if (is_told_.insert(entry.host).second) {
        told_.push_back(entry.host);
    }
    if (roster_.emplace(entry.host, entry).second) {
        enrolled_.push_back(std::move(entry));
    }
    return nullptr;
}

const char* Station::arrive(const line::Fields& fields) {
    Hash root{};
    if (!from_hex(*fields.string("root"), root)) {
        return "an arrival whose root is not a hash";
    }
    const auto [known, added] = arrived_[std::string(*fields.string("log"))].emplace(*fields.integer("next"), root);
    return added || known->second == root ? nullptr : "two arrivals of one length with different roots";
}

const char* Station::exported(const line::Fields& fields) {
    std::vector<Hash> digests;
    line::Items items(*fields.array("digests"));
    for (line::Value item; items.next(item);) {
        Hash hash{};
        if (item.kind != line::Kind::string || !from_hex(item.text, hash)) {
            return "an export whose digests are not hashes";
        }
        digests.push_back(hash);
    }
    exported_[{std::string(*fields.string("agreement")), *fields.integer("n")}] = std::move(digests);
    return nullptr;
}

void Station::check_arrivals(const bundle::HostRow& row, const Memory& memory, Findings& findings) const {
    for (const auto& [size, root] : arrived(row.host.text())) {
        if (size > row.first) {
            return;
        }
        const auto remembered = memory.root_at(row.host.text(), size);
        if (remembered && *remembered != root) {
            Finding& finding =
                findings.add(Code::anchor_mismatch, "the station's log recorded another tree of " +
                                                        std::to_string(size) + " lines than was accepted");
            finding.host = row.host.text();
            finding.seq = size;
        }
    }
}

// Only what is said of everything that is recorded: whose products an agreement covers is not known here.
void Station::declare(const line::Fields& fields) {
    const bool of_everything = fields.string("agreement") == "" || fields.integer("sessions") == 0;
    const auto to = fields.integer("to");
    if (fields.string("kind") != "nil" || fields.string("about") != "" || fields.array("products") || !of_everything ||
        !to) {
        return;
    }
    std::uint64_t from = *fields.integer("from");
    std::uint64_t until = *to;
    auto next = nil_.upper_bound(until);
    while (next != nil_.begin() && std::prev(next)->second >= from) {
        const auto met = std::prev(next);
        from = std::min(from, met->first);
        until = std::max(until, met->second);
        next = nil_.erase(met);
    }
    nil_.emplace(from, until);
}

void Station::hold_nil_against(const Run& run, Findings& findings) {
    if (nil_.empty()) {
        return;
    }
    for (const auto& use : run.used) {
        auto nil = nil_.upper_bound(use.from);
        if (nil == nil_.begin() || use.to >= (--nil)->second || !denied_.emplace(run.host, nil->first).second) {
            continue;
        }
        findings.add({Code::nil_contradicted, usual_severity(Code::nil_contradicted), run.host, use.seq, "",
                      std::nullopt, std::nullopt,
                      "a session began in a time of which the site says that nothing was used"});
    }
}

void Station::take(const Run& run, const std::string& member, Findings& findings) {
    line::Fields fields;
    for (const auto& kept : run.kept) {
        if (fields.parse(kept.bytes, line::max_record)) {
            continue;
        }
        const char* problem = nullptr;
        Code code = Code::anchor_mismatch;
        if (kept.type == RecordType::enrol) {
            problem = enrol(fields);
            code = Code::host_unknown;
        } else if (kept.type == RecordType::arrived) {
            problem = arrive(fields);
        } else if (kept.type == RecordType::declare) {
            declare(fields);
        } else if (kept.type == RecordType::exported) {
            problem = exported(fields);
        } else if (kept.type == RecordType::exporting) {
            announced_[{std::string(*fields.string("agreement")), *fields.integer("n")}] = {
                std::string(*fields.string("label")), *fields.integer("wall"), *fields.integer("level"),
                std::string(*fields.string("zstd")), fields.integer("until")};
        }
        if (problem != nullptr) {
            findings.add(
                {code, usual_severity(code), run.host, kept.seq, member, kept.member_line, std::nullopt, problem});
        }
    }
}

void Station::check_export(const bundle::Manifest& manifest, Findings& findings) const {
    const auto announced = announced_.find({manifest.agreement.text(), manifest.n});
    const auto level = static_cast<std::uint64_t>(manifest.zstd_level);
    const auto differ = [&](std::string text) {
        findings.add(Code::anchor_mismatch, std::move(text)).member = bundle::manifest_name;
    };
    if (announced == announced_.end()) {
        differ("the station's log announces no export " + std::to_string(manifest.n) + " for agreement " +
               manifest.agreement.text());
        return;
    }
    if (announced->second.label != manifest.label.text() || announced->second.wall != manifest.created_ms) {
        differ("label or time of making are not those of the station's export line");
    }
    if (announced->second.level != level) {
        differ("compressed with another level than the station's export line says");
    }
    if (announced->second.zstd != manifest.zstd_version) {
        differ("compressed with another version of zstd than the station's export line says");
    }
    if (announced->second.until != manifest.until_ms) {
        differ("it ends with another period than the station's export line says");
    }
    const auto before = exported_.find({manifest.agreement.text(), manifest.n - 1});
    if (before == exported_.end()) {
        return;
    }
    const auto& digests = before->second;
    if (!manifest.previous || std::find(digests.begin(), digests.end(), *manifest.previous) == digests.end()) {
        differ("it names another previous bundle than the station's log");
    }
}

bool Station::gave_up(const std::string& agreement, std::uint64_t n) const {
    return announced_.contains({agreement, n}) && !exported_.contains({agreement, n});
}

const RosterEntry* Station::find(const std::string& host) const {
    const auto found = roster_.find(host);
    return found == roster_.end() ? nullptr : &found->second;
}

std::map<std::uint64_t, Hash> Station::arrived(const std::string& host) const {
    const auto found = arrived_.find(host);
    return found == arrived_.end() ? std::map<std::uint64_t, Hash>() : found->second;
}

} // namespace tally::check
