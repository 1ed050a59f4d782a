// Everything that a report shows, as tables, and as files of them (docs/reference/report.md). Pure: the same subject
// gives the same bytes. Decides nothing and leaves nothing out but tables that the
// subject's view does not have: what a view may not show is taken out of the subject before (verifier/view).
#pragma once

#include "verifier/outputs/subject.hpp"
#include "verifier/outputs/table.hpp"

#include <string>
#include <vector>

namespace tally::outputs {

// In the order in which docs/reference/report.md lists them.
[[nodiscard]] std::vector<Table> tables(const Subject& subject);
[[nodiscard]] std::vector<File> to_csv(const Subject& subject);
// The same tables as one JSON object (report-data.schema.json).
[[nodiscard]] std::string to_json(const Subject& subject);

// Host-days since each source of a site first told of them, by what is known: each row adds up to what was expected.
[[nodiscard]] Table coverage_classes(const Subject& subject);

// The parts of it.
void add_counted(const Subject& subject, std::vector<Table>& tables);
void add_findings(const Subject& subject, std::vector<Table>& tables);
void add_insights(const Subject& subject, std::vector<Table>& tables);
void add_advice(const Subject& subject, std::vector<Table>& tables);
void add_basis(const Subject& subject, std::vector<Table>& tables);
void add_inputs(const Subject& subject, std::vector<Table>& tables);

} // namespace tally::outputs
