// CSV of a stranger: the reader ends, stays within its bounds and gives nothing that the writer could not have written;
// both tables of inputs take or refuse it, with a line for every fault.
#include "tests/fuzz/harness.hpp"

#include "tally/text/csv.hpp"
#include "verifier/inputs/inputs_csv.hpp"

#include <algorithm>

using namespace tally;

namespace {

std::uint64_t lines_in(std::string_view bytes) {
    return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1;
}

void read_records(std::string_view bytes) {
    text::CsvReader reader(bytes);
    std::vector<std::string> fields;
    for (;;) {
        const auto more = reader.next(fields);
        if (!more) {
            FUZZ_REQUIRE(!more.fault().what.empty() && more.fault().at >= 1 && more.fault().at <= lines_in(bytes));
            return;
        }
        if (!*more) {
            return;
        }
        FUZZ_REQUIRE(!fields.empty() && fields.size() <= 256 && reader.line() <= lines_in(bytes));
        bool plain =
            true; // the writer defuses fields that a spreadsheet would run, so only others come back as they were
        for (const auto& field : fields) {
            FUZZ_REQUIRE(field.size() <= 4096 && text::first_not_utf8(field) == std::string_view::npos);
            plain = plain && (field.empty() || std::string_view("=+-@\t\r").find(field[0]) == std::string_view::npos);
        }
        if (plain) {
            // Not as the first record: there the reader takes a field's U+FEFF for the file's byte order mark.
            const std::string written = text::csv_record({"head"}) + text::csv_record(fields);
            text::CsvReader again(written);
            std::vector<std::string> same;
            FUZZ_REQUIRE(*again.next(same) && *again.next(same) && same == fields);
        }
    }
}

template <class Row>
void judge(const Result<inputs::InputTable<Row>>& table, std::string_view bytes) {
    if (!table) {
        FUZZ_REQUIRE(!table.fault().what.empty());
        return;
    }
    for (const auto& fault : table->faults) {
        FUZZ_REQUIRE(!fault.what.empty() && fault.at >= 1 && fault.at <= lines_in(bytes));
    }
    for (const auto& row : table->rows) {
        FUZZ_REQUIRE(row.at.row >= 2 && !row.product.empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    read_records(bytes);
    judge(inputs::read_entitlements(bytes), bytes);
    judge(inputs::read_assignments(bytes), bytes);
    return 0;
}
