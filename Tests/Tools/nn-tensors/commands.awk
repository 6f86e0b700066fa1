# Prints the commands of a manual page in mdoc(7): its .Dl lines and its blocks of .Bd -literal; with -v section=NAME
# only those of that section.
function plain(text) {
  gsub(/\\\(dq/, "\"", text); gsub(/\\\(aq/, "'", text); gsub(/\\e/, "\\", text); gsub(/\\&/, "", text)
  return text
}
/^\.Sh / { here = section == "" || substr($0, 5) == section }
/^\.Dl / && here { print plain(substr($0, 5)) }
/^\.Ed/ { block = 0 }
block && here { print plain($0) }
/^\.Bd -literal/ { block = 1 }
