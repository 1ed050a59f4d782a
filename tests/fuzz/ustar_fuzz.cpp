// A whole bundle file: what the reader accepts is rebuilt, byte for byte, from the manifest and the members' data; so
// there is no byte in it that does not follow from them.
#include "tests/fuzz/harness.hpp"

#include "tally/bundle/bundle_reader.hpp"

#include <sys/mman.h>

using namespace tally;
using namespace tally::bundle;

namespace {

std::string archived(std::string_view name, std::string_view bytes) {
    const Header header = ustar_header(name, bytes.size());
    return std::string(header.data(), header.size()) + std::string(bytes) +
           std::string(static_cast<std::size_t>(padding_after(bytes.size())), '\0');
}

void as_header(std::string_view bytes) {
    Header header{};
    bytes.copy(header.data(), header.size());
    if (const auto entry = read_header(header)) {
        FUZZ_REQUIRE(ustar_header(entry->name, entry->size) == header);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    as_header(bytes);
    os::Descriptor file(::memfd_create("bundle", MFD_CLOEXEC));
    os::write_all(file, bytes, "bundle");
    auto opened = UnverifiedBundle::open(std::move(file), size);
    if (const auto* defect = std::get_if<Defect>(&opened)) {
        FUZZ_REQUIRE(!defect->what.empty() && defect->at <= std::max<std::uint64_t>(size, max_bundle));
        return 0;
    }
    const auto& bundle = std::get<UnverifiedBundle>(opened);
    std::string again = archived(manifest_name, write_manifest(bundle.manifest()) + "\n");
    for (std::size_t i = 0; i < bundle.members().size(); ++i) {
        const Member& member = bundle.members()[i];
        FUZZ_REQUIRE(bundle.offset(i) + member.size <= size);
        again += archived(member.name, bytes.substr(bundle.offset(i), member.size));
    }
    again += std::string(end_size, '\0');
    FUZZ_REQUIRE(again == bytes);
    for (std::size_t i = 0; i < bundle.members().size(); ++i) {
        const bool good = !bundle.check_hash(i);
        if (i != UnverifiedBundle::hosts_member) {
            const auto packed = bundle.packed(i);
            FUZZ_REQUIRE(good == std::holds_alternative<std::string>(packed));
        }
    }
    (void)bundle.for_each_host([](const HostRow& row) { FUZZ_REQUIRE(row.first <= row.next); });
    return 0;
}
