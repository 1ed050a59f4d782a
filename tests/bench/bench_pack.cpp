// A bundle written and signed against plain compression of the same lines.
#include "tests/bench/made_bundle.hpp"
#include "tests/bench/measure.hpp"

using namespace tally;
using namespace tally::bench;

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 200'000);
    const test::TempDir dir;
    const auto site = make_site(dir.path(), plan.size);
    const std::string lines = site.host_lines.string();
    const std::string out = (dir / "out").string();
    boost::filesystem::create_directory(out);
    os::fs::path written;

    const std::string zstd = "zstd -3 -T2 -q -f " + lines + " -o " + (dir / "peer.zst").string();
    compare(
        plan, "pack", static_cast<double>(site.lines), "lines",
        {{"tally bundle::write_bundle, signed, durable",
          [&] {
              output_of("rm -f " + out + "/*");
              written = pack(site, out);
          }},
         {output_of("zstd --version | grep -o 'v[0-9.]*' | tr -d '\\n'") + ": zstd -3 -T2", [&] { output_of(zstd); }}});

    const std::string unpacked =
        output_of("tar -xOf " + written.string() + " --wildcards 'LINES_*' | zstd -dcq | sha256sum");
    require(unpacked == output_of("cat " + (dir / "station.jsonl").string() + " " + lines + " | sha256sum"),
            "lines in the bundle");
    if (plan.timed) {
        const auto bytes = static_cast<double>(boost::filesystem::file_size(written));
        std::printf("  bundle %.0f bytes, %.1f a session; plain zstd %.1f a session\n", bytes,
                    bytes / static_cast<double>(site.sessions),
                    static_cast<double>(boost::filesystem::file_size(dir / "peer.zst")) /
                        static_cast<double>(site.sessions));
    }
}
