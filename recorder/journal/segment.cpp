#include "tally/segment/segment.hpp"

#include "tally/zstd/frame.hpp"

#include <charconv>

namespace tally::segment {
namespace {

constexpr std::string_view prefix = "SEG_";
constexpr std::string_view suffix = ".jsonl.zst";

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool one_spelling = error == std::errc() && end == text.data() + text.size() && std::to_string(value) == text;
    return one_spelling ? std::optional(value) : std::nullopt;
}

// What is wrong with the line at `seq`; nullptr when nothing is.
const char* problem_of(std::string_view line, std::uint64_t seq, const Name& name, line::Fields& fields) {
    if (const auto problem = fields.parse(line, line::max_record)) {
        return problem.what;
    }
    if (fields.string("host") != name.host.text()) {
        return "line of another log than the segment's name says";
    }
    if (fields.integer("seq") != seq) {
        return "line out of sequence";
    }
    if (seq + 1 == name.next && fields.string("t") != "seal") {
        return "the last line is not a seal";
    }
    return seq >= name.next ? "more lines than the segment's name says" : nullptr;
}

Result<std::string> read_with(zstd::Decompressor& decompressor, const Name& name, Bytes packed, std::string memory) {
    auto raw = decompressor.decompress(packed, max_raw, std::move(memory));
    if (!raw) {
        return raw.fault();
    }
    line::Fields fields;
    std::uint64_t seq = name.first;
    const char* what = nullptr;
    const bool ended = for_each_line(*raw, [&](std::string_view line) {
        if (what == nullptr) {
            what = problem_of(line, seq, name, fields);
            seq += what == nullptr ? 1 : 0;
        }
    });
    if (!ended) {
        return Fault{"the last line has no line feed", name.next - 1};
    }
    if (what == nullptr && seq != name.next) {
        what = "fewer lines than the segment's name says";
    }
    if (what != nullptr) {
        return Fault{what, seq};
    }
    return raw;
}

} // namespace

std::optional<Name> Name::parse(std::string_view file_name) {
    if (file_name.size() < prefix.size() + suffix.size() || file_name.substr(0, prefix.size()) != prefix ||
        file_name.substr(file_name.size() - suffix.size()) != suffix) {
        return std::nullopt;
    }
    const std::string_view middle = file_name.substr(prefix.size(), file_name.size() - prefix.size() - suffix.size());
    const std::size_t one = middle.find('_');
    const std::size_t two = one == std::string_view::npos ? one : middle.find('_', one + 1);
    if (two == std::string_view::npos) {
        return std::nullopt;
    }
    const auto host = HostId::parse(middle.substr(0, one));
    const auto first = decimal(middle.substr(one + 1, two - one - 1));
    const auto next = decimal(middle.substr(two + 1));
    if (!host || !first || !next || *first >= *next || *next >= line::max_tree) {
        return std::nullopt;
    }
    return Name{*host, *first, *next};
}

std::string Name::text() const {
    return std::string(prefix) + host.text() + "_" + std::to_string(first) + "_" + std::to_string(next) +
           std::string(suffix);
}

std::string pack(std::string_view raw) {
    TALLY_ASSERT(!raw.empty() && raw.size() <= max_raw);
    return zstd::Compressor(level).compress(raw);
}

Result<std::string> read(const Name& name, Bytes packed) {
    zstd::Decompressor decompressor;
    return read_with(decompressor, name, packed, {});
}

struct Reader::Memory {
    zstd::Decompressor decompressor;
    std::string raw;
};
Reader::Reader() : memory_(std::make_unique<Memory>()) {}
Reader::~Reader() = default;

Result<std::string_view> Reader::read(const Name& name, Bytes packed) {
    auto raw = read_with(memory_->decompressor, name, packed, std::move(memory_->raw));
    if (!raw) {
        return raw.fault();
    }
    memory_->raw = std::move(*raw);
    return std::string_view(memory_->raw);
}

bool for_each_line(std::string_view raw, const std::function<void(std::string_view)>& visit) {
    if (raw.empty() || raw.back() != '\n') {
        return false;
    }
    while (!raw.empty()) {
        const std::size_t end = raw.find('\n');
        visit(raw.substr(0, end));
        raw.remove_prefix(end + 1);
    }
    return true;
}

} // namespace tally::segment
