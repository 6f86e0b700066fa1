/* All tools as one program, as `make install` links them: which one it is, the name says by which it was called.
   The list, TOOL("nn-train", nn_train_main) a line, is written by the Makefile. */
#include <stdio.h>
#include <string.h>

#define TOOL(name, run) int run(int, char **);
#include "tools.h"
#undef TOOL

static const struct {
  const char *name;
  int (*run)(int, char **);
} tools[] = {
#define TOOL(name, run) {name, run},
#include "tools.h"
};

int main(int count, char **words) {
  const char *path = count > 0 ? words[0] : "", *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
    if (strcmp(name, tools[i].name) == 0) return tools[i].run(count, words);
  fprintf(stderr, "nn-tools: all tools in one file: call it by the name of a tool, such as %s, not '%.100s'\n",
          tools[0].name, name);
  return 2;
}
