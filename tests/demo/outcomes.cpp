// Judges variants of the demonstration estate without the road through journals and bundles: reads what estate.py
// --stream writes, builds ledger::Usage and inputs::Inputs from it, and prints one line for each variant: its name, a
// tab, the outcome as JSON. A row "with" judges what was read so far under another name and other values of the rules,
// "days" says another last day and first day of the review. The tables go through the real reader; usage is taken as
// the ledger would give it.
#include "tally/text/date.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/outputs/reconciliation.hpp"
#include "verifier/reconcile/reconcile.hpp"
#include "verifier/rules/pack.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <tuple>
#include <unordered_map>

namespace {

using namespace tally; // NOLINT(google-build-using-namespace): a test program's own file

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "outcomes: %s\n", what.c_str());
    std::exit(1);
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t to = text.find(separator); to != std::string::npos; to = text.find(separator, from)) {
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    parts.push_back(text.substr(from));
    return parts;
}

class Table {
public:
    explicit Table(std::vector<std::string>& texts) : texts_(&texts) { id(""); }
    std::uint32_t id(const std::string& text) {
        const auto [place, is_new] = ids_.try_emplace(text, static_cast<std::uint32_t>(texts_->size()));
        if (is_new) {
            texts_->push_back(text);
        }
        return place->second;
    }

private:
    std::vector<std::string>* texts_;
    std::unordered_map<std::string, std::uint32_t> ids_;
};

class Variant {
public:
    explicit Variant(std::string name) : name_(std::move(name)) {}

    void table(const std::string& kind, const std::string& bytes) {
        for (std::size_t i = 0; i < inputs::kinds; ++i) {
            const auto each = static_cast<inputs::Kind>(i);
            if (inputs::name(each) == kind) {
                const auto reading = inputs::read_input(each, bytes, inputs_);
                if (!reading || !reading->faults.empty()) {
                    const auto& fault = reading ? reading->faults.front() : reading.fault();
                    fail(name_ + ": " + kind + ".csv:" + std::to_string(fault.at) + ": " + fault.what);
                }
                if (!reading->unknown_columns.empty()) {
                    fail(name_ + ": " + kind + " has no column " + reading->unknown_columns.front());
                }
                return;
            }
        }
        fail("no table " + kind);
    }

    void row(const std::vector<std::string>& cells) {
        const std::string& what = cells[0];
        if (what == "s") {
            session(cells);
        } else if (what == "host") {
            const auto log = log_of(cells[1]);
            usage_.log_sites[log] = cells[2];
            identity(log, cells[1], "holm.example", cells[3], number(cells[4]));
            ledger::LogState state;
            state.log = log;
            state.label = cells[1];
            state.site = cells[2];
            state.role = "recorder";
            usage_.coverage.logs.push_back(std::move(state));
        } else if (what == "heard") {
            auto& state = usage_.coverage.logs.back();
            for (const auto& day : split(cells[2], ';')) {
                state.first_wall = state.first_wall == 0 ? number(day) * 86'400'000 : state.first_wall;
                state.last_wall = (number(day) + 1) * 86'400'000 - 1;
                usage_.coverage.days.push_back({log_of(cells[1]), number(day), 1, 0, 0});
            }
        } else if (what == "name") {
            identity(log_of(cells[1]), cells[2], cells[3], cells[4], number(cells[5]));
        } else if (what == "days") {
            as_of_day_ = text::parse_day(cells[1]);
            from_day_ = text::parse_day(cells[2]);
        } else if (what == "refusal") {
            refusal(cells);
        } else if (what == "installed") {
            usage_.installations.push_back({log_of(cells[1]), features_.id(cells[2]), versions_.id(cells[3]),
                                            number(cells[4]), cells[5].empty() ? ledger::unknown : number(cells[5]),
                                            next_seq_++});
        } else if (what == "gap") {
            const auto kind = cells[2] == "host_off" ? ledger::Darkness::host_off : ledger::Darkness::recorder_off;
            usage_.unobserved.push_back({log_of(cells[1]), kind, number(cells[3]), number(cells[4]), 0, next_seq_++});
        } else if (what == "step") {
            usage_.clock_steps.push_back({log_of(cells[1]), number(cells[2]), number(cells[3]), next_seq_++});
        } else if (what == "declared") {
            declared(cells);
        } else if (what == "delivery") {
            ledger::Delivery delivery;
            delivery.site = cells[1];
            delivery.agreement = cells[2];
            delivery.n = static_cast<std::uint64_t>(number(cells[3]));
            delivery.through = number(cells[4]);
            delivery.made = delivery.received = number(cells[5]);
            usage_.deliveries.push_back(std::move(delivery));
        } else {
            fail("what is '" + what + "'");
        }
    }

