#include "recorder/capture/packages.hpp"

namespace tally::capture {
namespace {

constexpr std::size_t line_bytes = 1200; // of components

} // namespace

void write_packages(Memory& memory, Records& records, Source& source,
                    const std::map<std::string, std::vector<std::string>>& listed) {
    std::string name;
    for (const auto& [raw_package, components] : listed) {
        std::string package;
        encode(raw_package, package);
        std::vector<std::string> fresh;
        std::size_t bytes = 0;
        const auto write = [&] {
            const std::uint64_t seq = records.append(line::Object()
                                                         .token("t", "packages")
                                                         .token("src", source.name)
                                                         .token("package", package)
                                                         .tokens("components", fresh)
                                                         .str());
            for (const auto& component : fresh) {
                memory.component(source, package, component, seq);
            }
            fresh.clear();
            bytes = 0;
        };
        const auto known = source.packages.find(package);
        const auto before = known == source.packages.end() ? std::map<std::string, std::uint64_t>() : known->second;
        for (const auto& component : components) {
            encode(component, name);
            if (!before.contains(name)) {
                fresh.push_back(name);
                bytes += name.size() + 3;
            }
            if (bytes > line_bytes) {
                write();
            }
        }
        if (!fresh.empty()) {
            write();
        }
    }
}

} // namespace tally::capture
