import Testing

@testable import CommandLine
@testable import Tensors

private struct Settings: Equatable {
  var count = 1
  var rate: Double?
  var isLoud = false
  var isDry = false
  var shuffles = true
  var names: [String] = []
  var file: String?
  var color = Color.red
  enum Color: String, CaseIterable { case red, green }
}

private var options: [Option<Settings>] {
  [
    .integer("count", short: "c", in: 1...100, \.count, "how many"),
    .number("rate", in: .positive, \.rate, "how fast"),
    .flag("loud", short: "l", \.isLoud, "louder"),
    .flag("dry-run", short: "d", \.isDry, "do nothing"),
    .toggle("shuffle", \.shuffles, "random order"),
    .repeated("name", short: "n", value: "NAME", \.names, "a name") { $0 },
    .file("file", short: "f", \.file, "a file"),
    .choice("color", value: "COLOR", \.color, "a color"),
  ]
}

/// The grammar of command lines.
@Suite("Parser")
struct ParserTests {
  private func parse(_ arguments: String...) throws -> (Settings, [String]) {
    var settings = Settings()
    let operands = try Parser(options: options).parse(arguments, into: &settings)
    return (settings, operands)
  }

  private func message(_ arguments: String...) -> String? {
    var settings = Settings()
    do {
      _ = try Parser(options: options).parse(arguments, into: &settings)
      return nil
    } catch {
      #expect(error.status == .usage)
      return error.message
    }
  }

  @Test("long options, apart and attached")
  func long() throws {
    #expect(try parse("--count", "7").0.count == 7)
    #expect(try parse("--count=7").0.count == 7)
    #expect(try parse("--file=a=b").0.file == "a=b")
    #expect(try parse("--file", "--count").0.file == "--count")
    #expect(try parse("--name=").0.names == [""])
    #expect(try parse("--count", "7", "--count", "8").0.count == 8)
    #expect(try parse("--name", "a", "-nb", "--name=c").0.names == ["a", "b", "c"])
  }

  @Test("short options, apart, attached and clustered")
  func short() throws {
    #expect(try parse("-c", "7").0.count == 7)
    #expect(try parse("-c7").0.count == 7)
    let (settings, _) = try parse("-ldc7")
    #expect(settings.isLoud && settings.isDry && settings.count == 7)
    #expect(try parse("-ldf", "x").0.file == "x")
    #expect(try parse("-f=x").0.file == "=x")
  }

  @Test("switches and their opposites")
  func toggles() throws {
    #expect(try parse("--no-shuffle").0.shuffles == false)
    #expect(try parse("--no-shuffle", "--shuffle").0.shuffles == true)
    #expect(message("--no-loud")?.contains("unknown option '--no-loud'") == true)
    #expect(message("--shuffle=no") == "--shuffle takes no value")
    #expect(message("--no-shuffle=yes") == "--no-shuffle takes no value")
  }

  @Test("operands stand anywhere; all is one after --")
  func operands() throws {
    let (settings, operands) = try parse("a", "-l", "-", "b", "--", "-d", "--", "--count")
    #expect(settings.isLoud && !settings.isDry)
    #expect(operands == ["a", "-", "b", "-d", "--", "--count"])
    #expect(try parse().1 == [])
    #expect(try parse("").1 == [""])
    #expect(try parse("--", "-").1 == ["-"])
  }

  @Test("unknown options name the nearest; nothing is abbreviated")
  func unknown() {
    #expect(message("--cuont", "7") == "unknown option '--cuont' (did you mean '--count'?)")
    #expect(message("--coun=7") == "unknown option '--coun' (did you mean '--count'?)")
    #expect(message("--no-shufle") == "unknown option '--no-shufle' (did you mean '--no-shuffle'?)")
    #expect(message("-x") == "unknown option '-x'")
    #expect(message("-lx") == "unknown option '-x'")
    #expect(message("---count") != nil)
    #expect(message("-é") == "unknown option '-é'")
  }

  @Test("missing and needless values")
  func values() {
    #expect(message("--count") == "--count: N is due")
    #expect(message("-c") == "-c: N is due")
    #expect(message("-lc") == "-c: N is due")
    #expect(message("--loud=yes") == "--loud takes no value")
    #expect(message("--file=") == "--file : a file name is due")
    #expect(message("--count=0") == "--count 0: a whole number from 1 to 100 is due")
    #expect(message("--rate", "0") == "--rate 0: a number above 0 is due")
    #expect(message("--color", "gren") == "--color gren: unknown 'gren' (did you mean 'green'?)")
    #expect(message("--color", "blue") == "--color blue: unknown 'blue'; known: red, green")
  }
}