    // Under another name and with values as "R-OVER.over_long_episode_s=600", if any are given.
    [[nodiscard]] std::string outcome(const std::string& name, const std::vector<std::string>& settings) {
        take_sessions();
        rules::Values values;
        for (const auto& setting : settings) {
            if (const auto set = rules::set_value(values, setting); !set) {
                fail(name + ": " + setting + ": " + set.fault().what);
            }
        }
        count::Options options;
        options.as_of_day = as_of_day_;
        options.period_from_day = from_day_;
        options.spelling = count::Spelling::fold_case;
        return name + '\t' + outputs::to_json(reconcile::reconcile(usage_, inputs_, options, values)) + '\n';
    }
    [[nodiscard]] std::string outcome() { return outcome(name_, {}); }

private:
    static std::int64_t number(const std::string& text) { return std::stoll(text); }

    std::uint32_t log_of(const std::string& label) {
        const auto log = logs_.id(label.empty() ? "" : "H" + label);
        usage_.log_sites.resize(usage_.logs.size());
        usage_.log_labels.resize(usage_.logs.size());
        usage_.log_replaces.resize(usage_.logs.size());
        usage_.log_labels[log] = label;
        return log;
    }
    void identity(std::uint32_t log, const std::string& name, const std::string& domain, const std::string& address,
                  std::int64_t since) {
        ledger::HostIdentity known;
        known.log = log;
        known.name = name;
        known.domain = domain;
        known.address = address;
        known.since = since;
        known.seq = next_seq_++;
        usage_.identities.push_back(std::move(known));
    }
    void session(const std::vector<std::string>& cells) {
        ledger::Session made;
        made.log = log_of(cells[1]);
        made.source = sources_.id(cells[2]);
        made.user = users_.id(cells[3]);
        made.client = clients_.id(cells[4]);
        made.feature = features_.id(cells[5]);
        made.version = versions_.id(cells[6]);
        made.address = addresses_.id(cells[7]);
        made.pool = pools_.id(cells[8]);
        made.layer = cells[9] == "package"     ? ledger::Layer::package
                     : cells[9] == "component" ? ledger::Layer::component
                                               : ledger::Layer::feature;
        made.package = features_.id(cells[10]);
        made.watched = cells[11] == "host" ? ledger::Watched::host : ledger::Watched::server;
        made.automation = cells[12] == "1";
        made.idle_known = cells[13] == "1";
        made.borrowed = cells[14] == "1";
        made.kind = made.watched == ledger::Watched::host ? ledger::EndKind::other : ledger::EndKind::returned;
        made.start_from = number(cells[15]);
        made.start_to = number(cells[16]);
        made.end_from = number(cells[17]);
        made.end_to = cells[18].empty() ? ledger::unknown : number(cells[18]);
        made.start_seq = next_seq_++;
        made.end_seq = next_seq_++;
        sessions_.push_back({made, cells[19], cells[20]});
    }
    void refusal(const std::vector<std::string>& cells) {
        ledger::Refusal made;
        made.log = log_of(cells[1]);
        made.source = sources_.id(cells[2]);
        made.user = users_.id(cells[3]);
        made.client = clients_.id(cells[4]);
        made.feature = features_.id(cells[5]);
        made.at_from = made.at_to = number(cells[6]);
        made.verb = cells[7] == "DENIED" ? ledger::Verb::denied : ledger::Verb::unsupported;
        made.seq = next_seq_++;
        usage_.refusals.push_back(made);
    }
    void declared(const std::vector<std::string>& cells) {
        ledger::Declaration made;
        made.log = log_of("ST-" + cells[1]);
        usage_.log_sites[made.log] = cells[1];
        ledger::LogState station;
        station.log = made.log;
        station.label = "ST-" + cells[1];
        station.site = cells[1];
        station.role = "station";
        usage_.coverage.logs.push_back(std::move(station));
        made.site = cells[1];
        made.kind = cells[2] == "nil"       ? ledger::DeclarationKind::nil
                    : cells[2] == "retired" ? ledger::DeclarationKind::retired
                                            : ledger::DeclarationKind::gap;
        made.agreement = cells[3];
        made.about = cells[4].empty() ? "" : "H" + cells[4];
        made.from = number(cells[5]);
        made.to = cells[6].empty() ? ledger::unknown : number(cells[6]);
        made.reason = cells[7];
        made.seq = next_seq_++;
        usage_.declarations.push_back(std::move(made));
    }
    // By (start_from, log, start_seq), as the ledger gives them; then what points into them.
    void take_sessions() {
        std::stable_sort(sessions_.begin(), sessions_.end(), [](const Made& a, const Made& b) {
            return std::tie(a.session.start_from, a.session.log, a.session.start_seq) <
                   std::tie(b.session.start_from, b.session.log, b.session.start_seq);
        });
        for (const auto& made : sessions_) {
            const auto index = static_cast<std::uint32_t>(usage_.sessions.size());
            usage_.sessions.push_back(made.session);
            for (const auto& feature : made.used.empty() ? std::vector<std::string>{} : split(made.used, ';')) {
                usage_.feature_uses.push_back({index, feature, 1, next_seq_++});
            }
            for (const auto& span : made.idle.empty() ? std::vector<std::string>{} : split(made.idle, ';')) {
                const auto ends = split(span, '-');
                usage_.idle.push_back({index, number(ends[0]), number(ends[1])});
            }
        }
        sessions_.clear();
    }

