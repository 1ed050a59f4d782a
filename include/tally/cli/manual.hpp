// What can be said of a program from its command line alone: the manual page (man(7) macros) and the completion of a
// shell. Every command, option and text in them is the one that --help shows.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tally::cli {

inline std::string roff(const std::string& text) {
    std::string escaped;
    bool starts_line = true;
    for (const char c : text) {
        if (starts_line && (c == '.' || c == '\'')) {
            escaped += "\\&";
        }
        escaped += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
        starts_line = c == '\n';
    }
    return escaped;
}

inline std::vector<const CLI::Option*> visible_options(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
}

inline std::vector<const CLI::App*> visible_commands(const CLI::App& command) {
    return command.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

// "site init" for a command of a command; "" for the program itself.
inline std::string words_of(const CLI::App& command) {
    const CLI::App* parent = command.get_parent();
    const std::string before = parent == nullptr ? "" : words_of(*parent);
    return parent == nullptr ? "" : before.empty() ? command.get_name() : before + " " + command.get_name();
}

inline void describe_commands(const CLI::App& command, std::string& page) {
    for (const CLI::App* sub : visible_commands(command)) {
        page += ".SS " + roff(words_of(*sub)) + "\n" + roff(sub->get_description()) + ".\n";
        for (const CLI::Option* option : visible_options(*sub)) {
            if (option->get_name() == "--help") {
                continue;
            }
            std::string name = option->get_positional() ? option->get_name(true) : option->get_name(false, true);
            if (option->get_type_size() > 0 && !option->get_positional()) {
                name += " " + option->get_type_name().substr(0, option->get_type_name().find(':'));
            }
            page += ".TP\n\\fB" + roff(name) + "\\fR\n" + roff(option->get_description());
            page += option->get_required() ? " (required)\n" : "\n";
        }
        describe_commands(*sub, page);
    }
}

inline std::string manual(const CLI::App& program, const std::string& examples, const std::string& exit_codes) {
    const std::string& name = program.get_name();
    std::string page = ".TH " + roff(name) + " 1 \"\" \"Tallystick " TALLY_VERSION "\"\n.SH NAME\n" + roff(name) +
                       " \\- " + roff(program.get_description()) + "\n.SH SYNOPSIS\n.B " + roff(name) +
                       "\n\\fIcommand\\fR [\\fIoption\\fR ...]\n.SH COMMANDS\n";
    describe_commands(program, page);
    return page + ".SH EXIT STATUS\n.nf\n" + roff(exit_codes) + ".fi\n.SH EXAMPLES\n.nf\n" + roff(examples) + ".fi\n";
}

struct Completion {
    std::string words;                // of the command, "" for the program itself
    std::vector<std::string> answers; // commands and options that may follow
};

inline void list_completions(const CLI::App& command, std::vector<Completion>& all) {
    Completion here{words_of(command), {}};
    for (const CLI::App* sub : visible_commands(command)) {
        here.answers.push_back(sub->get_name());
    }
    for (const CLI::Option* option : visible_options(command)) {
        for (const auto& name : option->get_lnames()) {
            here.answers.push_back("--" + name);
        }
    }
    all.push_back(here);
    for (const CLI::App* sub : visible_commands(command)) {
        list_completions(*sub, all);
    }
}

inline std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) {
        all += (all.empty() ? "" : " ") + text;
    }
    return all;
}

// One function that knows what may follow which commands; files are offered where no option is begun.
inline std::string bash_completion(const std::string& program, const std::vector<Completion>& all) {
    std::string function = "_" + program;
    std::replace(function.begin(), function.end(), '-', '_');
    std::string text = function + "() {\n  local word=${COMP_WORDS[COMP_CWORD]} said= one answers\n" +
                       "  for one in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$said $one\" in\n";
    for (const auto& [words, answers] : all) {
        const auto last = words.rfind(' ');
        const std::string before = last == std::string::npos ? "" : words.substr(0, last);
        text += words.empty() ? "" : "      '" + before + " " + words.substr(last + 1) + "') said='" + words + "' ;;\n";
    }
    text += "    esac\n  done\n  case \"$said\" in\n";
    for (const auto& [words, answers] : all) {
        text += "    '" + words + "') answers='" + joined(answers) + "' ;;\n";
    }
    return text +
           "  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$answers\" -- \"$word\")\n}\ncomplete -o default -F " +
           function + " " + program + "\n";
}

inline std::string fish_completion(const std::string& program, const std::vector<Completion>& all) {
    std::string text;
    for (const auto& [words, answers] : all) {
        std::string when = "__fish_use_subcommand";
        for (std::size_t at = 0; !words.empty() && at != std::string::npos; at = words.find(' ', at + 1)) {
            const std::size_t from = at == 0 ? 0 : at + 1;
            const std::string one = words.substr(from, words.find(' ', from) - from);
            when = (at == 0 ? "" : when + "; and ") + "__fish_seen_subcommand_from " + one;
        }
        for (const auto& answer : answers) {
            const bool option = answer.rfind("--", 0) == 0;
            text += "complete -c " + program + " -n '" + when + "' " +
                    (option ? "-l " + answer.substr(2) : "-a " + answer) + "\n";
        }
    }
    return text;
}

inline std::string completion(const CLI::App& program, const std::string& shell) {
    std::vector<Completion> all;
    list_completions(program, all);
    if (shell == "fish") {
        return fish_completion(program.get_name(), all);
    }
    const std::string bash = bash_completion(program.get_name(), all);
    return shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" + bash : bash;
}

} // namespace tally::cli
