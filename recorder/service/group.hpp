// Lines and rows of the book of sessions that are not durable yet: in memory first, then into the journal in one
// transaction. When that fails they stay, and the same group is written again later: the book never has to go back.
// Numbers of lines are known beforehand, because nobody else writes; where one comes between after all (a line about the
// clock, while the disk could not be written), write() says so and the book has to be opened anew.
#pragma once

#include "recorder/journal/journal.hpp"
#include "recorder/sessions/state_table.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::service {

class Group : public sessions::Lines, public sessions::Shelf {
public:
    // Makes the table of rows when it is absent: durable with the first group.
    explicit Group(journal::Journal& journal);

    std::uint64_t append(std::string_view fields) override;
    void put(std::string_view key, std::string_view body) override { rows_[std::string(key)] = std::string(body); }
    void drop(std::string_view key) override { rows_[std::string(key)] = std::nullopt; }
    void for_each(const Visit& visit) override { table_->for_each(visit); } // of what is in the journal

    [[nodiscard]] bool is_empty() const { return lines_.empty() && rows_.empty(); }
    [[nodiscard]] std::size_t lines() const { return lines_.size(); }

    enum class Written : std::uint8_t { yes, out_of_place };
    // Durable on return; Error: nothing of it happened, and it is all still here.
    Written write();
    void forget();

private:
    journal::Journal* journal_;
    std::optional<sessions::StateTable> table_;
    std::vector<std::string> lines_;
    std::map<std::string, std::optional<std::string>, std::less<>> rows_;
    std::uint64_t first_ = 0; // number of the first line
};

} // namespace tally::service
