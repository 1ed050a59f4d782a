// The real fourteen days of tests/data/reconcile as Usage. Found relative to tests/.
#pragma once

#include "tests/support/usage_builder.hpp"

#include <fstream>
#include <sstream>

namespace tally::test {

inline ledger::Usage real_usage(const std::string& path = "data/reconcile/adskflex-14-days-sessions.tsv") {
    UsageBuilder b;
    std::ifstream file(path);
    TALLY_ASSERT(file.good());
    std::int64_t last = 0;
    for (std::string text; std::getline(file, text);) {
        std::vector<std::string> cells;
        std::istringstream row(text);
        for (std::string cell; std::getline(row, cell, '\t');) {
            cells.push_back(cell);
        }
        if (cells.at(0) == "# last") {
            last = std::stoll(cells.at(1));
        } else if (cells.size() == 10 && cells[0][0] != '#') {
            const auto layer = cells[0] == "package"     ? ledger::Layer::package
                               : cells[0] == "component" ? ledger::Layer::component
                                                         : ledger::Layer::feature;
            const std::int64_t start = std::stoll(cells[6]);
            const bool open = cells[7] == "?";
            auto& session =
                b.add(cells[3], cells[4], cells[1], start, open ? start : std::stoll(cells[7]), layer, cells[2]);
            session.start_seq = std::stoull(cells[8]);
            if (open) {
                session.kind = ledger::EndKind::open;
                session.end_to = ledger::unknown;
                session.end_seq = ledger::no_seq;
            }
        }
    }
    for (auto& session : b.usage.sessions) {
        session.end_from = session.kind == ledger::EndKind::open ? last : session.end_from;
    }
    return b.usage;
}

} // namespace tally::test
