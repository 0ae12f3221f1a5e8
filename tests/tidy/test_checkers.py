"""The checks find what they are there to find, and nothing else."""
import coroutine_forms
import cpp_functions
import doc_paths
import include_arrows
import python_functions
import pytest
import sources
import text_rules
from cpp_text import blanked

HARD = r'''
#include <string>
#define OPEN {
namespace weir::base {
// a brace { in a comment, and 'one quote
/* another { "here */
enum class colour : int { red, green };
struct point final {
    int x_{0};
    std::function<void(int)> on_{};
    point(int x, int y) : x_{x}, y_(y), z_{std::max(x, y)} {
        text = "}}}{";
        raw = R"x(}} )" { )x";
        mark = '{';
        big = 1'000'000;
    }
    struct point twin() const { return *this; }
    auto moved() && noexcept -> std::pair<int, int> {
        return {1, 2};
    }
};
template <typename T, typename = std::enable_if_t<(sizeof(T) > 1)>>
T largest(std::vector<T> values, T least = {}) {
    for (auto& value : values) {
        if (value > least) { least = value; }
    }
    return least;
}
const std::map<std::string, std::function<int(int)>> table = {
    {"a", [](int x) {
        return x; }},
};
const auto doubled = [](int x) {
    return 2 * x;
};
}  // namespace weir::base
TEST(first, second) {
    EXPECT_TRUE(true);
}
'''


def named(text):
    return {function.name: function for function in cpp_functions.functions(text)}


def test_functions_are_found_in_hard_text():
    found = named(HARD)
    assert {"point", "twin", "moved", "largest", "TEST"} <= set(found)
    assert found["point"].lines == 6
    assert found["twin"].lines == 1
    assert found["moved"].lines == 3
    assert found["largest"].lines == 7
    assert found["TEST"].lines == 3
    assert not any(function.lines > 7 for function in found.values())
    lambdas = [function for function in cpp_functions.functions(HARD) if function.lines == 3]
    assert len(lambdas) == 3  # moved, TEST and the lambda


def test_lines_are_those_of_the_file():
    assert HARD.split("\n")[named(HARD)["TEST"].line - 1].startswith("TEST(first")


@pytest.mark.parametrize("head", [
    "void f() {", "auto f() -> int\n{", "x::x(int a)\n    : a_(a), b_{a} {", "static void f() noexcept {",
    "template <class T> struct y<T> f(T t) {", "TEST_F(a, b) {", "const auto f = [&](int a) {",
    "f::~f() {", "bool operator==(const x& a, const x& b) {", "int main(int, char** argv) try {",
])
@pytest.mark.parametrize("around", ["%s", "namespace a {\n%s\n}", "class a {\npublic:\n%s\n};",
                                    'extern "C" {\n%s\n}', "namespace {\nstruct a : b<int> {\n%s\n};\n}"])
def test_a_long_function_is_seen_wherever_it_stands(head, around):
    body = "\n".join(["    call({1, 2}, [] { return '}'; });"] * 80)
    text = around % f"{head}\n{body}\n}}"
    assert any(function.lines >= 82 for function in cpp_functions.functions(text))


@pytest.mark.parametrize("head", ["namespace a {", "class b : public c {", "struct d {", "enum e : int {",
                                  "constexpr int table[] = {", "union u {"])
def test_what_is_no_function_may_be_long(head):
    members = "\n".join(["    int member;"] * 90)
    assert not any(f.lines > 70 for f in cpp_functions.functions(f"{head}\n{members}\n}};"))


def test_blanking_keeps_lines_and_length():
    assert len(blanked(HARD)) == len(HARD)
    assert blanked(HARD).count("\n") == HARD.count("\n")
    assert "here" not in blanked(HARD) and "}}}{" not in blanked(HARD)


def test_python_functions_count_their_decorators():
    text = "@first\n@second\ndef f():\n    def g():\n        pass\n    return g\n"
    lines = {function.name: function.lines for function in python_functions.functions(text)}
    assert lines == {"f": 6, "g": 2}


