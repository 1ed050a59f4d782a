// Whose names a view may show, and whether a text names somebody else. Compares as the count does: by the alias table
// and, if so asked, without ASCII case. An account that was ever another's is nobody's own.
#pragma once

#include "verifier/view/view.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tally::view {

class People {
public:
    People(const Subject& all, count::Spelling spelling);

    void add_user(const std::string& name);
    void add_team(const std::string& team);
    // After the last add: everybody else's names are what a text must not say.
    void close();

    [[nodiscard]] bool any() const { return !own_.empty(); }
    [[nodiscard]] bool has(const std::string& name) const { return own_.contains(key(name)); }
    [[nodiscard]] bool has_host(const std::string& host) const { return hosts_.contains(folded(host)); }
    // Somebody who is not of the view, or one of its hosts.
    [[nodiscard]] bool names_others(const findings::Finding& finding) const;
    [[nodiscard]] bool names_others(std::string_view text) const;

private:
    [[nodiscard]] std::string key(std::string_view name) const;
    [[nodiscard]] static std::string folded(std::string_view name);
    [[nodiscard]] std::set<std::string> everybody() const;
    [[nodiscard]] std::set<std::string> every_host() const;

    const Subject& all_;
    count::Spelling spelling_;
    std::set<std::string> known_;         // keys of everybody
    std::set<std::string> own_;           // keys
    std::set<std::string> hosts_;         // of the team, without case
    std::set<std::string> words_;         // others' names without case, those that are one word
    std::vector<std::string> long_names_; // and those that are not
};

} // namespace tally::view
