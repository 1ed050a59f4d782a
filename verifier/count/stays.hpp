// Sessions as the counts see them: with both their bounds (R-TIME), by person, product and device as Facts number them.
// Guarantees: in order of start; nothing but the as-of day leaves one out. Packed: a stay is made when it is asked for,
// and a pass over all of them reads the parts it needs.
#pragma once

#include "verifier/count/curve.hpp"
#include "verifier/count/product.hpp"
#include "verifier/ledger/packed.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <memory>

namespace tally::count {

// Half-open [from, to), UTC seconds.
struct Span {
    std::int64_t from = 0, to = 0;
    [[nodiscard]] bool has(std::int64_t at) const { return from <= at && at < to; }
    bool operator==(const Span&) const = default;
};

// What many stays share. Indices into Facts; package 0: none.
struct StayKind {
    const ledger::SessionKind* session = nullptr;
    std::uint32_t word = 0, package_word = 0, person = 0, folded = 0;
    unsigned release = 0; // year or major version; of a package: of the component taken with it; 0: not known
    Family family = Family::generic;
    // Of the session, where passes over all of them read it.
    ledger::Layer layer = ledger::Layer::feature;
    bool borrowed = false, is_by_host = false;

    StayKind() = default;
    explicit StayKind(const ledger::SessionKind& of)
        : session(&of), layer(of.layer), borrowed(of.borrowed), is_by_host(of.watched == ledger::Watched::host) {}
    [[nodiscard]] bool is_claim() const { return layer != ledger::Layer::component; }
    [[nodiscard]] bool is_use() const { return layer != ledger::Layer::package && !borrowed; }
    [[nodiscard]] bool by_host() const { return is_by_host; }
};

// One of them, good as long as the facts it came from.
struct Stay : StayKind {
    std::uint32_t index = 0; // in Facts::stays
    std::uint32_t device = 0, client = 0;
    Span lower, upper;                                                  // either may be empty
    std::int64_t start_from = 0, start_to = 0;                          // as in ledger::Session
    std::uint64_t start_seq = ledger::no_seq, end_seq = ledger::no_seq; // the end's only where nobody saw the start
    bool has_end = true;                                                // a line tells of it
};

// The key a session counts under (R-CONC), as claim and as use: computer, person, product or package, and the release
// where Autodesk codes or a host's own recorder tell releases apart.
using CountKey = std::array<std::uint32_t, 4>;
[[nodiscard]] inline CountKey count_key(const StayKind& kind, std::uint32_t device) {
    const bool releases = kind.family == Family::autodesk || kind.by_host();
    return {device, kind.person, kind.word, releases ? kind.release : 0};
}
[[nodiscard]] inline CountKey count_key(const Stay& stay) { return count_key(stay, stay.device); }

class Stays {
public:
    using Index = std::uint32_t;

    // A pass over all of them, by value.
    class Iterator {
    public:
        Iterator(const Stays& stays, Index at) : stays_(&stays), at_(at) {}
        Stay operator*() const { return (*stays_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const Stays* stays_;
        Index at_;
    };

    [[nodiscard]] std::size_t size() const { return kind_of_.size(); }
    [[nodiscard]] bool empty() const { return kind_of_.empty(); }
    [[nodiscard]] Iterator begin() const { return {*this, 0}; }
    [[nodiscard]] Iterator end() const { return {*this, static_cast<Index>(size())}; }
    [[nodiscard]] Stay operator[](std::size_t i) const;

    // What is known of all stays of a kind, so that nobody has to walk along them for it.
    struct Total {
        std::size_t stays = 0;
        Index first = 0; // of them
        Span reach;      // from the earliest (latest) start to the last proved end
    };
    [[nodiscard]] const std::vector<Total>& totals() const { return totals_; } // by kind
    [[nodiscard]] bool has_seen(std::uint32_t device) const { return device < seen_.size() && seen_[device]; }

    // Parts of one. `kinds` are all there are, each of some stay, or of a package whose release was lent to it.
    [[nodiscard]] const std::vector<StayKind>& kinds() const { return kinds_; }
    [[nodiscard]] std::uint32_t kind_number(Index i) const { return kind_of_[i]; }
    [[nodiscard]] const StayKind& kind(Index i) const { return kinds_[kind_of_[i]]; }
    [[nodiscard]] std::uint32_t client(Index i) const { return sessions_->client(session(i)); }
    [[nodiscard]] std::uint32_t device(Index i) const;
    // Start and end known to the second: both bounds are the same.
    [[nodiscard]] bool is_exact(Index i) const { return sessions_->is_exact(session(i)); }
    [[nodiscard]] Span lower(Index i) const;
    [[nodiscard]] Span upper(Index i) const;
    [[nodiscard]] bool has_start(Index i) const;
    [[nodiscard]] std::int64_t start_from(Index i) const { return sessions_->start_from(session(i)); }
    [[nodiscard]] std::int64_t start_to(Index i) const;

    // The session in Usage that a stay is, and the other way round; none: after the as-of day.
    static constexpr Index none = static_cast<Index>(-1);
    [[nodiscard]] Index session(Index i) const { return i < first_.size() ? first_[i] : i; }
    [[nodiscard]] Index of_session(Index session) const;

private:
    friend class Preparation;
    [[nodiscard]] Span clipped(std::int64_t from, std::int64_t to) const {
        return {std::max(from, observed_.from), std::min(to, observed_.to)};
    }
    [[nodiscard]] Span lower_of_whole(Index session) const;
    [[nodiscard]] Span upper_of_whole(Index session) const;

    std::shared_ptr<const ledger::PackedSessions> sessions_; // of the usage, or made of its whole sessions
    std::vector<Index> place_;                               // of each whole session among the packed ones
    std::vector<Index> first_;                               // sessions of the first stays: there the orders differ
    std::vector<std::uint32_t> kind_of_;
    std::vector<StayKind> kinds_;
    std::vector<Total> totals_;
    std::vector<bool> seen_; // devices
    std::vector<std::uint32_t> device_of_client_, device_of_log_;
    Span observed_;
};

inline std::uint32_t Stays::device(Index i) const {
    const StayKind& of = kind(i);
    return of.by_host() ? device_of_log_[of.session->log] : device_of_client_[client(i)];
}

inline Span Stays::lower(Index i) const {
    const Index at = session(i);
    return sessions_->is_exact(at) ? clipped(sessions_->start(at), sessions_->end(at)) : lower_of_whole(at);
}

inline Span Stays::upper(Index i) const {
    const Index at = session(i);
    return sessions_->is_exact(at) ? clipped(sessions_->start(at), sessions_->end(at)) : upper_of_whole(at);
}

} // namespace tally::count
