#!/usr/bin/env bash
# Makes a Debian package of an installed tree: deb.sh VERSION TREE PACKAGE.deb
# What is below TREE/usr was put there by `make install`. The same tree and SOURCE_DATE_EPOCH give the same bytes.
# Who makes it for others gives a name and an address as for all Debian packages, DEBFULLNAME and DEBEMAIL.
set -euo pipefail
umask 022
version=$1 tree=$(realpath "$2") package=$(realpath -m "$3")
maintainer="${DEBFULLNAME:-nn-tools maintainers} <${DEBEMAIL:-nn-tools@packages.invalid}>"
here=$(dirname "$(realpath "$0")")
architecture=$(dpkg --print-architecture)
doc=$tree/usr/share/doc/nn-tools

install -d "$doc" "$tree/DEBIAN"
install -m 644 "$here/copyright" "$doc/copyright"
{
  printf 'nn-tools (%s) unstable; urgency=low\n\n  * The programs as of this version: see README.md.\n\n' "$version"
  printf ' -- %s  %s\n' "$maintainer" \
    "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n > "$doc/changelog.gz"
gzip -9nf "$tree"/usr/share/man/man*/*.[157]

# The versions of the libraries that the program was linked with, from the packages they are of.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/debian"
printf 'Source: nn-tools\n\nPackage: nn-tools\nArchitecture: any\n' > "$scratch/debian/control"
depends=$(cd "$scratch" && dpkg-shlibdeps -O -e"$tree/usr/lib/nn-tools/nn-tools" | sed 's/^shlibs:Depends=//')
# OpenBLAS is opened when a product of matrices is due, by any of the packages that have it.
depends+=', libopenblas0 | libopenblas0-pthread | libopenblas0-openmp | libopenblas0-serial'

(cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$depends/" -e "s/@MAINTAINER@/$maintainer/" \
  -e "s/@SIZE@/$(du -k -s --apparent-size "$tree/usr" | cut -f 1)/" "$here/control" > "$tree/DEBIAN/control"
chmod 644 "$tree"/DEBIAN/*
# One thread, since the bytes of several depend on their number.
dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$tree" "$package" > /dev/null
