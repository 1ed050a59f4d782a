#include "verifier/counted.hpp"
#include "verifier/produced_by.hpp"
#include "verifier/report/page.hpp"
#include "verifier/review/produced.hpp"
#include "verifier/review/register.hpp"

#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

#include <cstdio>

namespace tally::verifier {
namespace {

report::Basis basis_of(const ledger::Ledger& ledger, const ledger::Usage& usage) {
    report::Basis basis;
    basis.program_version = TALLY_VERSION;
    const auto coverage = ledger::load_coverage(ledger);
    std::vector<std::size_t> place(usage.logs.size(), 0); // of a log in basis.logs
    for (const auto& log : coverage.logs) {
        place[log.log] = basis.logs.size();
        basis.logs.push_back(
            {usage.logs[log.log], log.label, log.site, log.role, log.size, log.seals, log.first_wall, log.last_wall});
    }
    for (const auto& day : coverage.days) {
        basis.days.push_back({place[day.log], day.day, day.lines, day.seals, day.events});
    }
    for (const auto& item : coverage.imports) {
        basis.imports.push_back({usage.logs[item.log], usage.sources[item.source], item.name, item.digest, item.zone,
                                 item.seq, item.lines, item.first, item.last});
    }
    for (const auto& bundle : ledger.bundles()) {
        basis.bundles.push_back({bundle.name, bundle.digest, bundle.site, bundle.n, bundle.volume, bundle.volumes,
                                 bundle.bytes, bundle.lines, bundle.seals, bundle.created_ms});
    }
    for (const auto& site : ledger.trusted()) {
        basis.trust.push_back({site.site, site.fingerprint, site.version});
    }
    return basis;
}

struct Written {
    os::fs::path path;
    std::string bytes;
};

// All files are written in full beside their names before the first is renamed: a full disk leaves the old set.
void replace_all(const std::vector<Written>& files) {
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

// The report stands whether or not the calendar may be told of it.
void tell_calendar(const ReportOptions& options, const findings::Outcome& outcome, const std::vector<Written>& files) {
    using review::Activity;
    std::vector<Activity> made;
    if (!options.csv.empty()) {
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

} // namespace

Exit run_report(const ReportOptions& options) {
    if (options.html.empty() && options.csv.empty()) {
        throw Error("report", "", "nothing to write", {"give --html FILE, --csv DIRECTORY, or both"}, Exit::usage);
    }
    const ledger::Ledger ledger(options.ledger, sqlite::Mode::read_only);
    auto counted = count(ledger, options.as_of, options.fold_case, options.assumptions);
    review::show_states(ledger.database(), counted.outcome);
    const auto basis = basis_of(ledger, counted.usage);
    const report::Subject subject{counted.outcome, counted.inputs, basis};
    std::vector<Written> files;
    if (!options.html.empty()) {
        files.push_back({options.html, report::to_html(subject)});
    }
    if (!options.csv.empty()) {
        make_directory(options.csv);
        for (auto& file : report::to_csv(subject)) {
            files.push_back({options.csv / file.name, std::move(file.bytes)});
        }
    }
    replace_all(files);
    if (!options.assumptions.any()) {
        tell_calendar(options, counted.outcome, files);
    }
    text::Json json;
    json.object().member("format", "tally-report-1").key("files").array();
    for (const auto& file : files) {
        json.object().member("path", file.path.string()).member("bytes", file.bytes.size()).end_object();
        if (options.output == Output::text) {
            cli::print(file.path.string() + "\n");
        }
    }
    json.end_array().end_object();
    if (options.output == Output::json) {
        cli::print(json.str() + "\n");
    }
    return Exit::ok;
}

} // namespace tally::verifier
