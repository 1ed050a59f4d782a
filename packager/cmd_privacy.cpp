#include "packager/privacy_commands.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/line/write.hpp"
#include "tally/os/lock.hpp"
#include "tally/pseudonym/fold.hpp"
#include "tally/pseudonym/privacy.hpp"
#include "tally/text/csv.hpp"

#include <algorithm>
#include <map>

namespace tally::packager {
namespace {

using pseudonym::Field;
using pseudonym::Rule;

constexpr std::size_t max_alias_file = 4U << 20U;

void set_rule(pseudonym::Policy& policy, const std::string& text) {
    const std::size_t equals = text.find('=');
    for (const Field field : pseudonym::all_fields()) {
        for (const Rule rule : {Rule::clear, Rule::coarse, Rule::omit, Rule::pseudonym}) {
            if (equals != std::string::npos && name_of(field) == text.substr(0, equals) &&
                name_of(rule) == text.substr(equals + 1)) {
                policy.rules[static_cast<std::size_t>(field)] = rule;
                return;
            }
        }
    }
    std::string fields;
    for (const Field field : pseudonym::all_fields()) {
        fields += " " + std::string(name_of(field));
    }
    throw Error("set rule", text, "not FIELD=RULE with a field and a rule that there are",
                {"fields:" + fields, "rules: clear, pseudonym, omit; for addresses also coarse"}, Exit::usage);
}

// The spelling under which a folded account is looked up.
std::string spelling_of(const std::string& account) {
    const auto folded = pseudonym::fold1(pseudonym::Kind::person, account, {});
    return folded.domain.empty() ? folded.name : folded.domain + '\\' + folded.name;
}

std::vector<std::pair<std::string, std::string>> read_aliases(const os::fs::path& path) {
    const std::string bytes = os::read_file(path, max_alias_file);
    text::CsvReader reader(bytes);
    std::vector<std::string> row;
    const auto refuse = [&](const std::string& why) -> Error {
        return {"read aliases",
                path.string() + ":" + std::to_string(reader.line()),
                why,
                {"the file has two columns, account and user: a spelling, and the name that it stands for"}};
    };
    std::map<std::string, std::string> aliases;
    for (bool heading = true;; heading = false) {
        const auto more = reader.next(row);
        if (!more) {
            throw refuse(more.fault().what);
        }
        if (!*more) {
            break;
        }
        if (row.size() != 2 || (heading && (row[0] != "account" || row[1] != "user"))) {
            throw refuse("not the columns account and user");
        }
        if (heading) {
            continue;
        }
        const std::string from = spelling_of(row[0]);
        const std::string to = pseudonym::fold_text(row[1]);
        if (from.empty() || to.empty() || from.find('=') != std::string::npos ||
            line::decode_text(line::encode_text(from + "=" + to)) != from + "=" + to) {
            throw refuse("an empty name, one with '=', or one that is too long");
        }
        if (!aliases.emplace(from, to).second && aliases[from] != to) {
            throw refuse("the same account stands for two users");
        }
    }
    if (aliases.size() > pseudonym::max_aliases) {
        throw Error("read aliases", path.string(), "more than " + std::to_string(pseudonym::max_aliases));
    }
    return {aliases.begin(), aliases.end()};
}

void show(const pseudonym::Privacy& privacy, Output output) {
    const auto& policy = privacy.policy;
    if (output == Output::json) {
        std::vector<std::uint64_t> epochs;
        for (const auto& secret : privacy.secrets) {
            epochs.push_back(secret.epoch());
        }
        line::Object object;
        object.value("policy", policy_object(policy)).token("digest", policy_digest(policy));
        cli::print(object.integers("epochs", epochs).integer("epoch", privacy.current().epoch()).str() + "\n");
        return;
    }
    std::string text;
    for (const Field field : pseudonym::all_fields()) {
        const std::string name(name_of(field));
        text += name + std::string(10 - name.size(), ' ') + std::string(name_of(policy.of(field))) + "\n";
    }
    const bool asks = policy.consent == pseudonym::Consent::required;
    cli::print(text + "consent   " + (asks ? "required" : "not required") + "\naliases   " +
               std::to_string(policy.aliases.size()) + "\nepoch     " + std::to_string(privacy.current().epoch()) +
               " of " + std::to_string(privacy.secrets.size()) + "\npolicy    " + policy_digest(policy) + "\n");
}

void keep(const os::fs::path& state, const pseudonym::Privacy& privacy, DryRun dry_run, Output output) {
    if (dry_run == DryRun::no) {
        save_privacy(state, privacy);
    }
    show(privacy, output);
    if (output == Output::text) {
        cli::print(dry_run == DryRun::yes ? "nothing was written\n"
                                          : "tell it to the hosts: tally-packager site policy --state " +
                                                state.string() + " --out PACKAGES\n");
    }
}

pseudonym::Privacy existing(const os::fs::path& state) {
    auto privacy = pseudonym::load_privacy(state);
    if (!privacy) {
        throw Error("open", (state / std::string(pseudonym::privacy_name)).string(), "this site has no policy yet",
                    {"make one: tally-packager privacy set --state " + state.string()});
    }
    return std::move(*privacy);
}

} // namespace

Exit run_privacy_set(const PrivacySetOptions& options) {
    (void)submission::read_site(options.state);
    auto privacy = pseudonym::load_privacy(options.state);
    const bool is_new = !privacy;
    if (is_new) {
        privacy.emplace(pseudonym::Privacy{pseudonym::Policy::standard(), {}});
        privacy->secrets.push_back(pseudonym::Secret::generate(1));
    }
    const pseudonym::Policy before = privacy->policy;
    for (const auto& rule : options.rules) {
        set_rule(privacy->policy, rule);
    }
    if (!options.consent.empty()) {
        privacy->policy.consent =
            options.consent == "required" ? pseudonym::Consent::required : pseudonym::Consent::not_required;
    }
    if (!options.aliases.empty()) {
        privacy->policy.aliases = read_aliases(options.aliases);
    }
    if (const auto good = pseudonym::check_rules(privacy->policy); !good) {
        throw Error("set policy", "", good.fault().what, {}, Exit::usage);
    }
    if (!is_new && privacy->policy == before) {
        show(*privacy, options.output);
        return Exit::nothing_to_do;
    }
    keep(options.state, *privacy, options.dry_run, options.output);
    return Exit::ok;
}

Exit run_privacy_rotate(const PrivacyRotateOptions& options) {
    auto privacy = existing(options.state);
    if (privacy.secrets.size() == pseudonym::max_secrets) {
        throw Error("rotate", "", "there are " + std::to_string(pseudonym::max_secrets) + " epochs already");
    }
    privacy.secrets.push_back(pseudonym::Secret::generate(privacy.current().epoch() + 1));
    keep(options.state, privacy, options.dry_run, options.output);
    return Exit::ok;
}

Exit run_privacy_show(const PrivacyShowOptions& options) {
    show(existing(options.state), options.output);
    return Exit::ok;
}

} // namespace tally::packager
