// Digests the LINES members of a bundle in several threads and hands them out in order. At most `workers` + 1 members
// are in memory at a time. A failure of the machine in a worker is thrown from next().
#pragma once

#include "tally/bundle/bundle_reader.hpp"
#include "tally/zstd/frame.hpp"
#include "verifier/check/member_digest.hpp"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace tally::check {

enum class Encoding : std::uint8_t { trusted, recompressed };

struct DigestedMember {
    std::string name;
    MemberDigest digest;
    std::optional<Finding> defect; // bad hash, bad frame: then there is no digest
};

class MemberFeed {
public:
    // `bundle` must outlive the feed. `recompress` says for which members the encoding is proved as well.
    MemberFeed(const bundle::UnverifiedBundle& bundle, unsigned workers, std::function<Encoding(std::size_t)> encoding);
    MemberFeed(const MemberFeed&) = delete;
    MemberFeed& operator=(const MemberFeed&) = delete;
    ~MemberFeed();

    // Nothing after the last member.
    [[nodiscard]] std::optional<DigestedMember> next();

private:
    void work();
    void stop();

    const bundle::UnverifiedBundle& bundle_;
    std::function<Encoding(std::size_t)> encoding_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::size_t, DigestedMember> ready_;
    std::exception_ptr failure_;
    std::size_t taken_ = bundle::UnverifiedBundle::first_lines_member;  // next member for a worker
    std::size_t handed_ = bundle::UnverifiedBundle::first_lines_member; // next member for next()
    std::size_t window_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

// The raw bytes of a LINES member, hash, frame and size compared with the manifest; written into `memory`.
[[nodiscard]] std::variant<std::string, Finding> unpack_member(const bundle::UnverifiedBundle& bundle,
                                                               std::size_t member, Encoding encoding,
                                                               zstd::Decompressor& decompressor,
                                                               std::string memory = {});
[[nodiscard]] Finding to_finding(const bundle::Defect& defect);

} // namespace tally::check
