#include "tally/session_socket/message.hpp"

#include "tally/line/limits.hpp"
#include "tally/line/parse.hpp"

#include <algorithm>
#include <charconv>

namespace tally::session_socket {
namespace {

constexpr std::array<std::string_view, 7> kinds{"begin", "heartbeat", "feature", "commands", "sample", "end", "lost"};
constexpr std::array<std::string_view, 3> states{"durable", "held", "refused"};
constexpr std::array<std::string_view, 3> late_words{"", "own", "left"};
constexpr std::array<std::string_view, 2> bind_words{"", "heartbeat"};

bool is_id(std::string_view text) {
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 32 && std::all_of(text.begin(), text.end(), hex) &&
           text.find_first_not_of('0') != std::string_view::npos;
}

// Takes fields out of a parsed line and keeps the first thing that is wrong with them.
class Taker {
public:
    explicit Taker(const line::Fields& fields) : fields_(&fields) {}

    void text(std::string_view key, std::string_view& into) {
        if (const auto* value = of_kind(key, line::Kind::string)) {
            into = value->text;
            if (into.empty() || into.size() > line::max_text) {
                fail(key, "is empty or longer than 192 bytes");
            }
        }
    }
    void integer(std::string_view key, std::uint64_t& into) {
        if (const auto* value = of_kind(key, line::Kind::integer)) {
            into = value->integer;
        }
    }
    void integer(std::string_view key, std::optional<std::uint64_t>& into) {
        if (const auto* value = of_kind(key, line::Kind::integer)) {
            into = value->integer;
        }
    }
    template <std::size_t Size, class Word>
    void word(std::string_view key, const std::array<std::string_view, Size>& words, Word& into) {
        if (const auto* value = of_kind(key, line::Kind::string)) {
            const auto* const place = std::find(words.begin(), words.end(), value->text);
            if (place == words.end() || value->text.empty()) {
                fail(key, "is none of its words");
            } else {
                into = static_cast<Word>(place - words.begin());
            }
        }
    }
    void need(std::initializer_list<std::string_view> keys) {
        for (const auto key : keys) {
            if (fields_->find(key) == nullptr) {
                fail(key, "is missing");
            }
        }
    }
    void fail(std::string_view key, std::string_view what) {
        if (problem_.empty()) {
            problem_.append(key).append(1, ' ').append(what);
        }
    }
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    const line::Value* of_kind(std::string_view key, line::Kind kind) {
        const auto* value = fields_->find(key);
        if (value != nullptr && value->kind != kind) {
            fail(key, kind == line::Kind::string ? "is no text" : "is no integer");
            return nullptr;
        }
        return value;
    }

