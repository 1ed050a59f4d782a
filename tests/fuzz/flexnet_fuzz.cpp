// Any bytes, as a FlexNet debug log: grammar and dating. Beyond not crashing, what was read must lie inside the bytes
// and keep its promises.
#include "recorder/capture/rendering.hpp"
#include "recorder/flexnet/dating.hpp"
#include "recorder/flexnet/line.hpp"
#include "tally/line/parse.hpp"

#include <cstddef>

namespace {

using namespace tally;
using namespace tally::capture;
using namespace tally::flexnet;

void check_inside(std::string_view part, std::string_view whole) {
    TALLY_ASSERT(part.empty() ||
                 (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void check_line(std::string_view text, std::uint64_t number, Dating& dating) {
    const Line line = read_line(text);
    for (const auto part :
         {line.daemon, line.message, line.feature, line.user, line.client, line.cdata, line.reason, line.subject}) {
        check_inside(part, text);
    }
    Line stamp;
    TALLY_ASSERT(read_stamp(text, stamp) == (line.stamp.second >= 0));
    if (line.stamp.second < 0) {
        return;
    }
    TALLY_ASSERT(line.stamp.second < 86400);
    TALLY_ASSERT(line.form != Form::activity || (!line.feature.empty() && !line.user.empty() && line.count > 0));
    check_inside(server_in(line.message).host, text);
    dating.see(number, line);

    Rendering record;
    std::string encoded;
    encode(line.user, encoded);
    record.begin();
    const std::string_view object = record.text("user", encoded).end();
    line::Fields fields;
    TALLY_ASSERT(!fields.parse(object, line::max_record));
}

void check_log(std::string_view text) {
    Dating dating;
    std::uint64_t lines = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        check_line(text.substr(0, end), ++lines, dating);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (const auto days = dating.finish()) {
        std::uint64_t before = 0;
        for (const auto& span : *days) {
            TALLY_ASSERT(span.line >= before && span.line <= lines + 1 && span.later >= 0);
            before = span.line;
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    check_log(as_text({bytes, size}));
    return 0;
}
