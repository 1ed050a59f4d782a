// The reference model of random histories: what hosts, a station and verifiers hold and say, told in sequences of lines
// and sets alone (lines.hpp). It knows no bytes, hashes, keys, files or tables. Written from docs/formats and
// docs/reference, not from the product.
#pragma once

#include "tests/model/lines.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tally::model {

struct Station {
    struct Export {
        std::string agreement = {};
        Size n = 0, seq = 0;
        int bundle = -1; // -1: begun, not finished
    };
    Journal log;
    Size archived = 0;         // lines of its own log in the archive
    std::map<int, Lines> held; // of each enrolled host
    std::vector<int> roster;   // hosts in the order of their enrolment
    std::map<int, Size> announced;
    std::map<std::string, Segment> waiting;                            // by file name
    std::map<std::string, std::pair<std::string, Segment>> quarantine; // by file name, with its code
    std::vector<Export> exports;
    std::map<std::string, Size> counts; // of the last collection

    std::string take(const Segment& segment) {
        const auto place = held.find(segment.log);
        if (place == held.end()) {
            return "UNKNOWN_LOG";
        }
        Lines& ours = place->second;
        if (segment.first > ours.size()) {
            return waiting.emplace(segment.name, segment).second ? "waiting" : "known";
        }
        const Size common = std::min(segment.next, ours.size());
        if (common > segment.first && !same(ours, segment.history, common)) {
            return same(ours, segment.history, segment.first) ? "FORK" : "BAD_CHAIN";
        }
        if (common == segment.next) {
            return "known";
        }
        return same(ours, segment.history, common) ? (ours = segment.history, "added") : "BAD_CHAIN";
    }
    void note(const Segment& segment) {
        const std::string fate = take(segment);
        if (fate == "added" || fate == "known" || fate == "waiting") {
            ++counts[fate];
            return;
        }
        auto& kept = quarantine[segment.name];
        ++counts[kept.first == fate ? "refused before" : "quarantined"];
        kept = {fate, segment};
    }
    void collect(const std::vector<Segment>& offered, const Time& now) {
        counts.clear();
        for (const auto& [name, entry] : std::map(quarantine)) {
            if (entry.first == "UNKNOWN_LOG" && held.contains(entry.second.log)) {
                quarantine.erase(name);
                note(entry.second);
            }
        }
        for (const auto& segment : offered) {
            note(segment);
        }
        for (bool progress = true; progress;) {
            std::vector<Segment> due;
            for (const auto& [name, segment] : waiting) {
                if (segment.first <= held[segment.log].size()) {
                    due.push_back(segment);
                }
            }
            std::stable_sort(due.begin(), due.end(), [](const Segment& a, const Segment& b) {
                return std::tie(a.first, a.next) < std::tie(b.first, b.next);
            });
            for (const auto& segment : due) {
                waiting.erase(segment.name);
                note(segment);
            }
            progress = !due.empty();
        }
        announce(now);
        seal(now);
    }
    void announce(const Time& now) {
        for (const int host : roster) {
            if (held[host].size() > announced[host]) {
                announced[host] = held[host].size();
                log.write({Kind::arrived, host, announced[host]}, now);
            }
        }
    }
    void seal(const Time& now) {
        if (log.unsealed() > 0) {
            log.seal(now);
        }
        archived = sealed(log.lines, log.lines.size());
    }
    void enrol(int host, const Time& now) {
        if (!held.contains(host)) {
            held[host];
            roster.push_back(host);
            log.write({Kind::enrol, host}, now);
        }
        seal(now);
    }
    // What is to be made now: the one that was not finished, a new one, or nothing when nothing arrived.
    Export* begin_export(const std::string& agreement, const Time& now) {
        Export* last = nullptr;
        for (auto& entry : exports) {
            last = entry.agreement == agreement ? &entry : last;
        }
        if (last != nullptr && last->bundle < 0) {
            return last;
        }
        bool fresh = last == nullptr;
        for (Size i = fresh ? archived : last->seq; i < archived; ++i) {
            fresh = fresh || log.lines[i].kind == Kind::enrol || log.lines[i].kind == Kind::arrived;
        }
        if (!fresh) {
            return nullptr;
        }
        const Size n = last == nullptr ? 1 : last->n + 1;
        log.write({Kind::exporting, -1, n, agreement}, now);
        exports.push_back({agreement, n, log.lines.size() - 1});
        return &exports.back();
    }
    // bundle.md, "What an export holds"; `first`: the station's log and the others begin at
    // the last seal before that line instead of at 0.
    [[nodiscard]] Bundle contents(const Export& wanted, std::pair<Size, Size> first) const {
        Size end = wanted.seq;
        while (log.lines[end++].kind != Kind::seal) {
        }
        Bundle bundle{-1, wanted.agreement, wanted.n};
        for (const auto& other : exports) {
            bundle.previous =
                other.agreement == wanted.agreement && other.n + 1 == wanted.n ? other.bundle : bundle.previous;
        }
        bundle.rows.push_back({log.log, sealed(log.lines, std::min(first.first, wanted.seq)), cut(log.lines, end)});
        std::map<int, Size> next;
        for (const auto& line : cut(log.lines, wanted.seq)) {
            if (line.kind == Kind::enrol || line.kind == Kind::arrived) {
                next[line.log] = line.size;
            }
        }
        for (const int host : roster) {
            if (next.contains(host)) {
                Lines lines = cut(held.at(host), next[host]);
                bundle.rows.push_back({host, sealed(lines, std::min(first.second, lines.size())), std::move(lines)});
            }
        }
        return bundle;
    }
};

