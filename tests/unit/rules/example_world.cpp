#include "tests/unit/rules/example_world.hpp"

#include "tests/support/usage_builder.hpp"

#include <sstream>

namespace tally::test {
namespace {

using count::Bounds;
using rules::Example;
using rules::Row;

class World {
public:
    explicit World(const Example& example) : example_(example) {
        for (const auto& row : example.rows) {
            for (std::int64_t repeat = 0; repeat < row.integer("repeat", 1); ++repeat) {
                for (std::int64_t user = 1; user <= row.integer("users", 1); ++user) {
                    row_ = &row;
                    later_ = repeat * row.integer("every");
                    number_ = row.find("users") != nullptr ? std::to_string(user) : "";
                    add();
                }
            }
        }
    }

    findings::Outcome outcome(const rules::Values& values) const {
        reconcile::Options options;
        options.as_of_day = example_.as_of;
        options.period_from_day = example_.period_from;
        return reconcile::reconcile(builder_.usage, inputs_, options, values);
    }
    std::string unknown; // kinds of rows that this runner does not turn into anything

private:
    [[nodiscard]] std::string text(const char* key, const char* otherwise = "") const {
        return row_->text(key, otherwise);
    }
    [[nodiscard]] std::int64_t at(const char* key) const { return instant(text(key)) + later_; }
    [[nodiscard]] inputs::Day day(const char* key, inputs::Day otherwise) const {
        return row_->find(key) != nullptr ? text::parse_day(text(key)).value() : otherwise;
    }
    [[nodiscard]] std::optional<inputs::Day> day(const char* key) const {
        return row_->find(key) != nullptr ? text::parse_day(text(key)) : std::nullopt;
    }
    [[nodiscard]] std::vector<std::string> words(const char* key) const {
        std::istringstream stream(text(key));
        std::vector<std::string> out;
        for (std::string word; stream >> word;) {
            out.push_back(word);
        }
        return out;
    }
    [[nodiscard]] std::string user() const { return text("user") + number_; }
    [[nodiscard]] std::string host() const { return text("host") + number_; }
    [[nodiscard]] std::uint32_t log() { return builder_.host(host(), text("site", "SITE")); }
    [[nodiscard]] std::uint32_t id(std::vector<std::string> ledger::Usage::*table, const std::string& word) {
        return UsageBuilder::id(builder_.usage.*table, word);
    }

    void add() {
        const auto kind = row_->kind;
        if (!add_evidence(kind) && !add_bought(kind) && !add_people(kind) && !add_estate(kind)) {
            unknown = kind;
        }
    }

    void add_session() {
        const auto layer = text("layer", "feature");
        const auto as = layer == "package"     ? ledger::Layer::package
                        : layer == "component" ? ledger::Layer::component
                                               : ledger::Layer::feature;
        const bool watched = text("watched") == "host";
        const auto own_log = watched ? log() : 1;
        auto& session = builder_.add(user(), host(), text("product"), at("from"), at("to"), as, text("package"));
        session.log = own_log;
        for (auto day = text::day_of(at("from")); watched && day <= text::day_of(at("to") - 1); ++day) {
            builder_.usage.coverage.days.push_back({own_log, day, 1, 0, 0});
        }
        session.watched = watched ? ledger::Watched::host : ledger::Watched::server;
        session.version = id(&ledger::Usage::versions, text("version"));
        session.account = id(&ledger::Usage::accounts, text("account"));
        session.address = id(&ledger::Usage::addresses, text("address"));
        session.count = static_cast<std::uint32_t>(row_->integer("count", 1));
        session.automation = row_->integer("automation") != 0;
        session.borrowed = row_->integer("borrowed") != 0;
        session.idle_known = row_->integer("idle_known") != 0;
        if (row_->integer("open") != 0) {
            session.kind = ledger::EndKind::open;
            session.end_to = ledger::unknown;
            session.end_seq = ledger::no_seq;
        }
        session.start_to = row_->find("from_latest") != nullptr ? at("from_latest") : session.start_from;
        session.end_to = row_->find("to_latest") != nullptr ? at("to_latest") : session.end_to;
    }

