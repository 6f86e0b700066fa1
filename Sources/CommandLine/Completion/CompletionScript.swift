/// The scripts that complete the command lines of a tool: each hands the words over to it and shows the answer
/// (`Completer`).
struct CompletionScript {
  let tool: String

  /// What the shell's functions are called after.
  private var function: String { "_" + String(tool.map { $0 == "-" ? "_" : $0 }) }

  func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  /// bash cuts words at colons and equals signs, of which the tools' values are full: pieces with no blank between them
  /// are joined again, and of an offer readline is handed what stands behind the last cut.
  private var bash: String {
    #"""
    # bash completion for \#(tool)
    \#(function)() {
      local rest=$COMP_LINE i blank words=() cursor=0 word typed piece lead='' answer kind offer
      for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        blank=${rest%%[![:space:]]*}
        if ((i == 0)) || [[ -n $blank ]]; then words+=("${COMP_WORDS[i]}"); else words[-1]+=${COMP_WORDS[i]}; fi
        if [[ -n ${COMP_WORDS[i]} ]]; then rest=${rest#"$blank${COMP_WORDS[i]}"}; fi
        if ((i == COMP_CWORD)); then
          cursor=$((${#words[@]} - 1)) word=${words[-1]}
          i=$((${#COMP_LINE} - ${#rest} - COMP_POINT))
          if ((i > 0 && i <= ${#word})); then word=${word:0:${#word}-i}; fi
          break
        fi
      done
      words[cursor]=$word
      read -ra rest <<< "$rest"
      words=("${words[@]//[\'\"\\]/}" "${rest[@]//[\'\"\\]/}")
      typed=${words[cursor]} piece=$typed
      if [[ $word != [\'\"]* ]]; then
        if [[ $COMP_WORDBREAKS == *=* ]]; then piece=${piece##*=}; fi
        if [[ $COMP_WORDBREAKS == *:* ]]; then piece=${piece##*:}; fi
      fi
      lead=${typed%"$piece"}
      words=("${words[@]/#\~\//$HOME/}")
      mapfile -t answer < <(command "${words[0]}" --complete "$cursor" "${words[@]}" 2> /dev/null)
      read -ra kind <<< "${answer[0]}"
      COMPREPLY=()
      for offer in "${answer[@]:1}"; do
        offer=${offer%%$'\t'*}
        COMPREPLY+=("${offer#"$lead"}")
      done
      if [[ ${kind[0]} == files ]]; then
        compopt -o filenames
        for i in "${kind[@]:1}"; do
          mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -X "!*.$i" -- "$piece")
        done
        if ((${#COMPREPLY[@]})); then i=-d; else i=-f; fi
        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen $i -- "$piece")
      elif [[ ${COMPREPLY[0]-} == *[:=,] ]]; then
        compopt -o nospace
      fi
    }
    complete -F \#(function) \#(tool)

    """#
  }

  /// A file `_TOOL` in a folder of $fpath, or read by `source`.
  private var zsh: String {
    #"""
    #compdef \#(tool)
    # zsh completion for \#(tool)
    \#(function)() {
      local -a line answer endings closed open
      local offer text summary
      line=("${(@Q)words}")
      line[CURRENT]=${(Q)PREFIX}
      line=("${(@)line/#\~\//$HOME/}")
      answer=("${(@f)$(command $line[1] --complete $((CURRENT - 1)) "${(@)line}" 2> /dev/null)}")
      if [[ $answer[1] == files* ]]; then
        [[ $PREFIX == --*=* ]] && compset -P '*='
        endings=(${=answer[1]#files})
        if (( $#endings )); then _files -g "*.(${(j:|:)endings})(-.)"; else _files; fi
        return
      fi
      for offer in "${(@)answer[2,-1]}"; do
        text=${offer%%$'\t'*} summary=${offer#*$'\t'}
        offer=${text//:/\\:}${summary:+:$summary}
        if [[ $text == *[:=,] ]]; then open+=("$offer"); else closed+=("$offer"); fi
      done
      _describe -t values value closed -- open -S ''
    }
    if [[ $funcstack[1] == _\#(tool) ]]; then \#(function) "$@"; else compdef \#(function) \#(tool); fi

    """#
  }

  /// fish puts a space behind an offer by itself unless it ends in a sign such as `=`.
  private var fish: String {
    #"""
    # fish completion for \#(tool)
    function _\#(function)
        set -l words (commandline -opc)
        set -l word (commandline -ct | string trim -l -c "'\"")
        set -l line (string replace -r '^~/' "$HOME/" -- $words "$word")
        set -l answer (command $line[1] --complete (count $words) $line 2> /dev/null)
        if not string match -q 'files*' -- "$answer[1]"
            string join \n -- $answer[2..]
            return
        end
        set -l lead (string match -r -- '^--[^=]*=' "$word")
        set -l paths (complete -C "'' "(string replace -r -- '^--[^=]*=' '' "$word"))
        set -l endings (string split -n ' ' -- $answer[1])[2..]
        set -l fitting (string match -r -- '.*\.(?:'(string join '|' -- $endings)')(?:\t.*)?$' $paths)
        if set -q endings[1] fitting[1]
            set paths $fitting (string match -r -- '^[^\t]*/(?:\t.*)?$' $paths)
        end
        string join \n -- "$lead"$paths
    end
    complete -c \#(tool) -f -a '(_\#(function))'

    """#
  }
}
