// A catalogue of a stranger, and what is asked of it. What is found lies in it, and every line that was read is once in
// it. After a line "----" stand paths, command lines and codes to ask for.
#include "tests/fuzz/harness.hpp"

#include "tally/catalogue/catalogue.hpp"

#include <algorithm>

namespace {

using namespace tally;
using namespace tally::catalogue;

constexpr std::string_view mark = "\n----\n";

void ask(const Catalogue& catalogue, std::string_view text) {
    for (const auto system : {System::windows, System::posix}) {
        for (const auto& line : {std::optional<std::string_view>(), std::optional<std::string_view>(text)}) {
            if (const auto match = catalogue.program(system, text, line)) {
                FUZZ_REQUIRE(catalogue.product(match->product) != nullptr && match->version.size() <= 16);
                FUZZ_REQUIRE(match->version.empty() || (match->version.data() >= text.data() &&
                                                        match->version.data() <= text.data() + text.size()));
            }
        }
    }
    for (const auto& match : {catalogue.feature(text), catalogue.installation(text)}) {
        FUZZ_REQUIRE(!match || catalogue.product(match->product) != nullptr);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all = as_text({data, size});
    const auto cut = std::min(all.find(mark), all.size());
    const std::string_view bytes = all.substr(0, cut == all.size() ? cut : cut + 1);
    const auto read = read_catalogue(bytes);
    if (!read) {
        FUZZ_REQUIRE(!read.fault().what.empty() && read.fault().at >= 1);
        return 0;
    }
    const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    FUZZ_REQUIRE(lines == 1 + read->products.size() + read->programs.size() + read->switches.size() +
                              read->features.size() + read->installations.size() + read->members.size());
    for (std::string_view rest = all.substr(std::min(cut + mark.size(), all.size())); !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        ask(*read, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return 0;
}
