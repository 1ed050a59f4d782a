#include "tally/releases/envelope.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace tally::releases {
namespace {

constexpr std::string_view envelope_purpose = "tally-envelope-1";
constexpr std::string_view bundle_suffix = ".tally";
constexpr std::size_t words_of_a_comment = 5;

// In one spelling, 1…most.
std::optional<std::uint64_t> number_in(std::string_view text, std::uint64_t most) {
    constexpr std::size_t longest = 6;
    if (text.empty() || text.size() > longest || text[0] == '0' ||
        text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    for (const char c : text) {
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return number <= most ? std::optional(number) : std::nullopt;
}

std::optional<bundle::Volume> volume_in(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto k = number_in(text.substr(0, slash), bundle::max_volumes);
    const auto m = number_in(text.substr(slash + 1), bundle::max_volumes);
    return k && m && *k <= *m ? std::optional(bundle::Volume{*k, *m}) : std::nullopt;
}

std::string six_digits(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(6 - std::min<std::size_t>(digits.size(), 6), '0') + digits;
}

} // namespace

std::string envelope_comment(const EnvelopeSubject& subject) {
    return std::string(envelope_purpose) + " " + subject.site.text() + " " + subject.agreement.text() + " " +
           std::to_string(subject.n) + " " + std::to_string(subject.volume.k) + "/" + std::to_string(subject.volume.n);
}

Result<EnvelopeSubject> read_envelope_comment(std::string_view comment) {
    if (comment.size() > max_envelope_comment) {
        return Fault{"longer than the comment of an envelope", max_envelope_comment};
    }
    std::array<std::string_view, words_of_a_comment> words;
    std::array<std::size_t, words_of_a_comment> places{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::size_t end = comment.find(' ', at);
        if ((end == std::string_view::npos) != (i + 1 == words.size())) {
            return Fault{"not five words with single spaces between them", std::min(at, comment.size())};
        }
        words[i] = comment.substr(at, end - at);
        places[i] = at;
        at = end + 1;
    }
    if (words[0] != envelope_purpose) {
        return Fault{"not the comment of an envelope", 0};
    }
    const auto site = SiteId::parse(words[1]);
    const auto agreement = SiteId::parse(words[2]);
    const auto n = number_in(words[3], bundle::max_sequence);
    const auto volume = volume_in(words[4]);
    if (!site) {
        return Fault{"not a site", places[1]};
    }
    if (!agreement) {
        return Fault{"not an agreement", places[2]};
    }
    if (!n) {
        return Fault{"not the number of an export", places[3]};
    }
    if (!volume) {
        return Fault{"not a volume k/m with k up to m", places[4]};
    }
    return EnvelopeSubject{*site, *agreement, *n, *volume};
}

bool is_called(const EnvelopeSubject& subject, std::string_view file_name) {
    const std::string head = subject.site.text() + "_";
    const std::string tail = "_" + six_digits(subject.n) + "_V" + std::to_string(subject.volume.k) + "OF" +
                             std::to_string(subject.volume.n) + std::string(bundle_suffix) +
                             std::string(envelope_suffix);
    if (file_name.size() < head.size() + tail.size() || !file_name.starts_with(head) || !file_name.ends_with(tail)) {
        return false;
    }
    return SiteId::parse(file_name.substr(head.size(), file_name.size() - head.size() - tail.size())).has_value();
}

} // namespace tally::releases
