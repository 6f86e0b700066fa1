# The trials of a search, to be included: each line of a file is one, and a job of run.
#
#   $(call trials,NAME)     runs the lines in $(OUT)/NAME.lines; what they print is in $(OUT)/NAME/
#
# One that diverges ends with status 1, and its log says so: for the search that is a result like any other, and not a job
# to run again. Any other failure is one of run's jobs.
trials = [ ! -s $(OUT)/$1.lines ] || ./run JOB=1:$$(wc -l < $(OUT)/$1.lines) $(OUT)/$1/JOB.log \
  'line=$$(sed -n JOBp $(OUT)/$1.lines); bash -o pipefail -c "$$line" || { status=$$?; \
     grep -qs "\"diverged\":true" "$$(expr "$$line" : ".*--log \([^ ]*\)")" || exit $$status; }'
