// Findings: what an auditor must read about a bundle. Plain data, never thrown, never a reason to stop looking.
// Code names are stable API; docs/reference/findings.md has an entry for each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::check {

// refuse → REJECTED; warn → OK_WITH_FINDINGS; note changes nothing.
enum class Severity : std::uint8_t { note, warn, refuse };

enum class Code : std::uint8_t {
    bad_signature,
    unknown_key,
    wrong_role,
    non_canonical,
    bad_hash,
    truncated,
    missing_member,
    extra_member,
    encoding_unchecked,
    sequence_gap,
    seal_broken,
    seal_missing,
    unsealed_tail,
    unanchored,
    anchor_mismatch,
    fork,
    rollback,
    replay,
    log_replaced,
    wrong_audience,
    bundle_missing,
    receipt_missing,
    stale_challenge,
    volume_missing,
    volume_mixed,
    release_missing,
    site_file_invalid,
    site_reenrolled,
    limit_exceeded,
    clock_step,
    import_duplicate,
    nil_return,
    nil_contradicted,
    amended,
    pseudonym_epoch,
    host_silent,
    host_unknown,
};
inline constexpr std::size_t code_count = static_cast<std::size_t>(Code::host_unknown) + 1;

enum class Verdict : std::uint8_t { ok, ok_with_findings, rejected };

[[nodiscard]] std::string_view name(Code code); // "BAD_SIGNATURE"
[[nodiscard]] std::optional<Code> parse_code(std::string_view name);
[[nodiscard]] std::string_view name(Severity severity); // "refuse"
[[nodiscard]] std::string_view name(Verdict verdict);   // "OK_WITH_FINDINGS"
// The severity a code has unless its page says otherwise for a case.
[[nodiscard]] Severity usual_severity(Code code);

struct Finding {
    Code code = Code::bad_signature;
    Severity severity = Severity::refuse;
    std::string host;                    // "" when it is about the file
    std::optional<std::uint64_t> seq;    // line of that log
    std::string member;                  // "" when it is about no member
    std::optional<std::uint64_t> line;   // of the decompressed member, from 1
    std::optional<std::uint64_t> offset; // byte in the bundle file
    std::string text;                    // one sentence without full stop
};

// Nothing refuses, and VOLUME_MISSING is among them.
[[nodiscard]] bool waits_for_volume(const std::vector<Finding>& findings);
[[nodiscard]] Verdict verdict_of(const std::vector<Finding>& findings);
// "refuse SEAL_BROKEN H… line 41 (LINES_0001.jsonl.zst line 42): text"
[[nodiscard]] std::string to_text(const Finding& finding);

} // namespace tally::check
