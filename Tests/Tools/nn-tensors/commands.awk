# Prints the commands of a manual page in mdoc(7): its .Dl lines and its blocks of .Bd -literal; with -v section=NAME
# only those of that section, with -v files=1 each into a file of its own, command.001 and so on.
function plain(text) {
  gsub(/\\\(dq/, "\"", text); gsub(/\\\(aq/, "'", text); gsub(/\\\(ti/, "~", text); gsub(/\\\(ha/, "^", text)
  gsub(/\\e/, "\\", text); gsub(/\\&/, "", text)
  return text
}
function begin() { if (files) file = sprintf("command.%03d", ++count) }
BEGIN { file = "/dev/stdout" }
/^\.Sh / { here = section == "" || substr($0, 5) == section }
/^\.Dl / && here { begin(); print plain(substr($0, 5)) > file }
/^\.Ed/ { block = 0 }
block && here { print plain($0) > file }
/^\.Bd -literal/ { block = 1; if (here) begin() }
