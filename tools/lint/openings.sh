#!/usr/bin/env bash
# Fails when a file is opened for reading, or JSON or YAML is read, in another way than by src/os/file.hpp,
# src/formats/json.hpp and src/tables/yaml.hpp, which hold the bounds.
#   tools/lint/openings.sh [ROOT]        checks a project
#   tools/lint/openings.sh --self-test   checks that each kind is caught
set -euo pipefail

check() {
    cd "$1"
    local folders
    mapfile -t folders < <(ls -d include src apps python 2>/dev/null)
    # Who may, and why: file.cpp, json.cpp and yaml.cpp are the ways themselves; child.cpp reads of /proc how large its process is;
    # own_folder.cpp and run_journal.cpp open the lock and the journal of a run, which are written to.
    ! grep -rnE --include='*.cpp' --include='*.hpp' \
        'nlohmann|ifstream|fopen *\(|::open *\(|openat *\(|[Jj]son::(parse|accept|sax_parse|from_)|YAML::(Load|Parser)' \
        "${folders[@]}" /dev/null |
        grep -vE '^src/os/file\.cpp:|^src/(formats/json|tables/yaml)\.cpp:|^src/plug_ins/exchange/child\.cpp:|^apps/undertone/run/(own_folder|run_journal)\.cpp:' |
        grep -vE '^[^:]*:[0-9]+: *//|Zip::open'
}

self_test() {
    root=$(mktemp -d) # not local: the trap below runs after this function
    trap 'rm -rf "$root"' EXIT
    mkdir -p "$root/src/os" "$root/src/eval"
    echo 'const int d = ::open(path.c_str(), O_RDONLY); Json::sax_parse(text, &builder);' >"$root/src/os/file.cpp"
    echo 'const Json json = parse_json(read_file(path), path);' >"$root/src/eval/folds.cpp"
    check "$root" || { echo "right code was refused"; exit 1; }
    local wrong
    for wrong in 'std::ifstream in(path);' 'std::fopen(path.c_str(), "rb")' '::open(path.c_str(), O_RDONLY)' \
        'Json::parse(text)' 'nlohmann::json::parse(text)' 'YAML::LoadFile(path)' '#include <nlohmann/json.hpp>'; do
        echo "$wrong" >"$root/src/eval/folds.cpp"
        if (check "$root" >/dev/null); then
            echo "was let through: $wrong"
            exit 1
        fi
    done
}

case ${1:-} in
    --self-test) self_test ;;
    *) check "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}" ;;
esac
