#!/usr/bin/env bash
# Makes the synthetic clips of examples/demo/: eSpeak NG reads two sentences in several voices and manners.
# Needs the packages espeak-ng, sox and opus-tools.
set -euo pipefail
out=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/examples/demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

voices=(m1 f1 m2 f2 m3 f3 m4 f4) # eSpeak NG's own variants of one English voice
sentences=("The train leaves at half past nine." "There is a letter on the table.")

# code pitch(0-99) range(%) words-a-minute loudness(0-200): how a manner differs from neutral reading
manners="
01 50 100 165  90
03 68 170 185 110
04 36  40 115  60
05 56 190 205 130
06 82 120 220  80
"

rm -f "$out"/*.opus
while read -r code pitch range speed loudness; do
    [[ -n $code ]] || continue
    for v in "${!voices[@]}"; do
        for s in "${!sentences[@]}"; do
            # No two voices do it alike: each shifts pitch, speed and loudness a little, by its number.
            p=$((pitch + (v * 5 + s * 3) % 11 - 5))
            w=$((speed + (v * 17 + s * 11) % 31 - 15))
            a=$((loudness + (v * 13 + s * 7) % 25 - 12))
            name=$(printf 'synthetic-%s-%02d-%02d' "$code" $((s + 1)) $((v + 1)))
            espeak-ng -v "en-us+${voices[v]}" -p "$p" -s "$w" -a "$a" -m -w "$work/a.wav" \
                "<speak><prosody range=\"$range%\">${sentences[s]}</prosody></speak>"
            sox -D "$work/a.wav" -r 16000 "$work/b.wav" gain -3 rate
            opusenc --quiet --bitrate 16 --serial 1 --discard-comments --discard-pictures \
                "$work/b.wav" "$out/$name.opus"
        done
    done
done <<<"$manners"
printf '%s clips, %s bytes\n' "$(find "$out" -name '*.opus' | wc -l)" "$(cat "$out"/*.opus | wc -c)"
