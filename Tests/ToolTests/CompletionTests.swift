import Testing

/// Lines typed into the shells themselves, and what they offer.
@Suite("Completion in the shells")
struct ShellCompletionTests {
  /// A line up to the cursor, and what may stand in the place of its last word.
  struct Line: Sendable {
    var typed: String
    var offers: [String]

    init(_ typed: String, _ offers: String...) {
      self.typed = typed
      self.offers = offers.sorted()
    }

    var word: Substring { typed[(typed.lastIndex(of: " ") ?? typed.startIndex)...].dropFirst() }
  }

  static let lines = [
    Line("nn-train --opt", "--optimizer"),
    Line("nn-train --no-s", "--no-shuffle"),
    Line("nn-train --optimizer ad", "adadelta", "adagrad", "adam", "adamax", "adamw"),
    Line("nn-train --optimizer=li", "--optimizer=lion"),
    Line("nn-train --optimizer adam:b", "adam:beta1=", "adam:beta2="),
    Line("nn-train --optimizer adam,", "adam,amsgrad=", "adam,beta1=", "adam,beta2=", "adam,eps=", "adam,maximize="),
    Line("nn-train --optimizer adam,eps=1e-7,amsgrad=", "adam,eps=1e-7,amsgrad=no", "adam,eps=1e-7,amsgrad=yes"),
    Line("nn-train --schedule cosine:0,by=", "cosine:0,by=epoch", "cosine:0,by=step"),
    Line("nn-train --schedule=cosine:0,by=s", "--schedule=cosine:0,by=step"),
    Line("nn-train --keep ", "best", "last"),
    Line("nn-train --completion ", "bash", "fish", "zsh"),
    Line("nn-train -qs 1 -o mo", "model.st"),
    Line("nn-train --log ", "run.jsonl", "sub"),
    Line("nn-train --valid=mo", "--valid=model.st"),
    Line("nn-train ", "model.st", "sub", "train.st"),
    Line("nn-train sub/", "sub/other.txt"),
    Line("nn-import --label y ", "sub", "table.csv"),
    Line("nn-export --format ", "csv", "npy", "npz", "onnx", "png", "state-dict", "tsv"),
    Line("nn-init --input 2 dr", "dropconnect:", "dropout2d:", "dropout:"),
    Line("nn-init --input 2 dense:3,init=he", "dense:3,init=he_normal", "dense:3,init=he_uniform"),
    Line("nn-freeze model.st --freeze ", "2", "all", "bottom:", "hidden", "top:"),
    Line("nn-freeze model.st --freeze hidden,top:", "hidden,top:1", "hidden,top:2"),
    Line("nn-freeze model.st --lr 0.1:h", "0.1:hidden"),
    Line("nn-freeze missing.st --freeze ", "all", "bottom:", "top:"),
    Line("nn-freeze train.st --freeze ", "all", "bottom:", "top:"),
    Line("nn-pretrain --layers h model.st --layers hi", "hidden"),
    Line("nn-predict model.st train.st --layer ", "1", "2", "hidden"),
  ]

  private static let folder = """
    nn-init -q --input 2 dense:3,name=hidden relu dense:2 -o model.st
    printf 'x,y\\n1,a\\n2,b\\n' > table.csv
    nn-import -q table.csv --label y -o train.st
    mkdir sub && touch run.jsonl sub/other.txt
    tools=$(printf '%s\\n' \(Places.toolNames.joined(separator: " ")))

    """

