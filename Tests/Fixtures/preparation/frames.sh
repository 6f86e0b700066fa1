# Functions for the cases of nn-split and nn-prep: what is in a file of one frame, without other tools.
export LC_ALL=C

# header FILE: its JSON
header() {
  head -c $((8 + $(od -An -tu8 -N8 "$1"))) "$1" | tail -c +9 | sed 's/ *$//'
  echo
}

# metadata FILE KEY: the text of one key as JSON has it, or "none"
metadata() {
  header "$1" | grep -o "\"$2\":\"\([^\"\\]\|\\\\.\)*\"" || echo none
}

# tensors FILE: name, type and shape of each tensor
tensors() {
  header "$1" | grep -o '"[^"]*":{"dtype":"[A-Z0-9]*","shape":\[[0-9,]*\]' |
    sed 's/"\([^"]*\)":{"dtype":"\([A-Z0-9]*\)","shape":/\1 \2 /'
}

# values FILE TENSOR [FORMAT]: its numbers in rows, each printed in awk's FORMAT
values() {
  local entry type from to columns start
  entry=$(header "$1" | grep -o "\"$2\":{[^}]*}")
  from=$(sed 's/.*offsets":\[\([0-9]*\),.*/\1/' <<<"$entry")
  to=$(sed 's/.*offsets":\[[0-9]*,\([0-9]*\)].*/\1/' <<<"$entry")
  columns=$(sed 's/.*shape":\[\([0-9,]*\)].*/\1/' <<<"$entry" | awk -F, '{ n = 1; for (i = 2; i <= NF; i++) n *= $i; print n }')
  case $entry in
    *'"F32"'*) type=f4 ;;
    *'"F64"'*) type=f8 ;;
    *'"I64"'*) type=d8 ;;
    *) type=u1 ;;
  esac
  start=$((9 + $(od -An -tu8 -N8 "$1") + from))
  tail -c +"$start" "$1" | head -c $((to - from)) | od -An -v -t$type -w$((${type#?} * columns)) |
    awk -v format="${3-%g}" '{ for (i = 1; i <= NF; i++) {
      text = sprintf(format, $i); if (text ~ /^-0\.?0*$/) text = substr(text, 2)
      printf "%s%s", text, i < NF ? " " : "\n" } }'
}
