#include "verifier/inputs/inputs.hpp"

#include <array>

namespace tally::inputs {

std::string_view name(Kind kind) {
    static constexpr std::array<std::string_view, kinds> names = {"entitlements",
                                                                  "assignments",
                                                                  "agreements",
                                                                  "collections",
                                                                  "directory",
                                                                  "aliases",
                                                                  "groups",
                                                                  "administrators",
                                                                  "approved-administrators",
                                                                  "perpetual",
                                                                  "billing",
                                                                  "token-packs",
                                                                  "token-rates",
                                                                  "token-adjustments",
                                                                  "prices",
                                                                  "functions",
                                                                  "command-categories",
                                                                  "hosts",
                                                                  "installations",
                                                                  "usage-exports",
                                                                  "releases",
                                                                  "licence-files",
                                                                  "networks",
                                                                  "addons",
                                                                  "products",
                                                                  "waivers",
                                                                  "entity-events",
                                                                  "performance-references"};
    return names[static_cast<std::size_t>(kind)];
}

std::optional<Kind> kind_named(std::string_view text) {
    for (std::size_t i = 0; i < kinds; ++i) {
        if (name(static_cast<Kind>(i)) == text) {
            return static_cast<Kind>(i);
        }
    }
    return std::nullopt;
}

std::string_view name(Metric metric) {
    switch (metric) {
    case Metric::named:
        return "named";
    case Metric::concurrent:
        return "concurrent";
    case Metric::device:
        return "device";
    case Metric::token:
        return "token";
    case Metric::perpetual:
        return "perpetual";
    }
    return "";
}

const InputFile* Inputs::file_of(const RowRef& row) const {
    for (const auto& file : files) {
        if (static_cast<std::uint64_t>(file.id) == row.file) {
            return &file;
        }
    }
    return nullptr;
}

const InputFile* Inputs::newest(Kind kind) const {
    const InputFile* found = nullptr;
    for (const auto& file : files) {
        found = file.kind == kind ? &file : found;
    }
    return found;
}

} // namespace tally::inputs
