#include "packager/receipts/ladder.hpp"

#include "tally/site_file/chain.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>

namespace tally::receipts {
namespace {

constexpr std::uint64_t ms_per_second = 1000;

std::string instant(std::uint64_t wall_ms) {
    return text::format_instant(static_cast<std::int64_t>(wall_ms / ms_per_second));
}

// The `type` lines about the agreement's bundles, with the text of one field.
void add_events(submission::Station& station, Ladder& ladder, std::string_view type, std::string_view field,
                std::vector<Event> Rung::*events) {
    station.log.for_each(type, [&](const line::Fields& fields) {
        for (auto& rung : ladder.rungs) {
            if (fields.string("agreement") == ladder.agreement && fields.integer("n") == rung.n) {
                (rung.*events)
                    .push_back(
                        {fields.integer("wall").value_or(0), line::decode_text(fields.string(field).value_or(""))});
            }
        }
    });
}

} // namespace

Ladder ladder_of(submission::Station& station, const Receipts& receipts, const std::string& agreement) {
    Ladder ladder{
        station.site.current().site.text(), agreement, site_file::fingerprint_words(station.site.fingerprint()), 0, {}};
    for (const auto& entry : station.log.exports()) {
        if (entry.agreement == agreement) {
            ladder.rungs.push_back({entry.n, entry.label, entry.wall_ms, entry.digests, {}, {}, {}});
        }
    }
    add_events(station, ladder, "release", "officer", &Rung::released);
    add_events(station, ladder, "written", "medium", &Rung::written);
    const auto taken = receipts.taken(agreement);
    for (const auto& line : receipts.lines()) {
        const auto kept =
            std::find_if(taken.begin(), taken.end(), [&](const Kept& one) { return one.digest == line.digest; });
        for (auto& rung : ladder.rungs) {
            if (line.agreement == agreement && kept != taken.end() && kept->receipt.bundle == rung.n) {
                rung.answers.push_back({kept->receipt, line.wall_ms});
            }
        }
    }
    const auto last = station.archive.next(station.log.id());
    ladder.made_ms = last == 0 ? 0 : station.archive.position(station.log.id(), last).wall_ms;
    return ladder;
}

std::string to_text(const Ladder& ladder) {
    std::string text = "site " + ladder.site + ", agreement " + ladder.agreement + "\n";
    for (const auto& rung : ladder.rungs) {
        text += "bundle " + std::to_string(rung.n) + "  " + rung.label + "\n  made      " + instant(rung.made_ms);
        text += rung.digests.empty() ? ", not finished\n" : "\n";
        for (const auto& digest : rung.digests) {
            text += "            sha256 " + digest + "\n";
        }
        for (const auto& event : rung.released) {
            text += "  released  " + instant(event.wall_ms) + "  by " + text::shown(event.text) + "\n";
        }
        for (const auto& event : rung.written) {
            text += "  written   " + instant(event.wall_ms) + "  to " + text::shown(event.text) + "\n";
        }
        for (const auto& [receipt, taken_ms] : rung.answers) {
            text += "  answered  " + instant(receipt.issued * ms_per_second) + "  receipt " +
                    std::to_string(receipt.n) + ": " + std::string(receipt::name(receipt.status));
            for (const auto& code : receipt.findings) {
                text += " " + code;
            }
            for (const auto volume : receipt.missing) {
                text += ", without volume " + std::to_string(volume);
            }
            text += "\n  taken in  " + instant(taken_ms) + "\n";
        }
        text += rung.answers.empty() ? "  no receipt yet\n" : "";
    }
    return ladder.rungs.empty() ? text + "no bundle was made yet\n" : text;
}

std::string to_json(const Ladder& ladder) {
    text::Json json;
    const auto events = [&](const char* key, const char* what, const std::vector<Event>& all) {
        json.key(key).array();
        for (const auto& event : all) {
            json.object().member("at", event.wall_ms / ms_per_second).member(what, event.text).end_object();
        }
        json.end_array();
    };
    json.object().member("format", "tally-ladder-1").member("site", ladder.site).member("agreement", ladder.agreement);
    json.key("bundles").array();
    for (const auto& rung : ladder.rungs) {
        json.object().member("n", rung.n).member("label", rung.label).member("made", rung.made_ms / ms_per_second);
        json.key("digests").array();
        for (const auto& digest : rung.digests) {
            json.value(digest);
        }
        json.end_array();
        events("released", "officer", rung.released);
        events("written", "medium", rung.written);
        json.key("receipts").array();
        for (const auto& [receipt, taken_ms] : rung.answers) {
            json.object().member("n", receipt.n).member("verdict", receipt::name(receipt.status));
            json.member("issued", receipt.issued).member("taken", taken_ms / ms_per_second).key("findings").array();
            for (const auto& code : receipt.findings) {
                json.value(code);
            }
            json.end_array().key("missing").array();
            for (const auto volume : receipt.missing) {
                json.value(volume);
            }
            json.end_array().end_object();
        }
        json.end_array().end_object();
    }
    return json.end_array().end_object().str() + "\n";
}

} // namespace tally::receipts
