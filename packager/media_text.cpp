#include "packager/media_text.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace tally::packager {
namespace {

constexpr const char* unknown = "-";

std::string or_unknown(const std::string& text) { return text.empty() ? unknown : text; }

} // namespace

std::string name_of(const media::Medium& medium, const std::string& label) {
    return or_unknown(medium.id) + " " + or_unknown(medium.device_id) + " " + or_unknown(label);
}

bool same_medium(const std::string& a, const std::string& b) {
    const auto first = [](const std::string& text) { return text.substr(0, text.find(' ')); };
    const auto label = [](const std::string& text) {
        const std::size_t second = text.find(' ', std::min(text.find(' '), text.size() - 1) + 1);
        return second == std::string::npos ? unknown : text.substr(second + 1);
    };
    if (a.empty() || b.empty()) {
        return false;
    }
    return first(a) == unknown || first(b) == unknown ? label(a) != unknown && label(a) == label(b)
                                                      : first(a) == first(b);
}

media::Progress show_progress(std::uint64_t total_bytes, const char* doing) {
    if (::isatty(STDERR_FILENO) != 1 || total_bytes == 0) {
        return {};
    }
    struct Shown {
        std::uint64_t done = 0;
        std::uint64_t percent = 0;
    };
    return [shown = std::make_shared<Shown>(), total_bytes, doing](std::uint64_t bytes) {
        shown->done += bytes;
        const std::uint64_t percent = std::min<std::uint64_t>(shown->done * 100 / total_bytes, 100);
        if (percent != shown->percent) {
            shown->percent = percent;
            std::fprintf(stderr, "\r%s: %3u %%%s", doing, static_cast<unsigned>(percent), percent == 100 ? "\n" : "");
            std::fflush(stderr);
        }
    };
}

} // namespace tally::packager