@pytest.mark.parametrize("file, include", [
    ("proxy/wire/a.cpp", '"query/facts.hpp"'),
    ("proxy/query/a.cpp", '"wire/frontend.hpp"'),
    ("proxy/base/a.hpp", '"wire/frontend.hpp"'),
    ("proxy/session/a.cpp", '"pool/ledger.hpp"'),
    ("proxy/net/a.cpp", '"admin/console.hpp"'),
    ("proxy/wire/a.cpp", '"frontend.hpp"'),
    ("proxy/wire/a.cpp", '"../base/lsn.hpp"'),
    ("proxy/session/a.cpp", "<boost/asio.hpp>"),
    ("proxy/base/a.hpp", "<boost/asio/buffer.hpp>"),
    ("proxy/wire/a.cpp", "<openssl/ssl.h>"),
    ("proxy/routing/a.cpp", "<openssl/evp.h>"),
    ("proxy/config/a.cpp", "<libpq-fe.h>"),
    ("proxy/config/a.cpp", "<spdlog/spdlog.h>"),
    ("proxy/routing/a.cpp", "<pg_query.h>"),
    ("proxy/routing/a.cpp", "<mutex>"),
    ("proxy/config/a.cpp", "<fstream>"),
    ("proxy/cluster/a.cpp", "<sys/socket.h>"),
    ("proxy/wire/a.cpp", "<strange/library.hpp>"),
    ("proxy/unknown/a.cpp", "<vector>"),
    ("proxy/net/a.cpp", "<CLI/CLI.hpp>"),
    ("proxy/admin/a.cpp", "<unistd.h>"),
])
def test_a_forbidden_include_is_found(file, include):
    assert include_arrows.offences(file, f"// x\n  #  include {include}\n")


@pytest.mark.parametrize("file, include", [
    ("proxy/session/a.cpp", '"wire/frontend.hpp"'), ("proxy/session/a.cpp", '"session/request.hpp"'),
    ("proxy/wire/a.cpp", "<openssl/evp.h>"), ("proxy/wire/a.cpp", "<vector>"),
    ("proxy/base/a.hpp", "<boost/system/result.hpp>"), ("proxy/query/a.cpp", "<pg_query.h>"),
    ("proxy/net/a.cpp", "<boost/asio.hpp>"), ("proxy/net/http/a.cpp", "<boost/beast.hpp>"),
    ("proxy/main.cpp", '"admin/console.hpp"'), ("proxy/cli/arguments.cpp", "<CLI/CLI.hpp>"),
])
def test_an_allowed_include_is_not(file, include):
    assert include_arrows.offences(file, f"#include {include}\n") == []


def test_an_include_in_a_comment_is_none():
    assert include_arrows.offences("proxy/wire/a.cpp", "// #include <spdlog/spdlog.h>\n") == []


@pytest.mark.parametrize("line", ["auto t = std::chrono::steady_clock::now();", "int x = rand();",
                                  "std::random_device d;", "auto t = time(nullptr);", "auto* p = getenv(name);"])
def test_a_pure_folder_asks_for_no_time_and_no_chance(line):
    assert include_arrows.offences("proxy/session/a.cpp", line)
    assert include_arrows.offences("proxy/net/a.cpp", line) == []
    assert include_arrows.offences("proxy/session/a.cpp", "// " + line) == []


@pytest.mark.parametrize("code", [
    "co_await f([x] { return x; });",
    "co_await f([&](int a)\n    { return a; });",
    "co_await f(point{1, 2});",
    "auto r = co_await g(a, {1,\n 2});",
    "if (co_await f([] (int) { return 1; })) { return; }",
    "co_await (f(std::vector<int>{}) || g());",
])
def test_a_forbidden_coroutine_form_is_found(code):
    assert coroutine_forms.offences("a.cpp", code)


