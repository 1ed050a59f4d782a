// Which catalogue of products counts on this host: the one whose digest the host package in force names, else the one
// that is compiled in. A package that names one makes every other one refused.
#pragma once

#include "tally/catalogue/catalogue.hpp"
#include "tally/os/file.hpp"

namespace tally::recorder {

inline constexpr const char* catalogue_name = "catalogue.jsonl"; // in the state directory

enum class Origin : std::uint8_t { given, package, standard };

struct InForce {
    catalogue::Catalogue catalogue;
    Origin origin = Origin::standard;
};

// Error when the bytes are no catalogue.
[[nodiscard]] catalogue::Catalogue load_catalogue(const os::fs::path& file);
// `file` empty: the one in force; else that file, refused where the package names another.
[[nodiscard]] InForce catalogue_in_force(const os::fs::path& state, const os::fs::path& file);

} // namespace tally::recorder
