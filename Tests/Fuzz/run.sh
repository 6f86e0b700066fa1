#!/usr/bin/env bash
# Runs fuzzing targets, each for some seconds, and prints executions and rate of each. What they find is kept in
# OUT/findings, the corpus that grows in OUT/corpus.
#
# A crash, a trap, an exit, a leak, an input that takes more than a second, an allocation of more than 64 MiB, or memory
# beyond 128 MiB, of which libFuzzer and the sanitizer take half, is a bug: the inputs are small, and nothing may be
# allocated by what they only claim.
# Usage: run.sh OUT SECONDS TARGET...
set -euo pipefail
out=$1 seconds=$2
shift 2
# As many at a time as there are processors, each by a run of this script.
if [ $# -gt 1 ]; then
  printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" "$out" "$seconds" || exit 1
  exit
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out/findings"
# A small quarantine and no stacks of allocations make a target several times as fast; run an input alone to see more.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=16:malloc_context_size=0:max_malloc_fill_size=0
status=0
for target; do
  mkdir -p "$out/corpus/$target"
  arguments=(-max_total_time="$seconds" -timeout=20 -report_slow_units=1
    -malloc_limit_mb=64 -rss_limit_mb="${FUZZ_RSS:-128}" -use_value_profile=0
    -seed="${FUZZ_SEED:-0}" -print_final_stats=1 -artifact_prefix="$out/findings/$target-" -max_len="${FUZZ_LENGTH:-1536}")
  dictionary=$here/dictionaries/$target.dict
  if [ -f "$dictionary" ]; then arguments+=("-dict=$dictionary"); fi
  log=$out/$target.log
  if "$out/$target" "${arguments[@]}" "$out/corpus/$target" "$here/corpus/$target" >"$log" 2>&1; then
    found=clean
  else
    found="FAILED, see $log"
    status=1
  fi
  # On a busy machine anything may have waited for its turn: alone it must be quick.
  for slow in "$out/findings/$target"-slow-unit-*; do
    if [ -f "$slow" ] && "$out/$target" -timeout=1 "$slow" >>"$log" 2>&1; then
      rm "$slow"
    elif [ -f "$slow" ]; then
      found="SLOW, see $log"
      status=1
    fi
  done
  awk -v target="$target" -v found="$found" '
    /^stat::number_of_executed_units/ { runs = $2 } /^stat::average_exec_per_sec/ { rate = $2 }
    /^stat::peak_rss_mb/ { memory = $2 } / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") edges = $(i + 1) }
    END { printf "%-12s%10d executions%7d/s%6d edges%4d MB  %s\n", target, runs, rate, edges, memory, found }' "$log"
done
exit $status
