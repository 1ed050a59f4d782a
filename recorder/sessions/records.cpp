#include "recorder/sessions/records.hpp"

#include <algorithm>

namespace tally::sessions {
namespace {

constexpr std::int64_t second_ms = 1000;

std::string_view name_of(Class user_class) { return user_class == Class::automation ? "automation" : "interactive"; }

} // namespace

std::string encoded(std::string_view raw, std::size_t most_raw) {
    std::string text;
    capture::encode(raw.substr(0, most_raw), text);
    return text;
}

void Records::integer(std::string_view key, std::int64_t value) {
    line_.integer(key, std::min<std::uint64_t>(value < 0 ? 0 : static_cast<std::uint64_t>(value), line::max_integer));
}

void Records::optional(std::string_view key, std::string_view text) {
    if (!text.empty()) {
        line_.text(key, text);
    }
}

void Records::time(const Span& at) {
    const std::int64_t from = at.from_ms / second_ms;
    const std::int64_t to = at.to_ms / second_ms;
    if (from >= to) {
        integer("at", from);
    } else {
        integer("at_from", from);
        integer("at_to", to);
    }
}

std::uint64_t Records::start(const SessionKey& key, const Span& at, std::string_view client,
                             std::string_view fidelity) {
    line_.begin();
    optional("account", key.account);
    optional("addr", key.address);
    time(at);
    if (key.user_class != Class::unknown) {
        line_.text("class", name_of(key.user_class));
    }
    line_.text("client", client);
    optional("domain", key.domain);
    line_.text("feature", key.product);
    optional("fidelity", fidelity);
    if (key.idle_known) {
        line_.integer("idle", 1);
    }
    line_.text("layer", "feature");
    optional("pool", key.pool);
    line_.text("src", source).text("t", "start").text("user", key.user);
    optional("version", key.version);
    return lines_->append(line_.end());
}

void Records::end(std::uint64_t start, const End& end) {
    line_.begin();
    time(end.at);
    line_.text("kind", end.kind).integer("start", start).text("t", "end");
    lines_->append(line_.end());
}

void Records::orphan_end(const SessionKey& key, const End& end, std::string_view client) {
    line_.begin();
    time(end.at);
    line_.text("client", client);
    optional("domain", key.domain);
    line_.text("feature", key.product).text("kind", end.kind).text("layer", "feature").integer("orphan", 1);
    line_.text("src", source).text("t", "end").text("user", key.user);
    lines_->append(line_.end());
}

void Records::open(std::uint64_t start, std::int64_t at_s) {
    line_.begin();
    integer("at", at_s);
    line_.integer("start", start).text("t", "open");
    lines_->append(line_.end());
}

void Records::used(std::uint64_t start, std::string_view name, std::uint64_t count) {
    line_.begin();
    line_.integer("count", count).text("name", name).integer("start", start).text("t", "used");
    lines_->append(line_.end());
}

void Records::idle(std::uint64_t start, std::int64_t from_s, std::int64_t to_s) {
    line_.begin();
    integer("from", from_s);
    line_.integer("start", start).text("t", "idle");
    integer("to", to_s);
    lines_->append(line_.end());
}

void Records::commands(std::uint64_t start, std::string_view name, const CommandCounts& counts) {
    line_.begin();
    line_.integer("cancelled", counts.cancelled).integer("completed", counts.completed).text("name", name);
    line_.integer("start", start).integer("started", counts.started).text("t", "commands");
    line_.integer("undone", counts.undone);
    lines_->append(line_.end());
}

void Records::sample(std::uint64_t start, const Sample& sample, std::int64_t at_s) {
    line_.begin();
    integer("at", at_s);
    if (sample.bytes > 0) {
        line_.integer("bytes", sample.bytes);
    }
    line_.text("kind", encoded(sample.kind, 32)).integer("ms", sample.ms).integer("start", start).text("t", "sample");
    lines_->append(line_.end());
}

void Records::identity(std::string_view name, std::string_view domain, std::string_view address, std::string_view os,
                       std::int64_t at_s) {
    line_.begin();
    optional("address", address);
    integer("at", at_s);
    optional("domain", domain);
    line_.text("name", name);
    optional("os", os);
    line_.text("t", "identity");
    lines_->append(line_.end());
}

void Records::gap(const Gap& gap) {
    line_.begin();
    integer("from", gap.from_s);
    optional("how", encoded(gap.how, 64));
    line_.text("kind", gap.kind == Darkness::host_off ? "host_off" : "recorder_off").text("t", "gap");
    integer("to", gap.to_s);
    lines_->append(line_.end());
}

void Records::loss(std::uint64_t count, std::int64_t from_s, std::int64_t to_s) {
    line_.begin();
    line_.integer("count", count);
    integer("from", from_s);
    line_.text("src", source).text("t", "loss");
    integer("to", std::max(from_s, to_s));
    lines_->append(line_.end());
}

} // namespace tally::sessions
