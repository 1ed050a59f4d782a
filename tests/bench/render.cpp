#include "tests/bench/render.hpp"

#include <ctime>

namespace tally::bench {
namespace {

std::string two_digits(std::int64_t value, char pad = '0') {
    return {value < 10 ? pad : static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

// " 8:42:45 (adskflex) "
std::string stamp(std::int64_t second) {
    const std::int64_t of_day = second % 86'400;
    return two_digits(of_day / 3600, ' ') + ":" + two_digits(of_day / 60 % 60) + ":" + two_digits(of_day % 60) + " (" +
           std::string(daemon) + ") ";
}

// "5/31/2022"
std::string date(std::int64_t second) {
    const std::time_t time = second;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    return std::to_string(parts.tm_mon + 1) + "/" + std::to_string(parts.tm_mday) + "/" +
           std::to_string(parts.tm_year + 1900);
}

std::string start_block(std::int64_t second) {
    const std::string lmgrd = stamp(second).substr(0, 10) + "lmgrd) ";
    std::string text = lmgrd + "FlexNet Licensing (v11.18.0.0 build 275847 x64_n6) started on " + std::string(server) +
                       " (linux) (" + date(second) + ")\n";
    text += lmgrd + "Started " + std::string(daemon) + " (pid 4440)\n";
    text += stamp(second) + "Server started on " + std::string(server) + " for:\t\n";
    for (std::size_t i = 0; i < features().size(); i += 2) {
        text += stamp(second) + std::string(features()[i].name) + " (consisting of:\t\t" +
                std::string(features()[i + 1].name) + ") \n";
    }
    return text + stamp(second) + "EXTERNAL FILTERS are OFF\n";
}

} // namespace

void write_flexnet(SessionStream& events, const Sink& sink) {
    std::string text;
    std::int64_t noted = 0;
    Event event;
    while (events.next(event)) {
        if (noted == 0) {
            text += start_block(event.at);
            noted = event.at;
        }
        for (; noted + 14'400 <= event.at; noted += 14'400) {
            text += stamp(noted + 14'400) + "TIMESTAMP " + date(noted + 14'400) + "\n";
        }
        text += stamp(event.at);
        text += event.moment == Moment::start ? "OUT: \"" : "IN: \"";
        text += features()[event.feature].name;
        text += "\" " + user_name(event.user) + "@" + client_name(event.client) + "  \n";
        if (text.size() > 65'536) {
            sink(text);
            text.clear();
        }
    }
    sink(text);
}

std::string_view LineSpeller::boot() { return "0f1e2d3c4b5a69788796a5b4c3d2e1f0"; }

std::string_view LineSpeller::spell(const Event& event, std::uint64_t seq) {
    const auto feature = features()[event.feature];
    line_ = "{\"at\":" + std::to_string(event.at) + ",\"boot\":\"";
    line_ += boot();
    if (event.moment == Moment::start) {
        line_ += "\",\"client\":\"" + client_name(event.client) + "\",\"daemon\":\"";
        line_ += daemon;
        line_ += "\",\"feature\":\"";
        line_ += feature.name;
    }
    line_ += "\",\"host\":\"" + host_ + "\",";
    if (event.moment == Moment::end) {
        line_ += "\"kind\":\"returned\",";
    } else {
        line_ += feature.package == event.feature ? "\"layer\":\"package\"," : "\"layer\":\"component\",\"package\":\"";
        line_ += feature.package == event.feature ? "" : std::string(features()[feature.package].name) + "\",";
    }
    line_ += "\"seq\":" + std::to_string(seq);
    if (event.moment == Moment::start) {
        started_[event.session] = seq;
        line_ += ",\"src\":\"flexnet:";
        line_ += server;
        line_ += ':';
        line_ += daemon;
        line_ += "\",\"t\":\"start\",\"up\":";
    } else {
        const auto start = started_.find(event.session);
        line_ += ",\"start\":" + std::to_string(start->second) + ",\"t\":\"end\",\"up\":";
        started_.erase(start);
    }
    line_ += std::to_string(up(seq));
    if (event.moment == Moment::start) {
        line_ += ",\"user\":\"" + user_name(event.user) + "\"";
    }
    line_ += ",\"wall\":" + std::to_string(wall(seq)) + "}";
    return line_;
}

} // namespace tally::bench
