#include "packager/commands.hpp"
#include "packager/receipts/acks.hpp"
#include "packager/secret_keys.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"
#include "tally/text/utf8.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

using cli::print;
using receipts::Acknowledged;

// Named by log or label; without names all.
void keep_wanted(std::vector<Acknowledged>& all, const std::vector<std::string>& hosts) {
    const auto is = [](const Acknowledged& one, const std::string& host) {
        return one.ack.host.text() == host || one.label == line::encode_text(host);
    };
    for (const auto& host : hosts) {
        if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return is(one, host); })) {
            throw Error("acknowledge", host, "nothing of such a host has arrived here",
                        {"tally-packager archive list shows which have"}, Exit::usage);
        }
    }
    if (!hosts.empty()) {
        all.erase(std::remove_if(all.begin(), all.end(),
                                 [&](const auto& one) {
                                     return std::none_of(hosts.begin(), hosts.end(),
                                                         [&](const auto& host) { return is(one, host); });
                                 }),
                  all.end());
    }
}

minisig::SecretKey export_key_of(const submission::Station& station, const AckOptions& options) {
    const auto& listed = station.site.current().exports;
    const auto path = secret_key_path(options.state, name_of_listed(options.state, listed).value_or(export_key));
    auto key = cli::open_secret_key(path, options.passphrase_fd);
    if (std::find(listed.begin(), listed.end(), key.public_key()) == listed.end()) {
        throw Error("acknowledge", path.string(), "the site file does not list this key for exports",
                    {"tally-packager site show says which it lists"});
    }
    return key;
}

void write_files(const submission::Station& station, const std::vector<Acknowledged>& all, const AckOptions& options) {
    os::make_directories(options.out);
    std::string site;
    for (const auto& text : station.site.lines()) {
        site += text + "\n";
    }
    os::replace_file(options.out / submission::site_file_name, site);
    for (const auto& one : all) {
        const os::fs::path path = options.out / receipt::ack_name(one.ack.host);
        os::replace_file(path, one.file);
        os::replace_file(path.string() + ".minisig", one.signature);
    }
}

void tell(const std::vector<Acknowledged>& all, const AckOptions& options) {
    text::Json json;
    json.object().member("format", "tally-acks-1").key("hosts").array();
    for (const auto& one : all) {
        const char* word = !one.is_new ? "as before" : options.dry_run == DryRun::yes ? "would be made" : "made";
        json.object().member("log", one.ack.host.text()).member("label", line::decode_text(one.label));
        json.member("next", one.ack.next).member("floor", one.ack.floor).member("status", word).end_object();
        if (options.output == Output::text) {
            print("log        " + one.ack.host.text() + "  " + one.label + "  here " + std::to_string(one.ack.next) +
                  " lines, receipted " + std::to_string(one.ack.floor) + "  " + word + "\n");
        }
    }
    json.end_array().end_object();
    if (options.output == Output::json) {
        print(json.str() + "\n");
    }
}

} // namespace

Exit run_ack(const AckOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const receipts::Receipts known(station);
    auto all = receipts::acknowledgements(station, known);
    keep_wanted(all, options.hosts);
    const bool fresh = std::any_of(all.begin(), all.end(), [](const auto& one) { return one.is_new; });
    if (options.dry_run == DryRun::no) {
        if (fresh) {
            receipts::issue(station, all, export_key_of(station, options));
        }
        if (!all.empty()) {
            write_files(station, all, options);
        }
    }
    tell(all, options);
    return fresh ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::packager
