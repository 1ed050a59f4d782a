// The receipts that a station has: STATE/receipts/<AGREEMENT>/RCPT_…, each with its signature and the positions that the
// station made for it. Taken in is only what has a `receipt` line in the station's log; the files are what that line is
// about. What was refused lies in STATE/receipts/refused with the reason, and counts for nothing.
#pragma once

#include "packager/submission/station.hpp"
#include "tally/bundle/manifest.hpp"
#include "tally/receipt/receipt.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::receipts {

inline constexpr const char* receipts_folder = "receipts";
inline constexpr const char* refused_folder = "refused";

// Files as they were brought.
struct Given {
    std::string name; // of the receipt's file, without folders
    std::string file, signature;
    std::optional<std::string> positions; // RCPT_…_POS.jsonl, when one lies beside it
};

struct Kept {
    receipt::Receipt receipt;
    std::string file;
    receipt::Hash digest{}; // of the file
};

// One `receipt` line of the station's log.
struct Line {
    std::string agreement;
    std::uint64_t n = 0, seq = 0, wall_ms = 0;
    receipt::Hash digest{};
};

// That the station has noted, or has begun an export of.
[[nodiscard]] std::set<std::string> agreements_of(const submission::Station& station);

class Receipts {
public:
    explicit Receipts(const submission::Station& station);

    [[nodiscard]] const std::vector<Line>& lines() const { return lines_; } // in the order of the log
    // Taken in, by number. Error when a file that a line names is not there or is another.
    [[nodiscard]] std::vector<Kept> taken(const std::string& agreement) const;
    [[nodiscard]] std::optional<Kept> newest(const std::string& agreement) const;
    // The newest one taken in before line `seq` of the station's log.
    [[nodiscard]] std::optional<Kept> newest_before(const std::string& agreement, std::uint64_t seq) const;
    [[nodiscard]] receipt::Positions positions(const Kept& kept) const;
    // Lowest position that all agreements have receipts for; 0 where one has none.
    [[nodiscard]] std::uint64_t floor(const HostId& log) const;

    // Durable on return. refuse(): false when the very same lies there already.
    void keep(const receipt::Receipt& receipt, const Given& given, const receipt::Positions& positions) const;
    bool refuse(const Given& given, const std::string& reason) const;

private:
    [[nodiscard]] Kept read(const Line& line) const;
    [[nodiscard]] os::fs::path path_of(const std::string& agreement, std::uint64_t n) const; // without extension

    os::fs::path directory_;
    SiteId site_;
    std::vector<Line> lines_;
    std::vector<receipt::Positions> floors_; // of each agreement
};

// The manifest of an export names the newest receipt taken in before its `export` line, and whose it is.
void address(bundle::Manifest& head, const Receipts& receipts, const submission::Export& wanted);

} // namespace tally::receipts
