// How the parts of an outcome travel from the confined process to its parent: one description of each type serves both
// directions. Numbers are eight bytes, little endian; texts and lists carry their length. The reader trusts nothing:
// what does not fit is an Error, nothing is allocated beyond the bytes that came, and texts come out printable.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/base/error.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/sandbox.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tally::check {

class WireWriter {
public:
    template <class... Parts>
    void operator()(const Parts&... parts) {
        (put(parts), ...);
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    template <class Part>
    void put(const Part& part);

    void put(const std::string& text) {
        put(std::uint64_t{text.size()});
        bytes_ += text;
    }
    void put(const std::uint64_t& number) { bytes_.append(reinterpret_cast<const char*>(&number), sizeof number); }
    template <std::size_t N>
    void put(const std::array<std::uint8_t, N>& hash) {
        bytes_ += as_text(hash);
    }
    template <class Part>
    void put(const std::optional<Part>& part) {
        put(std::uint64_t{part ? 1U : 0U});
        if (part) {
            put(*part);
        }
    }
    template <class Part>
    void put(const std::vector<Part>& parts) {
        put(std::uint64_t{parts.size()});
        for (const auto& part : parts) {
            put(part);
        }
    }
    std::string bytes_;
};

class WireReader {
public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    template <class... Parts>
    void operator()(Parts&... parts) {
        (get(parts), ...);
    }
    void done() const { require(rest_.empty()); }
    static void require(bool good) {
        if (!good) {
            throw Error("check", "", "the confined process gave an answer that makes no sense");
        }
    }
    // A number not above `most`: of an enumeration, a flag.
    std::uint64_t bounded(std::uint64_t most) {
        std::uint64_t number = 0;
        get(number);
        require(number <= most);
        return number;
    }

private:
    template <class Part>
    void get(Part& part);

    std::string_view take(std::uint64_t size) {
        require(size <= rest_.size());
        const auto taken = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    void get(std::uint64_t& number) { std::memcpy(&number, take(sizeof number).data(), sizeof number); }
    void get(std::string& text) {
        std::uint64_t size = 0;
        get(size);
        text = take(size);
        for (char& c : text) {
            c = c < ' ' || c > '~' ? '?' : c;
        }
    }
    template <std::size_t N>
    void get(std::array<std::uint8_t, N>& hash) {
        std::memcpy(hash.data(), take(N).data(), N);
    }
    template <class Part>
    void get(std::optional<Part>& part) {
        part.reset();
        if (bounded(1) == 1) {
            get(part.emplace());
        }
    }
    template <class Part>
    void get(std::vector<Part>& parts) {
        parts.clear();
        std::uint64_t left = 0;
        for (get(left); left > 0; --left) { // each takes some bytes, so it ends where they do
            get(parts.emplace_back());
        }
    }
    std::string_view rest_;
};

// Writer and reader ask for the parts of a type in the same words: `wire` is one of them, `part` const for the writer.
template <class Wire, class Enum>
void enumeration(Wire& wire, Enum& value, [[maybe_unused]] std::remove_const_t<Enum> last) {
    if constexpr (std::is_same_v<Wire, WireReader>) {
        value = static_cast<Enum>(wire.bounded(static_cast<std::uint64_t>(last)));
    } else {
        wire(static_cast<std::uint64_t>(value));
    }
}
template <class Wire, class Flag>
void flag(Wire& wire, Flag& value) {
    if constexpr (std::is_same_v<Wire, WireReader>) {
        value = wire.bounded(1) == 1;
    } else {
        wire(std::uint64_t{value ? 1U : 0U});
    }
}

template <class Wire, class Part>
void parts_of(Wire& wire, Part& part) {
    using Type = std::remove_const_t<Part>;
    if constexpr (std::is_same_v<Type, Finding>) {
        enumeration(wire, part.code, static_cast<Code>(code_count - 1));
        enumeration(wire, part.severity, Severity::refuse);
        wire(part.host, part.seq, part.member, part.line, part.offset, part.text);
    } else if constexpr (std::is_same_v<Type, LogCoverage>) {
        wire(part.host, part.label, part.role, part.first, part.next, part.fresh_lines, part.seals, part.sessions,
             part.imports, part.first_wall, part.last_wall, part.imported_first, part.imported_last, part.root);
    } else if constexpr (std::is_same_v<Type, Sandbox>) {
        flag(wire, part.no_new_privileges);
        flag(wire, part.calls_filtered);
        flag(wire, part.limits);
        wire(part.landlock, part.memory, part.missing);
    } else if constexpr (std::is_same_v<Type, Report>) {
        enumeration(wire, part.verdict, Verdict::rejected);
        wire(part.findings, part.site, part.agreement, part.n, part.volume, part.volumes, part.lines, part.seals,
             part.logs, part.receipt, part.releases, part.releases_needed);
    } else if constexpr (std::is_same_v<Type, Release>) {
        wire(part.person, part.key, part.file);
    } else if constexpr (std::is_same_v<Type, NamedReceipt>) {
        wire(part.n, part.hash, part.challenge);
    } else if constexpr (std::is_same_v<Type, RosterEntry>) {
        wire(part.host, part.label, part.first_key);
    } else if constexpr (std::is_same_v<Type, KnownVolume>) {
        wire(part.k, part.n, part.set);
    } else if constexpr (std::is_same_v<Type, Arrival>) {
        wire(part.host, part.next, part.root);
    } else if constexpr (std::is_same_v<Type, VerifiedLog>) {
        wire(part.host, part.label, part.role, part.first_key, part.first, part.fresh, part.next);
    } else if constexpr (std::is_same_v<Type, Epoch>) {
        wire(part.number);
    } else if constexpr (std::is_same_v<Type, Position>) {
        wire(part.range, part.epoch, part.key, part.wall);
    } else if constexpr (std::is_same_v<Type, line::CompactRange> && std::is_const_v<Part>) {
        wire(std::uint64_t{part.size()}, part.hashes());
    } else if constexpr (std::is_same_v<Type, line::CompactRange>) {
        std::uint64_t size = 0;
        std::vector<Hash> hashes;
        wire(size, hashes);
        auto range = line::CompactRange::from(size, std::move(hashes));
        WireReader::require(range.has_value());
        part = std::move(*range);
    } else {
        static_assert(std::is_same_v<Type, AcceptedSeal>, "say of what this type consists");
        std::uint64_t log = part.log;
        wire(log, part.seq, part.epoch, part.root, part.after);
        if constexpr (!std::is_const_v<Part>) {
            WireReader::require(log <= UINT32_MAX);
            part.log = static_cast<std::uint32_t>(log);
        }
    }
}

template <class Part>
void WireWriter::put(const Part& part) {
    parts_of(*this, part);
}
template <class Part>
void WireReader::get(Part& part) {
    parts_of(*this, part);
}

} // namespace tally::check
