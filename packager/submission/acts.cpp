#include "packager/submission/acts.hpp"

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"

#include <algorithm>
#include <array>

namespace tally::submission {
namespace {

line::Object of_type(std::string_view type) {
    line::Object record;
    record.token("t", type);
    return record;
}

line::Object of_bundle(std::string_view type, const std::string& agreement, std::uint64_t n) {
    line::Object record = of_type(type);
    record.text("agreement", agreement).integer("n", n);
    return record;
}

} // namespace

line::Object record_of(const SiteChanged& act) {
    return of_type("site").integer("version", act.version).token("digest", to_hex(act.digest));
}

line::Object record_of(const PolicyChanged& act) {
    return of_type("policy").token("digest", to_hex(act.digest)).integer("epoch", act.epoch);
}

line::Object record_of(const Issued& act) {
    return of_type("issued")
        .token("what", act.what == Issue::package ? "package" : "ack")
        .token("log", act.log.text())
        .token("digest", to_hex(act.digest));
}

line::Object record_of(const Retired& act) {
    return of_type("retire").token("log", act.log.text()).integer("at", act.at).text("reason", act.reason);
}

line::Object record_of(const Released& act) {
    return of_bundle("release", act.agreement, act.n)
        .token("digest", act.digest)
        .text("officer", act.officer)
        .text("key", act.key);
}

line::Object record_of(const Written& act) {
    TALLY_ASSERT(!act.digests.empty() && act.digests.size() <= digests_per_line);
    return of_bundle("written", act.agreement, act.n)
        .tokens("digests", act.digests)
        .text("medium", act.medium)
        .text("filesystem", act.filesystem)
        .text("method", act.method);
}

line::Object record_of(const ReceiptTaken& act) {
    TALLY_ASSERT(act.bundles.size() <= digests_per_line);
    return of_bundle("receipt", act.agreement, act.n)
        .token("digest", to_hex(act.digest))
        .text("status", act.status)
        .text("verifier", act.verifier)
        .tokens("bundles", act.bundles);
}

line::Object record_of(const Pruned& act) {
    return of_type("pruned").token("log", act.log.text()).integer("below", act.below);
}

line::Object record_of(const AgreementTerms& act) {
    TALLY_ASSERT(act.start >= 0 && (!act.end || *act.end >= act.start));
    line::Object record = of_type("agreement");
    record.text("agreement", act.id).text("licensee", act.licensee).text("cadence", act.cadence);
    record.integer("due", act.due_days).integer("grace", act.grace_days).text("zone", act.zone);
    record.integer("since", static_cast<std::uint64_t>(act.start));
    if (act.end) {
        record.integer("until", static_cast<std::uint64_t>(*act.end));
    }
    return record;
}

line::Object record_of(const Declared& act) {
    line::Object record = of_type("declare");
    record.token("kind", act.word == Word::nil ? "nil" : act.word == Word::gap ? "gap" : "justification");
    record.text("agreement", act.agreement).text("reason", act.reason).integer("from", act.from);
    record.token("about", act.about ? act.about->text() : "");
    if (act.to) {
        record.integer("to", *act.to);
    }
    if (act.sessions) {
        record.integer("sessions", *act.sessions);
    }
    if (!act.products.empty()) {
        std::vector<std::string> words;
        std::transform(act.products.begin(), act.products.end(), std::back_inserter(words), line::encode_text);
        record.tokens("products", words);
    }
    return record;
}

line::Object record_of(const Amended& act) {
    line::Object record = of_type("amend");
    record.text("agreement", act.agreement).text("reason", act.reason);
    record.integer("from", act.from).integer("to", act.to);
    if (act.log) {
        record.token("log", act.log->text()).integer("line", act.seq);
    }
    return record;
}

bool worth_packing(std::string_view type) {
    static constexpr std::array<std::string_view, 9> along{"seal",    "clock",   "export", "exported", "release",
                                                           "written", "receipt", "pruned", "issued"};
    return std::find(along.begin(), along.end(), type) == along.end();
}

} // namespace tally::submission
