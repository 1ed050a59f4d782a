// Replays a corpus through a harness without libFuzzer: every seed as it is, then a number of damaged copies of each.
// FOLDER [MUTATIONS]; TALLY_TEST_SEED chooses other damages than the usual ones. When the harness ends the run, the last
// input lies in the temporary folder and its name is printed.
#include "tests/fuzz/harness.hpp"

#include <boost/filesystem.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <random>
#include <unistd.h>
#include <vector>

namespace fs = boost::filesystem;

namespace {

std::string current; // the input under test, for the handlers below

void keep_current() {
    const std::string name = (fs::temp_directory_path() / ("tally-fuzz-input-" + std::to_string(::getpid()))).string();
    std::ofstream(name, std::ios::binary) << current;
    std::cerr << "fuzz: the input is kept in " << name << "\n";
}

extern "C" void on_signal(int number) {
    std::signal(number, SIG_DFL);
    keep_current();
    std::raise(number);
}

void run(std::string input) {
    current = std::move(input);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
}

std::string damaged(std::string bytes, const std::vector<std::string>& seeds, std::mt19937& random) {
    static constexpr std::string_view telling = "{}[]\",:%0\n\r\0 ~\xFF\x80-";
    for (std::size_t times = 1 + random() % 4; times > 0; --times) {
        const std::size_t at = random() % (bytes.size() + 1);
        const std::size_t length = 1 + random() % 8;
        switch (random() % 7) {
        case 0:
            if (at < bytes.size()) {
                bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << (random() % 8U)));
            }
            break;
        case 1:
            bytes.insert(at, 1, telling[random() % telling.size()]);
            break;
        case 2:
            bytes.erase(at, length);
            break;
        case 3:
            bytes.insert(at, bytes.substr(at / 2, length * 4));
            break;
        case 4:
            bytes.resize(at);
            break;
        case 5: {
            const auto& other = seeds[random() % seeds.size()];
            bytes = bytes.substr(0, at) + other.substr(std::min(at, other.size()));
            break;
        }
        default:
            if (at < bytes.size()) {
                bytes[at] = static_cast<char>(random());
            }
        }
    }
    return bytes;
}

} // namespace

extern "C" void __asan_on_error() { keep_current(); } // NOLINT: the name is AddressSanitizer's

int main(int count, char** arguments) {
    if (count < 2) {
        std::cerr << "usage: replay FOLDER [MUTATIONS]\n";
        return 2;
    }
    const char* wanted = std::getenv("TALLY_TEST_SEED"); // NOLINT(concurrency-mt-unsafe)
    const std::uint32_t seed = wanted != nullptr ? static_cast<std::uint32_t>(std::stoul(wanted)) : 20'000U;
    const std::size_t mutations = count > 2 ? std::stoul(arguments[2]) : 200;
    std::signal(SIGABRT, on_signal);
    std::signal(SIGSEGV, on_signal);

    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(arguments[1])) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<std::string> seeds;
    for (const auto& file : files) {
        std::ifstream stream(file.string(), std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
    if (seeds.empty()) {
        std::cerr << "fuzz: no seed in " << arguments[1] << "\n";
        return 1;
    }
    std::cout << arguments[1] << ": " << seeds.size() << " seeds, " << mutations
              << " damaged copies of each, TALLY_TEST_SEED=" << seed << std::endl;
    std::mt19937 random(seed);
    for (const auto& bytes : seeds) {
        run(bytes);
        for (std::size_t i = 0; i < mutations; ++i) {
            run(damaged(bytes, seeds, random));
        }
    }
}
