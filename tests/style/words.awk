# Checks of one C file, read line by line: prints "file:line: finding" and ends with 1 if there is one.
# -v folder=core (the first folder of its path) -v homes=1 when the rules on includes apply.

BEGIN {
    reach["core"] = " core "
    reach["support"] = " core support "
    reach["wire"] = " core support wire "
    reach["http"] = " core support wire http "
    reach["kafka"] = " core support wire kafka "
    reach["store"] = " core support wire store "
    reach["lane"] = " core support wire kafka store lane "
    reach["replay"] = " core support wire kafka store lane replay "
    reach["producers"] = " core support wire kafka store lane producers "
    reach["consumers"] = " core support wire kafka store lane http replay consumers "
    reach["dashboard"] = " core support wire kafka store lane http dashboard "
    reach["cli"] = " core support wire kafka store lane http replay producers consumers dashboard cli "

    home["librdkafka/"] = " kafka "
    home["hiredis/"] = " store "
    home["avro"] = " wire "
    home["jansson"] = " wire "
    home["zlib"] = " wire "
    home["microhttpd"] = " http "
    home["confuse"] = " support "
    home["sodium"] = " core wire lane "

    banned["sprintf"]; banned["vsprintf"]; banned["strcpy"]; banned["strcat"]; banned["stpcpy"]
    banned["atoi"]; banned["atol"]; banned["atoll"]; banned["atof"]; banned["gets"]; banned["strtok"]
    banned["gmtime"]; banned["localtime"]; banned["ctime"]; banned["asctime"]; banned["rand"]
    banned["setlocale"]; banned["alloca"]; banned["system"]; banned["popen"]
}

function finding(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    found = 1
}

# The line without comments and with empty strings; `inside` tells whether a comment is open.
function code_of(line,    out, c, two, quote) {
    out = ""
    while (line != "") {
        c = substr(line, 1, 1)
        two = substr(line, 1, 2)
        if (inside) {
            if (two == "*/") { inside = 0; line = substr(line, 3) } else { line = substr(line, 2) }
        } else if (two == "/*") {
            inside = 1
            line = substr(line, 3)
        } else if (two == "//") {
            return out
        } else if (c == "\"" || c == "'") {
            quote = c
            line = substr(line, 2)
            while (line != "" && substr(line, 1, 1) != quote) {
                line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
            }
            line = substr(line, 2)
            out = out quote quote
        } else {
            out = out c
            line = substr(line, 2)
        }
    }
    return out
}

function check_include(line,    name, first, at) {
    if (!homes || line !~ /^#include/) { return }
    name = line
    sub(/^#include *[<"]/, "", name)
    sub(/[>"].*$/, "", name)
    for (at in home) {
        if (line ~ /</ && index(name, at) == 1 && index(home[at], " " folder " ") == 0) {
            finding("<" name "> is for" home[at] "only")
        }
    }
    first = name
    sub(/\/.*$/, "", first)
    if (line ~ /"/ && first in reach && index(reach[folder], " " first " ") == 0) {
        finding(folder "/ may not include " name)
    }
    if (line ~ /"/ && name !~ /\//) {
        finding("include " name " by its path from the top")
    }
}

function check_calls(code,    rest, word) {
    rest = code
    while (match(rest, /[A-Za-z_][A-Za-z_0-9]*/)) {
        word = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (word in banned && rest ~ /^ *\(/) { finding(word "() is not used here") }
        if (word == "float" || word == "double") { finding("no floating-point numbers") }
    }
}

{
    check_include($0)
    if ($0 ~ /(TODO|FIXME)/) { finding("unfinished: finish it or leave it out") }
    if ($0 ~ /[ \t]$/) { finding("blanks at the end") }
    if ($0 ~ /\t/) { finding("a tab") }
    check_calls(code_of($0))
}

END { exit found }
