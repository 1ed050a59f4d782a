// Names of sites, logs and epochs as types, so that one cannot be passed for another.
// A sequence number and a tree size are plain std::uint64_t: `seq` is the leaf index, counted from 0.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tally {

// 1–24 characters of [A-Z0-9_]: safe as a part of a file name on every file system (docs/formats/bundle.md).
class SiteId {
public:
    static std::optional<SiteId> parse(std::string_view text) {
        const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
        if (text.empty() || text.size() > 24 || !std::all_of(text.begin(), text.end(), allowed)) {
            return std::nullopt;
        }
        return SiteId(std::string(text));
    }
    [[nodiscard]] const std::string& text() const { return text_; }
    auto operator<=>(const SiteId&) const = default;

private:
    explicit SiteId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// A log's name: "H" + 24 base32 characters derived from its first key (docs/formats/seal.md).
class HostId {
public:
    static std::optional<HostId> parse(std::string_view text) {
        const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); };
        if (text.size() != 25 || text[0] != 'H' || !std::all_of(text.begin() + 1, text.end(), allowed)) {
            return std::nullopt;
        }
        return HostId(std::string(text));
    }
    [[nodiscard]] const std::string& text() const { return text_; }
    auto operator<=>(const HostId&) const = default;

private:
    explicit HostId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// Epoch e of a log signs with key e; its secret lives in slot e mod 2.
struct Epoch {
    std::uint64_t number = 0;
    [[nodiscard]] Epoch next() const { return {number + 1}; }
    [[nodiscard]] unsigned slot() const { return static_cast<unsigned>(number % 2); }
    auto operator<=>(const Epoch&) const = default;
};

} // namespace tally
