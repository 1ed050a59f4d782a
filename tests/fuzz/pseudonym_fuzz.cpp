// Policies, privacy files, disclosures and proofs of lines: what is accepted is its own re-encoding. Any bytes as a
// name: folding twice is folding once, a pseudonym has its form, and a disclosure of it is accepted.
#include "tests/fuzz/harness.hpp"

#include "tally/line/write.hpp"
#include "tally/pseudonym/disclosure.hpp"
#include "tally/pseudonym/privacy.hpp"

using namespace tally;
using namespace tally::pseudonym;

namespace {

void as_files(std::string_view bytes) {
    if (const auto policy = read_policy(bytes)) {
        FUZZ_REQUIRE(policy_object(*policy) == bytes);
    }
    if (const auto privacy = read_privacy(bytes)) {
        FUZZ_REQUIRE(privacy_text(*privacy) == bytes);
    }
    if (const auto disclosure = read_disclosure(bytes)) {
        FUZZ_REQUIRE(disclosure_text(*disclosure) == bytes);
    }
    if (const auto proved = read_line_proof(bytes)) {
        FUZZ_REQUIRE(line_proof_text(proved->proof) == bytes);
    }
}

void as_name(std::string_view raw) {
    static const Secret secret(3, crypto::SecretBytes(Secret::size));
    static const Policy policy = Policy::standard();
    FUZZ_REQUIRE(fold_text(fold_text(raw)) == fold_text(raw));
    for (const Field field : all_fields()) {
        const Kind kind = kind_of(field);
        const FoldedName folded = fold1(kind, raw, policy);
        FUZZ_REQUIRE(folded.name.empty() == raw.empty());
        const NameKey key = name_key(secret, kind, folded.name);
        const std::string made = pseudonym_of(key, secret.epoch(), kind, folded.name);
        const auto read = read_pseudonym(made);
        FUZZ_REQUIRE(made.empty() || (read && read->kind == kind && read->epoch == 3));
        const std::string shown = spelled(field, raw, policy, secret, Given::no).text;
        FUZZ_REQUIRE(policy.of(field) != Rule::pseudonym || shown == made);
        if (!folded.name.empty() && line::decode_text(line::encode_text(folded.name)) == folded.name) {
            FUZZ_REQUIRE(read_disclosure(disclosure_text({*SiteId::parse("S"), kind, 3, folded.name, key})).ok());
        }
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(Bytes(data, size));
    as_files(bytes);
    as_name(bytes);
    return 0;
}
