// Denials and queues (R-CONC): what became of each request that was not granted at once.
#include "verifier/reconcile/tables.hpp"

#include <algorithm>

namespace tally::reconcile {
namespace {

struct Moment {
    std::int64_t at = 0;
    bool granted = false; // a start; otherwise the request left the queue
};
// What happened to one (user, client, product), in order of time.
using History = std::map<std::tuple<std::uint32_t, std::uint32_t, std::string>, std::vector<Moment>>;

const std::string& word_of(const Facts& facts, std::uint32_t feature) {
    return facts.words[facts.word(facts.usage->features[feature])];
}

// Of those who were ever refused.
History history_of(const Facts& facts) {
    History history;
    std::vector<bool> refused(facts.usage->users.size());
    for (const auto& refusal : facts.usage->refusals) {
        history[{refusal.user, refusal.client, word_of(facts, refusal.feature)}];
        refused[refusal.user] = true;
    }
    for (std::uint32_t i = 0; !history.empty() && i < facts.stays.size(); ++i) {
        const auto& kind = facts.stays.kind(i);
        if (refused[kind.session->user] && facts.stays.has_start(i)) {
            const auto found = history.find({kind.session->user, facts.stays.client(i), facts.words[kind.word]});
            if (found != history.end()) {
                found->second.push_back({facts.stays.start_from(i), true});
            }
        }
    }
    for (const auto& refusal : facts.usage->refusals) {
        if (refusal.verb == ledger::Verb::dequeued) {
            history[{refusal.user, refusal.client, word_of(facts, refusal.feature)}].push_back(
                {refusal.at_from, false});
        }
    }
    for (auto& [key, moments] : history) {
        std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) { return a.at < b.at; });
    }
    return history;
}

// The first moment at or after `at`; nothing when there is none.
const Moment* after(const std::vector<Moment>& moments, std::int64_t at, bool granted_only) {
    auto next =
        std::lower_bound(moments.begin(), moments.end(), at, [](const Moment& m, std::int64_t t) { return m.at < t; });
    while (next != moments.end() && granted_only && !next->granted) {
        ++next;
    }
    return next == moments.end() ? nullptr : &*next;
}

void settle(const Facts& facts, Request& request, ledger::Verb verb, const std::vector<Moment>& moments) {
    if (verb == ledger::Verb::unsupported) {
        request.end = RequestEnd::unsupported;
    } else if (verb == ledger::Verb::queued) {
        const Moment* next = after(moments, request.at, false);
        request.end = next == nullptr ? RequestEnd::waiting : next->granted ? RequestEnd::granted : RequestEnd::left;
        if (next != nullptr) {
            request.waited_s = next->at - request.at;
        }
    } else {
        const Moment* next = after(moments, request.at, true);
        const std::int64_t within = facts.rules->at(request.at).retry_s;
        request.end = next != nullptr && next->at - request.at <= within ? RequestEnd::retried : RequestEnd::lost;
    }
}

std::string_view verb_name(ledger::Verb verb) {
    switch (verb) {
    case ledger::Verb::denied:
        return "DENIED";
    case ledger::Verb::unsupported:
        return "UNSUPPORTED";
    case ledger::Verb::queued:
        return "QUEUED";
    case ledger::Verb::dequeued:
        return "DEQUEUED";
    case ledger::Verb::other:
        return "other";
    }
    return "";
}

} // namespace

void fill_requests(const Facts& facts, Outcome& outcome) {
    const History history = history_of(facts);
    static const std::vector<Moment> nothing;
    for (const auto& refusal : facts.usage->refusals) {
        if (refusal.verb == ledger::Verb::dequeued || refusal.at_from > facts.observed.to) {
            continue; // the end of a wait, told with its beginning; or after the day asked for
        }
        Request request;
        request.at = refusal.at_from;
        request.verb = verb_name(refusal.verb);
        request.product = word_of(facts, refusal.feature);
        request.user = facts.usage->users[refusal.user];
        request.client = facts.usage->clients[refusal.client];
        request.count = refusal.count;
        request.record = {facts.usage->logs[refusal.log], refusal.seq};
        const auto found = history.find({refusal.user, refusal.client, request.product});
        settle(facts, request, refusal.verb, found == history.end() ? nothing : found->second);
        outcome.requests.push_back(std::move(request));
    }
    std::stable_sort(outcome.requests.begin(), outcome.requests.end(),
                     [](const Request& a, const Request& b) { return a.at < b.at; });
}

} // namespace tally::reconcile
