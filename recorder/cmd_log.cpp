#include "recorder/state.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace tally::recorder {
namespace {

constexpr long poll_ns = 200'000'000;

struct Range {
    std::uint64_t first = 0;
    std::uint64_t next = line::max_tree;
};

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && value < line::max_tree;
    return whole ? std::optional(value) : std::nullopt;
}

Range read_range(const std::string& text) {
    Range range;
    const std::size_t dots = text.find("..");
    const std::string from = text.substr(0, dots);
    const std::string to = dots == std::string::npos ? from : text.substr(dots + 2);
    const auto first = from.empty() ? std::optional(range.first) : number(from);
    const auto last = to.empty() ? std::optional(range.next - 1) : number(to);
    if (!first || !last || *last < *first) {
        throw Error("log", "--seq " + text, "not a range", {"write a, a.., ..b or a..b, both ends included"},
                    Exit::usage);
    }
    return {*first, *last + 1};
}

std::uint64_t read_instant(const std::string& text) {
    if (const auto seconds = number(text)) {
        return *seconds;
    }
    for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"}) {
        std::tm parts{};
        const char* end = ::strptime(text.c_str(), format, &parts);
        const std::time_t seconds = end != nullptr && *end == '\0' ? ::timegm(&parts) : -1;
        if (seconds >= 0) {
            return static_cast<std::uint64_t>(seconds);
        }
    }
    throw Error("log", "--since " + text, "not an instant",
                {"write YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ (UTC) or seconds since 1970"}, Exit::usage);
}

// When it happened; for a line without a time of its own, when it was written.
std::uint64_t instant_of(const line::Fields& fields) {
    for (const char* key : {"at", "at_to", "last"}) {
        if (const auto seconds = fields.integer(key)) {
            return *seconds;
        }
    }
    return fields.integer("wall").value_or(0) / 1000;
}

std::string utc(std::uint64_t seconds) {
    const auto instant = static_cast<std::time_t>(seconds);
    std::tm parts{};
    char text[32];
    const bool ok =
        ::gmtime_r(&instant, &parts) != nullptr && std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0;
    return ok ? text : std::to_string(seconds);
}

// Decoded for reading, unless that would send control characters to a terminal.
std::string shown(std::string_view encoded) {
    const std::string raw = line::decode_text(encoded);
    const bool safe = std::none_of(raw.begin(), raw.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F ||
               (byte >= 0x80 && byte < 0xA0); // C0, DEL, and C1 outside of UTF-8 sequences
    });
    return safe ? raw : std::string(encoded);
}

std::string in_words(const line::Fields& fields) {
    std::string text = std::to_string(fields.integer("seq").value_or(0)) + "  " + utc(instant_of(fields)) + "  " +
                       std::string(fields.string("t").value_or("?"));
    for (const auto& field : fields) {
        static constexpr std::string_view left_out[] = {"at", "boot", "host", "seq", "sig", "t", "up", "wall"};
        if (std::find(std::begin(left_out), std::end(left_out), field.key) == std::end(left_out)) {
            const bool is_text = field.value.kind == line::Kind::string;
            text += "  " + std::string(field.key) + "=" +
                    (is_text ? shown(field.value.text) : std::string(field.value.text));
        }
    }
    return text + "\n";
}

class Printer {
public:
    explicit Printer(const LogOptions& options)
        : options_(options), since_(options.since.empty() ? 0 : read_instant(options.since)) {}

    void operator()(std::string_view line) {
        if (fields_.parse(line, line::max_record)) {
            throw Error("log", options_.state.string(), "a stored line is not canonical",
                        {"see which: tally-recorder verify"}, Exit::findings);
        }
        if (wanted()) {
            print(options_.output == Output::json ? std::string(line) + "\n" : in_words(fields_));
        }
    }

private:
    [[nodiscard]] bool wanted() const {
        const auto is = [&](const char* key, const std::string& value) {
            return value.empty() || (fields_.string(key) && line::decode_text(*fields_.string(key)) == value);
        };
        const auto& types = options_.types;
        return (types.empty() ||
                std::find(types.begin(), types.end(), fields_.string("t").value_or("")) != types.end()) &&
               is("user", options_.user) && is("feature", options_.feature) && instant_of(fields_) >= since_;
    }

    const LogOptions& options_;
    std::uint64_t since_;
    line::Fields fields_;
};

} // namespace

Exit run_log(const LogOptions& options) {
    Range range = options.sequence.empty() ? Range{} : read_range(options.sequence);
    Printer printer(options);
    auto store = open_to_read(options.state);
    if (const std::uint64_t begins = store.begins(); range.first < begins) {
        std::fprintf(
            stderr,
            "tally-recorder: lines before %s were removed from this journal; of them stand here the first one, "
            "the seals and what the recorder looks up\n",
            std::to_string(begins).c_str());
    }
    for (;;) {
        store.for_each_line(range.first, range.next, [&](std::uint64_t seq, std::string_view line) {
            printer(line);
            range.first = seq + 1;
        });
        cli::flush_output();
        if (options.follow == Follow::no || range.first >= range.next) {
            return Exit::ok;
        }
        const timespec pause{0, poll_ns};
        ::nanosleep(&pause, nullptr);
    }
}

} // namespace tally::recorder
