#include "tally/line/limits.hpp"
#include "tally/minisig/signature.hpp"
#include "verifier/rules/pack.hpp"

#include <charconv>

namespace tally::rules {
namespace {

constexpr unsigned char standard_file[] = {
#include <standard_rules.inc>
};

} // namespace

std::string_view standard_bytes() { return as_text({standard_file, sizeof standard_file}); }

const Pack& standard() {
    static const Pack pack = read_pack(standard_bytes()).value();
    return pack;
}

Result<void> verify_pack(std::string_view bytes, std::string_view signature, const minisig::PublicKey& key) {
    const auto read = minisig::read_signature_file(signature);
    if (!read) {
        return Fault{"line " + std::to_string(read.fault().at) + " of its signature file: " + read.fault().what, 0};
    }
    const auto verdict = minisig::verify(key, minisig::digest(as_bytes(bytes)), *read);
    if (verdict != minisig::Verdict::good) {
        return Fault{minisig::describe(verdict), 0};
    }
    return {};
}

Result<void> set_value(Values& values, std::string_view assignment) {
    const auto equals = assignment.find('=');
    const auto dot = assignment.find('.');
    if (equals == std::string_view::npos || dot == std::string_view::npos || dot > equals) {
        return Fault{"write it as R-OVER.over_long_episode_s=600", 0};
    }
    const std::string_view rule = assignment.substr(0, dot);
    const std::string_view name = assignment.substr(dot + 1, equals - dot - 1);
    const std::string_view number = assignment.substr(equals + 1);
    const ValueName* about = find_value(name);
    if (about == nullptr || about->rule != rule) {
        return Fault{about == nullptr ? "no value has this name" : "this value is of " + std::string(about->rule), 0};
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    const bool whole = error == std::errc() && end == number.data() + number.size() && !number.empty();
    if (!whole || value > line::max_integer || (number.size() > 1 && number[0] == '0')) {
        return Fault{"its number is not a whole number from 0 on", 0};
    }
    values.*about->field = static_cast<std::int64_t>(value);
    for (auto& former : values.former) {
        former.values.*about->field = values.*about->field;
    }
    return {};
}

} // namespace tally::rules
