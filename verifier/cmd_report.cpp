#include "verifier/counted.hpp"
#include "verifier/file_set.hpp"
#include "verifier/outputs/measurement.hpp"
#include "verifier/outputs/tables.hpp"
#include "verifier/outputs/vendor.hpp"
#include "verifier/papers/own_page.hpp"
#include "verifier/produced_by.hpp"
#include "verifier/report/page.hpp"
#include "verifier/review/produced.hpp"
#include "verifier/review/register.hpp"
#include "verifier/view/view.hpp"

#include <cstdio>

namespace tally::verifier {
namespace {

// The report stands whether or not the calendar may be told of it.
void tell_calendar(const ReportOptions& options, const findings::Outcome& outcome, const std::vector<NewFile>& files) {
    using review::Activity;
    std::vector<Activity> made;
    if (!options.csv.empty() || !options.data.empty()) {
        made = {Activity::user_audit, Activity::token_review, Activity::usage_export, Activity::group_review,
                Activity::admin_review};
    }
    if (!options.html.empty()) {
        made.insert(made.end(), {Activity::pre_audit, Activity::renewal_brief});
    }
    std::string bytes;
    for (const auto& file : files) {
        bytes += file.bytes;
    }
    try {
        const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_write);
        review::keep_produced(ledger.database(), outputs_of(outcome, "tally-verifier report", bytes, made));
    } catch (const Error& error) {
        std::fprintf(stderr, "tally-verifier: note: the calendar was not told of this report: %s\n", error.what());
    }
}

std::vector<NewFile> files_of(const ReportOptions& options, const outputs::Subject& subject) {
    std::vector<NewFile> files;
    if (!options.html.empty()) {
        files.push_back(
            {options.html, subject.view.is_of_people() ? papers::own_page(subject) : report::to_html(subject)});
    }
    const auto add_folder = [&](const os::fs::path& folder, std::vector<outputs::File> made) {
        make_directory(folder);
        for (auto& file : made) {
            files.push_back({folder / file.name, std::move(file.bytes)});
        }
    };
    if (!options.csv.empty()) {
        add_folder(options.csv, outputs::to_csv(subject));
    }
    if (!options.vendor.empty()) {
        add_folder(options.vendor, outputs::vendor_files(subject));
    }
    if (!options.data.empty()) {
        files.push_back({options.data, outputs::to_json(subject) + "\n"});
    }
    if (!options.measurements.empty()) {
        files.push_back({options.measurements, outputs::to_xml(subject)});
    }
    return files;
}

outputs::View view_of(const ReportOptions& options) {
    auto view = view::parse(options.view);
    if (!view) {
        throw Error("report", "--view", "'" + options.view + "' is no view: " + view.fault().what, {}, Exit::usage);
    }
    return std::move(*view);
}

} // namespace

Exit run_report(const ReportOptions& options) {
    if (options.html.empty() && options.csv.empty() && options.data.empty() && options.vendor.empty() &&
        options.measurements.empty()) {
        throw Error("report", "", "nothing to write",
                    {"give --html FILE, --csv DIRECTORY, --data FILE, --vendor DIRECTORY, --measurements FILE, or "
                     "several of them"},
                    Exit::usage);
    }
    const auto view = view_of(options);
    if (view.is_of_people() && !options.measurements.empty()) {
        throw Error("report", "--measurements", "they are of the whole estate and not in the view " + view.name,
                    {"leave --measurements or --view out"}, Exit::usage);
    }
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    review::show_states(ledger.database(), counted.outcome);
    const auto basis = basis_of(ledger, counted.usage);
    const bool everyone = view.audience == outputs::Audience::everyone;
    const auto spelling = options.fold_case == FoldCase::yes ? count::Spelling::fold_case : count::Spelling::as_written;
    std::vector<NewFile> files;
    if (everyone) {
        files = files_of(options, {counted.outcome, counted.inputs, basis, view});
    } else {
        const auto seen = view::seen_by(view, {counted.outcome, counted.inputs, basis}, spelling);
        if (!seen) {
            throw Error("report", "--view " + options.view, seen.fault().what,
                        {"people and teams are those of: tally-verifier import directory FILE"}, Exit::usage);
        }
        files = files_of(options, {seen->outcome, seen->inputs, seen->basis, view});
    }
    replace_all(files);
    if (everyone && !options.assumptions.any()) {
        tell_calendar(options, counted.outcome, files);
    }
    print_files(files, options.output, "tally-report-1");
    return Exit::ok;
}

} // namespace tally::verifier