using Findings = std::multiset<std::pair<std::string, int>>; // "severity CODE", log or -1

struct Ledger {
    std::map<int, Lines> logs; // known ones, with the lines that were accepted
    std::map<std::pair<std::string, Size>, std::set<int>> bundles;
    std::map<std::pair<int, Size>, bool> sessions;   // counted: log and seq of the start; ended
    std::map<std::string, std::map<int, int>> shown; // event -> how often each log shows it
    std::map<std::string, std::set<int>> imports;    // file -> logs
    Size lines = 0, added = 0;                       // of the last acceptance: lines and sessions

    [[nodiscard]] bool has(const Bundle& bundle) const {
        const auto place = bundles.find({bundle.agreement, bundle.n});
        return place != bundles.end() && place->second.contains(bundle.id);
    }
    // Counts an event; true when another log has shown it at least as often.
    bool shown_elsewhere(const std::string& event, int log) {
        const int own = ++shown[event][log];
        return std::any_of(shown[event].begin(), shown[event].end(),
                           [&](const auto& one) { return one.first != log && one.second >= own; });
    }
    Findings accept(const Bundle& bundle) {
        Findings findings;
        lines = added = 0;
        for (const auto& row : bundle.rows) {
            std::set<std::string> doubled; // sources
            for (Size i = logs[row.log].size(); i < row.lines.size(); ++i, ++lines) {
                const Line& line = row.lines[i];
                if (line.kind == Kind::start && shown_elsewhere(line.word, row.log)) {
                    doubled.insert(line.word.substr(0, line.word.find('/')));
                } else if (line.kind == Kind::start) {
                    sessions[{row.log, i}] = false;
                    ++added;
                } else if (line.kind == Kind::end && sessions.contains({row.log, line.size})) {
                    sessions[{row.log, line.size}] = true;
                } else if (line.kind == Kind::enrol) {
                    logs[line.log];
                } else if (line.kind == Kind::import) {
                    imports[line.word].insert(row.log);
                    if (imports[line.word].size() > 1) {
                        findings.insert({"warn IMPORT_DUPLICATE", row.log});
                    }
                }
            }
            for ([[maybe_unused]] const auto& source : doubled) {
                findings.insert({"note IMPORT_DUPLICATE", row.log});
            }
            if (row.lines.size() > logs[row.log].size()) {
                logs[row.log] = row.lines;
            }
        }
        bundles[{bundle.agreement, bundle.n}].insert(bundle.id);
        return findings;
    }
};

