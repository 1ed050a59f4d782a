#include "recorder/sessions/open_session.hpp"

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

#include <charconv>
#include <vector>

namespace tally::sessions {
namespace {

using line::Fields;
using line::Object;

std::string padded(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(20 - digits.size(), '0') + digits;
}

std::string key_of(const ProcessId& process) {
    return "p/" + std::to_string(process.pid) + "." + std::to_string(process.start) + "." +
           std::to_string(process.instance);
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return fault == std::errc();
}

std::optional<ProcessId> process_of(std::string_view text) {
    ProcessId process;
    const auto dot = [&] {
        const bool is_dot = text.starts_with('.');
        text.remove_prefix(is_dot ? 1 : 0);
        return is_dot;
    };
    const bool whole = take_number(text, process.pid) && dot() && take_number(text, process.start) && dot() &&
                       take_number(text, process.instance) && text.empty();
    return whole ? std::optional(process) : std::nullopt;
}

// Times before 1970 do not occur in lines: a clock that shows one reads 0.
std::uint64_t positive(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

std::string text_of(const Fields& fields, std::string_view key) { return std::string(fields.string(key).value_or("")); }
std::uint64_t number_of(const Fields& fields, std::string_view key) { return fields.integer(key).value_or(0); }
std::int64_t signed_of(const Fields& fields, std::string_view key) {
    return static_cast<std::int64_t>(number_of(fields, key));
}

Session session_of(const Fields& fields, std::uint64_t seq) {
    Session session;
    session.seq = seq;
    session.key = {text_of(fields, "product"),
                   text_of(fields, "version"),
                   text_of(fields, "user"),
                   text_of(fields, "domain"),
                   text_of(fields, "account"),
                   text_of(fields, "address"),
                   text_of(fields, "pool"),
                   static_cast<Class>(number_of(fields, "class")),
                   number_of(fields, "idle_known") != 0};
    session.start = {signed_of(fields, "from"), signed_of(fields, "to")};
    session.clock_ms = signed_of(fields, "wall") - signed_of(fields, "up");
    session.idle_until_ms = signed_of(fields, "idle_until");
    session.late = number_of(fields, "late") != 0;
    if (fields.find("end_kind") != nullptr) {
        session.end = End{{signed_of(fields, "end_from"), signed_of(fields, "end_to")}, text_of(fields, "end_kind")};
    }
    return session;
}

Report report_of(const Fields& fields) {
    Report report;
    report.session = number_of(fields, "session");
    report.owner = static_cast<std::uint32_t>(number_of(fields, "owner"));
    report.process = process_of(text_of(fields, "process")).value_or(ProcessId());
    report.bound = number_of(fields, "heartbeat") != 0 ? Bound::heartbeat : Bound::process;
    report.beat_ms = number_of(fields, "beat");
    report.n = number_of(fields, "n");
    report.heard_ms = number_of(fields, "heard");
    report.idle_known = number_of(fields, "idle_known") != 0;
    if (fields.find("idle_since") != nullptr) {
        report.idle_since_ms = signed_of(fields, "idle_since");
    }
    return report;
}

constexpr std::array<const char*, 4> verbs{"started", "completed", "cancelled", "undone"};

void put_counts(Object& object, const std::string& prefix, const CommandCounts& counts) {
    const std::array<std::uint64_t, 4> values{counts.started, counts.completed, counts.cancelled, counts.undone};
    for (std::size_t i = 0; i < verbs.size(); ++i) {
        object.integer(prefix + verbs[i], values[i]);
    }
}

CommandCounts counts_of(const Fields& fields, const std::string& prefix) {
    return {number_of(fields, prefix + verbs[0]), number_of(fields, prefix + verbs[1]),
            number_of(fields, prefix + verbs[2]), number_of(fields, prefix + verbs[3])};
}

} // namespace

void Rows::put(const Session& session) {
    Object row;
    const SessionKey& key = session.key;
    row.token("product", key.product).token("version", key.version).token("user", key.user);
    row.token("domain", key.domain).token("account", key.account).token("address", key.address).token("pool", key.pool);
    row.integer("class", static_cast<std::uint64_t>(key.user_class)).integer("idle_known", key.idle_known ? 1 : 0);
    row.integer("from", positive(session.start.from_ms)).integer("to", positive(session.start.to_ms));
    row.integer("wall", positive(session.clock_ms)).integer("up", positive(-session.clock_ms));
    row.integer("idle_until", positive(session.idle_until_ms)).integer("late", session.late ? 1 : 0);
    if (session.end) {
        row.token("end_kind", session.end->kind).integer("end_from", positive(session.end->at.from_ms));
        row.integer("end_to", positive(session.end->at.to_ms));
    }
    shelf_->put("s/" + padded(session.seq), row.str());
}

void Rows::drop(const Session& session) { shelf_->drop("s/" + padded(session.seq)); }

void Rows::put(const ProcessId& process, std::uint64_t session) {
    shelf_->put(key_of(process), Object().integer("session", session).str());
}

void Rows::drop(const ProcessId& process) { shelf_->drop(key_of(process)); }

void Rows::put(const std::string& id, const Report& report) {
    Object row;
    row.integer("session", report.session).integer("owner", report.owner);
    row.token("process", key_of(report.process).substr(2));
    row.integer("heartbeat", report.bound == Bound::heartbeat ? 1 : 0).integer("beat", report.beat_ms);
    row.integer("n", report.n).integer("heard", report.heard_ms).integer("idle_known", report.idle_known ? 1 : 0);
    if (report.idle_since_ms) {
        row.integer("idle_since", positive(*report.idle_since_ms));
    }
    shelf_->put("r/" + id, row.str());
}

void Rows::put_feature(const std::string& id, const std::string& name, std::uint64_t count) {
    const std::string key = "f/" + id + "/" + name;
    if (count == 0) {
        shelf_->drop(key);
    } else {
        shelf_->put(key, Object().integer("count", count).str());
    }
}

void Rows::put_command(const std::string& id, const std::string& name, const Told& told) {
    Object row;
    put_counts(row, "all_", told.altogether);
    put_counts(row, "unwritten_", told.unwritten);
    shelf_->put("c/" + id + "/" + name, row.str());
}

void Rows::drop(const std::string& id, const Report& report) {
    for (const auto& [name, count] : report.features) {
        shelf_->drop("f/" + id + "/" + name);
    }
    for (const auto& [name, told] : report.commands) {
        shelf_->drop("c/" + id + "/" + name);
    }
    shelf_->drop("r/" + id);
}

void Rows::put_ended(const std::string& id, std::int64_t at_s) {
    shelf_->put("d/" + id, Object().integer("at", positive(at_s)).str());
}

void Rows::drop_ended(const std::string& id) { shelf_->drop("d/" + id); }

void Rows::put(const Host& host) {
    shelf_->put("host", Object()
                            .text("name", host.name)
                            .text("domain", host.domain)
                            .text("address", host.address)
                            .text("os", host.os)
                            .str());
}

void Rows::put(const Life& life) {
    shelf_->put("life",
                Object().token("boot", life.boot).integer("up", life.up_ms).integer("wall", life.wall_ms).str());
}

namespace {

// Rows come by their keys: counts ("c/", "f/") before the reports ("r/") they are of, those before sessions ("s/").
class Loader {
public:
    void see(std::string_view key, std::string_view body) {
        const bool has_kind = key.size() > 2 && key[1] == '/';
        const std::string rest(has_kind ? key.substr(2) : key);
        if (fields_.parse(body, line::max_record) || !(has_kind ? take(key[0], rest) : take_single(key))) {
            stray.emplace_back(key);
        }
    }
    // Only what holds together.
    void join() {
        for (auto& [id, report] : kept.reports) {
            report.features = std::move(features_[id]);
            report.commands = std::move(commands_[id]);
            if (const auto session = kept.sessions.find(report.session); session != kept.sessions.end()) {
                session->second.reports.insert(id);
            }
        }
        for (const auto& [process, seq] : kept.processes) {
            if (const auto session = kept.sessions.find(seq); session != kept.sessions.end()) {
                session->second.processes.insert(process);
            }
        }
        std::erase_if(kept.processes, [&](const auto& entry) { return !kept.sessions.contains(entry.second); });
        std::erase_if(kept.reports, [&](const auto& entry) { return !kept.sessions.contains(entry.second.session); });
    }
    Rows::Kept kept;
    std::vector<std::string> stray;

private:
    bool take(char kind, const std::string& rest) {
        const std::size_t slash = rest.find('/');
        if (kind == 'd') {
            kept.ended[rest] = signed_of(fields_, "at");
        } else if (kind == 'r') {
            kept.reports[rest] = report_of(fields_);
        } else if (kind == 'p') {
            const auto process = process_of(rest);
            return process && kept.processes.emplace(*process, number_of(fields_, "session")).second;
        } else if (kind == 's') {
            std::uint64_t seq = 0;
            std::string_view digits = rest;
            return take_number(digits, seq) && digits.empty() &&
                   kept.sessions.emplace(seq, session_of(fields_, seq)).second;
        } else if (slash == std::string::npos || (kind != 'f' && kind != 'c')) {
            return false;
        } else if (kind == 'f') {
            features_[rest.substr(0, slash)][rest.substr(slash + 1)] = number_of(fields_, "count");
        } else {
            commands_[rest.substr(0, slash)][rest.substr(slash + 1)] = {counts_of(fields_, "all_"),
                                                                        counts_of(fields_, "unwritten_")};
        }
        return true;
    }
    bool take_single(std::string_view key) {
        if (key == "host") {
            const auto text = [&](std::string_view name) { return line::decode_text(text_of(fields_, name)); };
            kept.host = Host{text("name"), text("domain"), text("address"), text("os")};
            return true;
        }
        if (key == "life") {
            kept.life = Life{text_of(fields_, "boot"), number_of(fields_, "up"), number_of(fields_, "wall")};
            return true;
        }
        return false;
    }

    Fields fields_;
    std::map<std::string, std::map<std::string, std::uint64_t>> features_;
    std::map<std::string, std::map<std::string, Told>> commands_;
};

} // namespace

Rows::Kept Rows::load() {
    Loader loader;
    shelf_->for_each([&](std::string_view key, std::string_view body) { loader.see(key, body); });
    loader.join();
    for (const auto& key : loader.stray) {
        shelf_->drop(key);
    }
    return std::move(loader.kept);
}

} // namespace tally::sessions
