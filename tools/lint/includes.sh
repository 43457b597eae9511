#!/usr/bin/env bash
# Fails when an #include points up, or sideways, against the layers of docs/design.md.
#   tools/lint/includes.sh [ROOT]        checks a project
#   tools/lint/includes.sh --self-test   checks that a wrong include is caught
set -euo pipefail

# Each layer, what it may include beside itself (and all that those may), and the public headers that belong to it.
# A public header that is not named here belongs to the layer whose folder has the source file of its name.
layers() {
    cat <<'END'
core        -                              augment class_weight error fields history frame_source matrix progress tensor
os          core                           -
formats     os                             -
audio       formats                        audio
dsp         core                           dsp
speech      dsp                            -
feature     audio,speech                   clip_frames features frame_features
nn/kernels  core                           -
nn/optim    nn/kernels                     -
learn       nn/optim                       -
nn/mlp      learn                          -
nn/keras    learn                          layers
nn/frames   learn                          sequence_options
framework   nn/mlp,nn/keras,nn/frames,speech  classifier keras
tables      formats                        -
corpus      feature,tables                 audit corpus config labels
model       feature,framework              explanation model
eval        model,corpus                   eval training
timeline    model                          timeline
exchange    model                          exchange
plot        eval,timeline                  plot sound_plot
plug_ins    plot,exchange                  -
END
}

check() {
    local root=$1
    cd "$root"
    # shellcheck disable=SC2046  # the names of the project's folders hold no blanks
    grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' -r $(ls -d include src 2>/dev/null) /dev/null |
        awk -v table="$(layers)" -v sources="$(find src -name '*.cpp')" '
            function wrong(text) { print file ":" line ": " text; bad = 1 }
            function may(from, to,    parts, n, i) {
                if (from == to) return 1
                n = split(needs[from], parts, ",")
                for (i = 1; i <= n; ++i) if (parts[i] in needs && may(parts[i], to)) return 1
                return 0
            }
            # The folder of a file from src/, "core", or of a layer of two names, "nn/kernels".
            function room_of(path,    parts) {
                split(path, parts, "/")
                if ((parts[1] "/" parts[2]) in needs) return parts[1] "/" parts[2]
                return parts[1] in needs ? parts[1] : ""
            }
            function layer_of(path) {
                if (path ~ /^undertone\//) {
                    sub(/^undertone\//, "", path); sub(/\.hp*$/, "", path)
                    return path in owner ? owner[path] : ""
                }
                return room_of(path)
            }
            BEGIN {
                rows = split(table, row, "\n")
                for (r = 1; r <= rows; ++r) {
                    split(row[r], word, " ")
                    needs[word[1]] = word[2]
                }
                files = split(sources, source, "\n")
                for (i = 1; i <= files; ++i) {
                    room = room_of(substr(source[i], 5))
                    n = split(source[i], word, "/")
                    stem = word[n]; sub(/\.cpp$/, "", stem)
                    if (stem in owner && owner[stem] != room) room = "two layers"
                    owner[stem] = room
                }
                for (r = 1; r <= rows; ++r) {
                    n = split(row[r], word, " ")
                    for (i = 3; i <= n; ++i) owner[word[i]] = word[1]
                }
            }
            {
                split($0, place, ":"); file = place[1]; line = place[2]
                if (!match($0, /[<"][^>"]+[>"]/)) next
                target = substr($0, RSTART + 1, RLENGTH - 2)
                ours = substr($0, RSTART, 1) == "\"" || target ~ /^undertone\//
                if (!ours || file == "include/undertone/undertone.hpp") next
                own = file; sub(/^(src|include)\//, "", own)
                from = layer_of(own); to = layer_of(target)
                if (from == "") wrong("is in no layer: add it to the table in tools/lint/includes.sh")
                else if (from == "two layers" || to == "two layers") wrong("\"" target "\": two layers have a source of that name: add it to the table in tools/lint/includes.sh")
                else if (to == "") wrong("\"" target "\" is in no layer: write its path from src/, or add it to the table in tools/lint/includes.sh")
                else if (!may(from, to)) wrong(from " may not include " to " (\"" target "\")")
            }
            END { exit bad }'
}

self_test() {
    root=$(mktemp -d) # not local: the trap below runs after this function
    trap 'rm -rf "$root"' EXIT
    mkdir -p "$root/include/undertone" "$root/src/dsp" "$root/src/feature" "$root/src/nn/frames"
    echo '#include "undertone/error.hpp"' >"$root/include/undertone/features.hpp"
    echo '#include "undertone/features.hpp"' >"$root/include/undertone/chosen.hpp"
    echo '#include "undertone/chosen.hpp"' >"$root/src/feature/chosen.cpp"
    printf '#include <vector>\n#include "dsp/mel.hpp"\n#include "core/file.hpp"\n' >"$root/src/feature/set.cpp"
    check "$root" || { echo "right includes were refused"; exit 1; }
    local wrong
    for wrong in 'dsp "feature/set.hpp"' 'nn/frames "feature/set.hpp"' 'dsp "undertone/features.hpp"' \
        'dsp <undertone/classifier.hpp>' 'dsp "mel.hpp"' 'dsp "undertone/unheard_of.hpp"' \
        'dsp "undertone/chosen.hpp"' 'dsp "undertone/undertone.hpp"'; do
        echo "  # include ${wrong#* }" >"$root/src/${wrong%% *}/wrong.cpp"
        if (check "$root" >/dev/null); then
            echo "src/${wrong%% *}/ was let include ${wrong#* }"
            exit 1
        fi
        rm "$root/src/${wrong%% *}/wrong.cpp"
    done
}

case ${1:-} in
    --self-test) self_test ;;
    *) check "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}" ;;
esac
