// The lines of a log that tell under which policy and consent its names stand: what they tell follows from them alone, a
// line that tells nothing changes nothing, and what the writer writes is understood whatever came before.
#include "tests/fuzz/harness.hpp"

#include "recorder/privacy/history.hpp"

#include <algorithm>

using namespace tally;
using pseudonym::Given;

namespace {

const pseudonym::Privacy& ours() {
    static const auto privacy = [] {
        const std::string text = R"({"format":"tally-privacy-1","policy":)" +
                                 pseudonym::policy_object(pseudonym::Policy::standard()) +
                                 R"(,"secrets":[{"epoch":3,"key":")" + std::string(64, '1') + "\"}]}\n";
        auto read = pseudonym::read_privacy(text);
        FUZZ_REQUIRE(read.ok());
        return std::move(*read);
    }();
    return privacy;
}

bool same(const privacy::History& one, const privacy::History& other) {
    return one.regimes() == other.regimes() && one.consent() == other.consent() &&
           one.has_policy() == other.has_policy() && one.is_in_force(ours()) == other.is_in_force(ours());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    privacy::History history;
    std::size_t told = 0;
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const privacy::History before = history;
        const bool tells = history.see(rest.substr(0, end));
        FUZZ_REQUIRE(tells || same(before, history));
        told += tells ? 1 : 0;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    FUZZ_REQUIRE(history.regimes().size() <= told + 1);
    FUZZ_REQUIRE(!history.has_policy() || !history.regimes().empty());
    for (const auto state : {privacy::ConsentState::given, privacy::ConsentState::refused, privacy::ConsentState::given,
                             privacy::ConsentState::withdrawn}) {
        FUZZ_REQUIRE(history.see(privacy::consent_line(state, bytes.substr(0, 40), 1'790'000'000).str()));
        FUZZ_REQUIRE((history.consent() == Given::yes) == (state == privacy::ConsentState::given));
    }
    const bool first = !history.has_policy();
    FUZZ_REQUIRE(history.see(privacy::policy_line(ours(), privacy::Before::names_in_clear).str()));
    FUZZ_REQUIRE(history.is_in_force(ours()) && history.has_policy());
    FUZZ_REQUIRE(!first || std::count(history.regimes().begin(), history.regimes().end(), privacy::Regime{}) == 1);
    return 0;
}
