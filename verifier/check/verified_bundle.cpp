#include "verifier/check/verified_state.hpp"

#include "verifier/check/member_feed.hpp"

#include <future>

namespace tally::check {
namespace {

std::string unpack_again(const bundle::UnverifiedBundle& bundle, std::size_t member, zstd::Decompressor& decompressor) {
    auto raw = unpack_member(bundle, member, Encoding::trusted, decompressor);
    if (const auto* defect = std::get_if<Finding>(&raw)) {
        throw Error("read", "the private copy of the bundle", "it changed since it was checked: " + defect->text);
    }
    return std::move(std::get<std::string>(raw));
}

// Calls `each` with the raw lines of every member in order; the next one is unpacked meanwhile.
template <class Each>
void for_each_member(const bundle::UnverifiedBundle& bundle, Each each) {
    const std::size_t count = bundle.members().size();
    std::size_t member = bundle::UnverifiedBundle::first_lines_member;
    if (member == count) {
        return;
    }
    zstd::Decompressor decompressor; // of whichever thread unpacks: one does at a time
    std::string raw = unpack_again(bundle, member, decompressor);
    while (!raw.empty()) {
        std::future<std::string> coming;
        if (++member < count) {
            coming = std::async(std::launch::async, [&, member] { return unpack_again(bundle, member, decompressor); });
        }
        each(std::string_view(raw));
        raw = coming.valid() ? coming.get() : std::string();
    }
}

template <class Each>
void for_each_line_of(std::string_view raw, Each each) {
    while (!raw.empty()) {
        const std::size_t end = raw.find('\n');
        each(raw.substr(0, end));
        raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    }
}

class BundleLines : public LineSource {
public:
    explicit BundleLines(bundle::UnverifiedBundle bundle) : bundle_(std::move(bundle)) {}

    void for_each(const std::vector<VerifiedLog>& logs, const std::function<void(const LineView&)>& take) override {
        if (logs.empty()) { // of a bundle that was accepted before nothing is fresh
            return;
        }
        line::Fields fields;
        LineView view;
        view.fields = &fields;
        std::uint64_t next = logs[0].first;
        for_each_member(bundle_, [&](std::string_view raw) {
            for_each_line_of(raw, [&](std::string_view bytes) {
                while (next == logs[view.log].next) {
                    ++view.log;
                    TALLY_ASSERT(view.log < logs.size());
                    next = logs[view.log].first;
                }
                view.seq = next++;
                if (view.seq < logs[view.log].fresh) {
                    return;
                }
                view.bytes = bytes;
                TALLY_ASSERT(!fields.parse(bytes, line::max_record));
                take(view);
            });
        });
    }

private:
    bundle::UnverifiedBundle bundle_;
};

// The bytes of a private copy.
void copy_bytes(const os::Descriptor& from, std::uint64_t size, const os::Descriptor& file, const os::fs::path& name) {
    std::string chunk(256U << 10U, '\0');
    for (std::uint64_t at = 0; at < size;) {
        const ssize_t got = ::pread(from.get(), chunk.data(), chunk.size(), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            throw Error::system("read", "the private copy of the bundle");
        }
        os::write_all(file, std::string_view(chunk).substr(0, static_cast<std::size_t>(got)), name);
        at += static_cast<std::uint64_t>(got);
    }
}

} // namespace

std::unique_ptr<LineSource> lines_of(bundle::UnverifiedBundle bundle) {
    return std::make_unique<BundleLines>(std::move(bundle));
}

VerifiedBundle::VerifiedBundle(std::unique_ptr<State> state) : state_(std::move(state)) {}
VerifiedBundle::VerifiedBundle(VerifiedBundle&&) noexcept = default;
VerifiedBundle& VerifiedBundle::operator=(VerifiedBundle&&) noexcept = default;
VerifiedBundle::~VerifiedBundle() = default;

const Report& VerifiedBundle::report() const { return state_->report; }
const std::string& VerifiedBundle::signature() const { return state_->signature; }
const releases::Beside& VerifiedBundle::releases() const { return state_->releases; }
std::uint64_t VerifiedBundle::created_ms() const { return state_->created_ms; }
const std::vector<VerifiedLog>& VerifiedBundle::logs() const { return state_->logs; }
const std::vector<AcceptedSeal>& VerifiedBundle::seals() const { return state_->seals; }
const std::vector<RosterEntry>& VerifiedBundle::enrolled() const { return state_->enrolled; }

const std::vector<Arrival>& VerifiedBundle::arrivals() const { return state_->arrivals; }
const Hash& VerifiedBundle::set() const { return state_->set; }

void VerifiedBundle::for_each_line(const std::function<void(const LineView&)>& take) const {
    state_->lines->for_each(state_->logs, take);
}

void VerifiedBundle::copy_to(const os::Descriptor& file, const os::fs::path& name) const {
    copy_bytes(state_->copy, state_->report.bytes, file, name);
}

void WaitingVolume::copy_to(const os::Descriptor& file, const os::fs::path& name) const {
    copy_bytes(copy_, bytes_, file, name);
}

Result<bundle::PrivateCopy> kept_copy(const os::fs::path& copy, const Hash& digest) {
    auto read = bundle::private_copy(copy);
    if (const auto* defect = std::get_if<bundle::Defect>(&read)) {
        return Fault{defect->what, defect->at};
    }
    auto& file = std::get<bundle::PrivateCopy>(read);
    if (file.sha256 != digest) {
        return Fault{"its SHA-256 is not that of the bundle that was accepted", 0};
    }
    return std::move(file);
}

Result<void> read_kept_lines(const os::fs::path& copy, const Hash& digest, const std::string& host, std::uint64_t first,
                             std::uint64_t next, const TakeLine& take) {
    auto file = kept_copy(copy, digest);
    return file ? kept_lines(std::move(*file), host, first, next, take) : Result<void>(file.fault());
}

Result<void> kept_lines(bundle::PrivateCopy file, const std::string& host, std::uint64_t first, std::uint64_t next,
                        const TakeLine& take) {
    auto opened = bundle::UnverifiedBundle::open(std::move(file.file), file.size);
    if (const auto* defect = std::get_if<bundle::Defect>(&opened)) {
        return Fault{defect->what, defect->at};
    }
    line::Fields fields;
    std::uint64_t expected = first;
    for_each_member(std::get<bundle::UnverifiedBundle>(opened), [&](std::string_view raw) {
        for_each_line_of(raw, [&](std::string_view bytes) {
            if (expected < next && !fields.parse(bytes, line::max_record) && fields.string("host") == host &&
                fields.integer("seq") == expected) {
                take(expected++, bytes);
            }
        });
    });
    return expected == next ? Result<void>()
                            : Result<void>(Fault{"it does not hold line " + std::to_string(expected), expected});
}

} // namespace tally::check