  /// Runs a script in a folder with the files that the lines are about; nil where there is no such shell.
  private func run(_ shell: String, _ script: String) -> [Substring]? {
    let directory = Scratch()
    let here = Command(script: "command -v \(shell)", directory: directory.path).run()
    guard here.status == 0 else {
      print("Completion: there is no \(shell) here")
      return nil
    }
    let outcome = Command(script: ShellCompletionTests.folder + script, directory: directory.path).run()
    #expect(outcome.status == 0 && !outcome.timedOut, "\(outcome.errors)")
    return outcome.text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The offers behind each line `= TYPED`.
  private func expectOffers(_ output: [Substring], _ shell: String) {
    let blocks = output.dropLast().split { $0.hasPrefix("= ") }
    #expect(blocks.count == ShellCompletionTests.lines.count, "\(output)")
    for (line, block) in zip(ShellCompletionTests.lines, blocks) {
      // A folder may be told by a slash at its end, and a file without the folder that is typed already.
      let names = block.filter { !$0.isEmpty }.map(lastName)
      #expect(names.sorted() == line.offers.map { lastName($0[...]) }.sorted(), "\(shell): \(line.typed)")
    }
  }

  private func lastName(_ path: Substring) -> Substring { path.split(separator: "/" as Character).last ?? "" }

  /// readline writes all that is offered into the line; the word is cut at colons and equals signs, and of all but the
  /// first offer stands there what is behind the cut.
  @Test func bash() throws {
    let keys = ShellCompletionTests.lines.map { "'\($0.typed)'$'\\x18i\\x18m'" }.joined(separator: " ")
    let output = run(
      "bash",
      """
      for tool in $tools; do $tool --completion bash; done > rc
      cat >> rc <<'END'
      bind '"\\C-xi": insert-completions'
      bind -x '"\\C-xm": printf "%s\\n" "$READLINE_LINE" >> lines; READLINE_LINE='
      END
      printf '%s' \(keys) | bash --noprofile --rcfile rc -i > log 2>&1
      cat lines
      """)
    guard let output else { return }
    for (line, shown) in zip(ShellCompletionTests.lines, output) {
      let start = line.word.lastIndex { ":=".contains($0) }.map { line.word.index(after: $0) } ?? line.word.startIndex
      let lead = line.word[..<start]
      let files = line.word.hasSuffix("/") ? "" : lead
      let expected =
        line.typed[..<line.word.startIndex] + files
        + line.offers.map { $0.dropFirst(lead.count) }.joined(separator: " ") + " "
      #expect(shown == expected)
    }
    #expect(output.count == ShellCompletionTests.lines.count + 1)
  }

  /// Keys are typed into an interactive zsh on a terminal of its own, whose `compadd` writes down what it is given.
  @Test func zsh() throws {
    let keys = ShellCompletionTests.lines.map { "'\($0.typed)'$'\\t\\x18m'" }.joined(separator: " ")
    let output = run(
      "zsh",
      """
      mkdir .functions && for tool in $tools; do $tool --completion zsh > .functions/_$tool; done
      cat > rc <<'END'
      fpath=($PWD/.functions $fpath)
      autoload -Uz compinit && compinit -u -D
      setopt no_auto_list no_list_beep no_beep
      compadd() {
        if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
        local -a hits
        builtin compadd -A hits "$@"
        print -rl -- $IPREFIX${^hits} >> lines
        builtin compadd "$@"
      }
      mark() { print -r -- "= $BUFFER" >> lines; BUFFER= }
      zle -N mark
      bindkey -e
      bindkey '^I' complete-word '^Xm' mark
      END
      cat > driver <<'END'
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1= PS2=; source ./rc'
      zpty -w -n shell "$(cat keys)"
      zpty -w shell 'exit'
      while zpty -r shell line; do :; done
      END
      printf '%s' \(keys) > keys
      zsh -f driver
      cat lines
      """)
    if let output { expectOffers(output, "zsh") }
  }

  @Test func fish() throws {
    let lines = ShellCompletionTests.lines.map { "'\($0.typed)'" }.joined(separator: " ")
    let output = run(
      "fish",
      """
      for tool in $tools; do $tool --completion fish; done > rc
      cat > driver <<'END'
      source rc
      for line in $argv
        complete -C"$line" | string replace -r '\\t.*' ''
        echo "= $line"
      end
      END
      fish --no-config driver \(lines)
      """)
    if let output { expectOffers(output, "fish") }
  }
}
