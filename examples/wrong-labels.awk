# The first 400 rows of a table of digits, every third of them with a wrong label in its last column.
#
#   gzip -dc digits.csv.gz | awk -f wrong-labels.awk
BEGIN { FS = OFS = "," }
NR > 1 && NR % 3 == 0 { $NF = ($NF + 1 + NR % 9) % 10 }
NR <= 401
