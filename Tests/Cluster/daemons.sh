# shellcheck shell=bash
# Slurm and sshd as anybody may start them, with all that they read and write in one folder and none of their usual ports.
# To be sourced: $here is the folder, $port the first of four free ports.
: "${here:?}" "${port:?}"

daemons=()

# daemon COMMAND ...: one that stays in the foreground, in the background.
daemon() {
  "$@" < /dev/null >> "$here/$(basename "$1").out" 2>&1 & # where its messages go, too
  daemons+=($!)
}

# until_true SECONDS COMMAND ...: asks every tenth of a second.
until_true() {
  local tries=$(($1 * 10))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $((tries--)) -gt 0 ] || return 1
    sleep 0.1
  done
}

# One controller and two nodes, n1 and n2, which are processes of this machine and know each other by munge's key.
start_slurm() {
  local host user
  host=$(hostname -s) user=$(id -un)
  mkdir "$here/slurm"
  dd if=/dev/urandom of="$here/slurm/munge.key" bs=128 count=1 status=none
  chmod 600 "$here/slurm/munge.key"
  daemon munged --foreground --key-file="$here/slurm/munge.key" --socket="$here/slurm/munge" \
    --pid-file="$here/slurm/munged.pid" --log-file="$here/slurm/munged.log" --seed-file="$here/slurm/munged.seed"
  until_true 10 test -S "$here/slurm/munge"

  cat > "$here/slurm/slurm.conf" << END
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$here/slurm/munge
CredType=cred/munge

StateSaveLocation=$here/slurm/state
SlurmdSpoolDir=$here/slurm/spool.%n
SlurmctldPidFile=$here/slurm/slurmctld.pid
SlurmdPidFile=$here/slurm/slurmd.%n.pid

# Without control groups, which belong to the machine.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none

SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=10000
MaxArraySize=101
KillWait=2
ReturnToService=2
# The nodes claim more than this machine has.
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4 RealMemory=4000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=4 RealMemory=4000
PartitionName=all Nodes=n1,n2 Default=YES State=UP
END
  mkdir "$here"/slurm/{state,spool.n1,spool.n2}
  export SLURM_CONF=$here/slurm/slurm.conf
  daemon slurmctld -D
  daemon slurmd -D -N n1
  daemon slurmd -D -N n2
  until_true 30 nodes_are_idle
}
nodes_are_idle() { [ "$(sinfo -h -N -o %T)" = $'idle\nidle' ]; }
no_jobs() { [ -z "$(squeue -h)" ]; }

# A server that lets in whoever has the key made here, under the names n1 and n2.
start_sshd() {
  mkdir "$here/ssh"
  ssh-keygen -q -t ed25519 -N '' -f "$here/ssh/key"
  ssh-keygen -q -t ed25519 -N '' -f "$here/ssh/host"
  cat > "$here/ssh/sshd_config" << END
ListenAddress 127.0.0.1:$((port + 3))
HostKey $here/ssh/host
AuthorizedKeysFile $here/ssh/key.pub
PidFile $here/ssh/sshd.pid
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
MaxStartups 100
END
  cat > "$here/ssh/config" << END
Host n1 n2
  HostName 127.0.0.1
  HostKeyAlias node
  Port $((port + 3))
  User $(id -un)
  IdentityFile $here/ssh/key
  IdentitiesOnly yes
  UserKnownHostsFile $here/ssh/known_hosts
END
  echo "node $(cut -d ' ' -f 1,2 "$here/ssh/host.pub")" > "$here/ssh/known_hosts"
  # As root it asks for this empty folder, which else the system's own start makes.
  if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then mkdir /run/sshd && run_sshd=made; fi
  daemon /usr/sbin/sshd -D -e -f "$here/ssh/sshd_config"
  until_true 10 ssh -F "$here/ssh/config" n1 true
}

stop_daemons() {
  if [ -n "${SLURM_CONF-}" ]; then
    scancel --user="$(id -un)" 2> /dev/null || true
    until_true 10 no_jobs || true
  fi
  [ ${#daemons[@]} = 0 ] || kill "${daemons[@]}" 2> /dev/null || true
  wait "${daemons[@]}" 2> /dev/null || true
  daemons=()
  unset SLURM_CONF
  if [ "${run_sshd-}" = made ]; then rmdir /run/sshd; fi
  run_sshd=
}
