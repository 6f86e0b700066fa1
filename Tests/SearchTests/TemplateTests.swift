import Tensors
import Testing

@testable import Search

struct TemplateTests {
  private let trial = Trial([("a", "x y"), ("b", "it's"), ("c", "$HOME"), ("d", "3e-4")])

  @Test(arguments: [
    ("run {d} {d}", "run 3e-4 3e-4"),
    ("run {a}", "run 'x y'"),
    ("run {b}", #"run 'it'\''s'"#),
    ("run '{b}' {a}", #"run 'it'\''s' 'x y'"#),
    (#"run "{c} {a}""#, #"run "\$HOME x y""#),
    (#"run \'{a}"#, #"run \''x y'"#),
    (#"run "\"{b}""#, #"run "\"it's""#),
    (#"run '\' {a}"#, #"run '\' 'x y'"#),
    ("run {e=0} {e=}.", "run 0 ''."),
    ("run ${a} {{a} {a,b} {1..3} { a; } {a b}", "run ${a} {a} {a,b} {1..3} { a; } {a b}"),
    ("run a\\\nb {d}", "run ab 3e-4"),
    ("run |\nb && \nc ||\n\nd", "run | b &&  c || d"),
    ("{", "{"),
  ])
  func valuesAreQuoted(text: String, expected: String) throws {
    #expect(try Template(parsing: text).command(trial, epochs: nil) == expected)
  }

  @Test func reservedNames() throws {
    var trial = trial
    trial.number = 7
    #expect(try Template(parsing: "{id} {n} {epochs}").command(trial, epochs: 9) == "\(trial.id) 7 9")
    #expect(throws: Failure.self) { try Template(parsing: "a\nb") }
  }

  @Test func namesAreChecked() throws {
    let space = try Space(["a=1,2", "b=3,4 if a=2"])
    func check(_ text: String) throws { try Template(parsing: text).check(space) }
    try check("{a} {b=0} {id}")
    #expect(throws: Failure.self) { try check("{a} {b}") }
    #expect(throws: Failure.self) { try check("{a} {b=0} {c}") }
    #expect(throws: Failure.self) { try check("{a}") }
    try check("{b=0}")  // a decides about b
  }

  @Test func filesAreFoundInTheCommand() throws {
    func files(_ command: String) throws -> [String?] {
      let files = try TrialFiles(command: command, result: nil, log: nil)
      return [files.result, files.log].map { $0?.path(trial, epochs: 3) }
    }
    let id = trial.id
    #expect(
      try files("nn-init -o x.st && nn-train --log 'r/{id}.jsonl' -o r/{id}.{epochs}.st") == [
        "r/\(id).3.st", "r/\(id).jsonl",
      ])
    #expect(try files("a --output={id}.a | b --log={id}.l; c -o {id}.c") == ["\(id).c", "\(id).l"])
    #expect(try files("a -o out.st --log l") == [nil, nil])
    #expect(try files("(a -o \"{id} 1.st\")") == ["\(id) 1.st", nil])
    #expect(throws: Failure.self) { try TrialFiles(command: "a", result: "x.st", log: nil) }
    let given = try TrialFiles(command: "a -o {id}.st", result: "done/{id}", log: "l/{id}")
    #expect(given.result?.path(trial, epochs: nil) == "done/\(id)" && given.log?.path(trial, epochs: nil) == "l/\(id)")
  }
}
