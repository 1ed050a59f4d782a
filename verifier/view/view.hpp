// For whom an output is. A view is taken of the outcome, the inputs and the basis before anything is written: what it
// does not show is not there any more. It takes over what it names and leaves everything else behind, so that a table
// that is added later is seen by nobody until somebody says who may see it.
#pragma once

#include "tally/base/result.hpp"
#include "verifier/outputs/subject.hpp"

#include <string_view>

namespace tally::view {

using outputs::Audience;
using outputs::Basis;
using outputs::Subject;
using outputs::View;

// "everyone", "licence-admin", "procurement", "auditor", "team=NAME" or "user=NAME".
[[nodiscard]] Result<View> parse(std::string_view text);

// What is left. The subject of it: {outcome, inputs, basis, view}.
struct Seen {
    findings::Outcome outcome;
    inputs::Inputs inputs;
    Basis basis;
};
// `name`: of the team or the user. `spelling`: whether names that differ in case are one person. A fault when nobody has
// that name, or is in that team.
[[nodiscard]] Result<Seen> seen_by(const View& view, const Subject& all, count::Spelling spelling);

} // namespace tally::view
