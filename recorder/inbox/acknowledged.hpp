// Applies an acknowledgement of the station (docs/formats/receipt.md): segments that it covers leave the outbox, when the
// root that it names is the one of this very log. The outbox holds copies: the lines stay in the journal. The newest one
// is kept as STATE/ack.json with its signature and the site file that vouches for it.
#pragma once

#include "recorder/inbox/instructions.hpp"
#include "tally/receipt/ack.hpp"

namespace tally::inbox {

inline constexpr const char* ack_file_name = "ack.json";

// Nothing when none was applied yet. Error when the kept file is damaged.
[[nodiscard]] std::optional<receipt::Ack> kept_ack(const os::fs::path& state);

// Fault: not for this log, not signed by the site, or the station holds other lines than this log has (FORK).
[[nodiscard]] Result<receipt::Ack> read_ack_for(journal::Journal& journal, const Letter& letter,
                                                const site_file::Chain& chain);
// The kept one, proved anew: nothing that lies in STATE is believed for lying there. Nothing when there is none.
[[nodiscard]] std::optional<Result<receipt::Ack>> proven_ack(journal::Journal& journal);
// What apply_ack would say, changing nothing.
[[nodiscard]] Result<Applied> look_at_ack(journal::Journal& journal, const Letter& letter,
                                          const site_file::Chain& chain);
// before: it says nothing that the kept one does not, and no file that it covers is left.
[[nodiscard]] Result<Applied> apply_ack(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain);

} // namespace tally::inbox
