#include "tally/catalogue/catalogue.hpp"

namespace tally::catalogue {
namespace {

constexpr unsigned char standard_file[] = {
#include <standard_catalogue.inc>
};

} // namespace

std::string_view standard_bytes() { return as_text({standard_file, sizeof standard_file}); }

const Catalogue& standard() {
    static const Catalogue catalogue = read_catalogue(standard_bytes()).value();
    return catalogue;
}

} // namespace tally::catalogue
