#include "tally/bundle/lines_member.hpp"

namespace tally::bundle {

Checked<Lines> LinesReader::read(std::size_t member) {
    const Member& expected = bundle_.members().at(member);
    auto read = bundle_.packed(member);
    if (auto* defect = std::get_if<Defect>(&read)) {
        return std::move(*defect);
    }
    const std::string& packed = std::get<std::string>(read);
    const auto defect = [&](Kind kind, std::uint64_t at, std::string what) {
        return Defect{kind, expected.name, bundle_.offset(member) + at, std::move(what)};
    };
    if (bundle_.manifest().zstd_level == stored_level) {
        std::string stored = std::move(std::get<std::string>(read));
        return stored.back() == '\n' ? Checked<Lines>(Lines{std::move(stored), Spelling::equal})
                                     : defect(Kind::non_canonical, 0, "the last line does not end in LF");
    }
    auto raw = decompressor_.decompress(as_bytes(packed), static_cast<std::size_t>(expected.raw));
    if (!raw) {
        return defect(Kind::non_canonical, raw.fault().at, raw.fault().what);
    }
    if (raw->size() != expected.raw) {
        return defect(Kind::non_canonical, 0, "holds another number of bytes than the manifest says");
    }
    if (raw->back() != '\n') {
        return defect(Kind::non_canonical, 0, "the last line does not end in LF");
    }
    Spelling spelling = Spelling::equal;
    if (compressor_->compress(*raw) != packed) {
        spelling = bundle_.manifest().zstd_version == ZSTD_versionString() ? Spelling::differs : Spelling::unknown;
    }
    return Lines{std::move(*raw), spelling};
}

} // namespace tally::bundle
