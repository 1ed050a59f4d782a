// Several files that belong together, written so that readers see the old set or the new one, never half a file.
#pragma once

#include "tally/os/file.hpp"
#include "verifier/commands.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tally::verifier {

struct NewFile {
    os::fs::path path;
    std::string bytes;
};

// All are written in full beside their names before the first is renamed: a full disk leaves the old set. Error when
// one cannot be written.
void replace_all(const std::vector<NewFile>& files);
// What a command wrote, one path a line, or as JSON of that format.
void print_files(const std::vector<NewFile>& files, Output output, std::string_view format);
// With its parents; there may be one already.
void make_directory(const os::fs::path& directory);

} // namespace tally::verifier
