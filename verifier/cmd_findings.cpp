#include "verifier/commands.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/utf8.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/review/register.hpp"

#include <cstdlib>
#include <ctime>
#include <pwd.h>
#include <unistd.h>

namespace tally::verifier {
namespace {

using review::Change;
using review::Entry;

std::int64_t now() { return static_cast<std::int64_t>(std::time(nullptr)); }

std::optional<std::int64_t> day_of(const std::string& option, const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto day = text::parse_day(text);
    if (!day) {
        throw Error("read", option, "'" + text + "' is not a date", {"write it as 2026-03-31"}, Exit::usage);
    }
    return day;
}

std::optional<review::State> state_of(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto state = review::state_of(text);
    if (!state) {
        throw Error("read", "--state", "'" + text + "' is not a state",
                    {"states are open, accepted, disputed, remedied and reopened"}, Exit::usage);
    }
    return state;
}

std::string who(const std::string& given) {
    if (!given.empty()) {
        return given;
    }
    const passwd* account = ::getpwuid(::geteuid());
    return account != nullptr ? account->pw_name : "uid " + std::to_string(::geteuid());
}

std::int64_t today(const FindingsOptions& options) { return day_of("--on", options.on).value_or(text::day_of(now())); }

std::vector<Entry> entries_of(const ledger::Ledger& ledger, const FindingsOptions& options) {
    review::Filter filter;
    filter.code = options.code;
    filter.severity = options.severity;
    filter.line = options.line;
    filter.subject = options.subject;
    filter.owner = options.owner;
    filter.state = state_of(options.state);
    filter.due_before = day_of("--due-before", options.due_before);
    filter.remedied_since = day_of("--remedied-since", options.remedied_since);
    return review::list(ledger.database(), filter, today(options));
}

std::string to_text(const Entry& entry) {
    std::string text = entry.id + "  " + std::string(review::name(entry.state)) + "  " + entry.severity + "  " +
                       entry.code + "  " + text::shown(entry.subject) + ": " + text::shown(entry.text) + "\n";
    std::string words;
    const auto add = [&](const char* what, const std::string& value) {
        words += value.empty() ? "" : (words.empty() ? "" : ", ") + std::string(what) + text::shown(value);
    };
    add("owner ", entry.owner);
    add("due ", entry.due ? text::format_day(*entry.due) : "");
    add("until ", entry.until ? text::format_day(*entry.until) : "");
    add("remedied ", entry.remedied ? text::format_day(*entry.remedied) : "");
    add("saved ", entry.saved.empty() ? "" : entry.saved + " " + entry.currency);
    add("", entry.note);
    return text + (words.empty() ? "" : "              " + words + "\n");
}

Exit list(const FindingsOptions& options) {
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    const auto entries = entries_of(ledger, options);
    std::string text;
    if (options.output == Output::json) {
        text = review::to_json(entries) + "\n";
    } else if (options.action == FindingsAction::export_table) {
        text = review::to_csv(entries);
    } else {
        for (const auto& entry : entries) {
            text += to_text(entry);
        }
        text += std::to_string(entries.size()) + (entries.size() == 1 ? " finding\n" : " findings\n");
    }
    cli::print(text);
    return entries.empty() ? Exit::nothing_to_do : Exit::ok;
}

Entry one(const ledger::Ledger& ledger, const std::string& id, std::int64_t day) {
    const auto found = id.size() < 4 ? std::vector<Entry>() : review::named(ledger.database(), id, day);
    if (found.size() != 1) {
        throw Error("find", id, found.empty() ? "no such finding" : "several findings begin with this",
                    {"their names are the first column of: tally-verifier findings"}, Exit::usage);
    }
    return found.front();
}

std::string to_text(const Change& change) {
    return change.id + "  " + text::format_instant(change.at) + "  " + text::shown(change.who) + "  " + change.field +
           ": '" + text::shown(change.from) + "' -> '" + text::shown(change.to) + "'\n";
}

Exit print(const std::vector<Change>& changes, Output output) {
    std::string text;
    for (const auto& change : changes) {
        text += to_text(change);
    }
    cli::print(output == Output::json ? review::to_json(changes) + "\n" : text);
    return changes.empty() ? Exit::nothing_to_do : Exit::ok;
}

review::Wish wish_of(const FindingsOptions& options) {
    review::Wish wish;
    wish.owner = options.new_owner;
    wish.note = options.note;
    if (options.due) {
        wish.due = day_of("--due", *options.due);
    }
    wish.until = day_of("--until", options.until);
    wish.state = state_of(options.state);
    return wish;
}

Exit set(const FindingsOptions& options) {
    const bool dry = options.dry_run == DryRun::yes;
    const ledger::Ledger ledger(options.ledger, dry ? sqlite::Mode::read_only : sqlite::Mode::read_write);
    const auto wish = wish_of(options);
    const review::Author author{who(options.by), now()};
    std::vector<Entry> entries;
    for (const auto& id : options.ids) {
        entries.push_back(one(ledger, id, today(options)));
    }
    // First all of them as a rehearsal: when one cannot be, none is changed.
    std::vector<Change> changes;
    for (const auto apply : {review::Apply::dry_run, review::Apply::yes}) {
        if (apply == review::Apply::yes && dry) {
            break;
        }
        changes.clear();
        for (const auto& entry : entries) {
            const auto made = review::set(ledger.database(), entry, wish, author, apply);
            if (!made) {
                throw Error("set", entry.id, made.fault().what, {}, Exit::usage);
            }
            changes.insert(changes.end(), made->begin(), made->end());
        }
    }
    return print(changes, options.output);
}

} // namespace

Exit run_findings(const FindingsOptions& options) {
    switch (options.action) {
    case FindingsAction::set:
        return set(options);
    case FindingsAction::history: {
        const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
        return print(review::history(ledger.database(), one(ledger, options.ids.front(), today(options)).id),
                     options.output);
    }
    case FindingsAction::list:
    case FindingsAction::export_table:
        break;
    }
    return list(options);
}

} // namespace tally::verifier
