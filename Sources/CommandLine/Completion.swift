/// Completion scripts for the shells, made from the option table.
struct Completion<Values> {
  let tool: Tool<Values>
  let options: [Option<Tool<Values>.State>]

  func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  private var functionName: String { "_" + String(tool.name.map { $0 == "-" ? "_" : $0 }) }

  private var allWords: [String] {
    options.flatMap { option -> [String] in
      (option.short.map { ["-\($0)"] } ?? []) + ["--\(option.long)"]
        + (option.argument == .toggle ? ["--no-\(option.long)"] : [])
    }
  }

  private var bash: String {
    var cases = ""
    for option in options {
      guard case .value(_, let completion) = option.argument else { continue }
      let names = (option.short.map { "-\($0)|" } ?? "") + "--\(option.long)"
      let action =
        switch completion {
        case .files: "COMPREPLY=($(compgen -f -- \"$cur\"))"
        case .words(let words): "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$cur\"))"
        case .nothing: ":"
        }
      cases += "    \(names)) \(action); return ;;\n"
    }
    let operands =
      switch tool.completion {
      case .files: "$(compgen -f -- \"$cur\")"
      case .words(let words): "$(compgen -W '\(words.joined(separator: " "))' -- \"$cur\")"
      case .nothing: ""
      }
    return """
      # bash completion for \(tool.name)
      \(functionName)() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
        COMPREPLY=()
        case $prev in
      \(cases)  esac
        case $cur in
          -*) COMPREPLY=($(compgen -W '\(allWords.joined(separator: " "))' -- "$cur")) ;;
          *) COMPREPLY=(\(operands)) ;;
        esac
      }
      complete -o filenames -F \(functionName) \(tool.name)

      """
  }

  private var zsh: String {
    var lines: [String] = []
    for option in options {
      let summary = escaped(option.summary)
      var action = ""
      if case .value(let placeholder, let completion) = option.argument {
        action = ":\(placeholder):"
        switch completion {
        case .files: action += "_files"
        case .words(let words): action += "(\(words.map { $0.replacingColons }.joined(separator: " ")))"
        case .nothing: break
        }
      }
      let equals = action.isEmpty ? "" : "="
      if let short = option.short {
        lines.append("'(-\(short) --\(option.long))-\(short)[\(summary)]\(action)'")
      }
      lines.append("'--\(option.long)\(equals)[\(summary)]\(action)'")
      if option.argument == .toggle { lines.append("'--no-\(option.long)[not: \(summary)]'") }
    }
    let operands =
      switch tool.completion {
      case .files: "'*:file:_files'"
      case .words(let words): "'*:word:(\(words.map { $0.replacingColons }.joined(separator: " ")))'"
      case .nothing: "'*:operand:'"
      }
    return """
      #compdef \(tool.name)
      _arguments -s \\
        \((lines + [operands]).joined(separator: " \\\n  "))

      """
  }

  private var fish: String {
    var lines = ["# fish completion for \(tool.name)"]
    for option in options {
      var line = "complete -c \(tool.name)"
      if let short = option.short { line += " -s \(short)" }
      line += " -l \(option.long) -d '\(escaped(option.summary))'"
      if case .value(_, let completion) = option.argument {
        switch completion {
        case .files: line += " -r -F"
        case .words(let words): line += " -x -a '\(words.joined(separator: " "))'"
        case .nothing: line += " -x"
        }
      }
      lines.append(line)
      if option.argument == .toggle {
        lines.append("complete -c \(tool.name) -l no-\(option.long) -d 'not: \(escaped(option.summary))'")
      }
    }
    if case .words(let words) = tool.completion {
      lines.append("complete -c \(tool.name) -f -a '\(words.joined(separator: " "))'")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A summary without the characters that quoting in a script would have to mind.
  private func escaped(_ text: String) -> String {
    String(
      text.map { character -> Character in
        switch character {
        case "'": "\u{2019}"
        case "[": "("
        case "]": ")"
        case "\n": " "
        default: character
        }
      })
  }
}

extension String {
  /// Colons escaped, as zsh's lists of words want them.
  fileprivate var replacingColons: String {
    split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
  }
}
