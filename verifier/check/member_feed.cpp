#include "verifier/check/member_feed.hpp"

namespace tally::check {
namespace {

Code code_of(bundle::Kind kind) {
    switch (kind) {
    case bundle::Kind::truncated:
        return Code::truncated;
    case bundle::Kind::bad_hash:
        return Code::bad_hash;
    case bundle::Kind::missing_member:
        return Code::missing_member;
    case bundle::Kind::extra_member:
        return Code::extra_member;
    case bundle::Kind::limit_exceeded:
        return Code::limit_exceeded;
    case bundle::Kind::non_canonical:
        break;
    }
    return Code::non_canonical;
}

} // namespace

Finding to_finding(const bundle::Defect& defect) {
    const Code code = code_of(defect.kind);
    return {code, usual_severity(code), "", std::nullopt, defect.member, std::nullopt, defect.at, defect.what};
}

std::variant<std::string, Finding> unpack_member(const bundle::UnverifiedBundle& bundle, std::size_t member,
                                                 Encoding encoding, zstd::Decompressor& decompressor,
                                                 std::string memory) {
    const auto& expected = bundle.members()[member];
    const auto refuse = [&](Code code, std::uint64_t at, std::string text) {
        return Finding{code,
                       usual_severity(code),
                       "",
                       std::nullopt,
                       expected.name,
                       std::nullopt,
                       bundle.offset(member) + at,
                       std::move(text)};
    };
    auto packed = bundle.packed(member);
    if (const auto* defect = std::get_if<bundle::Defect>(&packed)) {
        return to_finding(*defect);
    }
    std::string& bytes = std::get<std::string>(packed);
    if (bundle.manifest().zstd_level == bundle::stored_level) {
        return std::move(bytes);
    }
    auto raw = decompressor.decompress(as_bytes(bytes), static_cast<std::size_t>(expected.raw), std::move(memory));
    if (!raw) {
        return refuse(Code::non_canonical, raw.fault().at, raw.fault().what);
    }
    if (raw->size() != expected.raw) {
        return refuse(Code::non_canonical, 0,
                      "decompresses to " + std::to_string(raw->size()) + " bytes, the manifest says " +
                          std::to_string(expected.raw));
    }
    if (encoding == Encoding::recompressed) {
        zstd::Compressor compressor(bundle.manifest().zstd_level);
        if (compressor.compress(*raw) != bytes) {
            return refuse(Code::non_canonical, 0,
                          "compressed another way than the manifest says: it may carry hidden bytes");
        }
    }
    return std::move(*raw);
}

MemberFeed::MemberFeed(const bundle::UnverifiedBundle& bundle, unsigned workers,
                       std::function<Encoding(std::size_t)> encoding)
    : bundle_(bundle), encoding_(std::move(encoding)), window_(workers + 1) {
    TALLY_ASSERT(workers > 0);
    threads_.reserve(workers);
    try {
        for (unsigned i = 0; i < workers; ++i) {
            threads_.emplace_back([this] { work(); });
        }
    } catch (...) {
        stop();
        throw;
    }
}

MemberFeed::~MemberFeed() { stop(); }

void MemberFeed::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

void MemberFeed::work() {
    try {
        MemberReader reader;
        zstd::Decompressor decompressor;
        std::string memory;
        for (;;) {
            std::size_t member = 0;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return stopped_ || taken_ < handed_ + window_; });
                if (stopped_ || taken_ >= bundle_.members().size()) {
                    return;
                }
                member = taken_++;
            }
            DigestedMember digested{bundle_.members()[member].name, {}, std::nullopt};
            auto raw = unpack_member(bundle_, member, encoding_(member), decompressor, std::move(memory));
            if (auto* defect = std::get_if<Finding>(&raw)) {
                digested.defect = std::move(*defect);
            } else {
                memory = std::move(std::get<std::string>(raw));
                digested.digest = reader.read(memory);
            }
            {
                const std::lock_guard lock(mutex_);
                ready_.emplace(member, std::move(digested));
            }
            changed_.notify_all();
        }
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
        }
        changed_.notify_all();
    }
}

std::optional<DigestedMember> MemberFeed::next() {
    std::unique_lock lock(mutex_);
    if (handed_ >= bundle_.members().size()) {
        return std::nullopt;
    }
    changed_.wait(lock, [this] { return failure_ != nullptr || ready_.contains(handed_); });
    if (failure_) {
        std::rethrow_exception(failure_);
    }
    auto found = ready_.extract(handed_++);
    lock.unlock();
    changed_.notify_all();
    return std::move(found.mapped());
}

} // namespace tally::check
