#include "recorder/service/group.hpp"

namespace tally::service {

Group::Group(journal::Journal& journal) : journal_(&journal) {
    journal.group_by(journal::GroupedBy::caller);
    journal.begin();
    table_.emplace(journal.database());
    journal.commit();
}

std::uint64_t Group::append(std::string_view fields) {
    if (lines_.empty()) {
        try {
            journal_->begin(); // a line about the clock comes now or not at all
        } catch (const Error&) {
            journal_->rollback(); // what is wrong is said by write()
        }
        first_ = journal_->size();
    }
    lines_.emplace_back(fields);
    return first_ + lines_.size() - 1;
}

Group::Written Group::write() {
    journal_->begin();
    if (!lines_.empty() && journal_->size() != first_) {
        journal_->rollback();
        return Written::out_of_place;
    }
    try {
        for (const auto& line : lines_) {
            journal_->append(line);
        }
        for (const auto& [key, body] : rows_) {
            if (body) {
                table_->put(key, *body);
            } else {
                table_->drop(key);
            }
        }
        journal_->commit();
    } catch (...) {
        journal_->rollback();
        throw;
    }
    forget();
    return Written::yes;
}

void Group::forget() {
    lines_.clear();
    rows_.clear();
}

} // namespace tally::service