    void add_report(std::string_view kind) {
        auto& usage = builder_.usage;
        const auto& session = usage.sessions.back();
        ledger::Reported by{session.user, session.feature, session.version, text::day_of(session.start_to)};
        const auto number = [&](const char* key) { return static_cast<std::uint64_t>(row_->integer(key)); };
        if (kind == "commands") {
            usage.commands.resize(std::max<std::size_t>(1, usage.commands.size()));
            usage.command_uses.push_back({by, id(&ledger::Usage::commands, text("name")), number("started"),
                                          number("completed"), number("cancelled"), number("undone")});
            return;
        }
        by.day = text::day_of(at("at"));
        const auto what = text("kind");
        usage.timings.push_back({by,
                                 what == "startup" ? ledger::Measure::startup
                                 : what == "open"  ? ledger::Measure::open
                                                   : ledger::Measure::save,
                                 1, number("ms"), row_->find("bytes") != nullptr ? 1U : 0U, number("bytes")});
    }

    bool add_evidence(std::string_view kind) {
        auto& usage = builder_.usage;
        const auto last = static_cast<std::uint32_t>(usage.sessions.size()) - 1;
        if (kind == "session") {
            add_session();
        } else if (kind == "idle") {
            usage.sessions.back().idle_known = true;
            usage.idle.push_back({last, at("from"), at("to")});
        } else if (kind == "used") {
            usage.feature_uses.push_back({last, text("name"), static_cast<std::uint64_t>(row_->integer("count", 1)),
                                          usage.sessions[last].start_seq});
        } else if (kind == "commands" || kind == "sample") {
            add_report(kind);
        } else if (kind == "refusal") {
            const auto verb = text("verb");
            builder_.refuse(user(), host(), text("product"), at("at"),
                            verb == "queued"     ? ledger::Verb::queued
                            : verb == "dequeued" ? ledger::Verb::dequeued
                            : verb == "denied"   ? ledger::Verb::denied
                                                 : ledger::Verb::unsupported);
        } else if (kind == "installed") {
            usage.installations.push_back({log(), id(&ledger::Usage::features, text("product")),
                                           id(&ledger::Usage::versions, text("version")), at("from"),
                                           row_->find("to") != nullptr ? at("to") : ledger::unknown, 7});
        } else if (kind == "dark") {
            const auto dark = text("kind") == "host_off" ? ledger::Darkness::host_off : ledger::Darkness::recorder_off;
            usage.unobserved.push_back({log(), dark, at("from"), at("to"), 0, 8});
        } else if (kind == "named") {
            ledger::HostIdentity identity;
            identity.log = log();
            identity.name = text("name");
            identity.since = at("since");
            usage.identities.push_back(identity);
        } else if (kind == "clock") {
            usage.clock_steps.push_back({log(), at("at"), row_->integer("by_ms"), 9});
        } else if (kind == "delivery") {
            usage.deliveries.push_back({text("site"), text("agreement", "AG1"),
                                        static_cast<std::uint64_t>(row_->integer("n")), at("received"), at("received"),
                                        at("through")});
        } else {
            return false;
        }
        return true;
    }

    void add_entitlement() {
        const auto metric = text("metric");
        auto item = line(text("line"), text("product"),
                         metric == "concurrent"  ? inputs::Metric::concurrent
                         : metric == "device"    ? inputs::Metric::device
                         : metric == "token"     ? inputs::Metric::token
                         : metric == "perpetual" ? inputs::Metric::perpetual
                                                 : inputs::Metric::named,
                         row_->integer("quantity"), text("start", "2020-01-01"), text("end", "2030-12-31"));
        item.agreement = text("agreement", "AG1");
        item.features = words("features");
        item.countries = words("countries");
        item.sites = words("sites");
        item.entities = words("entities");
        item.pool = text("pool");
        item.renewal = day("renewal");
        item.currency = text("currency");
        if (row_->find("price") != nullptr) {
            item.list_price_units = text::Decimal::parse(text("price"))->units();
        }
        if (row_->find("current_minus") != nullptr) {
            item.versions = {inputs::Versions::Rule::current_minus, 0, 0, row_->integer("current_minus")};
        } else if (row_->find("version_min") != nullptr || row_->find("version_max") != nullptr) {
            item.versions = {inputs::Versions::Rule::fixed, row_->integer("version_min"), row_->integer("version_max"),
                             0};
        }
        inputs_.entitlements.push_back(std::move(item));
    }

