// Volumes that came before one that is missing: kept as they came, LEDGER.waiting/<digest>/, to be checked again when
// another volume was accepted. Guarantees: what is listed lies there whole; keeping one twice changes nothing. Nothing in
// here is evidence; a volume that is refused when its turn comes leaves the list, and its files stay.
#pragma once

#include "verifier/ledger/ledger.hpp"

#include <string>
#include <vector>

namespace tally::volumes {

struct Waiting {
    std::string digest; // SHA-256 of the file, hex
    std::string site, agreement;
    std::uint64_t n = 0, volume = 1, volumes = 1;
    std::int64_t received = 0; // UTC seconds
    os::fs::path file;         // the copy; signature and releases lie beside it
};

class WaitingVolumes {
public:
    // The ledger must outlive it.
    explicit WaitingVolumes(const ledger::Ledger& ledger) : ledger_(ledger) {}

    enum class Kept : std::uint8_t { now, before };
    // `report` is that of the check that gave `volume`. Durable on return.
    Kept keep(const check::Report& report, const check::WaitingVolume& volume, std::int64_t received);
    // Those of one site, or of all when it is empty: by agreement, number and volume.
    [[nodiscard]] std::vector<Waiting> list(const std::string& site = {}) const;
    // Whether the volumes before it were accepted.
    [[nodiscard]] bool is_due(const Waiting& waiting, const check::Memory& memory) const;

    enum class Files : std::uint8_t { removed, left };
    void remove(const Waiting& waiting, Files files);

private:
    const ledger::Ledger& ledger_;
};

} // namespace tally::volumes
