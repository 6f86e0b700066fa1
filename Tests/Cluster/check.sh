#!/bin/bash
# The pipelines on a real cluster: Slurm and GNU parallel over ssh, started in a temporary folder from Debian's packages.
#
#   PATH=.build/release:$PATH Tests/Cluster/check.sh       or make check-cluster
#
# Ensembles, cross-validation, searches and local SGD must come out byte for byte as they do on the local back end; jobs
# that fail, are cancelled, killed or lose their node must be named and run again; and nothing is left running. Each check
# prints a line and its seconds. The first that fails ends the script with status 1 and the daemons' logs.
set -euo pipefail
root=$(realpath "$(dirname "$0")/../..")

missing=()
for needed in munged:munge slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client parallel:parallel sshd:openssh-server \
  ssh:openssh-client; do
  PATH=$PATH:/usr/sbin command -v "${needed%:*}" > /dev/null || missing+=("${needed#*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "check-cluster: packages are missing: apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 2
fi
command -v nn-train > /dev/null || { echo 'check-cluster: nn-train is not on the PATH' >&2; exit 2; }
PATH=$PATH:/usr/sbin

here=$(mktemp -d "${TMPDIR:-/tmp}/nn-cluster.XXXXXX")
chmod 755 "$here" # munge lets nobody into a folder that others cannot see
port=$((20000 + $$ % 1200 * 10))
# shellcheck source=Tests/Cluster/daemons.sh
. "$root/Tests/Cluster/daemons.sh"

runner= # a run in the background
finish() {
  local status=$?
  trap '' INT TERM HUP
  set +e
  if [ $status != 0 ]; then
    echo "FAILED: $checked"
    tail -n 10 "$here"/*.out "$here/log"
  fi >&2 2> /dev/null
  [ -z "$runner" ] || kill "$runner" 2> /dev/null
  stop_daemons
  cd /
  rm -rf "$here"
  exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# check TEXT COMMAND ...: a line of what was proved.
checked='the start'
check() {
  local begin=$EPOCHREALTIME
  checked=$1
  "${@:2}" > "$here/log" 2>&1
  awk -v begin="$begin" -v end="$EPOCHREALTIME" -v text="$1" 'BEGIN { printf "%6.1f s  %s\n", end - begin, text }'
}

# Each back end has a copy of the pipelines, so that all files have the same names.
pipelines_of() {
  mkdir -p "$here/$1"
  cp -r "$root/pipelines" "$here/$1"
  rm -rf "$here/$1/pipelines/out"
  ln -s "$root/examples" "$here/$1/examples"
}
pipeline() { make -s -C "$here/$RUN/pipelines" -f "$@"; }
train() {
  case $1 in
    ensemble) pipeline ensemble.mk EPOCHS=3 ;;
    cv) pipeline cv.mk TRAIN='--epochs 3' ;;
    search) pipeline search.mk FULL_TRIALS=8 HALVING_TRIALS=9 EPOCHS=9 ;;
    local-sgd) pipeline local-sgd.mk ROUNDS=2 EPOCHS=1 ;;
  esac
}
# same_as_local PIPELINE [FILE]: all that it made but what tells seconds, which are logs, tables of runs, and the file.
same_as_local() {
  train "$1"
  [ "$(find "$here/$RUN/pipelines/out/$1" -name '*.st' | wc -l)" -ge 10 ]
  diff -r --exclude='*.log' --exclude='*.jsonl' --exclude='*.tsv' --exclude="${2-}" \
    "$here/local/pipelines/out/$1" "$here/$RUN/pipelines/out/$1"
}
all_as_local() {
  local what
  pipelines_of "$RUN"
  check "$1: an ensemble of ten, byte for byte as here" same_as_local ensemble
  check "$1: five folds of a cross-validation, byte for byte as here" same_as_local cv
  check "$1: searches to the end and by halving, byte for byte as here" same_as_local search
  check "$1: local SGD with 1, 2 and 4 jobs, byte for byte as here" same_as_local local-sgd table.txt
}

run=$root/pipelines/run
says() { grep -qE -- "$1" err || { cat err; echo "nobody says: $1"; return 1; }; }

# A job that fails, in a make: the others are done, it has run twice, it is named, and make fails.
failing_job() {
  mkdir "$here/$RUN/failing"
  cd "$here/$RUN/failing"
  printf 'all:\n\t%s JOB=1:4 log.JOB %s\n' "$run" \
    "'echo run >> runs.JOB; [ JOB != 3 ] || { echo \"no luck\"; exit 4; }'" > Makefile
  if make -s 2> err; then return 1; fi
  says '^run: job 3 failed \(status 4\), once more: no luck$'
  says '^run: job 3 failed \(status 4\), see log\.3: no luck$'
  says '^run: 1 of 4 jobs failed: 3$'
  says '^make(\[[0-9]+\])?: .*Error 1$'
  [ "$(cat runs.1 runs.2 runs.4 | wc -l)" = 3 ] && [ "$(wc -l < runs.3)" = 2 ]
}

# Words, directories and the environment arrive as they are.
words() {
  mkdir -p "$here/$RUN/it's 100% ü"
  cd "$here/$RUN/it's 100% ü"
  PATH=$here/own:$PATH LC_ALL=C "$run" N=8:9 'a log.N' own 'a  b' "it's" "\$HOME" '*' '{}' '"' N
  printf '[%s]' 'a  b' "it's" "\$HOME" '*' '{}' '"' 9 | diff - 'a log.9'
  [ "$(ls -A)" = $'a log.8\na log.9' ]
}

# hurt COMMAND ...: happens to the first of two jobs while it runs; the second time it may come to its end.
hurt() {
  rm -rf "$here/$RUN/hurt" && mkdir "$here/$RUN/hurt"
  cd "$here/$RUN/hurt"
  RUN_JOBS=2 "$run" JOB=1:2 log.JOB "echo \$\$ >> pids.JOB; [ JOB = 2 ] || [ \$(wc -l < pids.1) = 2 ] || exec sleep 100" 2> err &
  runner=$!
  until_true 20 test -s pids.1
  until_true 20 test -s pids.2
  "$@"
  wait "$runner"
  runner=
  [ "$(wc -l < pids.1)" = 2 ] && [ "$(wc -l < pids.2)" = 1 ]
}
cancelled() {
  hurt cancel_first
  says '^run: job 1 failed \(it was lost\), once more: .*CANCELLED'
}
cancel_first() { scancel "$(squeue -h -o %F | head -n 1)_1"; }
killed() {
  hurt kill_first
  says '^run: job 1 failed \(status 137, SIGKILL\), once more'
}
kill_first() { kill -KILL "$(cat pids.1)"; }
# Without --no-requeue Slurm runs them again itself, after two minutes.
without_node() {
  RUN_OPTIONS=--no-requeue hurt lose_node
  says '^run: job 1 failed \(it was lost\), once more: .*NODE FAILURE'
  until_true 20 nodes_are_idle
}
lose_node() { scontrol update "nodename=$(squeue -h -o %N | head -n 1)" state=down reason=check; }

# Ctrl-C.
interrupted() {
  mkdir "$here/$RUN/interrupted"
  cd "$here/$RUN/interrupted"
  # A shell lets no command in the background be interrupted.
  RUN_JOBS=4 env --default-signal=INT "$run" JOB=1:4 log.JOB "echo \$\$ > pid.JOB; exec sleep 100" &
  runner=$!
  for job in 1 2 3 4; do until_true 20 test -s "pid.$job"; done
  kill -INT "$runner"
  local status=0
  wait "$runner" || status=$?
  runner=
  echo "run ended with status $status"
  [ $status = 130 ]
  until_true 20 nobody_lives
}
nobody_lives() {
  local pid pids
  mapfile -t pids < <(cat pid.*)
  for pid in "${pids[@]}"; do if kill -0 "$pid"; then return 1; fi; done
}

too_many() {
  cd "$here/$RUN"
  if "$run" JOB=1:200 log.JOB true 2> err; then return 1; fi
  says "^run: 200 is too large a number for a job here: Slurm's MaxArraySize is 101, so 100 is the last one$"
}
unwanted() {
  cd "$here/$RUN"
  if RUN_OPTIONS='--mem 1T' "$run" JOB=1:2 log.JOB true 2> err; then return 1; fi
  says '^run: sbatch took no jobs$'
}

troubles() {
  check "$1: words, directories and PATH arrive" words
  check "$1: a job that fails is named, runs twice, and fails the make" failing_job
  check "$1: a job that is killed runs again" killed
  check "$1: Ctrl-C ends all jobs" interrupted
}

mkdir "$here/own"
printf '#!/bin/bash\nprintf "[%%s]" "$@"\n' > "$here/own/own"
chmod +x "$here/own/own"

export RUN=local
pipelines_of local
for what in ensemble cv search local-sgd; do check "local: $what" train "$what"; done
troubles local

export RUN=slurm
check "$(slurmctld -V): two nodes are idle" start_slurm
all_as_local slurm
troubles slurm
check 'slurm: a job that is cancelled runs again' cancelled
check 'slurm: a job whose node goes down runs again' without_node
check 'slurm: more jobs than an array may have are refused' too_many
check 'slurm: jobs that no node can take are refused' unwanted

export RUN=parallel PARALLEL_HOME=$here/parallel PARALLEL_SSH="ssh -F $here/ssh/config" RUN_OPTIONS='--sshlogin 4/n1,4/n2'
mkdir "$PARALLEL_HOME"
check "$(parallel --version | head -n 1): a server for ssh listens" start_sshd
all_as_local 'parallel over ssh'
troubles 'parallel over ssh'

nothing_left() {
  local left
  stop_daemons
  left=$(pgrep -af "$here") || true
  echo "$left"
  [ -z "$left" ]
}
cd "$here"
check 'all of it is stopped, and no process is left' nothing_left
