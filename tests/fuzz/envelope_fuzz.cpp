// The comment on an envelope and the name of its file, a line feed between them: what is accepted is what the writer gives
// for it, fits into a signature file, and belongs to the names of that bundle alone.
#include "tests/fuzz/harness.hpp"

#include "tally/minisig/signature.hpp"
#include "tally/releases/envelope.hpp"

using namespace tally;
using namespace tally::releases;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const std::size_t feed = bytes.find('\n');
    const std::string_view comment = bytes.substr(0, feed);
    const std::string_view name = feed == std::string_view::npos ? std::string_view() : bytes.substr(feed + 1);
    const auto subject = read_envelope_comment(comment);
    if (!subject) {
        FUZZ_REQUIRE(!subject.fault().what.empty() && subject.fault().at <= comment.size());
        return 0;
    }
    FUZZ_REQUIRE(comment.size() <= max_envelope_comment && envelope_comment(*subject) == comment);
    FUZZ_REQUIRE(minisig::well_formed_comment(std::string(comment)));
    FUZZ_REQUIRE(subject->volume.k >= 1 && subject->volume.k <= subject->volume.n);
    bundle::Manifest inside{subject->site,
                            subject->agreement,
                            std::nullopt,
                            subject->agreement,
                            0,
                            subject->n,
                            std::nullopt,
                            3,
                            "",
                            subject->volume,
                            {}};
    FUZZ_REQUIRE(is_called(*subject, bundle_name(inside) + std::string(envelope_suffix)));
    FUZZ_REQUIRE(!is_called(*subject, bundle_name(inside)));
    inside.n = inside.n == 1 ? 2 : inside.n - 1;
    FUZZ_REQUIRE(!is_called(*subject, bundle_name(inside) + std::string(envelope_suffix)));
    if (is_called(*subject, name)) {
        FUZZ_REQUIRE(name.find('/') == std::string_view::npos && name.starts_with(subject->site.text()));
    }
    return 0;
}
