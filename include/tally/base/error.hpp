// Error: the machine (disk, permission, database) or an operator's request refused what was asked.
// Thrown, and caught in two places only: run_main (tally/cli) and the recorder's loop.
#pragma once

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace tally {

// Exit codes are API: docs/reference/exit-codes.md.
enum class Exit : int {
    ok = 0,
    failure = 1,
    usage = 2,
    findings = 3,
    over_entitlement = 4,
    nothing_to_do = 5,
    obligation_due = 6,
    locked = 10,
    interrupted = 130,
};

// Printed as "PROGRAM: error: OPERATION SUBJECT: REASON", then one "hint:" line per hint.
class Error : public std::exception {
public:
    Error(std::string operation, const std::string& subject, const std::string& reason,
          std::vector<std::string> advice = {}, Exit code = Exit::failure)
        : hints(std::move(advice)), exit(code),
          text_(std::move(operation) + (subject.empty() ? "" : " ") + subject + ": " + reason) {}

    // Reason from errno, taken before anything else may change it.
    static Error system(std::string operation, const std::string& subject, int error_number = errno) {
        std::vector<std::string> hints;
        if (error_number == ENOSPC || error_number == EDQUOT) {
            hints.emplace_back("free some space and run the same command again: what was there before is intact");
        }
        return {std::move(operation), subject, lowered(std::strerror(error_number)), std::move(hints)};
    }

    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

    std::vector<std::string> hints;
    Exit exit;

private:
    static std::string lowered(std::string text) {
        if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
            text[0] = static_cast<char>(text[0] - 'A' + 'a');
        }
        return text;
    }

    std::string text_;
};

} // namespace tally
