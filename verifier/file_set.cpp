#include "verifier/file_set.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

namespace tally::verifier {

void replace_all(const std::vector<NewFile>& files) {
    std::vector<os::fs::path> parts;
    try {
        for (const auto& file : files) {
            parts.emplace_back(file.path.string() + ".part");
            ::unlink(parts.back().c_str());
            const os::Descriptor part = os::open(parts.back(), O_WRONLY | O_CREAT | O_EXCL, 0644);
            os::write_all(part, file.bytes, parts.back());
            os::sync(part, parts.back());
        }
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (::rename(parts[i].c_str(), files[i].path.c_str()) != 0) {
                throw Error::system("rename", parts[i].string());
            }
        }
    } catch (...) {
        for (const auto& part : parts) {
            ::unlink(part.c_str());
        }
        throw;
    }
    for (const auto& file : files) {
        os::sync_directory(file.path.parent_path());
    }
}

void make_directory(const os::fs::path& directory) {
    boost::system::error_code code;
    os::fs::create_directories(directory, code);
    if (code) {
        throw Error("make", directory.string(), code.message());
    }
}

void print_files(const std::vector<NewFile>& files, Output output, std::string_view format) {
    text::Json json;
    std::string text;
    json.object().member("format", format).key("files").array();
    for (const auto& file : files) {
        json.object().member("path", file.path.string()).member("bytes", file.bytes.size()).end_object();
        text += file.path.string() + "\n";
    }
    json.end_array().end_object();
    cli::print(output == Output::json ? json.str() + "\n" : text);
}

} // namespace tally::verifier
