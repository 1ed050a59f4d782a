// The way back for one person or one line (docs/formats/pseudonym.md): small canonical files that a site gives out on
// purpose and an auditor checks with nothing but the file and, for a line, a root that he has from elsewhere.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/line/seal.hpp"
#include "tally/pseudonym/pseudonym.hpp"

namespace tally::pseudonym {

inline constexpr std::size_t max_disclosure = 2048;
inline constexpr std::size_t max_line_proof = 8192;

struct Disclosure {
    SiteId site;
    Kind kind = Kind::person;
    std::uint64_t epoch = 1;
    std::string name; // folded
    NameKey key{};

    [[nodiscard]] std::string pseudonym() const { return pseudonym_of(key, epoch, kind, name); }
};
// The line and LF. Error when the name is too long to be written whole.
[[nodiscard]] std::string disclosure_text(const Disclosure& disclosure);
// Fault also when the pseudonym in it is not the one that name and key give.
[[nodiscard]] Result<Disclosure> read_disclosure(std::string_view bytes);

struct LineProof {
    SiteId site;
    std::string host;
    std::uint64_t seq = 0;
    std::vector<line::Hash> path;
    std::string line; // without LF
    std::string seal_line;
};
[[nodiscard]] std::string line_proof_text(const LineProof& proof);
struct ProvedLine {
    LineProof proof;
    line::Seal seal; // the line is under its root; whether that root is true is the caller's question
};
[[nodiscard]] Result<ProvedLine> read_line_proof(std::string_view bytes);

} // namespace tally::pseudonym
