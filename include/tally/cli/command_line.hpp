// What the command lines of the three programs have in common: commands that fill plain options and then run one
// function, the exit codes in every help text, 2 for a wrong command line, and `manual` and `completion`, which follow
// from the commands themselves. Each program's main.cpp adds its commands.
#pragma once

#include "tally/cli/manual.hpp"
#include "tally/cli/run_main.hpp"

#include <CLI/CLI.hpp>
#include <functional>

namespace tally::cli {

struct Program {
    std::string name;
    std::string purpose;    // one sentence
    std::string examples;   // lines, after "Examples:"
    std::string exit_codes; // lines, after "Exit codes:"
};

class CommandLine {
public:
    explicit CommandLine(const Program& program)
        : app_(program.purpose, program.name), program_(program), exit_codes_("\nExit codes:\n" + program.exit_codes) {
        app_.set_version_flag("--version", program.name + " " TALLY_VERSION);
        app_.require_subcommand(1);
        app_.footer("\nExamples:\n" + program.examples + exit_codes_);
    }

    [[nodiscard]] CLI::App& app() { return app_; }

    // A command of `parent`; `action` runs with `options` after the whole command line was read. Both must outlive run().
    template <class Options>
    CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                  Options& options, Exit (*action)(const Options&)) {
        CLI::App* command = parent.add_subcommand(name, what);
        command->footer("\nExample:\n  " + program_.name + " " + example + "\n" + exit_codes_);
        command->callback([this, &options, action] { run_ = [&options, action] { return action(options); }; });
        return command;
    }

    Exit run(int count, const char* const* words) {
        add_texts();
        try {
            app_.parse(count, words);
        } catch (const CLI::ParseError& stop) {
            return app_.exit(stop) == 0 ? Exit::ok : Exit::usage;
        }
        return run_();
    }

private:
    void add_texts() {
        const auto add_text = [this](const std::string& name, const std::string& what) {
            CLI::App* command = app_.add_subcommand(name, what);
            command->group("About this program");
            command->footer(exit_codes_);
            return command;
        };
        add_text("manual", "Print the manual page: " + program_.name + " manual | man -l -")->callback([this] {
            run_ = [this] { return show(manual(app_, program_.examples, program_.exit_codes)); };
        });
        CLI::App* completion =
            add_text("completion", "Print the completion for a shell: source <(" + program_.name + " completion bash)");
        completion->add_option("shell", shell_, "bash, zsh or fish")
            ->required()
            ->check(CLI::IsMember({"bash", "zsh", "fish"}));
        completion->callback([this] { run_ = [this] { return show(cli::completion(app_, shell_)); }; });
    }

    static Exit show(const std::string& text) {
        print(text);
        return Exit::ok;
    }

    CLI::App app_;
    Program program_;
    std::string exit_codes_, shell_;
    std::function<Exit()> run_;
};

// A directory or file that a command works on.
template <class Path>
CLI::Option* add_path(CLI::App& command, const std::string& name, Path& path, const std::string& what,
                      const std::string& kind) {
    return command
        .add_option_function<std::string>(
            name, [&path](const std::string& given) { path = given; }, what)
        ->type_name(kind);
}

template <class Options>
void add_passphrase(CLI::App& command, Options& options) {
    command
        .add_option_function<int>(
            "--passphrase-fd", [&options](int number) { options.passphrase_fd = number; },
            "Read the passphrase of the secret key from this descriptor: --passphrase-fd 3 3<FILE")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
}

} // namespace tally::cli
