#!/usr/bin/env bash
# Kills training without warning at random moments, resumes, and compares every byte of the result with an undisturbed run.
# Usage: Benchmarks/crash.sh [trials] [seed]
set -uo pipefail
trials=${1:-20}
RANDOM=${2:-1}
textvae=$PWD/.build/release/textvae
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$textvae" scenes generate --count 4000 --seed 3 >corpus.txt
settings=(--preset tiny --set training.steps=400 --set training.save_interval=25 --set training.evaluation_interval=100)
start=$(date +%s%N)
"$textvae" train corpus.txt --output whole "${settings[@]}" --quiet 2>/dev/null || exit 1
span=$((($(date +%s%N) - start) / 1000000))
last=$(ls whole/checkpoints | tail -1)
equal=0
for trial in $(seq "$trials"); do
    run=run-$trial
    "$textvae" train corpus.txt --output "$run" "${settings[@]}" --quiet 2>/dev/null &
    pid=$!
    pause=$((RANDOM * span / 32768))
    sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    at=$(ls "$run/checkpoints" 2>/dev/null | tail -1)
    if [ -e "$run/config.json" ]; then
        "$textvae" train corpus.txt --output "$run" --resume --quiet 2>/dev/null
    else
        "$textvae" train corpus.txt --output "$run" "${settings[@]}" --quiet 2>/dev/null
    fi
    if cmp -s whole/model.safetensors "$run/model.safetensors" &&
        cmp -s "whole/checkpoints/$last/model.safetensors" "$run/checkpoints/$last/model.safetensors" &&
        cmp -s "whole/checkpoints/$last/optimizer.safetensors" "$run/checkpoints/$last/optimizer.safetensors"; then
        equal=$((equal + 1))
        echo "trial $trial: killed after $pause ms (newest checkpoint ${at:-none}): equal"
    else
        echo "trial $trial: killed after $pause ms (newest checkpoint ${at:-none}): DIFFERENT"
    fi
    rm -rf "$run"
done
echo "$equal of $trials bit-equal to the undisturbed run"
[ "$equal" -eq "$trials" ]