    void add_agreement() {
        inputs::Agreement item;
        item.id = text("id");
        item.start = day("start", 0);
        item.end = day("end", inputs::for_ever);
        item.sites = words("sites");
        item.countries = words("countries");
        item.entities = words("entities");
        item.domains = words("domains");
        if (row_->find("cadence_months") != nullptr) {
            item.cadence = {inputs::Cadence::Unit::months, row_->integer("cadence_months")};
        }
        item.due_days = row_->integer("due_days", item.due_days);
        item.grace_days = row_->integer("grace_days");
        if (row_->find("approved_administrators") != nullptr) {
            item.approved_administrators = row_->integer("approved_administrators");
        }
        inputs_.agreements.push_back(std::move(item));
    }

    bool add_bought(std::string_view kind) {
        if (kind == "entitlement") {
            add_entitlement();
        } else if (kind == "agreement") {
            add_agreement();
        } else if (kind == "collection") {
            inputs_.collections.push_back({{}, text("collection"), text("product")});
        } else if (kind == "perpetual") {
            inputs_.perpetual.push_back({{},
                                         text("product"),
                                         text("line"),
                                         text("server"),
                                         text("host"),
                                         "",
                                         row_->integer("version"),
                                         row_->integer("quantity"),
                                         day("superseded")});
        } else if (kind == "pack") {
            inputs_.token_packs.push_back({{},
                                           text("pack"),
                                           text("agreement", "AG1"),
                                           text("pool"),
                                           text("line"),
                                           row_->integer("tokens"),
                                           day("start", 0),
                                           day("end", 0),
                                           std::nullopt});
        } else if (kind == "rate") {
            inputs_.token_rates.push_back({{},
                                           text("product"),
                                           text("feature"),
                                           "example",
                                           row_->integer("tokens"),
                                           inputs::TokenUnit::window,
                                           0,
                                           inputs::for_ever});
        } else if (kind == "price") {
            inputs_.prices.push_back({{},
                                      text("product"),
                                      {text::Decimal::parse(text("price"))->units(), text("currency")},
                                      day("from", 0)});
        } else if (kind == "licence_file") {
            inputs::LicenceFile item;
            item.server = text("server");
            item.product = text("product");
            item.agreement = text("agreement", "AG1");
            item.count = row_->integer("count");
            inputs_.licence_files.push_back(item);
        } else if (kind == "addon") {
            inputs_.addons.push_back({{}, text("product"), text("feature"), text("addon")});
        } else {
            return false;
        }
        return true;
    }

    bool add_people(std::string_view kind) {
        if (kind == "assignment") {
            auto item = seat(user(), text("product"), text("assigned"), text("unassigned"));
            item.team = text("team");
            item.group = text("group");
            item.source = item.group.empty() ? "manual" : "group";
            item.role = text("role");
            inputs_.assignments.push_back(std::move(item));
        } else if (kind == "person") {
            inputs::DirectoryEntry item;
            item.user = user();
            item.domain = text("domain");
            item.team = text("team");
            item.entity = text("entity");
            item.enabled = row_->integer("enabled", 1) != 0;
            item.kind = text("kind") == "contractor" ? inputs::PersonKind::contractor
                        : text("kind") == "service"  ? inputs::PersonKind::service
                        : text("kind") == "shared"   ? inputs::PersonKind::shared
                                                     : inputs::PersonKind::employee;
            item.joined = day("joined");
            item.left = day("left");
            item.groups = words("groups");
            inputs_.directory.push_back(std::move(item));
        } else if (kind == "group") {
            inputs_.groups.push_back({{}, text("group"), text("product")});
        } else if (kind == "administrator") {
            inputs_.administrators.push_back(
                {{}, text("agreement", "AG1"), user(), text("role", "admin"), day("granted"), day("last_active")});
        } else if (kind == "approved") {
            inputs_.approved_administrators.push_back({{}, text("agreement", "AG1"), user()});
        } else {
            return false;
        }
        return true;
    }

