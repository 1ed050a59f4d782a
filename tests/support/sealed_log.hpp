// A log as a recorder would have made it, with its keys at hand: lines, seals, segments. For tests of what reads them.
#pragma once

#include "packager/archive/roster.hpp"
#include "tally/line/seal.hpp"
#include "tally/segment/segment.hpp"

#include <string>
#include <vector>

namespace tally::test {

struct SealedLog {
    SealedLog() { record("genesis"); }
    // A clone: the same keys and lines, as of now.
    SealedLog(const SealedLog& other)
        : key(copy(other.key)), first(other.first), host(other.host), range(other.range), epoch(other.epoch),
          lines(other.lines) {}
    SealedLog& operator=(const SealedLog&) = delete;

    crypto::SecretKey key = crypto::SecretKey::generate();
    crypto::PublicKey first = key.public_key();
    HostId host = line::log_id(first);
    line::CompactRange range;
    line::TreeHasher hasher;
    Epoch epoch;
    std::vector<std::string> lines;

    void add(std::string text) {
        range.append(hasher, hasher.leaf(text));
        lines.push_back(std::move(text));
    }
    [[nodiscard]] line::Object fields() const {
        return line::Object()
            .token("host", host.text())
            .integer("seq", lines.size())
            .integer("wall", 1'790'000'000'000 + lines.size());
    }
    void record(std::string_view type) { add(fields().token("t", type).str()); }
    void seal() {
        auto next = crypto::SecretKey::generate();
        const auto whole =
            fields().token("boot", "b").integer("up", 1).token("reason", "test").token("erasure", "best_effort");
        add(line::make_seal(whole, epoch, range.root(hasher), next.public_key(), key));
        key = std::move(next);
        epoch = epoch.next();
    }
    // `count` lines and a seal.
    void run(std::size_t count, std::string_view type = "start") {
        for (std::size_t i = 0; i < count; ++i) {
            record(type);
        }
        seal();
    }

    [[nodiscard]] archive::EnrolledLog enrolled(const std::string& label = "HOST") const {
        return {host, first, label, ""};
    }
    [[nodiscard]] std::string name(std::uint64_t from, std::uint64_t to) const {
        return segment::Name{host, from, to}.text();
    }
    [[nodiscard]] std::string raw(std::uint64_t from, std::uint64_t to) const {
        std::string text;
        for (std::uint64_t i = from; i < to; ++i) {
            text += lines[i] + "\n";
        }
        return text;
    }
    [[nodiscard]] std::string packed(std::uint64_t from, std::uint64_t to) const {
        return segment::pack(raw(from, to));
    }

private:
    static crypto::SecretKey copy(const crypto::SecretKey& key) {
        return crypto::SecretKey::from_seed(key.bytes().first<crypto_sign_SEEDBYTES>());
    }
};

} // namespace tally::test
