#include "verifier/check/finding.hpp"

#include <algorithm>
#include <array>

namespace tally::check {
namespace {

struct Meaning {
    Code code;
    std::string_view name;
    Severity severity;
};

constexpr std::array<Meaning, code_count> meanings{{
    {Code::bad_signature, "BAD_SIGNATURE", Severity::refuse},
    {Code::unknown_key, "UNKNOWN_KEY", Severity::refuse},
    {Code::wrong_role, "WRONG_ROLE", Severity::refuse},
    {Code::non_canonical, "NON_CANONICAL", Severity::refuse},
    {Code::bad_hash, "BAD_HASH", Severity::refuse},
    {Code::truncated, "TRUNCATED", Severity::refuse},
    {Code::missing_member, "MISSING_MEMBER", Severity::refuse},
    {Code::extra_member, "EXTRA_MEMBER", Severity::refuse},
    {Code::encoding_unchecked, "ENCODING_UNCHECKED", Severity::note},
    {Code::sequence_gap, "SEQUENCE_GAP", Severity::refuse},
    {Code::seal_broken, "SEAL_BROKEN", Severity::refuse},
    {Code::seal_missing, "SEAL_MISSING", Severity::refuse},
    {Code::unsealed_tail, "UNSEALED_TAIL", Severity::refuse},
    {Code::unanchored, "UNANCHORED", Severity::warn},
    {Code::anchor_mismatch, "ANCHOR_MISMATCH", Severity::refuse},
    {Code::fork, "FORK", Severity::refuse},
    {Code::rollback, "ROLLBACK", Severity::refuse},
    {Code::replay, "REPLAY", Severity::note},
    {Code::log_replaced, "LOG_REPLACED", Severity::warn},
    {Code::wrong_audience, "WRONG_AUDIENCE", Severity::refuse},
    {Code::bundle_missing, "BUNDLE_MISSING", Severity::warn},
    {Code::receipt_missing, "RECEIPT_MISSING", Severity::warn},
    {Code::stale_challenge, "STALE_CHALLENGE", Severity::warn},
    {Code::volume_missing, "VOLUME_MISSING", Severity::warn},
    {Code::volume_mixed, "VOLUME_MIXED", Severity::refuse},
    {Code::release_missing, "RELEASE_MISSING", Severity::refuse},
    {Code::site_file_invalid, "SITE_FILE_INVALID", Severity::refuse},
    {Code::site_reenrolled, "SITE_REENROLLED", Severity::warn},
    {Code::limit_exceeded, "LIMIT_EXCEEDED", Severity::refuse},
    {Code::clock_step, "CLOCK_STEP", Severity::note},
    {Code::import_duplicate, "IMPORT_DUPLICATE", Severity::note},
    {Code::nil_return, "NIL_RETURN", Severity::note},
    {Code::nil_contradicted, "NIL_CONTRADICTED", Severity::warn},
    {Code::amended, "AMENDED", Severity::note},
    {Code::pseudonym_epoch, "PSEUDONYM_EPOCH", Severity::note},
    {Code::host_silent, "HOST_SILENT", Severity::note},
    {Code::host_unknown, "HOST_UNKNOWN", Severity::refuse},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < meanings.size(); ++i) {
        if (static_cast<std::size_t>(meanings[i].code) != i) {
            return false;
        }
    }
    return true;
}
static_assert(in_order());

const Meaning& meaning(Code code) { return meanings[static_cast<std::size_t>(code)]; }

} // namespace

std::string_view name(Code code) { return meaning(code).name; }
Severity usual_severity(Code code) { return meaning(code).severity; }

std::optional<Code> parse_code(std::string_view name) {
    const auto found =
        std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& known) { return known.name == name; });
    return found == meanings.end() ? std::nullopt : std::optional(found->code);
}

std::string_view name(Severity severity) {
    return severity == Severity::note ? "note" : severity == Severity::warn ? "warn" : "refuse";
}

std::string_view name(Verdict verdict) {
    return verdict == Verdict::ok ? "OK" : verdict == Verdict::ok_with_findings ? "OK_WITH_FINDINGS" : "REJECTED";
}

bool waits_for_volume(const std::vector<Finding>& findings) {
    return verdict_of(findings) != Verdict::rejected &&
           std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.code == Code::volume_missing; });
}

Verdict verdict_of(const std::vector<Finding>& findings) {
    Severity worst = Severity::note;
    for (const auto& finding : findings) {
        worst = std::max(worst, finding.severity);
    }
    return worst == Severity::refuse ? Verdict::rejected
           : worst == Severity::warn ? Verdict::ok_with_findings
                                     : Verdict::ok;
}

std::string to_text(const Finding& finding) {
    std::string text = std::string(name(finding.severity)) + " " + std::string(name(finding.code));
    if (!finding.host.empty()) {
        text += " " + finding.host;
    }
    if (finding.seq) {
        text += " seq " + std::to_string(*finding.seq);
    }
    std::string place = finding.member;
    if (finding.line) {
        place += (place.empty() ? "line " : " line ") + std::to_string(*finding.line);
    }
    if (finding.offset) {
        place += (place.empty() ? "byte " : " byte ") + std::to_string(*finding.offset);
    }
    return text + (place.empty() ? "" : " (" + place + ")") + ": " + finding.text;
}

} // namespace tally::check
