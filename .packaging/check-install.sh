#!/usr/bin/env bash
# Installs the package in a fresh minimal Debian without Swift, uses it as somebody who has just found it, and removes
# it: check-install.sh PACKAGE.deb. Wants root, debootstrap and a mirror of Debian; prints all that is done.
#
# The fresh system is kept as an archive beside the package, for the next time.
# shellcheck disable=SC2016 # What stands in single quotes is for the shell in there.
set -euo pipefail
package=$(realpath "$1")
suite=bookworm
archive=$(dirname "$package")/debian-$suite.tar
[ "$(id -u)" = 0 ] || { echo 'check-install.sh: root is due, for debootstrap and chroot' >&2; exit 1; }
root=$(mktemp -d)
clean() {
  umount "$root/proc" 2> /dev/null || true
  rm -rf --one-file-system "$root"
}
trap clean EXIT

if [ ! -f "$archive" ]; then
  debootstrap --variant=minbase "$suite" "$root" > "$archive.log" || { cat "$archive.log"; exit 1; }
  tar -C "$root" --one-file-system -cf "$archive.new" . && mv "$archive.new" "$archive"
else
  tar -C "$root" -xpf "$archive"
fi
chmod 755 "$root" # mktemp keeps it from everybody but root, and apt and man work as users of their own
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$package" "$root/tmp/nn-tools.deb"

# A command as typed, and what it prints.
run() {
  printf '\n# %s\n' "$1"
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb MANPAGER=cat \
    DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes bash -o pipefail -ec "$1" 2>&1
}
# All paths but those where apt, dpkg and man keep their books.
paths() {
  (cd "$root" && find . -xdev -path ./proc -prune -o -path ./var/cache -prune -o -path ./var/lib/apt -prune \
    -o -path ./var/log -prune -o -path ./tmp -prune -o -printf '%y %p\n' | grep -v 'var/lib/dpkg/.*-old$' | sort)
}

run 'cat /etc/debian_version; command -v swift swiftc || echo "no Swift here"'
run 'apt-get -qq update; apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends man-db bash-completion make > /dev/null'
before=$(paths)
run 'apt-get -o Dpkg::Use-Pty=0 install -y --no-install-recommends /tmp/nn-tools.deb | grep -v ^Get:'
run 'dpkg -s nn-tools | grep -E "^(Status|Version|Installed-Size|Depends)"; nn-train --version'
run 'man nn-train | head -30'
run 'man -k "^nn-" | sort'
run 'cd /root; cat > try.bash <<END
. /usr/share/bash-completion/bash_completion
PS1=
bind "\"\C-xi\": insert-completions"
bind -x "\"\C-xm\": echo \"\\\$READLINE_LINE\" >> /root/completed; READLINE_LINE="
END
# The first TAB loads the completion of a command, as it does in a shell that has just begun.
printf "%s" "nn-train --optimizer ad"$'"'"'\t\x18i\x18m'"'"' "nn-train --optimizer ad"$'"'"'\x18i\x18m'"'"' |
  bash --noprofile --rcfile try.bash -i > /dev/null 2>&1
tail -1 completed | grep "adadelta adagrad adam adamax adamw"; rm try.bash completed'
run 'mkdir /root/digits; cd /root/digits
nn-import /usr/share/nn-tools/examples/data/digits.csv.gz --label digit |
  nn-split --test 0.3333 --seed 1 -o "digits.{role}.st"
nn-prep digits.train.st --center --scale -o train.st
nn-init --input 64 dense:256 bn relu dropout:0.4 dense:10 | nn-train - train.st --epochs 40 --lr 0.003 -q -o model.st
nn-predict model.st digits.test.st | nn-eval --require accuracy=0.97'
run 'cp -r /usr/share/nn-tools /root/nn; make -C /root/nn/pipelines -f digits.mk 2>&1 | tail -20'
run 'rm -r /root/digits /root/nn; apt-get -o Dpkg::Use-Pty=0 remove -y --autoremove nn-tools'
left=$(diff <(echo "$before") <(paths) || true)
printf '\nWhat is left of it, or gone with it: %s\n' "${left:-nothing}"
[ -z "$left" ]
