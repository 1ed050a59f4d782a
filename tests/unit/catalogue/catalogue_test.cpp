#include "tally/base/encoding.hpp"
#include "tally/catalogue/catalogue.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::catalogue;

namespace {

const std::string head = R"({"format":"tally-catalogue-1","made":"2026-11-23","name":"t","t":"catalogue"})"
                         "\n";

std::string product(const std::string& word) {
    return R"({"mark":"measured","name":"N","source":"s","t":"product","word":")" + word + "\"}\n";
}
std::string program(const std::string& path, const std::string& product, const std::string& system = "windows",
                    const std::string& more = "") {
    const auto there = [&](const std::string& key) { return more.find("\"" + key + "\"") != std::string::npos; };
    return "{" + std::string(there("class") ? more + "," : "") + R"("mark":"measured","path":")" + path +
           R"(","product":")" + product + R"(","source":"s",)" + (there("switch") ? R"("switch":"/product",)" : "") +
           R"("system":")" + system + R"(","t":"program")" + (there("switch") ? R"(,"unsure":"unsure")" : "") + "}\n";
}

// "product version", "?" before it when unsure; empty when nothing fits.
std::string told(const std::optional<Match>& match) {
    return !match ? ""
                  : (match->is_unsure ? "?" : "") + std::string(match->product) + " " + std::string(match->version) +
                        (match->use == Class::automation ? " automation" : "");
}
std::string windows(const Catalogue& from, std::string_view path, std::optional<std::string_view> line = {}) {
    return told(from.program(System::windows, path, line));
}
std::string posix(const Catalogue& from, std::string_view path) { return told(from.program(System::posix, path, {})); }
std::string refused(const std::string& lines) {
    const auto read = read_catalogue(lines);
    return read ? "" : std::to_string(read.fault().at) + ": " + read.fault().what;
}

} // namespace

TEST_CASE("the standard catalogue knows programs by where they lie, on both systems") {
    const Catalogue& standard = catalogue::standard();
    CHECK(windows(standard, R"(C:\Program Files\Autodesk\Revit 2024\Revit.exe)") == "revit 2024");
    CHECK(windows(standard, R"(c:\program files\AUTODESK\revit 2024\REVIT.EXE)") == "revit 2024");
    CHECK(windows(standard, R"(D:\tools\Revit.exe)") == "revit ");
    CHECK(posix(standard, "/usr/autodesk/maya2024/bin/maya.bin") == "maya 2024");
    CHECK(posix(standard, "/usr/autodesk/maya2024/bin/MAYA.BIN").empty());
    CHECK(windows(standard, R"(C:\Program Files\Autodesk\Maya2025\bin\mayabatch.exe)") == "maya 2025 automation");
    CHECK(windows(standard, R"(C:\Program Files\Autodesk\Navisworks Simulate 2025\roamer.exe)") ==
          "navisworks-simulate 2025");
    CHECK(windows(standard, R"(C:\x\Roamer.exe)") == "navisworks ");
    CHECK(windows(standard, R"(C:\Windows\System32\notepad.exe)").empty());
    CHECK(windows(standard, R"(C:\Program Files\Autodesk\Revit 2024\)").empty());
    CHECK(windows(standard, "").empty());
    CHECK(windows(standard, R"(C:\games\robot.exe)").empty());
}

TEST_CASE("a switch of the command line tells products of one program apart, and its absence from the log is said") {
    const Catalogue& standard = catalogue::standard();
    const std::string acad = R"(C:\Program Files\Autodesk\AutoCAD 2024\acad.exe)";
    const auto with = [&](const std::string& arguments) {
        return windows(standard, acad, '"' + acad + "\" " + arguments);
    };
    CHECK(with(R"(/ld "x y.dll" /product "C3D" /language "en-US")") == "civil3d 2024");
    CHECK(with("/PRODUCT c3d") == "civil3d 2024");
    CHECK(with(R"(/product "ACADM")") == "autocad-mechanical 2024");
    CHECK(with("") == "autocad 2024");
    CHECK(with(R"("a drawing.dwg")") == "autocad 2024");
    CHECK(with("/product NEWTHING") == "?autocad-based 2024");
    CHECK(with("/product") == "?autocad-based 2024");
    CHECK(windows(standard, acad) == "?autocad-based 2024");
}