    const line::Fields* fields_;
    std::string problem_;
};

void take_what_all_have(Taker& taker, Message& message) {
    taker.text("id", message.id);
    if (!message.id.empty() && !is_id(message.id)) {
        taker.fail("id", "is not 32 hex digits");
    }
    std::optional<std::uint64_t> number;
    taker.integer("n", number);
    if (number == 0U) {
        taker.fail("n", "is counted from 1");
    }
    message.n = number.value_or(0);
    taker.integer("at", message.at);
    std::optional<std::uint64_t> durable;
    taker.integer("durable", durable);
    if (durable && durable != 1U) {
        taker.fail("durable", "is 1 or not there");
    }
    message.durable = durable ? Durable::yes : Durable::no;
    taker.word("late", late_words, message.late);
    if (message.late != Late::no && !message.at) {
        taker.fail("at", "is missing");
    }
}

void take_begin(Taker& taker, Message& message) {
    taker.need({"id", "product"});
    taker.text("product", message.product);
    taker.text("version", message.version);
    taker.text("pool", message.pool);
    taker.text("class", message.session_class);
    if (!message.session_class.empty() && message.session_class != "interactive" &&
        message.session_class != "automation") {
        taker.fail("class", "is none of its words");
    }
    taker.word("bind", bind_words, message.bind);
    std::optional<std::uint64_t> beat;
    taker.integer("beat", beat);
    if (beat && (*beat == 0 || *beat > max_beat_s)) {
        taker.fail("beat", "is not 1 to 86400");
    }
    message.beat_s = beat.value_or(0);
}

void take_lost(Taker& taker, Message& message) {
    taker.need({"count", "from", "to"});
    taker.integer("from", message.from);
    taker.integer("to", message.to);
    if (message.from > message.to) {
        taker.fail("from", "is after to");
    }
}

void take_own(Taker& taker, Message& message) {
    switch (message.kind) {
    case Kind::begin:
        take_begin(taker, message);
        return;
    case Kind::heartbeat:
        taker.need({"id"});
        return;
    case Kind::feature:
        taker.need({"id", "name"});
        taker.text("name", message.name);
        taker.integer("count", message.count);
        break;
    case Kind::commands:
        taker.need({"id", "name", "started", "completed", "cancelled", "undone"});
        taker.text("name", message.name);
        taker.integer("started", message.totals.started);
        taker.integer("completed", message.totals.completed);
        taker.integer("cancelled", message.totals.cancelled);
        taker.integer("undone", message.totals.undone);
        return;
    case Kind::sample:
        taker.need({"id", "kind", "ms"});
        taker.text("kind", message.name);
        if (message.name != "startup" && message.name != "open" && message.name != "save") {
            taker.fail("kind", "is none of its words");
        }
        taker.integer("ms", message.ms);
        taker.integer("bytes", message.bytes);
        return;
    case Kind::end:
        taker.need({"id", "product"});
        taker.text("product", message.product);
        return;
    case Kind::lost:
        take_lost(taker, message);
        taker.integer("count", message.count);
        break;
    }
    if (message.count == 0) {
        taker.fail("count", "is counted from 1");
    }
}

} // namespace

std::string_view name_of(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }
std::string_view name_of(State state) { return states[static_cast<std::size_t>(state)]; }

Result<Message> read_message(std::string_view bytes) {
    line::Fields fields;
    if (const auto problem = fields.parse(bytes, max_message)) {
        return Fault{problem.what, problem.at};
    }
    Taker taker(fields);
    Message message;
    taker.need({"t"});
    taker.word("t", kinds, message.kind);
    if (taker.problem().empty()) {
        take_what_all_have(taker, message);
        take_own(taker, message);
    }
    if (!taker.problem().empty()) {
        return Fault{taker.problem()};
    }
    return message;
}

namespace {

// Fields in ascending order, which the caller keeps to.
class Writer {
public:
    explicit Writer(std::string& into) : out_(&into) { out_->assign(1, '{'); }
    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            open(key);
            out_->append(1, '"').append(value).append(1, '"');
        }
    }
    void integer(std::string_view key, std::uint64_t value) {
        std::array<char, 20> digits{};
        const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        open(key);
        out_->append(digits.data(), static_cast<std::size_t>(end - digits.data()));
    }
    void integer(std::string_view key, std::optional<std::uint64_t> value) {
        if (value) {
            integer(key, *value);
        }
    }
    void positive(std::string_view key, std::uint64_t value) {
        if (value > 0) {
            integer(key, value);
        }
    }
    void close() { out_->append(1, '}'); }

private:
    void open(std::string_view key) { out_->append(out_->size() > 1 ? ",\"" : "\"").append(key).append("\":"); }
    std::string* out_;
};

} // namespace

void write_message(const Message& message, std::string& into) {
    const bool counts = message.kind == Kind::commands;
    const bool sample = message.kind == Kind::sample;
    const bool lost = message.kind == Kind::lost;
    Writer out(into);
    out.integer("at", message.at);
    out.positive("beat", message.beat_s);
    out.text("bind", message.bind == Bind::heartbeat ? "heartbeat" : "");
    out.integer("bytes", message.bytes);
    if (counts) {
        out.integer("cancelled", message.totals.cancelled);
    }
    out.text("class", message.session_class);
    if (counts) {
        out.integer("completed", message.totals.completed);
    }
    if (lost || message.count != 1) {
        out.integer("count", message.count);
    }
    out.positive("durable", message.durable == Durable::yes ? 1 : 0);
    if (lost) {
        out.integer("from", message.from);
    }
    out.text("id", message.id);
    out.text("kind", sample ? message.name : "");
    out.text("late", late_words[static_cast<std::size_t>(message.late)]);
    if (sample) {
        out.integer("ms", message.ms);
    }
    out.positive("n", message.n);
    out.text("name", sample ? "" : message.name);
    out.text("pool", message.pool);
    out.text("product", message.product);
    if (counts) {
        out.integer("started", message.totals.started);
    }
    out.text("t", name_of(message.kind));
    if (lost) {
        out.integer("to", message.to);
    }
    if (counts) {
        out.integer("undone", message.totals.undone);
    }
    out.text("version", message.version);
    out.close();
}

void write_answer(const Answer& answer, std::string& into) {
    Writer out(into);
    out.text("id", answer.id);
    out.positive("n", answer.n);
    out.text("state", name_of(answer.state));
    out.text("t", "answer");
    out.text("why", answer.why);
    out.close();
}

Result<Answer> read_answer(std::string_view bytes) {
    line::Fields fields;
    if (const auto problem = fields.parse(bytes, max_message)) {
        return Fault{problem.what, problem.at};
    }
    Taker taker(fields);
    Answer answer;
    static constexpr std::array<std::string_view, 1> types{"answer"};
    std::size_t type = 0;
    taker.need({"t", "state"});
    taker.word("t", types, type);
    taker.word("state", states, answer.state);
    taker.text("id", answer.id);
    taker.text("why", answer.why);
    taker.integer("n", answer.n);
    if (!answer.id.empty() && !is_id(answer.id)) {
        taker.fail("id", "is not 32 hex digits");
    }
    if (!taker.problem().empty()) {
        return Fault{taker.problem()};
    }
    return answer;
}

} // namespace tally::session_socket