// docs/reference/findings.md. `ledger` is nothing when nobody is trusted.
inline Findings check(const Bundle& bundle, const Ledger* ledger) {
    if (ledger != nullptr && ledger->has(bundle)) {
        return {{"note REPLAY", -1}};
    }
    Findings findings;
    if (ledger == nullptr) {
        findings.insert({"warn UNANCHORED", -1});
    }
    if (ledger != nullptr && bundle.n > 1) {
        const auto before = ledger->bundles.find({bundle.agreement, bundle.n - 1});
        if (before == ledger->bundles.end() || !before->second.contains(bundle.previous)) {
            findings.insert({"warn BUNDLE_MISSING", -1});
        }
    }
    std::set<int> roster{bundle.rows[0].log};
    std::map<int, std::set<Size>> arrived;
    for (const auto& [log, lines] : ledger == nullptr ? std::map<int, Lines>() : ledger->logs) {
        roster.insert(log);
        for (const Line& line : lines) { // what was told and has not been accepted yet
            const auto of = ledger->logs.find(line.log);
            if (line.kind == Kind::arrived && line.size > (of == ledger->logs.end() ? 0 : of->second.size())) {
                arrived[line.log].insert(line.size);
            }
        }
    }
    for (Size i = bundle.rows[0].first; i < bundle.rows[0].lines.size(); ++i) {
        const Line& line = bundle.rows[0].lines[i];
        if (line.kind == Kind::enrol) {
            roster.insert(line.log);
        } else if (line.kind == Kind::arrived) {
            arrived[line.log].insert(line.size);
        }
    }
    for (const auto& row : bundle.rows) {
        const auto add = [&](const char* text) { findings.insert({text, row.log}); };
        const auto place = ledger == nullptr ? std::map<int, Lines>::const_iterator() : ledger->logs.find(row.log);
        const Lines accepted = ledger == nullptr || place == ledger->logs.end() ? Lines() : place->second;
        const Size next = row.lines.size();
        const Size fresh = std::max(row.first, accepted.size());
        bool failed = false;
        if (!roster.contains(row.log)) {
            add("refuse HOST_UNKNOWN");
        } else if (row.first > accepted.size() && ledger != nullptr) {
            add("refuse SEQUENCE_GAP");
        }
        if (next < accepted.size() && sealed(accepted, next) != next) {
            add("refuse ROLLBACK");
            failed = true;
        } else if (row.first <= accepted.size() && !same(accepted, row.lines, std::min(next, accepted.size()))) {
            add("refuse FORK");
            failed = true;
        } else if (next < accepted.size()) {
            add("note REPLAY");
        }
        for (Size i = row.first; i < next; ++i) {
            const Line& line = row.lines[i];
            if (line.kind == Kind::genesis && line.log >= 0 && i >= fresh) {
                add("warn LOG_REPLACED");
            } else if ((line.kind == Kind::clock && i >= fresh) ||
                       (line.kind != Kind::clock && i > row.first && stepped(row.lines[i - 1].time, line.time))) {
                add("note CLOCK_STEP");
            }
        }
        if (next == fresh) {
            add("note HOST_SILENT");
        }
        const auto& told = arrived[row.log];
        if (!failed && row.log != bundle.rows[0].log && next > fresh && !told.contains(next)) {
            add("warn ANCHOR_MISMATCH");
        }
        if (!failed && !told.empty() && *told.rbegin() > next) {
            add("warn SEQUENCE_GAP");
        }
        roster.erase(row.log);
    }
    for (const int log : roster) {
        findings.insert({"warn HOST_SILENT", log});
    }
    return findings;
}

} // namespace tally::model
