// What every output is made of: what was counted and judged, what was handed in, and what both rest on.
#pragma once

#include "verifier/findings/outcome.hpp"
#include "verifier/outputs/basis.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tally::outputs {

// Who is to read it, as the stage view fills it in: plain words for the head of a page, and the tables that it has.
enum class Audience : std::uint8_t { everyone, licence_admin, procurement, auditor, team, user };
struct View {
    Audience audience = Audience::everyone;
    std::string name = "everyone"; // "team=T1"
    std::string title;             // "View for the lead of team T1"
    std::string shown, hidden;     // one sentence each without full stop; hidden is empty when nothing is left out
    std::vector<std::string_view> tables; // empty: all
    // Of a team or a user: numbers of the whole estate are left out.
    [[nodiscard]] bool is_of_people() const { return audience == Audience::team || audience == Audience::user; }
    [[nodiscard]] bool shows(std::string_view table) const {
        return tables.empty() || std::find(tables.begin(), tables.end(), table) != tables.end();
    }
};

struct Subject {
    const findings::Outcome& outcome;
    const inputs::Inputs& inputs;
    const Basis& basis;
    View view = {};
};

} // namespace tally::outputs
