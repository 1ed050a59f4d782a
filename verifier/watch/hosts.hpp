// One row for each host's log: how it is called, when it was heard, when it was not watched and why. Not for other
// stages. Guarantees: every log of a host is there once, by site and name; spans are ordered, disjoint and half-open.
#pragma once

#include "verifier/watch/watch.hpp"

namespace tally::watch {

struct Loss {
    Span when;
    std::uint64_t count = 0;
    RecordRef record;
};

struct HostWatch {
    std::string name, site;
    std::uint32_t log = 0, device = 0;
    bool in_roster = false;                    // the ledger holds lines of it, or waits for them
    std::vector<std::int64_t> heard, imported; // UTC days with lines or seals; with events of imported files. Sorted
    std::vector<Span> off, dark, declared;     // machine off, nobody watched, said by the site beforehand or since
    std::vector<RecordRef> dark_records;       // of `dark` as recorded
    std::vector<Loss> losses;
    std::optional<std::int64_t> retired_day;
    [[nodiscard]] std::optional<std::int64_t> first_day() const; // heard or imported
    [[nodiscard]] bool heard_on(std::int64_t day) const;
    [[nodiscard]] bool imported_on(std::int64_t day) const;
};

[[nodiscard]] std::vector<HostWatch> hosts_of(const Facts& facts);
// How the host of each log is called: its newest name, else the label of its enrolment, else the log's own.
[[nodiscard]] std::vector<std::string> host_names(const Facts& facts);

// What was used on some hosts since when; read from the day rollup once.
class UsedOn {
public:
    struct Use {
        std::uint32_t word = 0;
        unsigned release = 0;
        std::int64_t first_day = 0;
    };
    UsedOn(const Facts& facts, const std::vector<const HostWatch*>& hosts);
    [[nodiscard]] const std::vector<Use>& of(const HostWatch& host) const { return of_device_[host.device]; }

private:
    std::vector<std::vector<Use>> of_device_;
};

// What lies in `spans` and in none of `holes`, clipped to `within`.
[[nodiscard]] std::vector<Span> without(const std::vector<Span>& spans, const std::vector<Span>& holes,
                                        const Span& within);
[[nodiscard]] std::int64_t seconds_of(const std::vector<Span>& spans);
[[nodiscard]] std::int64_t seconds_within(const std::vector<Span>& spans, const Span& within);

// Unobserved time of a host that neither boot records nor the site's own words explain.
[[nodiscard]] std::vector<Span> unexplained(const HostWatch& host, const Span& within);

} // namespace tally::watch