TEST_CASE("codes of licence servers are known exactly or by their form, and unknown ones stay unknown") {
    const Catalogue& standard = catalogue::standard();
    CHECK(told(standard.feature("87545ACD_2022_0F")) == "autocad 2022");
    CHECK(told(standard.feature("876933DSMAX_2023_0F")) == "3dsmax 2023");
    CHECK(told(standard.feature("99999RVT_2031_0F")) == "revit 2031");
    CHECK(standard.feature("64300ACD_F")->kind == CodeKind::package);
    CHECK(told(standard.feature("99999NEWTHING_2031_0F")).empty());
    CHECK(told(standard.feature("99999RVT_2031_0Fx")).empty());
    CHECK(told(standard.feature("9999RVT_2031_0F")).empty());
    CHECK(told(standard.feature("")).empty());
    CHECK(told(standard.installation("ACAD-5100")) == "civil3d 2022");
    CHECK(standard.product("civil3d")->name == "Civil 3D");
    CHECK(standard.members.size() > 20);
}

TEST_CASE("the first line that fits counts, and signs stand for what they say and no more") {
    const auto read =
        read_catalogue(head + product("a") + product("b") + program("x* y {version}/*/p.exe", "a") +
                       program("/C:/t/p.exe", "b") + program("p.exe", "b", "posix") + program("s/t/p.exe", "b"));
    REQUIRE(read);
    CHECK(windows(*read, R"(C:\xx y 1.2.3\bin\p.exe)") == "a 1.2.3");
    CHECK(windows(*read, R"(C:\x y 1.2.\bin\p.exe)").empty());
    CHECK(windows(*read, R"(C:\x y .2\bin\p.exe)").empty());
    CHECK(windows(*read, R"(C:\x y 12345678901234567\bin\p.exe)").empty());
    CHECK(windows(*read, R"(C:\x y 1\p.exe)").empty());
    CHECK(windows(*read, R"(C:/T\P.EXE)") == "b ");
    CHECK(windows(*read, R"(D:\C:\t\p.exe)").empty());
    CHECK(windows(*read, R"(s\\t\p.exe)") == "b ");
    CHECK(posix(*read, "p.exe") == "b ");
    CHECK(windows(*read, "C:\\x" + std::string(5000, 'x') + " y 1\\bin\\p.exe").empty());
    CHECK(windows(*read, "x y 1\\" + std::string(300, 'x') + "\\p.exe").empty());
}

TEST_CASE("what is not on the page refuses the catalogue, with the line") {
    const std::string good = head + product("a") + product("unsure");
    CHECK(refused(good).empty());
    CHECK(refused("") == "1: no LF at the end");
    CHECK(refused(product("a")) == "1: the first line is not that of the catalogue");
    CHECK(refused(head + head) == "2: the line of the catalogue is the first only");
    CHECK(refused(good + product("a")) == "4: the word stands twice");
    CHECK(refused(head + product("A")) == "2: its word is not 1 to 48 of a-z, 0-9, '.', '_' and '-'");
    CHECK(refused(good + program("p", "b")) == "4: 'b' is no product of a line before");
    CHECK(refused(good + program("p", "a", "mac")) == "4: unknown system 'mac'");
    CHECK(refused(good + program("P", "a") + program("p", "a")) == "5: the path stands twice");
    CHECK(refused(good + program("P", "a", "posix") + program("p", "a", "posix")).empty());
    for (const char* path : {"a*/", "*", "p{version}", "a**/p", "a*b*/p", "{version}/{version}/p", "a//p", "/",
                             "1/2/3/4/5/6/7/8/9", "a?/p"}) {
        CAPTURE(path);
        CHECK(refused(good + program(path, "a")).starts_with("4: its path "));
    }
    CHECK(refused(good + program("p", "a", "windows", R"("class":"batch")")) == "4: unknown class 'batch'");
    CHECK(refused(good + program("p", "a", "windows", R"("switch")")).empty());
    CHECK(refused(good + R"({"code":"c","kind":"part",)" +
                  R"("mark":"measured","product":"a","source":"s","t":"feature"})" + "\n") == "4: unknown kind 'part'");
    CHECK(refused(good + R"({"code":"{version}{version}","kind":"feature","mark":"measured","product":"a",)" +
                  R"("source":"s","t":"feature"})" + "\n") == "4: has the version twice");
    CHECK(refused(good + R"({"mark":"guessed","name":"N","source":"s","t":"product","word":"c"})" + "\n") ==
          "4: unknown mark 'guessed'");
    CHECK(refused(good + R"({"mark":"measured","name":"N","other":1,"source":"s","t":"product","word":"c"})" + "\n") ==
          "4: has a field that this type does not have");
    CHECK(refused(good + R"({"t":"price"})" + "\n") == "4: unknown type of line: 'price'");
    CHECK(refused(good + "x\n").starts_with("4: not a canonical line"));
    CHECK(refused(good + std::string(max_catalogue, 'x')) == "1: a catalogue has at most 4 MiB");
}

TEST_CASE("too many lines are refused before they are read") {
    std::string lines = head;
    for (std::size_t i = 0; i < max_lines; ++i) {
        lines += product("w" + std::to_string(i));
    }
    CHECK(refused(lines) == "20001: a catalogue has at most 20000 lines");
}