    void add_host() {
        inputs::Host item;
        item.host = host();
        item.site = text("site");
        item.country = text("country");
        item.entity = text("entity");
        item.team = text("team");
        item.agreement = text("agreement");
        item.owner = text("owner") == "third_party" ? inputs::HostOwner::third_party : inputs::HostOwner::own;
        item.type = text("class") == "vdi_pool"   ? inputs::HostClass::vdi_pool
                    : text("class") == "terminal" ? inputs::HostClass::terminal
                    : text("class") == "build"    ? inputs::HostClass::build
                                                  : inputs::HostClass::workstation;
        if (row_->find("sign_in_hours") != nullptr) {
            item.sign_in_hours = row_->integer("sign_in_hours");
        }
        inputs_.hosts.push_back(std::move(item));
    }

    void add_product() {
        inputs::ProductRow item;
        item.product = text("product");
        item.name = text("name", text("product").c_str());
        item.vendor = text("vendor");
        item.family = text("family");
        item.child_of = text("child_of");
        item.words = words("words");
        item.tier = row_->integer("tier");
        item.type = text("class") == "education" ? inputs::ProductClass::education
                    : text("class") == "trial"   ? inputs::ProductClass::trial
                    : text("class") == "viewer"  ? inputs::ProductClass::viewer
                    : text("class") == "service" ? inputs::ProductClass::service
                                                 : inputs::ProductClass::commercial;
        inputs_.products.push_back(std::move(item));
    }

    bool add_estate(std::string_view kind) {
        if (kind == "host") {
            add_host();
        } else if (kind == "product") {
            add_product();
        } else if (kind == "export") {
            inputs::ExportedUse item;
            item.user = user();
            item.product = text("product");
            item.first = day("first", 0);
            item.last = day("last", 0);
            item.days = row_->integer("days", item.last - item.first + 1);
            inputs_.usage_exports.push_back(item);
        } else if (kind == "release") {
            inputs_.releases.push_back({{}, text("product"), row_->integer("version"), day("released", 0)});
        } else if (kind == "function") {
            inputs_.functions.push_back({{}, text("function"), text("product")});
        } else if (kind == "network") {
            inputs_.networks.push_back({{}, text("cidr")});
        } else if (kind == "event") {
            inputs_.entity_events.push_back({{}, text("entity"), text("domain"), text("what"), day("day", 0)});
        } else {
            return false;
        }
        return true;
    }

    const Example& example_;
    const Row* row_ = nullptr;
    std::int64_t later_ = 0;
    std::string number_;
    UsageBuilder builder_;
    inputs::Inputs inputs_;
};

std::string shown(const Bounds& bounds) {
    return "[" + std::to_string(bounds.lower) + ", " + std::to_string(bounds.upper) + "]";
}
std::string shown(std::int64_t number) { return std::to_string(number); }
std::string shown(const std::string& text) { return text; }

// Holds one expectation against the outcome; `say` takes what differs.
class Judge {
public:
    Judge(const Row& row, const findings::Outcome& outcome, std::int64_t from, std::vector<std::string>& said)
        : row_(row), outcome_(outcome), from_(from), said_(said) {}

    void judge() {
        if (row_.kind == "finding" || row_.kind == "none") {
            finding();
        } else if (row_.kind == "position") {
            position();
        } else if (row_.kind == "days") {
            days();
        } else if (row_.kind == "request") {
            request();
        } else if (row_.kind == "tokens") {
            tokens();
        } else if (row_.kind == "insight") {
            insight();
        } else {
            money();
        }
    }

private:
    void say(const std::string& what) { said_.push_back("line " + std::to_string(row_.at) + ": " + what); }
    template <class T>
    void same(const char* key, const T& got) {
        const auto* cell = row_.find(key);
        if (cell == nullptr) {
            return;
        }
        T wanted{};
        if constexpr (std::is_same_v<T, Bounds>) {
            wanted = {cell->first, cell->second};
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
            wanted = cell->first;
        } else {
            wanted = cell->text;
        }
        if (!(wanted == got)) {
            say(std::string(key) + " is " + shown(got) + ", not " + shown(wanted));
        }
    }