    struct Made {
        ledger::Session session;
        std::string used, idle;
    };
    std::string name_;
    inputs::Inputs inputs_;
    ledger::Usage usage_;
    Table logs_{usage_.logs}, sources_{usage_.sources}, features_{usage_.features}, users_{usage_.users},
        clients_{usage_.clients}, versions_{usage_.versions}, accounts_{usage_.accounts}, addresses_{usage_.addresses},
        pools_{usage_.pools};
    std::vector<Made> sessions_;
    std::optional<std::int64_t> as_of_day_ = text::parse_day("2026-03-31");
    std::optional<std::int64_t> from_day_ = text::parse_day("2026-01-01");
    std::uint64_t next_seq_ = 1;
};

} // namespace

int main() {
    std::ios::sync_with_stdio(false);
    std::string line;
    std::unique_ptr<Variant> variant;
    while (std::getline(std::cin, line)) {
        const auto cells = split(line, '\t');
        if (cells[0] == "variant") {
            variant = std::make_unique<Variant>(cells[1]);
        } else if (cells[0] == "table") {
            std::string bytes(std::stoul(cells[2]), '\0');
            std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            variant->table(cells[1], bytes);
        } else if (cells[0] == "with") {
            std::cout << variant->outcome(cells[1], {cells.begin() + 2, cells.end()}) << std::flush;
        } else if (cells[0] == "end") {
            std::cout << variant->outcome() << std::flush;
            variant.reset();
        } else {
            variant->row(cells);
        }
    }
    return 0;
}
