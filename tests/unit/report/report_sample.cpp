// report_sample DIRECTORY [empty]: writes report.html and the CSV files there. Runs in tests/.
#include "tests/unit/report/sample.hpp"

int main(int count, char** arguments) {
    using namespace tally;
    if (count < 2) {
        return 2;
    }
    const bool empty = count > 2;
    const auto usage = empty ? test::UsageBuilder().usage : test::real_usage();
    const auto inputs = empty ? ledger::Inputs{} : test::demo_inputs();
    const auto basis = empty ? report::Basis{} : test::demo_basis(usage);
    const auto outcome = reconcile::reconcile(usage, inputs);
    const report::Subject subject{outcome, inputs, basis};
    const os::fs::path directory(arguments[1]);
    os::replace_file(directory / "report.html", report::to_html(subject));
    for (const auto& file : report::to_csv(subject)) {
        os::replace_file(directory / file.name, file.bytes);
    }
    return 0;
}