    void finding() {
        const auto code = row_.text("code");
        const auto subject = row_.text("subject");
        std::vector<const findings::Finding*> found;
        for (const auto& item : outcome_.findings) {
            if (name(item.code) == code && (subject.empty() || item.subject == subject)) {
                found.push_back(&item);
            }
        }
        const std::size_t wanted = row_.kind == "none" ? 0 : 1;
        if (found.size() != wanted) {
            say(std::to_string(found.size()) + " findings " + code + (subject.empty() ? "" : " of " + subject) +
                ", not " + std::to_string(wanted) + "; found are" + codes());
            return;
        }
        if (wanted == 1) {
            const auto& item = *found.front();
            same("quantity", item.quantity);
            same("certainty", std::string(findings::name(item.certainty)));
            same("severity", std::string(findings::name(item.severity)));
            same("state", item.state);
            same("exposure", item.exposure ? item.exposure->str() : "");
            same("cure", item.cure ? item.cure->str() : "");
            same("saving", item.saving ? item.saving->str() : "");
            same("records", static_cast<std::int64_t>(item.records_total));
        }
    }

    [[nodiscard]] std::string codes() const {
        std::string text;
        for (const auto& item : outcome_.findings) {
            text += " " + std::string(name(item.code));
        }
        return text.empty() ? " none" : text;
    }

    void position() {
        for (const auto& item : outcome_.positions) {
            if (item.line == row_.text("line")) {
                same("peak", item.peak);
                same("excess", item.excess);
                same("seconds", item.seconds_above);
                same("episodes", static_cast<std::int64_t>(item.episodes.size()));
                same("persistence", std::string(findings::name(item.persistence)));
                same("use_peak", item.use_peak);
                same("users", item.users);
                return;
            }
        }
        say("no position of line " + row_.text("line"));
    }

    void days() {
        for (const auto& item : outcome_.users) {
            if (item.user == row_.text("user") &&
                count::product_word(item.product) == count::product_word(row_.text("product"))) {
                same("days", item.days);
                return;
            }
        }
        say("no days of " + row_.text("user"));
    }

    void insight() {
        for (const auto& item : outcome_.insights.states) {
            if (name(item.kind) == row_.text("insight") && item.product == row_.text("product")) {
                same("is", std::string(findings::name(item.availability)));
                return;
            }
        }
        say("nothing is said of " + row_.text("product"));
    }

    void request() {
        for (const auto& item : outcome_.requests) {
            if (item.user == row_.text("user")) {
                same("end", std::string(findings::name(item.end)));
                return;
            }
        }
        say("no request of " + row_.text("user"));
    }

    void tokens() {
        Bounds sum;
        for (const auto& item : outcome_.charges) {
            if (item.at >= from_) {
                sum.lower += item.tokens.lower;
                sum.upper += item.tokens.upper;
            }
        }
        same("tokens", sum);
    }

    void money() {
        const auto price = text::Decimal::parse(row_.text("price")).value();
        const auto amount = price.prorated(row_.integer("count"), row_.integer("days"));
        same("is", amount ? amount->str() : std::string());
    }

    const Row& row_;
    const findings::Outcome& outcome_;
    std::int64_t from_; // begin of the review period: charges before it are not its
    std::vector<std::string>& said_;
};

} // namespace

std::vector<std::string> differences(const Example& example, const rules::Values& values) {
    const World world(example);
    if (!world.unknown.empty()) {
        return {"this runner knows no row '" + world.unknown + "'"};
    }
    const auto outcome = world.outcome(values);
    std::vector<std::string> said;
    for (const auto& row : example.expected) {
        Judge(row, outcome, example.period_from.value_or(0) * text::seconds_per_day, said).judge();
    }
    return said;
}

} // namespace tally::test
