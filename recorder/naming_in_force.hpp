// How names go into the lines of this host from now on: by the policy that its station put in force, or in clear. A log
// that was under a policy is never continued in clear.
#pragma once

#include "recorder/journal/import_index.hpp"
#include "recorder/journal/journal.hpp"

#include <functional>

namespace tally::recorder {

// Appends a `policy` line where the policy, or its epoch, is new to the log; in the open transaction of the caller, who
// commits it with the index. `append` may do nothing (a dry run): then it returns the number that the line would have.
[[nodiscard]] privacy::Naming naming_in_force(const os::fs::path& state, journal::Journal& journal,
                                              journal::ImportIndex& index,
                                              const std::function<std::uint64_t(std::string_view)>& append);

} // namespace tally::recorder