@pytest.mark.parametrize("code", [
    "co_await f(x, std::move(handler));",
    "if (co_await f(x)) { return; }",
    "while (auto n = co_await read(buffer[i](3), y)) {\n  go({1});\n}",
    "for (auto& x : co_await all()) { use(x); }",
    "// co_await f([x] { });\nint y;",
    'co_await f("[x]{}");',
    "co_await f(); auto g = [x] { return x; };",
])
def test_an_allowed_coroutine_form_is_not(code):
    assert coroutine_forms.offences("a.cpp", code) == []


def test_a_path_that_is_not_there_is_found(tmp_path):
    (tmp_path / "proxy" / "wire").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "limits.md").write_text("x")
    (tmp_path / "proxy" / "wire" / "scram.hpp").write_text("x")
    (tmp_path / "proxy" / "empty").mkdir()
    text = ("see `proxy/empty`, `proxy/wire/scram.hpp`, `proxy/wire/*.hpp`, `proxy/<folder>/<noun>.hpp`, `proxy/wire/{scram,gone}.hpp`,\n"
            "[limits](limits.md#one), [web](https://example.org/docs/x) and `build/release/proxy/weir`,\n"
            "[none](missing.md) and `docs/none.md`.\n```\ntests/none/*.tsv\n```\n")
    found = doc_paths.offences("docs/guide.md", text, tmp_path)
    missing = {offence.split(": ")[1] for offence in found}
    assert missing == {"proxy/wire/gone.hpp does not exist", "docs/missing.md does not exist",
                       "docs/none.md does not exist", "tests/none/*.tsv does not exist",
                       "proxy/empty does not exist"}
    assert "docs/guide.md:1: proxy/wire/gone.hpp does not exist" in found


@pytest.mark.parametrize("line", ["std::this_thread::sleep_for(1ms);", "time.sleep(1)", "usleep(10);",
                                  "  sleep 5", "await asyncio.sleep(0.1)", "sleep(1);"])
def test_a_sleep_is_found_and_a_reviewed_pause_is_not(line):
    assert text_rules.sleeps("tests/a", line, set())
    assert text_rules.sleeps("tests/a", line, {"tests/a"})
    assert text_rules.sleeps("tests/a", line + "  # reviewed pause", set())
    assert text_rules.sleeps("tests/a", line + "  # reviewed pause", {"tests/a"}) == []


def test_sleeping_inside_the_server_is_the_servers_affair():
    assert text_rules.sleeps("tests/a", "select pg_sleep(1)", set()) == []


def test_reviewed_files_are_read():
    assert text_rules.reviewed_files("# why\ntests/a.py: polls\n\n") == {"tests/a.py"}


@pytest.mark.parametrize("check, bad, good", [
    (text_rules.unfinished, "// TO" "DO: later", "to do so"),
    (text_rules.machine_paths, "x = '/ro" "ot/a'", "proxy/root/a and ${HOME}/x and /usr/lib"),
    (text_rules.machine_paths, "/wo" "rk/main", "the work/main and https://example.org/work/x"),
    (text_rules.registries, "https://registry.n" "pmjs.org", "the npm registry"),
    (text_rules.broad_kills, "pk" "ill -f weir", "os.kill(pid, 9)"),
])
def test_words_that_have_no_place_are_found(check, bad, good):
    assert check("a", bad) == [offence for offence in check("a", bad)] != []
    assert check("a", good) == []


def test_the_execute_bit_goes_with_the_first_line():
    assert text_rules.execute_bit("a", "#!/bin/sh\n", False)
    assert text_rules.execute_bit("a", "int x;\n", True)
    assert text_rules.execute_bit("a", "#!/bin/sh\n", True) == []
    assert text_rules.execute_bit("a", "int x;\n", False) == []


def test_the_list_of_files_works_without_git(tmp_path):
    for name in ("proxy/a.cpp", "build/b.cpp", "tests/run"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("#!/usr/bin/python3\n")
    assert sources.tracked(tmp_path) == ["proxy/a.cpp", "tests/run"]
    assert sources.python_files(["proxy/a.cpp", "tests/run"], tmp_path) == ["tests/run"]
